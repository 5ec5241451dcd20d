#include "backends/reports/dmsetup.h"

#include <algorithm>
#include <charconv>

#include "model/dm/exceptions.h"
#include "model/drbd/kernel.h"
#include "model/io.h"

namespace rehearse::reports {
namespace {

bool take_number(std::string_view& text, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}
bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

std::string short_name(const Device& device) {
  return device.name.str().substr(std::string_view("mapper/").size());
}

std::vector<DmTarget> one(const Device& device, std::string type, std::string arguments) {
  return {{"", {0, device.size}, std::move(type), std::move(arguments)}};
}

std::string snapshot_arguments(const Host& host, Name real, Name cow, Sectors chunk) {
  // All of LVM's stores are persistent.
  return fmt::format("{} {} P {}", device_number(host, real).text(), device_number(host, cow).text(), chunk);
}

std::string snapshot_status(const World& world, Name host, const Device& device, Name cow) {
  const Device* room = world.hosts.find(host)->device(cow);
  const Part<ExceptionStore> store = exceptions_of(world, host, device);
  DmSnapshotStatus status;
  status.invalid = device.invalid || !store || !store->valid || !room;
  if (!status.invalid) {
    status.used = store->allocated();
    status.size = room->size;
    status.metadata = store->metadata();
  }
  return show(status);
}

// The device that a command names, by its path or by device-mapper's own name for it.
const Device* named(const Host& host, const std::string& name) {
  const Name device = name.starts_with("/dev/") ? device_name(host, name) : Name("mapper/" + name);
  const Device* found = host.device(device);
  return found && found->mapped() ? found : nullptr;
}

// All devices, or those named; what is not there is said.
std::vector<const Device*> chosen(const Host& host, const std::vector<std::string>& names, Report& report) {
  if (names.empty()) {
    auto all = mapped_devices(host);
    if (all.empty()) report.out("No devices found");
    return all;
  }
  std::vector<const Device*> devices;
  for (const std::string& name : names) {
    if (const Device* device = named(host, name)) {
      devices.push_back(device);
      continue;
    }
    report.err("Device does not exist.");
    report.err("Command failed.");
    report.status = 1;
  }
  return devices;
}

template <class Lines>
void print_targets(const Host& host, const std::vector<std::string>& names,
                   const std::optional<std::string>& target, Lines lines, Report& report) {
  for (const Device* device : chosen(host, names, report)) {
    for (DmTarget& line : lines(*device)) {
      if (target && line.type != *target) continue;
      if (names.size() != 1) line.device = short_name(*device);
      report.out("{}", show(line));
    }
  }
}

}  // namespace

std::string show(const DmTarget& line) {
  const std::string start = line.device.empty() ? "" : line.device + ": ";
  return fmt::format("{}{} {} {} {}", start, line.range.first, line.range.count, line.type, line.arguments);
}

std::optional<DmTarget> read_dm_target(std::string_view line) {
  DmTarget made;
  const std::size_t colon = line.find(": ");
  if (!line.empty() && !(line[0] >= '0' && line[0] <= '9' && line.find(' ') < colon) && colon != line.npos) {
    made.device = line.substr(0, colon);
    line.remove_prefix(colon + 2);
  }
  if (!take_number(line, made.range.first) || !take(line, " ") || !take_number(line, made.range.count) ||
      !take(line, " ")) {
    return std::nullopt;
  }
  const std::size_t space = std::min(line.find(' '), line.size());
  made.type = line.substr(0, space);
  if (made.type.empty()) return std::nullopt;
  made.arguments = line.substr(std::min(space + 1, line.size()));
  return made;
}

std::string show(const DmSnapshotStatus& status) {
  return status.invalid ? "Invalid" : fmt::format("{}/{} {}", status.used, status.size, status.metadata);
}

std::optional<DmSnapshotStatus> read_dm_snapshot_status(std::string_view text) {
  DmSnapshotStatus status;
  if (text == "Invalid") {
    status.invalid = true;
    return status;
  }
  const bool read = take_number(text, status.used) && take(text, "/") && take_number(text, status.size) &&
                    take(text, " ") && take_number(text, status.metadata) && text.empty();
  return read ? std::optional(status) : std::nullopt;
}

std::vector<const Device*> mapped_devices(const Host& host) {
  std::vector<const Device*> devices;
  if (!host.devices) return devices;
  for (const Device& device : *host.devices) {
    if (device.mapped()) devices.push_back(&device);
  }
  return devices;
}

std::vector<Name> underneath(const Device& device) {
  std::vector<Name> names;
  const auto add = [&](Name name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  if (const auto* linear = device.as<LinearMap>()) {
    for (const LinearSegment& segment : linear->segments) add(segment.device);
  } else if (const auto* origin = device.as<SnapshotOriginMap>()) {
    add(origin->real);
  } else if (const auto* snapshot = device.as<SnapshotMap>()) {
    add(snapshot->cow);
    add(snapshot->real);
  } else if (const auto* merge = device.as<SnapshotMergeMap>()) {
    add(merge->cow);
    add(merge->real);
  } else if (const auto* partition = device.as<PartitionDevice>()) {
    add(partition->disk);
  }
  return names;
}

std::vector<Name> underneath(const Host& host, const Device& device) {
  if (!device.as<DrbdDevice>() || !host.drbd) return underneath(device);
  const auto found = host.drbd->minor(device.minor);
  if (!found || !found.device->backing) return {};
  const drbd::Backing& disk = *found.device->backing;
  std::vector<Name> names = {disk.device};
  if (disk.index < 0 && disk.meta_device != disk.device) names.push_back(disk.meta_device);
  return names;
}

bool is_read_only(const Host& host, const Device& device) {
  if (!device.as<DrbdDevice>() || !host.drbd) return device.read_only;
  const auto found = host.drbd->minor(device.minor);
  return device.read_only || !found || found.device->state.role != drbd::Role::primary;
}

std::vector<DmTarget> dm_table(const World& world, Name host, const Device& device) {
  const Host& machine = *world.hosts.find(host);
  if (const auto* linear = device.as<LinearMap>()) {
    std::vector<DmTarget> lines;
    for (const LinearSegment& segment : linear->segments) {
      const std::string number = device_number(machine, segment.device).text();
      lines.push_back({"", segment.range, "linear", fmt::format("{} {}", number, segment.offset)});
    }
    return lines;
  }
  if (const auto* origin = device.as<SnapshotOriginMap>()) {
    return one(device, "snapshot-origin", device_number(machine, origin->real).text());
  }
  if (const auto* map = device.as<SnapshotMap>()) {
    return one(device, "snapshot", snapshot_arguments(machine, map->real, map->cow, map->chunk));
  }
  if (const auto* map = device.as<SnapshotMergeMap>()) {
    return one(device, "snapshot-merge", snapshot_arguments(machine, map->real, map->cow, map->chunk));
  }
  return one(device, "error", "");
}

std::vector<DmTarget> dm_status(const World& world, Name host, const Device& device) {
  std::vector<DmTarget> lines = dm_table(world, host, device);
  for (DmTarget& line : lines) {
    line.arguments.clear();
    if (const auto* map = device.as<SnapshotMap>())
      line.arguments = snapshot_status(world, host, device, map->cow);
    if (const auto* map = device.as<SnapshotMergeMap>()) {
      line.arguments = snapshot_status(world, host, device, map->cow);
    }
  }
  return lines;
}

void print(const World& world, Name host, const DmTable& form, Report& report) {
  print_targets(
      *world.hosts.find(host), form.names, form.target,
      [&](const Device& device) { return dm_table(world, host, device); }, report);
}

void print(const World& world, Name host, const DmStatus& form, Report& report) {
  print_targets(
      *world.hosts.find(host), form.names, form.target,
      [&](const Device& device) { return dm_status(world, host, device); }, report);
}

void print(const World& world, Name host, const DmList&, Report& report) {
  const Host& machine = *world.hosts.find(host);
  for (const Device* device : chosen(machine, {}, report)) {
    report.out("{}\t({})", short_name(*device), device_number(machine, device->name).text());
  }
}

}  // namespace rehearse::reports
