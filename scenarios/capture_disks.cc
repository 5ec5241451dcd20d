// Disks and partitions as lsblk shows them.
#include <algorithm>
#include <charconv>

#include "backends/observe/numbers.h"
#include "model/dm/partition.h"
#include "model/io.h"
#include "scenarios/capture_site.h"

namespace rehearse {
namespace {

constexpr Sectors kMostGone = Sectors{1} << 44;  // of each partition of a disk that is gone
constexpr Bytes kMost = Bytes{1} << 59;

// The digits at the end of "sda3" or "nvme0n1p2".
std::uint32_t number_of(const std::string& name) {
  const std::size_t digits = name.find_last_not_of("0123456789") + 1;
  return static_cast<std::uint32_t>(observing::read_number(name.substr(digits)).value_or(0));
}

void add_disk(const CaptureSite& site, Name name, Sectors size, bool read_only, bool present) {
  const Name medium = site.host.str() + "." + name.str();
  site.world().media.put(medium, Medium{size, {}, {}});
  Host& host = site.edit();
  Hardware& hardware = host.hardware.edit();
  hardware.disks.push_back({.device = name, .medium = medium, .present = present});
  hardware.sort_disks();
  Device device;
  device.name = name;
  device.size = size;
  device.read_only = read_only;
  device.map = DiskDevice{};
  host.put(std::move(device));
}

bool used(const Observation& seen, const std::string& name) {
  return std::any_of(seen.devices.begin(), seen.devices.end(), [&](const seen::BlockDevice& device) {
    return (device.name == name && !device.mounted.empty()) ||
           std::find(device.parents.begin(), device.parents.end(), name) != device.parents.end();
  });
}

// A disk that is gone though it is in use, and perhaps a partition of it. Where this began is not known: far
// away from the others.
void add_gone_device(const CaptureSite& site, Name name, Sectors size, const std::string& user) {
  const std::uint32_t partition = number_of(name.str());
  const Name disk = name.str().substr(0, name.str().find_last_not_of("0123456789") + 1);
  if (disk.empty() || size > kMostGone || partition > 15) return;
  const Sectors end = partition * kMostGone * 2 + size;
  const Device* known = site.here().device(disk);
  if (!known) {
    add_disk(site, disk, end, false, false);
    site.note("disk {} is gone though {} uses it; its size and what is on it are not known", disk.str(),
              user);
  } else if (site.here().disk(disk)->present) {
    return;
  } else if (known->size < end) {
    Device larger = *known;
    larger.size = end;
    site.world().media.edit(site.here().disk(disk)->medium).size = end;
    site.edit().put(std::move(larger));
  }
  if (partition == 0) return;
  const Device* old = site.here().device(name);
  Device device;
  device.name = name;
  device.size = std::max(old ? old->size : 0, size);
  device.map = PartitionDevice{disk, {partition * kMostGone * 2, device.size}};
  site.edit().put(std::move(device));
}

// What tables still name by number, and what is mounted or swapped to, though lsblk does not show it.
void add_gone_devices(const CaptureSite& site) {
  const Observation& seen = site.captured.seen;
  const auto shown = [&](std::string_view name) {
    return name.starts_with("mapper/") || name.find('/') != name.npos ||
           std::any_of(seen.devices.begin(), seen.devices.end(),
                       [&](const auto& row) { return row.name == name; });
  };
  for (const seen::MappedDevice& mapped : seen.mapped) {
    for (const seen::Target& target : mapped.targets) {
      const auto words = split(target.arguments, ' ');
      const auto number = reports::read_device_number(words[0]);
      if (!number || target.type != "linear" || words.size() != 2) continue;
      const auto offset = observing::read_number(words[1]);
      if (!offset || *offset > kMostGone || target.count > kMostGone) continue;
      add_gone_device(site, reports::disk_numbered(*number), *offset + target.count, mapped.name);
    }
  }
  for (const seen::Swap& swap : seen.swaps) {
    if (!shown(swap.device)) add_gone_device(site, swap.device, swap.size / kSector + 8, "swapping");
  }
  for (const seen::Mount& mount : seen.mounts) {
    if (!mount.source.starts_with("/dev/") || mount.target == "/") continue;
    const std::string name = mount.source.substr(5);
    if (!shown(name)) add_gone_device(site, name, 64 * kMiB / kSector, mount.target);
  }
}

void add_partition(const CaptureSite& site, const seen::BlockDevice& row) {
  const Device* disk = row.parents.empty() ? nullptr : site.here().device(row.parents[0]);
  const Range range{row.start.value_or(0), row.size / kSector};
  if (!disk || !row.start || range.first > disk->size || range.count > disk->size - range.first) {
    site.note("partition {} is left out: where it lies on its disk is not known", row.name);
    return;
  }
  Device device;
  device.name = row.name;
  device.size = range.count;
  device.read_only = row.read_only;
  device.map = PartitionDevice{disk->name, range};
  const Name name = disk->name;
  site.edit().put(std::move(device));
  const Part<Block> block = block_on(site.world(), site.host, name, 0);
  const auto* known = block ? block->as<PartitionTable>() : nullptr;
  PartitionTable table = known ? *known : PartitionTable{};
  if (row.partition_type.size() > 4) table.label = "gpt";
  table.partitions.push_back({number_of(row.name), range, row.partition_type});
  std::stable_sort(table.partitions.begin(), table.partitions.end(),
                   [](const Partition& a, const Partition& b) { return a.number < b.number; });
  put_beneath(site, name, 0, Block{1, Part<PartitionTable>(std::move(table))});
}

}  // namespace

std::uint64_t stand_in(const Identity& identity) { return Name(identity.text).hash(); }

void capture_disks(const CaptureSite& site) {
  for (const seen::BlockDevice& row : site.captured.seen.devices) {
    if (row.type == "part" || row.name.starts_with("mapper/")) continue;
    if (row.size < kMiB || row.size > kMost) {
      site.note("{} ({}) of {} bytes is left out", row.name, row.type, row.size);
      continue;
    }
    if (row.type != "disk" && !used(site.captured.seen, row.name)) {
      site.note("{} ({}) is left out: nothing uses it", row.name, row.type);
      continue;
    }
    if (row.type != "disk")
      site.note("{} ({}) is not modelled: it is taken as a disk of its own", row.name, row.type);
    add_disk(site, row.name, row.size / kSector, row.read_only, true);
  }
  add_gone_devices(site);
  for (const seen::BlockDevice& row : site.captured.seen.devices) {
    if (row.type == "part") add_partition(site, row);
  }
}

}  // namespace rehearse
