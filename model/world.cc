#include "model/world.h"

#include <algorithm>

#include "model/drbd/kernel.h"

namespace rehearse {
namespace {

template <class Row>
auto place_by_name(Row& rows, Name name) {
  return std::partition_point(rows.begin(), rows.end(), [&](const auto& row) { return row.name < name; });
}

}  // namespace

const Device* Host::device(Name name) const {
  if (!devices) return nullptr;
  const auto at = place_by_name(*devices, name);
  return at != devices->end() && at->name == name ? &*at : nullptr;
}

void Hardware::sort_disks() {
  std::sort(disks.begin(), disks.end(), [](const Disk& a, const Disk& b) { return a.device < b.device; });
}

bool Hardware::a_disk_hangs() const {
  return std::any_of(disks.begin(), disks.end(), [](const Disk& disk) { return disk.hangs; });
}

const Disk* Host::disk(Name device) const {
  if (!hardware) return nullptr;
  const auto& rows = hardware->disks;
  const auto at =
      std::find_if(rows.begin(), rows.end(), [&](const Disk& row) { return row.device == device; });
  return at != rows.end() ? &*at : nullptr;
}

const Disk* Host::disk_in(Name slot) const {
  if (!hardware) return nullptr;
  for (const Disk& row : hardware->disks) {
    if ((row.slot.empty() ? row.device : row.slot) == slot) return &row;
  }
  return nullptr;
}

const domain::Domain* Host::domain(Name name) const {
  if (!domains) return nullptr;
  const auto at = std::find_if(domains->begin(), domains->end(),
                               [&](const domain::Domain& row) { return row.config.name == name; });
  return at != domains->end() ? &*at : nullptr;
}

void Host::put(Device device) {
  auto& rows = devices.edit();
  const auto at = place_by_name(rows, device.name);
  if (at != rows.end() && at->name == device.name) {
    *at = std::move(device);
  } else {
    rows.insert(at, std::move(device));
  }
}

void Host::drop_device(Name name) {
  if (!device(name)) return;
  auto& rows = devices.edit();
  rows.erase(place_by_name(rows, name));
}

std::uint64_t Host::hash() const {
  return std::apply(
      [this](const auto&... field) {
        std::uint64_t seed = drbd.hash();
        ((seed = mix(seed, hash_of(field))), ...);
        return seed;
      },
      fields(*this));
}

bool Host::operator==(const Host& other) const {
  return fields(*this) == fields(other) && drbd == other.drbd;
}

Host bare_host() {
  Host host;
  host.hardware = Part<Hardware>(Hardware{});
  host.disk_root = Part<fs::Tree>(fs::Tree{});
  host.root = host.disk_root;
  host.devices = Part<std::vector<Device>>(std::vector<Device>{});
  host.mounts = Part<std::vector<fs::Mount>>(std::vector<fs::Mount>{});
  host.swaps = Part<std::vector<SwapSpace>>(std::vector<SwapSpace>{});
  host.exports = Part<std::vector<Export>>(std::vector<Export>{});
  host.domains = Part<std::vector<domain::Domain>>(std::vector<domain::Domain>{});
  return host;
}

Stamp acknowledge(World& world, Name writer, Write write) {
  if (!world.ledger.contains(writer)) world.ledger.put(writer, WriterLog{});
  auto& writes = world.ledger.edit(writer).writes;
  write.sequence = writes.size() + 1;
  writes.push_back(write);
  return {writer, write.sequence};
}

void add_host(World& world, Name name, const std::vector<BlankDisk>& disks) {
  Host host = bare_host();
  for (const BlankDisk& disk : disks) {
    const Name medium = name.str() + "." + disk.device.str();
    world.media.put(medium, Medium{disk.size / kSector, {}, {}});
    host.hardware.edit().disks.push_back({disk.device, medium});
    Device device;
    device.name = disk.device;
    device.size = disk.size / kSector;
    device.map = DiskDevice{};
    host.put(std::move(device));
  }
  world.hosts.put(name, std::move(host));
}

}  // namespace rehearse
