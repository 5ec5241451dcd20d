#include "integration/random_script.h"

#include <fmt/core.h>

#include <algorithm>
#include <random>

#include "backends/model_backend.h"
#include "integration/lab_world.h"
#include "model/lvm/observe.h"
#include "model/lvm/ops.h"

namespace rehearse {
namespace {

constexpr const char* kHost = "alpha";

class Maker {
 public:
  explicit Maker(const ScriptPlan& plan)
      : plan_(plan), random_(plan.seed), backend_(lab_world(plan.disks, plan.disk_size)) {}

  std::vector<std::string> operator()() {
    begin();
    while (lines_.size() < plan_.steps) {
      if (plan_.crashes && one_in(14)) {
        add("! kill alpha");
        add("! boot alpha");
      } else {
        add(draw());
      }
    }
    return std::move(lines_);
  }

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }

  // Scripts do not all begin with nothing.
  void begin() {
    const std::size_t where = below(5);
    if (where == 0) return;
    add(one_of(
        {"vgcreate vg /dev/vda", "vgcreate vg /dev/vda /dev/vdb", "vgcreate -s 1M vg /dev/vda /dev/vdc"}));
    if (where == 1) return;
    add(fmt::format("lvcreate -y -L {}M -n a vg", 4 * (1 + below(5))));
    if (where == 2) return;
    add(fmt::format("lvcreate -s -c {}k -L {}M -n s vg/a", 4U << below(8), 4 * (1 + below(3))));
    if (where == 3) return;
    add(fmt::format("lvcreate -s -L {}M -n t vg/a", 4 * (1 + below(3))));
  }

  void add(std::string line) {
    if (line == "! kill alpha") {
      backend_.play(PowerOff{kHost});
    } else if (line == "! boot alpha") {
      backend_.play(PowerOn{kHost});
    } else {
      backend_.run_line(kHost, line);
    }
    lines_.push_back(std::move(line));
    if (!merging()) return;
    lines_.push_back("~ settle");
    backend_.play(Progress{true});
  }

  // Background work goes on at its own speed: what is looked at comes when it is done.
  bool merging() const {
    const Host& host = *backend_.world().hosts.find(kHost);
    return host.powered && std::any_of(host.devices->begin(), host.devices->end(), [](const Device& device) {
             return device.as<SnapshotMergeMap>() && !device.invalid;
           });
  }

  // A line the model understands; of every two, one that it would not refuse.
  std::string draw() {
    const bool willing = one_in(2);
    std::string line;
    for (int tries = 0; tries < 60; ++tries) {
      line = candidate();
      ModelBackend trial(backend_.world());
      const Outcome outcome = trial.run_line(kHost, line);
      if (outcome.verdict == Outcome::Verdict::not_understood) continue;
      if (!willing || (outcome.verdict == Outcome::Verdict::done && outcome.report.status == 0)) return line;
    }
    return "vgs";
  }

  std::string candidate() {
    look();
    if (!active_.empty() && one_in(4)) return write();
    static const std::vector<Usage> kForms = lvm_forms();
    return command(kForms[below(kForms.size())]);
  }

  // The forms that change something, those of everyday work several times.
  static std::vector<Usage> lvm_forms() {
    std::vector<Usage> forms;
    for (const Usage& usage : lvm::usages()) {
      std::size_t weight = 1;
      for (const std::string_view often : {"lvcreate", "lvremove", "lvextend", "lvresize", "lvreduce",
                                           "lvconvert", "lvchange", "lvrename", "vgcreate", "vgextend"}) {
        if (usage.command == often) weight = 4;
      }
      if (usage.command.ends_with("scan")) continue;  // these only look
      forms.insert(forms.end(), weight, usage);
    }
    return forms;
  }

  void look() {
    const lvm::Observed seen = lvm::observe(backend_.world(), kHost);
    groups_ = {"vg"};
    volumes_ = {"vg/a"};
    active_ = {};
    for (const lvm::GroupRow& row : seen.groups) groups_.push_back(row.name.str());
    for (const lvm::VolumeRow& row : seen.volumes) {
      volumes_.push_back(row.group.str() + "/" + row.name.str());
      if (row.active && !row.merging) active_.push_back(volumes_.back());
    }
  }

  std::string device() { return "/dev/vd" + std::string(1, static_cast<char>('a' + below(plan_.disks))); }
  std::string group() { return one_in(12) ? one_of({"wg", "none"}) : groups_[below(groups_.size())]; }
  std::string volume() {
    const std::string& name = volumes_[below(volumes_.size())];
    if (one_in(15)) return group() + "/" + one_of({"b", "none"});
    return one_in(5) ? "/dev/" + name : name;
  }
  std::string fresh() { return one_of({"a", "b", "c", "s", "t", "u"}); }
  std::string amount() {
    return fmt::format("{}{}", 1 + below(one_in(3) ? 60 : 16), one_of({"M", "M", "m"}));
  }

