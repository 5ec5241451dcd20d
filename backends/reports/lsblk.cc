#include <fmt/format.h>

#include <algorithm>

#include "backends/reports/block_devices.h"
#include "backends/reports/columns.h"
#include "backends/reports/device_numbers.h"
#include "backends/reports/dmsetup.h"
#include "backends/reports/file_systems.h"
#include "backends/reports/probe_tags.h"
#include "model/io.h"

namespace rehearse::reports {
namespace {

constexpr int kNotFound = 32;

const std::vector<Column>& known_columns() {
  static const std::vector<Column> columns = {{"NAME", "NAME", 0, false},
                                              {"MAJ:MIN", "MAJ:MIN", 0, false},
                                              {"RM", "RM", 0, true},
                                              {"SIZE", "SIZE", 0, true},
                                              {"RO", "RO", 0, true},
                                              {"TYPE", "TYPE", 0, false},
                                              {"FSTYPE", "FSTYPE", 0, false},
                                              {"FSVER", "FSVER", 0, false},
                                              {"LABEL", "LABEL", 0, false},
                                              {"UUID", "UUID", 0, false},
                                              {"FSAVAIL", "FSAVAIL", 0, true},
                                              {"FSUSE%", "FSUSE%", 0, true},
                                              {"MOUNTPOINT", "MOUNTPOINT", 0, false},
                                              {"MOUNTPOINTS", "MOUNTPOINTS", 0, false}};
  return columns;
}

const Column* known(const std::string& id) {
  const auto& columns = known_columns();
  const auto at =
      std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.id == id; });
  return at == columns.end() ? nullptr : &*at;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    pieces.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return pieces;
}

class DeviceTree {
 public:
  DeviceTree(const World& world, Name host, const Lsblk& form, Report& report)
      : world_(world), name_(host), host_(*world.hosts.find(host)), form_(form), report_(report) {
    const char* usual = form.file_systems ? "NAME,FSTYPE,FSVER,LABEL,UUID,FSAVAIL,FSUSE%,MOUNTPOINTS"
                                          : "NAME,MAJ:MIN,RM,SIZE,RO,TYPE,MOUNTPOINTS";
    for (const std::string& id : split(form.columns ? form.columns->text : usual)) {
      table_.columns.push_back(*known(id));
    }
  }

  void operator()() {
    if (form_.devices.empty()) {
      for (const Device* device : roots()) add(*device, "", "");
    }
    for (const std::string& path : form_.devices) {
      const Device* device = host_.device(device_name(host_, path));
      if (device) {
        add(*device, "", "");
        continue;
      }
      report_.err("lsblk: {}: not a block device", path);
      report_.status = kNotFound;
    }
    hint_sizes();
    TableStyle style;
    style.margin = "";
    style.headings = !form_.no_headings;
    style.headings_like_cells = true;
    style.pads_last = false;
    print_table(table_, style, report_);
  }

 private:
  // libsmartcols gives a column the width it was told of only if its cells are as wide as its heading.
  void hint_sizes() {
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      if (table_.columns[i].id != "SIZE") continue;
      for (const auto& row : table_.rows) {
        if (row[i].text.size() >= table_.columns[i].heading.size()) table_.columns[i].width = 5;
      }
    }
  }

  std::vector<const Device*> roots() const {
    std::vector<const Device*> devices;
    if (!host_.devices) return devices;
    for (const Device& device : *host_.devices) {
      if (underneath(device).empty()) devices.push_back(&device);
    }
    return devices;
  }

  std::vector<const Device*> above(Name name) const {
    std::vector<const Device*> devices;
    for (const Device& device : *host_.devices) {
      const auto below = underneath(device);
      if (std::find(below.begin(), below.end(), name) != below.end()) devices.push_back(&device);
    }
    std::stable_sort(devices.begin(), devices.end(),
                     [](const Device* a, const Device* b) { return a->minor < b->minor; });
    return devices;
  }

  void add(const Device& device, const std::string& branch, const std::string& indent) {
    std::vector<Cell> cells;
    for (const Column& column : table_.columns)
      cells.push_back({cell(device, column.id, branch), std::nullopt});
    table_.rows.push_back(std::move(cells));
    const auto others = above(device.name);
    for (std::size_t i = 0; i < others.size(); ++i) {
      const bool last = i + 1 == others.size();
      add(*others[i], indent + (last ? "`-" : "|-"), indent + (last ? "  " : "| "));
    }
  }

  std::string cell(const Device& device, const std::string& id, const std::string& branch) const {
    if (id == "NAME") return branch + short_name(device);
    if (id == "MAJ:MIN") {
      const DeviceNumber number = device_number(host_, device.name);
      return fmt::format("{:>3}:{:<3}", number.major, number.minor);
    }
    if (id == "RM") return "0";
    if (id == "SIZE")
      return form_.bytes ? std::to_string(device.size * kSector) : short_size(device.size * kSector);
    if (id == "RO") return device.read_only ? "1" : "0";
    if (id == "TYPE") return device.mapped() ? "lvm" : device.as<PartitionDevice>() ? "part" : "disk";
    if (id == "FSAVAIL" || id == "FSUSE%" || id == "MOUNTPOINT" || id == "MOUNTPOINTS")
      return in_use(device, id);
    if (internal_device(device)) return "";
    const auto tags = probe_tags(world_, name_, device.name);
    if (id == "FSTYPE") return tag_value(tags, "TYPE");
    if (id == "FSVER") return tag_value(tags, "VERSION");
    return tag_value(tags, id);
  }

  std::string in_use(const Device& device, const std::string& id) const {
    for (const FileSystemUse& use : file_systems(world_, name_)) {
      if (use.device != device.name) continue;
      if (id == "FSAVAIL") return short_size(use.available);
      if (id == "FSUSE%") return fmt::format("{}%", use.size == 0 ? 0 : use.used * 100 / use.size);
      return use.target;
    }
    if (!host_.swaps) return "";
    for (const SwapSpace& swap : *host_.swaps) {
      if (swap.device == device.name && id.starts_with("MOUNTPOINT")) return "[SWAP]";
    }
    return "";
  }

  static std::string short_name(const Device& device) {
    const std::string& name = device.name.str();
    return device.mapped() ? name.substr(std::string_view("mapper/").size()) : name;
  }

  const World& world_;
  Name name_;
  const Host& host_;
  const Lsblk& form_;
  Report& report_;
  Table table_;
};

}  // namespace

bool read_value(std::string_view text, LsblkColumns& value) {
  value.text = text;
  const auto ids = split(value.text);
  return std::all_of(ids.begin(), ids.end(), [](const std::string& id) { return known(id) != nullptr; });
}
std::string show_value(const LsblkColumns& value) { return value.text; }

void print(const World& world, Name host, const Lsblk& form, Report& report) {
  DeviceTree(world, host, form, report)();
}

}  // namespace rehearse::reports
