// The kernel's tables, and under those of snapshots the stores that they show.
#include <algorithm>
#include <bit>

#include "backends/observe/numbers.h"
#include "backends/reports/dmsetup.h"
#include "model/dm/exceptions.h"
#include "model/io.h"
#include "model/lvm/activation.h"
#include "model/lvm/cow.h"
#include "scenarios/capture_site.h"

namespace rehearse {
namespace {

using observing::read_number;

// The device that a table names, by its name or, if it is gone, by its number.
const Device* part_named(const CaptureSite& site, std::string_view word) {
  if (const Device* known = site.here().device(word)) return known;
  const auto number = reports::read_device_number(word);
  return number ? site.here().device(reports::disk_numbered(*number)) : nullptr;
}

std::optional<DeviceMap> linear_map(const CaptureSite& site, const seen::MappedDevice& row) {
  LinearMap map;
  Sectors next = 0;
  for (const seen::Target& target : row.targets) {
    const auto words = split(target.arguments, ' ');
    const auto offset = words.size() == 2 ? read_number(words[1]) : std::nullopt;
    const Device* below = offset ? part_named(site, words[0]) : nullptr;
    const bool fits = below && target.type == "linear" && target.first == next && target.count > 0 &&
                      *offset <= below->size && target.count <= below->size - *offset;
    if (!fits) return std::nullopt;
    map.segments.push_back({{target.first, target.count}, below->name, *offset});
    next += target.count;
  }
  return map;
}

std::optional<DeviceMap> map_of(const CaptureSite& site, const seen::MappedDevice& row) {
  const seen::Target& target = row.targets[0];
  if (row.targets.size() > 1 || target.type == "linear") return linear_map(site, row);
  if (target.type == "error") return ErrorMap{};
  const auto words = split(target.arguments, ' ');
  const Device* real = part_named(site, words[0]);
  if (!real) return std::nullopt;
  if (target.type == "snapshot-origin") return SnapshotOriginMap{real->name};
  const bool merge = target.type == "snapshot-merge";
  if ((!merge && target.type != "snapshot") || words.size() != 4) return std::nullopt;
  const Device* cow = part_named(site, words[1]);
  const auto chunk = read_number(words[3]);
  if (!cow || !chunk || !std::has_single_bit(*chunk) || *chunk < 8 || *chunk > 1024) return std::nullopt;
  if (merge) return SnapshotMergeMap{real->name, cow->name, *chunk};
  return SnapshotMap{real->name, cow->name, *chunk};
}

Sectors size_of(const seen::MappedDevice& row) {
  Sectors size = 0;
  for (const seen::Target& target : row.targets) {
    if (target.count > (Sectors{1} << 50)) return 0;
    size += target.count;
  }
  return size;
}

Device device_of(const seen::MappedDevice& row) {
  Device device;
  device.name = "mapper/" + row.name;
  device.size = size_of(row);
  device.read_only = row.read_only;
  device.minor = static_cast<std::uint32_t>(row.minor.value_or(0));
  return device;
}

// What stands on devices that are not modelled has a disk to itself.
void add_apart(const CaptureSite& site, const seen::MappedDevice& row) {
  Device device = device_of(row);
  if (device.size < kMiB / kSector || device.size > (Sectors{1} << 50)) {
    return site.note("mapped device {} ({}) is left out", row.name, row.targets[0].type);
  }
  const Name disk = "captured-" + row.name;
  site.note("{} ({}) is not modelled: it is taken as a disk of its own, {}", row.name, row.targets[0].type,
            disk.str());
  const Name medium = site.host.str() + "." + disk.str();
  site.world().media.put(medium, Medium{device.size, {}, {}});
  Hardware& hardware = site.edit().hardware.edit();
  hardware.disks.push_back({disk, medium});
  hardware.sort_disks();
  Device below;
  below.name = disk;
  below.size = device.size;
  below.map = DiskDevice{};
  device.map = LinearMap{{{{0, device.size}, disk, 0}}};
  site.edit().put(std::move(below));
  site.edit().put(std::move(device));
}

// A device is added once all that it is made of is there.
void add_tables(const CaptureSite& site) {
  std::vector<const seen::MappedDevice*> left;
  for (const seen::MappedDevice& row : site.captured.seen.mapped) {
    if (row.suspended) site.note("{} is suspended, which is not modelled: it is taken as running", row.name);
    if (row.targets.empty() || row.name.empty() || row.name.size() > 127) {
      site.note("mapped device {} is left out: it has no table", row.name);
    } else {
      left.push_back(&row);
    }
  }
  while (!left.empty()) {
    const auto added = std::erase_if(left, [&](const seen::MappedDevice* row) {
      auto map = size_of(*row) > 0 ? map_of(site, *row) : std::nullopt;
      if (!map) return false;
      Device device = device_of(*row);
      device.map = std::move(*map);
      site.edit().put(std::move(device));
      return true;
    });
    if (added > 0) continue;
    add_apart(site, *left.front());  // others may stand on it
    left.erase(left.begin());
  }
}

std::string signature_of(const Observation& seen, const std::string& device) {
  for (const seen::Signature& row : seen.signatures) {
    if (row.device == device) return row.type + " " + row.uuid.text + " " + row.label;
  }
  return "";
}

// The origin of a snapshot stands on the same layer.
std::string origin_on(const Host& host, Name real) {
  for (const Device& device : *host.devices) {
    const auto* origin = device.as<SnapshotOriginMap>();
    const auto* merge = device.as<SnapshotMergeMap>();
    if ((origin && origin->real == real) || (merge && merge->real == real)) return device.name.str();
  }
  return real.str();
}

ExceptionStore store_of(const CaptureSite& site, const Device& device, Sectors chunk, Name real,
                        const reports::DmSnapshotStatus& status) {
  ExceptionStore store;
  store.chunk = chunk;
  store.valid = !status.invalid;
  if (status.invalid || status.used < 2 * chunk) return store;
  // used = chunk * (2 + n + n / per_area)
  const std::uint64_t chunks = std::min(status.used, Sectors{1} << 50) / chunk - 2;
  store.committed = chunks - chunks / (store.per_area() + 1);
  const std::uint64_t all = divide_up(device.size, chunk);
  const std::uint64_t held = std::min(store.committed, all);
  const Observation& seen = site.captured.seen;
  // What lies at the start, where signatures are, tells whether that was set aside.
  const bool differs = device.as<SnapshotMap>() && signature_of(seen, device.name.str()) !=
                                                       signature_of(seen, origin_on(site.here(), real));
  if (held > 0) store.runs.push_back({differs ? 0 : all - held, held, 0});
  return store;
}

// A store that cannot be read shows no figures either, though the kernel has not given the snapshot up.
bool known_as_valid(const CaptureSite& site, Name device) {
  const auto& volumes = site.captured.seen.volumes;
  return std::any_of(volumes.begin(), volumes.end(), [&](const seen::Volume& volume) {
    return lvm::mapped_name(volume.group, volume.name) == device && volume.attr.size() > 4 &&
           volume.attr[4] == 'a';
  });
}

void add_store(const CaptureSite& site, const seen::MappedDevice& row) {
  const Device* found = site.here().device("mapper/" + row.name);
  if (!found) return;
  Device device = *found;
  const auto* snapshot = device.as<SnapshotMap>();
  const auto* merge = device.as<SnapshotMergeMap>();
  if (!snapshot && !merge) return;
  const Name cow = snapshot ? snapshot->cow : merge->cow;
  const Name real = snapshot ? snapshot->real : merge->real;
  auto status = reports::read_dm_snapshot_status(row.targets[0].status);
  if (!status) {
    if (row.targets[0].status != "Overflow" && row.targets[0].status != "Merge failed")
      site.note("{}: the state \"{}\" is not known: it is taken as invalid", row.name, row.targets[0].status);
    status = reports::DmSnapshotStatus{true, 0, 0, 0};
  }
  device.invalid = status->invalid && !known_as_valid(site, device.name);
  const ExceptionStore store =
      store_of(site, device, snapshot ? snapshot->chunk : merge->chunk, real, *status);
  site.edit().put(device);
  put_beneath(site, cow, 0, Block{store.chunk, Part<ExceptionStore>(store)});
  if (store.committed > 0) {
    site.note("which chunks {} holds is not known: {} of the {} are made up", row.name, store.committed,
              store.runs.empty() || store.runs[0].old_first > 0 ? "last ones" : "first ones");
  }
}

// Nobody can look into the room of a snapshot that is not active.
void add_empty_stores(const CaptureSite& site) {
  for (const lvm::FoundGroup& found : lvm::find_groups(site.world(), site.host)) {
    for (const lvm::Volume& volume : found.group->volumes) {
      if (!volume.snapshot) continue;
      const Host& host = site.here();
      const Name origin = lvm::mapped_name(found.group->name, volume.snapshot->origin);
      const Device* merging = host.device(origin);
      const bool merges = volume.snapshot->merging && merging && merging->as<SnapshotMergeMap>();
      const Device* own = host.device(lvm::mapped_name(found.group->name, volume.name));
      if (merges || (own && own->as<SnapshotMap>())) continue;
      ExceptionStore store;
      store.chunk = volume.snapshot->chunk;
      lvm::write_store(site.world(), site.host, found, volume.name, store);
      site.note("what snapshot {}/{} holds is not known while it is inactive: it is taken as empty",
                found.group->name.str(), volume.name.str());
    }
  }
}

}  // namespace

void put_beneath(const CaptureSite& site, Name name, Sectors first, const Block& block) {
  constexpr int kDeepest = 16;
  for (int depth = 0; depth < kDeepest; ++depth) {
    const Device* device = site.here().device(name);
    if (!device) return;
    const Sectors wanted = first;
    if (device->as<DiskDevice>()) {
      Medium& medium = site.world().media.edit(site.here().disk(name)->medium);
      if (first + block.sectors <= medium.size) medium.contents.write(block_at(first, block));
      return;
    }
    if (const auto* partition = device->as<PartitionDevice>()) {
      first += partition->range.first;
      name = partition->disk;
    } else if (const auto* linear = device->as<LinearMap>()) {
      const auto at = std::find_if(
          linear->segments.begin(), linear->segments.end(),
          [&](const auto& segment) { return wanted >= segment.range.first && wanted < segment.range.end(); });
      if (at == linear->segments.end()) return;
      first = wanted - at->range.first + at->offset;
      name = at->device;
    } else if (const auto* origin = device->as<SnapshotOriginMap>()) {
      name = origin->real;
    } else if (device->as<SnapshotMap>() || device->as<SnapshotMergeMap>()) {
      const auto store = exceptions_of(site.world(), site.host, *device);
      const auto* snapshot = device->as<SnapshotMap>();
      const auto* merge = device->as<SnapshotMergeMap>();
      const auto index = store ? store->find(wanted / store->chunk) : std::nullopt;
      name = index ? (snapshot ? snapshot->cow : merge->cow) : (snapshot ? snapshot->real : merge->real);
      if (index) first = store->place(*index) * store->chunk + wanted % store->chunk;
    } else {
      return;
    }
  }
}

void capture_mapped(const CaptureSite& site) {
  add_tables(site);
  for (const seen::MappedDevice& row : site.captured.seen.mapped) add_store(site, row);
  add_empty_stores(site);
}

}  // namespace rehearse