  std::string value(std::string_view spellings) {
    const auto is = [&](std::string_view name) { return spellings.find(name) != std::string_view::npos; };
    if (is("--alloc")) return one_of({"normal", "contiguous", "anywhere", "inherit", "cling"});
    if (is("--allocatable") || is("--resizeable") || is("--contiguous") || is("--zero") || is("--wipe") ||
        is("--setactivationskip"))
      return one_of({"y", "n"});
    if (is("--activate")) return one_of({"y", "n", "y", "n", "ay"});
    if (is("--permission")) return one_of({"r", "rw"});
    if (is("--extents"))
      return one_of({"1", "3", "+1", "+2", "-1", "50%FREE", "100%FREE", "+100%FREE", "100%ORIGIN", "20%VG",
                     "50%ORIGIN"});
    if (is("--size")) return (one_in(2) ? one_of({"+", "-"}) : "") + amount();
    if (is("--name")) return fresh();
    if (is("--chunksize")) return fmt::format("{}k", 4U << below(8));
    if (is("--physicalextentsize")) return one_of({"1M", "2M", "4M", "8M", "16M"});
    if (is("--maxphysicalvolumes") || is("--maxlogicalvolumes")) return one_of({"0", "1", "2", "5"});
    if (is("--setphysicalvolumesize")) return one_of({"32M", "48M", "60M"});
    if (is("--metadatasize")) return one_of({"1M", "2M"});
    if (is("--dataalignment")) return one_of({"1M", "2M", "512k"});
    if (spellings == "PV") return device();
    if (spellings == "VG" || spellings == "OLD") return group();
    if (spellings == "NEW") return one_of({"vg", "wg", "xg"});
    if (spellings == "VG|LV") return one_in(4) ? group() : volume();
    return volume();
  }

  std::string command(const Usage& usage) {
    const bool is_new = usage.command == "lvcreate";
    const bool of_snapshot = is_new && usage.all()[0].kind == PartKind::flag;
    std::string options;
    std::string operands;
    const auto option = [&](const UsagePart& part, const std::string& text) {
      options += " " + std::string(part.spellings.substr(0, part.spellings.find(',')));
      if (!text.empty()) options += " " + text;
    };
    for (const UsagePart& part : usage.all()) {
      const std::string_view what = part.spellings;
      switch (part.kind) {
        case PartKind::flag:
          option(part, "");
          break;
        case PartKind::toggle:
          if (what == "-y,--yes" || what == "-f,--force" ? !one_in(3) : one_in(6)) option(part, "");
          break;
        case PartKind::option:
          option(part, value(what));
          break;
        case PartKind::maybe: {
          const bool wanted = what.find("--size") != what.npos || what.find("--name") != what.npos;
          if (wanted ? !one_in(5) : one_in(8)) option(part, value(what));
          break;
        }
        case PartKind::last:
        case PartKind::operand:
        case PartKind::any:
        case PartKind::some: {
          if (part.kind == PartKind::last && one_in(2)) break;
          const bool many = part.kind == PartKind::any || part.kind == PartKind::some;
          operands += " " + (of_snapshot ? volume() : is_new ? group() : value(what));
          const bool pair = usage.command == "lvrename" || (usage.command == "lvconvert" && what == "LV");
          if (usage.command == "lvrename") operands += " " + fresh();
          const std::string more = is_new ? device() : value(what);  // twice the same is a trial of its own
          if (many && !pair && one_in(3) && operands.find(more) == operands.npos) operands += " " + more;
          break;
        }
        case PartKind::keyed:
        case PartKind::others:
          break;
      }
    }
    return std::string(usage.command) + options + operands;
  }

  // Writes of random sizes in random places, straight to a volume.
  std::string write() {
    const std::string& name = active_[below(active_.size())];
    const std::size_t unit = one_of<std::size_t>({4, 4, 16, 64, 512});
    const std::size_t room = 16 * 1024 / unit;
    return fmt::format(
        "dd if=/dev/urandom of=/dev/{} bs={}k count={} seek={} oflag=direct conv=notrunc status=none", name,
        unit, 1 + below(one_in(3) ? room : 8), below(room));
  }

  const ScriptPlan& plan_;
  std::mt19937_64 random_;
  ModelBackend backend_;
  std::vector<std::string> lines_;
  std::vector<std::string> groups_;
  std::vector<std::string> volumes_;
  std::vector<std::string> active_;  // volumes with a device of their own
};

}  // namespace

const char* const kLook =
    "pvs --segments --units s --nosuffix -o pv_name,pv_attr,vg_name,vg_attr,vg_seqno,vg_extent_size,pv_size,"
    "pvseg_start,pvseg_size,lv_name,lv_attr,lv_size,origin,data_percent; dmsetup status; dmsetup table";

std::vector<std::string> random_script(const ScriptPlan& plan) { return Maker(plan)(); }

std::string as_recording(const std::vector<std::string>& lines, const ScriptPlan& plan) {
  std::string text = fmt::format("# Random script of seed {}.\nlab: disks={} size={}M\n", plan.seed,
                                 plan.disks, plan.disk_size / kMiB);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool command = !lines[i].starts_with('!') && !lines[i].starts_with('~');
    text += "\n" + std::string(command ? "alpha# " : "") + lines[i] + "\n";
    // What goes on in the background is not looked at before it is done.
    const bool moving = lines[i] == "! kill alpha" || (i + 1 < lines.size() && lines[i + 1] == "~ settle");
    if (!moving) text += fmt::format("\nalpha# {}\n", kLook);
  }
  return text;
}

}  // namespace rehearse
