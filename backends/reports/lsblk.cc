#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "backends/filters.h"
#include "backends/reports/block_devices.h"
#include "backends/reports/columns.h"
#include "backends/reports/device_numbers.h"
#include "backends/reports/dmsetup.h"
#include "backends/reports/file_systems.h"
#include "backends/reports/probe_tags.h"
#include "model/dm/partition.h"
#include "model/io.h"

namespace rehearse::reports {
namespace {

constexpr int kNoDevice = 32;

const std::vector<Column>& lsblk_columns() {
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
                                              {"MOUNTPOINTS", "MOUNTPOINTS", 0, false},
                                              {"KNAME", "KNAME", 0, false},
                                              {"PATH", "PATH", 0, false},
                                              {"PKNAME", "PKNAME", 0, false},
                                              {"START", "START", 0, true},
                                              {"PARTTYPE", "PARTTYPE", 0, false}};
  return columns;
}

class DeviceTree {
 public:
  DeviceTree(const World& world, Name host, const Lsblk& form, Report& report)
      : world_(world), name_(host), host_(*world.hosts.find(host)), form_(form), report_(report) {
    const char* usual = form.file_systems ? "NAME,FSTYPE,FSVER,LABEL,UUID,FSAVAIL,FSUSE%,MOUNTPOINTS"
                                          : "NAME,MAJ:MIN,RM,SIZE,RO,TYPE,MOUNTPOINTS";
    table_.columns = columns_listed(lsblk_columns(), form.columns ? form.columns->text : usual);
  }

  void operator()() {
    if (form_.devices.empty()) {
      for (const Device* device : roots()) add(*device, nullptr, "", "");
    }
    for (const std::string& path : form_.devices) {
      const Device* device = host_.device(device_name(host_, path));
      if (device) {
        add(*device, nullptr, "", "");
        continue;
      }
      report_.err("lsblk: {}: not a block device", path);
      report_.status = kNoDevice;
    }
    if (!is_tree()) flatten();
    if (form_.json) return print_json();
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
      if (underneath(host_, device).empty() && plugged(host_, device)) devices.push_back(&device);
    }
    return devices;
  }

  std::vector<const Device*> above(Name name) const {
    std::vector<const Device*> devices;
    for (const Device& device : *host_.devices) {
      const auto below = underneath(host_, device);
      if (std::find(below.begin(), below.end(), name) != below.end()) devices.push_back(&device);
    }
    std::stable_sort(devices.begin(), devices.end(),
                     [](const Device* a, const Device* b) { return a->minor < b->minor; });
    return devices;
  }

  // A device with several parts is shown below each of them.
  void add(const Device& device, const Device* parent, const std::string& branch, const std::string& indent) {
    std::vector<Cell> cells;
    for (const Column& column : table_.columns)
      cells.push_back({cell(device, parent, column.id, branch), std::nullopt});
    table_.rows.push_back(std::move(cells));
    depths_.push_back(branch.size() / 2);
    const DeviceNumber number = device_number(host_, device.name);
    numbers_.emplace_back(number.major, number.minor);
    const auto others = above(device.name);
    for (std::size_t i = 0; i < others.size(); ++i) {
      const bool last = i + 1 == others.size();
      add(*others[i], &device, indent + (last ? "`-" : "|-"), indent + (last ? "  " : "| "));
    }
  }

