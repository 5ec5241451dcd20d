#include "integration/random_drbd.h"

#include <fmt/core.h>

#include <algorithm>
#include <random>
#include <set>
#include <span>
#include <utility>

#include "backends/model_backend.h"
#include "integration/lab_world.h"
#include "model/drbd/kernel.h"
#include "scenarios/phrase.h"

namespace rehearse {
namespace {

constexpr Bytes kDisk = 12 * kMiB;  // three extents of the activity log, and room for the metadata
constexpr std::size_t kBlocks = 11 * 256;

// Connection, roles, disks and flags; blocks out of sync; the generations. The rest of /proc/drbd counts what
// depends on the machine's pace.
constexpr const char* kLookAtDrbd = "cat /proc/drbd | grep -o -e ' cs:.*' -e 'oos:.*'; drbdadm get-gi r0";
// A sum over the data costs the guest more than all of that.
constexpr const char* kSumUp = "; dd if=/dev/vda bs=1M count=11 iflag=direct status=none | md5sum";

bool has_any(const std::string& line, std::span<const char* const> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return line.find(word) != std::string::npos; });
}

// Steps that move data or may begin to; what goes wrong behind another one is seen at the next of these.
bool moves_data(const std::string& line) {
  static constexpr const char* kMoving[] = {"dd if=",  "connect", "attach",     "adjust", " up ",
                                            "primary", "healed",  "invalidate", "resume", "new-current-uuid",
                                            "verify",  "resize",  "create-md"};
  return has_any(line, kMoving);
}

// Questions change nothing: what their answers stand on was looked at behind the step before.
bool asks(const std::string& line) {
  static constexpr const char* kAsking[] = {"drbdadm role ",   "drbdadm cstate ",  "drbdadm dstate ",
                                            "drbdadm status ", "drbdadm show-gi ", "drbdsetup "};
  return has_any(line, kAsking);
}

class DrbdMaker {
 public:
  explicit DrbdMaker(const ScriptPlan& plan)
      : plan_(plan), random_(plan.seed), backend_(lab_world(1, kDisk, 2)) {}

  std::vector<std::string> operator()() {
    configuration_ = configuration();
    mirrored_ = !one_in(5);
    begin();
    const std::size_t until = lines_.size() + plan_.steps;
    while (lines_.size() < until) step();
    return std::move(lines_);
  }

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::string one_of(std::initializer_list<const char*> values) {
    return values.begin()[below(values.size())];
  }

  // Both sides are told the same. Quick to see that a peer is gone, quick to copy; never so quick that a busy
  // machine takes a peer for gone that is not.
  std::string configuration() {
    const bool two = one_in(4);
    std::string net = "protocol " + (two ? "C" : one_of({"A", "B", "C", "C"})) + "; ";
    if (two) net += "allow-two-primaries; ";
    if (one_in(2)) {
      net += "after-sb-0pri " +
             one_of({"discard-younger-primary", "discard-older-primary", "discard-zero-changes",
                     "discard-least-changes", "discard-local", "discard-remote"}) +
             "; ";
    }
    if (one_in(2)) {
      net += "after-sb-1pri " +
             one_of({"consensus", "violently-as0p", "discard-secondary", "call-pri-lost-after-sb"}) + "; ";
    }
    if (one_in(2)) net += "after-sb-2pri " + one_of({"violently-as0p", "call-pri-lost-after-sb"}) + "; ";
    if (one_in(3)) net += "rr-conflict " + one_of({"violently", "call-pri-lost"}) + "; ";
    if (one_in(4)) net += "always-asbp; ";
    if (one_in(2)) net += "verify-alg crc32c; ";
    std::string disk;
    if (one_in(2)) disk += "fencing " + one_of({"resource-only", "resource-and-stonith"}) + "; ";
    if (one_in(3)) disk += "on-io-error " + one_of({"pass_on", "detach"}) + "; ";
    std::string handlers;
    if (one_in(3)) handlers += fmt::format("fence-peer \"exit {}\"; ", 1 + below(8));
    if (one_in(6)) handlers += "pri-lost-after-sb \"exit 0\"; ";
    return fmt::format(
        "global {{ usage-count no; }}\\nresource r0 {{\\n  device /dev/drbd0; disk /dev/vda; meta-disk "
        "internal;\\n  net {{ {}ping-int 1; ping-timeout 30; connect-int 2; socket-check-timeout 3; }}\\n"
        "  disk {{ {}c-plan-ahead 0; resync-rate 100M; }}\\n  handlers {{ {}}}\\n"
        "  on alpha {{ address 10.0.0.1:7788; }}\\n  on beta {{ address 10.0.0.2:7788; }}\\n}}\\n",
        net, disk, handlers);
  }

