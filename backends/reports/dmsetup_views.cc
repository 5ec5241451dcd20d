// dmsetup ls --tree and dmsetup info -c.
#include <algorithm>

#include "backends/reports/columns.h"
#include "backends/reports/dmsetup.h"
#include "model/io.h"
#include "model/lvm/activation.h"
#include "model/text.h"

namespace rehearse::reports {
namespace {

const std::vector<Column>& dm_columns() {
  static const std::vector<Column> columns = {
      {"name", "Name", 16, false},      {"major", "Maj", 3, true},   {"minor", "Min", 3, true},
      {"attr", "Stat", 4, false},       {"open", "Open", 4, true},   {"segments", "Targ", 4, true},
      {"events", "Event", 6, true},     {"uuid", "UUID", 32, false}, {"blkdevname", "BlkDevName", 16, false},
      {"read_ahead", "RAhead", 6, true}};
  return columns;
}

// With the layer, as LVM gives it to device-mapper.
std::string dm_uuid(const World& world, Name host, const Device& device) {
  for (const lvm::FoundGroup& found : lvm::find_groups(world, host)) {
    for (const lvm::Volume& volume : found.group->volumes) {
      for (const char* layer : {"", "-real", "-cow"}) {
        if (lvm::mapped_name(found.group->name, volume.name, layer) != device.name) continue;
        return lvm::dm_uuid(found.group->uuid, volume.uuid) + layer;
      }
    }
  }
  return "";
}

}  // namespace

std::uint32_t kernel_opens(const Host& host, Name device) {
  const auto uses = [&](const auto& row) { return row.device == device; };
  std::uint32_t count = open_count(host, device);
  if (host.swaps)
    count += static_cast<std::uint32_t>(std::count_if(host.swaps->begin(), host.swaps->end(), uses));
  const auto mounts = host.mounts ? std::count_if(host.mounts->begin(), host.mounts->end(), uses) : 0;
  return mounts > 1 ? count - static_cast<std::uint32_t>(mounts) + 1 : count;
}

namespace {

Cell cell_of(const World& world, Name host, const Device& device, const std::string& id) {
  const Host& machine = *world.hosts.find(host);
  const DeviceNumber number = device_number(machine, device.name);
  if (id == "name") return {device.name.str().substr(7), std::nullopt};
  if (id == "major") return {std::to_string(number.major), std::nullopt};
  if (id == "minor") return {std::to_string(number.minor), std::nullopt};
  if (id == "attr") return {device.read_only ? "L--r" : "L--w", std::nullopt};
  if (id == "open") return {std::to_string(kernel_opens(machine, device.name)), std::nullopt};
  if (id == "segments") return {std::to_string(dm_table(world, host, device).size()), std::nullopt};
  if (id == "events") return {"0", std::nullopt};
  if (id == "uuid") return {dm_uuid(world, host, device), std::nullopt};
  if (id == "blkdevname") return {"dm-" + std::to_string(number.minor), std::nullopt};
  return {"256", std::nullopt};  // read_ahead, the kernel's default
}

class Tree {
 public:
  Tree(const Host& host, bool device, Report& report) : host_(host), device_(device), report_(report) {}

  void root(const Device& device) {
    report_.out("{}", label(device.name));
    branches(device.name, "");
  }

 private:
  std::string label(Name name) const {
    const std::string number = "(" + device_number(host_, name).text() + ")";
    if (!name.str().starts_with("mapper/")) return " " + number;
    return name.str().substr(7) + (device_ ? " " + number : "");
  }

  void branches(Name name, const std::string& indent) {
    const Device* device = host_.device(name);
    if (!device || !device->mapped()) return;
    std::vector<Name> below = underneath(*device);
    if (!device_) std::erase_if(below, [](Name other) { return !other.str().starts_with("mapper/"); });
    for (std::size_t i = 0; i < below.size(); ++i) {
      const bool last = i + 1 == below.size();
      report_.out("{} {}-{}", indent, last ? '`' : '|', label(below[i]));
      branches(below[i], indent + (last ? "    " : " |  "));
    }
  }

  const Host& host_;
  bool device_;
  Report& report_;
};

}  // namespace

bool read_value(std::string_view text, DmTreeOptions& value) {
  value = {};
  value.text = text;
  for (const std::string_view option : split(value.text, ',')) {
    if (option == "nodevice") {
      value.device = false;
    } else if (option == "device") {
      value.device = true;
    } else if (option != "ascii") {
      return false;
    }
  }
  return true;
}
std::string show_value(const DmTreeOptions& value) { return value.text; }

bool read_value(std::string_view text, DmColumns& value) {
  value.text = text;
  return all_known(dm_columns(), value.text);
}
std::string show_value(const DmColumns& value) { return value.text; }

void print(const World& world, Name host, const DmTree& form, Report& report) {
  const Host& machine = *world.hosts.find(host);
  const auto devices = mapped_devices(machine);
  if (devices.empty()) return report.out("No devices found");
  Tree tree(machine, !form.options || form.options->device, report);
  for (const Device* device : devices) {
    if (holders(machine, device->name) == 0) tree.root(*device);
  }
}

void print(const World& world, Name host, const DmInfo& form, Report& report) {
  const Host& machine = *world.hosts.find(host);
  std::vector<const Device*> devices;
  for (const Device* device : mapped_devices(machine)) {
    const auto is = [&](const std::string& name) {
      return Name("mapper/" + name) == device->name || device_name(machine, name) == device->name;
    };
    if (form.names.empty() || std::any_of(form.names.begin(), form.names.end(), is))
      devices.push_back(device);
  }
  if (form.names.empty() && devices.empty()) return report.out("No devices found");
  for (std::size_t i = devices.size(); i < form.names.size(); ++i) {
    report.err("Device does not exist.");
    report.err("Command failed.");
    report.status = 1;
  }
  Table table;
  table.columns = columns_listed(
      dm_columns(), form.columns ? form.columns->text : "name,major,minor,attr,open,segments,events,uuid");
  for (const Device* device : devices) {
    std::vector<Cell> cells;
    for (const Column& column : table.columns) cells.push_back(cell_of(world, host, *device, column.id));
    table.rows.push_back(std::move(cells));
  }
  TableStyle style;
  style.margin = "";
  style.headings = !form.no_headings;
  style.aligned = !form.no_headings && !form.separator;
  style.separator = form.separator.value_or(form.no_headings ? ":" : " ");
  print_table(table, style, report);
}

}  // namespace rehearse::reports