  // Without its names there is no tree, but a list by number.
  bool is_tree() const {
    return std::any_of(table_.columns.begin(), table_.columns.end(),
                       [](const Column& column) { return column.id == "NAME"; });
  }
  void flatten() {
    std::vector<std::size_t> order(table_.rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return numbers_[a] < numbers_[b]; });
    std::vector<std::vector<Cell>> rows;
    for (const std::size_t at : order) rows.push_back(std::move(table_.rows[at]));
    table_.rows = std::move(rows);
    depths_.assign(table_.rows.size(), 0);
  }

  std::string cell(const Device& device, const Device* parent, const std::string& id,
                   const std::string& branch) const {
    if (id == "NAME") return (form_.json ? "" : branch) + short_name(device);
    if (id == "KNAME") return kernel_name(device);
    if (id == "PATH") return "/dev/" + device.name.str();
    if (id == "PKNAME") return parent ? kernel_name(*parent) : "";
    if (id == "MAJ:MIN") {
      const DeviceNumber number = device_number(host_, device.name);
      return fmt::format(fmt::runtime(form_.json ? "{}:{}" : "{:>3}:{:<3}"), number.major, number.minor);
    }
    const auto* partition = device.as<PartitionDevice>();
    if (id == "START") return partition ? std::to_string(partition->range.first) : "";
    if (id == "PARTTYPE") {
      const Name type = partition ? partition_type(world_, name_, *partition) : Name();
      return type.empty() ? "" : "0x" + type.str();
    }
    if (id == "RM") return "0";
    if (id == "SIZE")
      return form_.bytes ? std::to_string(device.size * kSector) : short_size(device.size * kSector);
    if (id == "RO") return is_read_only(host_, device) ? "1" : "0";
    if (id == "TYPE") return device_type(device);
    if (id == "FSAVAIL" || id == "FSUSE%" || id == "MOUNTPOINT" || id == "MOUNTPOINTS")
      return in_use(device, id);
    if (internal_device(device)) return "";
    const auto tags = probe_tags(world_, name_, device.name);
    if (id == "FSTYPE") return tag_value(tags, "TYPE");
    if (id == "FSVER") return tag_value(tags, "VERSION");
    return tag_value(tags, id);
  }

  std::string in_use(const Device& device, const std::string& id) const {
    const auto mounted = file_systems(world_, name_);
    for (auto use = mounted.rbegin(); use != mounted.rend(); ++use) {  // the last one shows
      if (use->device != device.name) continue;
      if (id == "FSAVAIL") return short_size(use->available);
      if (id == "FSUSE%") return fmt::format("{}%", use->size == 0 ? 0 : use->used * 100 / use->size);
      return use->target;
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

  static std::string kernel_name(const Device& device) {
    return device.mapped() ? "dm-" + std::to_string(device.minor) : device.name.str();
  }

  // libsmartcols' spelling: numbers and flags are bare, what is not known is null.
  std::string json_value(const std::string& id, const std::string& text, const std::string& indent) const {
    if (id == "RM" || id == "RO") return text == "1" ? "true" : "false";
    const bool number = id == "START" || (id == "SIZE" && form_.bytes);
    const std::string value =
        text.empty() ? "null"
        : number     ? text
                     : nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return id == "MOUNTPOINTS" ? fmt::format("[\n{0}    {1}\n{0}]", indent, value) : value;
  }

  // One row with those below it; gives the row behind them.
  std::size_t print_json_row(std::size_t at, const std::string& indent, std::string& text) const {
    const std::size_t depth = depths_[at];
    text += "{";
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      const std::string& id = table_.columns[i].id;
      std::string key = id;
      std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return std::tolower(c); });
      text += fmt::format("{}\n{}\"{}\": {}", i > 0 ? "," : "", indent, key,
                          json_value(id, table_.rows[at][i].text, indent));
    }
    ++at;
    const bool children = at < depths_.size() && depths_[at] > depth;
    if (children) text += ",\n" + indent + "\"children\": " + print_json_rows(at, depth + 1, indent);
    text += "\n" + indent.substr(3) + "}";
    return at;
  }

  std::string print_json_rows(std::size_t& at, std::size_t depth, const std::string& indent) const {
    std::string text = "[\n" + indent + "   ";
    for (bool first = true; at < depths_.size() && depths_[at] == depth; first = false) {
      if (!first) text += ",";
      at = print_json_row(at, indent + "      ", text);
    }
    return text + "\n" + indent + "]";
  }

  void print_json() {
    std::size_t at = 0;
    const std::string rows = table_.rows.empty() ? "[\n   ]" : print_json_rows(at, 0, "   ");
    for (const std::string& line : lines_of("{\n   \"blockdevices\": " + rows + "\n}"))
      report_.out("{}", line);
  }

  const World& world_;
  Name name_;
  const Host& host_;
  const Lsblk& form_;
  Report& report_;
  Table table_;
  std::vector<std::size_t> depths_;  // of the rows in the tree
  std::vector<std::pair<std::uint32_t, std::uint32_t>> numbers_;
};

}  // namespace

std::string device_type(const Device& device) {
  return device.mapped() ? "lvm" : device.as<PartitionDevice>() ? "part" : "disk";
}

Name partition_type(const World& world, Name host, const PartitionDevice& partition) {
  const Part<Block> block = block_on(world, host, partition.disk, 0);
  const auto* table = block ? block->as<PartitionTable>() : nullptr;
  if (!table) return {};
  for (const Partition& row : table->partitions) {
    if (row.range == partition.range) return row.type;
  }
  return {};
}

bool read_value(std::string_view text, LsblkColumns& value) {
  value.text = text;
  return all_known(lsblk_columns(), value.text);
}
std::string show_value(const LsblkColumns& value) { return value.text; }

void print(const World& world, Name host, const Lsblk& form, Report& report) {
  DeviceTree(world, host, form, report)();
}

}  // namespace rehearse::reports