  std::string other(const std::string& host) const { return host == "alpha" ? "beta" : "alpha"; }
  std::string anyone() { return one_of({"alpha", "beta"}); }
  bool up(const std::string& host) const { return backend_.world().hosts.find(host)->powered; }

  void add(const std::string& line) {
    if (line.starts_with("! kill ")) {
      backend_.play(PowerOff{line.substr(7)});
    } else if (line.starts_with("! boot ")) {
      const Name host = line.substr(7);
      backend_.play(PowerOn{host});
      World world = backend_.world();
      forget_files(world, host);
      backend_.set_world(std::move(world));
    } else if (line.starts_with("! the link ")) {
      cut_ = line.ends_with("cut");
      backend_.play(std::get<Step>(std::get<Phrase>(read_phrase(line))));
    } else {
      const std::size_t prompt = line.find("# ");
      backend_.run_line(line.substr(0, prompt), std::string_view(line).substr(prompt + 2));
    }
    backend_.play(Progress{true});
    lines_.push_back(line);
  }

  // What is local to one side is remote to the other; where both say the same they do not connect.
  static std::string mirrored(std::string text) {
    const std::string local = "discard-local";
    const std::string remote = "discard-remote";
    if (const std::size_t at = text.find(local); at != text.npos)
      return text.replace(at, local.size(), remote);
    const std::size_t at = text.find(remote);
    return at == text.npos ? text : text.replace(at, remote.size(), local);
  }

  void configure(const std::string& host) {
    const bool turned = mirrored_ && host == "beta";
    add(fmt::format("{}# printf '{}' > /etc/drbd.conf", host,
                    turned ? mirrored(configuration_) : configuration_));
  }

  // Most pairs have the same data at the beginning, and are connected.
  void begin() {
    for (const char* host : {"alpha", "beta"}) {
      add(fmt::format("{}# modprobe drbd", host));
      configure(host);
    }
    add("alpha# drbdadm create-md r0");
    add("beta# drbdadm create-md r0");
    if (one_in(12)) return;
    add("alpha# drbdadm up r0");
    if (one_in(12)) return;
    add("beta# drbdadm up r0");
    if (one_in(8)) return;
    const std::string first = anyone();
    add(first +
        (one_in(2) ? "# drbdadm new-current-uuid --clear-bitmap r0/0" : "# drbdadm primary --force r0"));
    if (one_in(2)) add(anyone() + "# drbdadm primary r0");
  }

  void step() {
    const std::string host = anyone();
    if (plan_.crashes && one_in(12) && (up("alpha") || up("beta"))) {
      add("! kill " + (up(host) ? host : other(host)));
      return;
    }
    if (!up(host)) {
      if (!one_in(3)) return come_back(host);
      if (!up(other(host))) return;
    }
    if (one_in(cut_ ? 6 : 12)) return add(cut_ ? "! the link is healed" : cut());
    add(draw(up(host) ? host : other(host)));
  }

  // Of a direction the ends keep their carrier.
  std::string cut() {
    if (!one_in(3)) return "! the link is cut";
    const std::string from = anyone();
    return fmt::format("! the link from {} to {} is cut", from, other(from));
  }

  void come_back(const std::string& host) {
    add("! boot " + host);
    add(host + "# modprobe drbd");
    configure(host);
    if (!one_in(5)) add(host + "# drbdadm up r0");
  }

  // A line the model understands and that comes to an end; of every three, two that it would not refuse.
  std::string draw(const std::string& host) {
    const bool willing = !one_in(3);
    for (int tries = 0; tries < 60; ++tries) {
      const std::string line = candidate();
      ModelBackend trial(backend_.world());
      bool endless = false;
      trial.watch([&](const World&, const Command&, const Refused& refused, const Report&) {
        endless =
            endless || refused.why == Refusal::drbd_no_answer || refused.why == Refusal::drbd_does_not_end;
      });
      const Outcome outcome = trial.run_line(host, line);
      if (endless || outcome.verdict == Outcome::Verdict::not_understood) continue;
      if (line.starts_with("dd ") && (frozen(host) || !there(host))) continue;
      if (!willing || (outcome.verdict == Outcome::Verdict::done && outcome.report.status == 0))
        return host + "# " + line;
    }
    return host + "# drbdadm role r0";
  }

  // Without the device dd would make a file of that name.
  bool there(const std::string& host) const {
    return backend_.world().hosts.find(host)->device("drbd0") != nullptr;
  }

  // A write would wait until somebody lets IO go on.
  bool frozen(const std::string& host) const {
    const auto& kernel = backend_.world().hosts.find(host)->drbd;
    return kernel &&
           std::any_of(kernel->resources.begin(), kernel->resources.end(), [](const auto& resource) {
             return std::any_of(resource.devices.begin(), resource.devices.end(),
                                [](const auto& device) { return device.state.suspended(); });
           });
  }

  // As often as it stands there; a fifth of all lines are writes.
  std::string candidate() {
    if (one_in(5)) return write();
    static constexpr const char* kVerbs[] = {"up",
                                             "up",
                                             "down",
                                             "primary",
                                             "primary",
                                             "primary",
                                             "primary --force",
                                             "secondary",
                                             "secondary",
                                             "secondary",
                                             "connect",
                                             "connect",
                                             "connect",
                                             "connect --discard-my-data",
                                             "disconnect",
                                             "disconnect",
                                             "disconnect --force",
                                             "detach",
                                             "detach --force",
                                             "attach",
                                             "attach",
                                             "invalidate",
                                             "invalidate-remote",
                                             "outdate",
                                             "adjust",
                                             "adjust",
                                             "pause-sync",
                                             "resume-sync",
                                             "verify",
                                             "create-md",
                                             "create-md --force",
                                             "apply-al",
                                             "wait-connect",
                                             "suspend-io",
                                             "resume-io",
                                             "resize",
                                             "role",
                                             "cstate",
                                             "dstate",
                                             "status",
                                             "show-gi"};
    if (one_in(20)) {
      return one_of({"drbdadm new-current-uuid r0/0", "drbdadm new-current-uuid --clear-bitmap r0/0",
                     "drbdsetup events2 --now", "drbdsetup show", "drbdsetup role 0", "drbdsetup dstate 0"});
    }
    return fmt::format("drbdadm {} r0", kVerbs[below(std::size(kVerbs))]);
  }

  std::string write() {
    const std::size_t count = 1 + below(one_in(4) ? 300 : 8);
    return fmt::format(
        "dd if=/dev/urandom of=/dev/drbd0 bs=4k count={} seek={} oflag=direct conv=fsync status=none", count,
        below(kBlocks - count));
  }

  const ScriptPlan& plan_;
  std::mt19937_64 random_;
  ModelBackend backend_;
  std::string configuration_;
  bool mirrored_ = true;
  bool cut_ = false;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> random_drbd_script(const ScriptPlan& plan) { return DrbdMaker(plan)(); }

std::string as_drbd_recording(const std::vector<std::string>& lines, const ScriptPlan& plan) {
  std::string text =
      fmt::format("# Random script of seed {}.\nlab: disks=1 size={}M guests=2\n", plan.seed, kDisk / kMiB);
  std::set<std::string>
      ready;           // guests that know of the resource: what one without the module says is another tool's
  bool begun = false;  // where metadata were only made, nothing goes on yet
  bool moved = false;  // data, since the last look
  bool looked = true;  // behind the step before: what one look misses the next one sees, at half the cost
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    text += "\n" + line + "\n";
    if (line.starts_with("! kill ")) ready.erase(line.substr(7));
    if (line.ends_with("> /etc/drbd.conf")) ready.insert(line.substr(0, line.find('#')));
    const bool prepares =
        line.starts_with("! boot ") || line.ends_with("modprobe drbd") || line.ends_with("> /etc/drbd.conf");
    begun = begun || (!prepares && line.find("create-md") == std::string::npos);
    const bool last = i + 1 == lines.size();
    if (prepares || !begun || (asks(line) && !last)) continue;
    text += "\n~ settle\n";
    moved = moved || moves_data(line);
    looked = !looked || last;
    if (!looked) continue;
    const char* const sum = std::exchange(moved, false) || last ? kSumUp : "";
    for (const std::string& host : ready) text += fmt::format("\n{}# {}{}\n", host, kLookAtDrbd, sum);
  }
  return text;
}

}  // namespace rehearse
