#include "model/io.h"

#include <cassert>

#include "model/dm/exceptions.h"
#include "model/dm/snapshot_io.h"
#include "model/drbd/data.h"
#include "model/drbd/kernel.h"

namespace rehearse {
namespace {

constexpr std::string_view kByResource = "drbd/by-res/";

thread_local Waiting* innermost = nullptr;

IoError waits() {
  Waiting::note();
  return IoError::suspended;
}

const Export* export_of(const Host& server, const AoeDevice& device) {
  if (!server.powered || !server.exports) return nullptr;
  for (const Export& row : *server.exports) {
    if (row.shelf == device.shelf && row.slot == device.slot) return &row;
  }
  return nullptr;
}

// Calls f(part of `range`, device underneath, place of that part there) for each piece; stops at an error.
template <class F>
IoError through(const LinearMap& map, Range range, F f) {
  for (const LinearSegment& segment : map.segments) {
    const Sectors first = std::max(range.first, segment.range.first);
    const Sectors end = std::min(range.end(), segment.range.end());
    if (first >= end) continue;
    const IoError error =
        f(Range{first, end - first}, segment.device, segment.offset + first - segment.range.first);
    if (error != IoError::none) return error;
  }
  return IoError::none;
}

class Reader {
 public:
  Reader(const World& world, Name host) : world_(world), host_(host) {}

  ReadResult operator()(const Device& device, Range range) const {
    if (range.end() > device.size) return {IoError::no_space, {}};
    return std::visit([&](const auto& map) { return from(device, map, range); }, device.map);
  }

 private:
  ReadResult from(const Device& device, const DiskDevice&, Range range) const {
    const Disk* disk = world_.hosts.find(host_)->disk(device.name);
    if (!disk || !disk->present) return {IoError::failed, {}};
    if (disk->hangs) return {waits(), {}};
    if (disk->fails_reads && disk->fails_at(range)) return {IoError::failed, {}};
    return {IoError::none, world_.media.find(disk->medium)->contents.read(range)};
  }
  ReadResult from(const Device&, const PartitionDevice& map, Range range) const {
    return below(map.disk, range, map.range.first + range.first);
  }
  ReadResult from(const Device&, const LinearMap& map, Range range) const {
    ReadResult result;
    result.error = through(map, range, [&](Range part, Name device, Sectors there) {
      ReadResult piece = below(device, part, there);
      append(result.data, piece.data);
      return piece.error;
    });
    return result;
  }
  ReadResult from(const Device&, const SnapshotOriginMap& map, Range range) const {
    return below(map.real, range, range.first);
  }
  ReadResult from(const Device& device, const SnapshotMap& map, Range range) const {
    if (device.invalid) return {IoError::failed, {}};
    return read_snapshot(world_, host_, device, map.real, map.cow, range);
  }
  ReadResult from(const Device& device, const SnapshotMergeMap& map, Range range) const {
    if (device.invalid) return below(map.real, range, range.first);
    return read_snapshot(world_, host_, device, map.real, map.cow, range);
  }
  ReadResult from(const Device&, const ErrorMap&, Range) const { return {IoError::failed, {}}; }
  ReadResult from(const Device&, const AoeDevice& map, Range range) const {
    const Host* server = world_.hosts.find(map.server);
    const Export* row = server ? export_of(*server, map) : nullptr;
    if (!row) return {IoError::failed, {}};
    return read(world_, map.server, row->device, range);
  }
  ReadResult from(const Device& device, const DrbdDevice&, Range range) const {
    return drbd::read(world_, host_, device.minor, range);
  }

  // Reads `range.count` sectors from `there` of a device underneath, placed at `range.first`.
  ReadResult below(Name device, Range range, Sectors there) const {
    ReadResult result = read(world_, host_, device, {there, range.count});
    if (there != range.first) result.data = cut(result.data, {there, range.count}, range.first);
    return result;
  }

  const World& world_;
  Name host_;
};

class Writer {
 public:
  Writer(World& world, Name host) : world_(world), host_(host) {}

  IoError operator()(const Device& device, const Patch& patch) {
    if (device.read_only) return IoError::read_only;
    if (patch.back().end() > device.size) return IoError::no_space;
    return std::visit([&](const auto& map) { return to(device, map, patch); }, device.map);
  }

 private:
  IoError to(const Device& device, const DiskDevice&, const Patch& patch) {
    const Disk* disk = world_.hosts.find(host_)->disk(device.name);
    if (!disk || !disk->present) return IoError::failed;
    if (disk->hangs) return waits();
    if (!disk->fails_writes) {
      world_.media.edit(disk->medium).contents.write(patch);
      return IoError::none;
    }
    return disk->failing ? around(disk->medium, *disk->failing, patch, device.size) : IoError::failed;
  }
  IoError to(const Device&, const PartitionDevice& map, const Patch& patch) {
    return write(world_, host_, map.disk, cut(patch, {0, map.range.count}, map.range.first));
  }
  IoError to(const Device&, const LinearMap& map, const Patch& patch) {
    return through(map, {patch.front().first, patch.back().end() - patch.front().first},
                   [&](Range part, Name device, Sectors there) {
                     const Patch piece = cut(patch, part, there);
                     return piece.empty() ? IoError::none : write(world_, host_, device, piece);
                   });
  }
  IoError to(const Device&, const SnapshotOriginMap& map, const Patch& patch) {
    return write_origin(world_, host_, map.real, patch);
  }
  IoError to(const Device& device, const SnapshotMap& map, const Patch& patch) {
    if (device.invalid) return IoError::failed;
    return write_snapshot(world_, host_, device, map, patch);
  }
  IoError to(const Device& device, const SnapshotMergeMap& map, const Patch& patch) {
    if (device.invalid) return write_origin(world_, host_, map.real, patch);
    return write_merging(world_, host_, map, patch);
  }
  IoError to(const Device&, const ErrorMap&, const Patch&) { return IoError::failed; }
  IoError to(const Device&, const AoeDevice& map, const Patch& patch) {
    const Host* server = world_.hosts.find(map.server);
    const Export* row = server ? export_of(*server, map) : nullptr;
    if (!row) return IoError::failed;
    return write(world_, map.server, row->device, patch);
  }
  IoError to(const Device& device, const DrbdDevice&, const Patch& patch) {
    return drbd::write(world_, host_, device.minor, patch);
  }

  // What lies before and behind the sectors that fail is written.
  IoError around(Name medium, Range failing, const Patch& patch, Sectors size) {
    const Range before{0, std::min(failing.first, size)};
    const Range behind{std::min(failing.end(), size), size - std::min(failing.end(), size)};
    for (const Range& range : {before, behind}) {
      const Patch part = cut(patch, range, range.first);
      if (!part.empty()) world_.media.edit(medium).contents.write(part);
    }
    return cut(patch, failing, failing.first).empty() ? IoError::none : IoError::failed;
  }

  World& world_;
  Name host_;
};

// Which way a flush goes is each target's own (drivers/md/dm-snap.c snapshot_map, dm-linear.c).
class Flusher {
 public:
  Flusher(World& world, Name host) : world_(world), host_(host) {}

  void operator()(Name device) {
    const Host* at = world_.hosts.find(host_);
    const Device* found = at && at->powered ? at->device(device) : nullptr;
    if (!found) return;
    const Device row = *found;
    std::visit([&](const auto& map) { below(row, map); }, row.map);
  }

 private:
  void below(const Device& device, const DiskDevice&) {
    const Disk* disk = world_.hosts.find(host_)->disk(device.name);
    if (!disk || !disk->present) return;
    const Medium& medium = *world_.media.find(disk->medium);
    if (!medium.flushed || *medium.flushed == medium.contents) return;
    const Contents now = medium.contents;
    world_.media.edit(disk->medium).flushed = now;
  }
  void below(const Device&, const PartitionDevice& map) { (*this)(map.disk); }
  void below(const Device&, const LinearMap& map) {
    for (const LinearSegment& segment : map.segments) (*this)(segment.device);
  }
  void below(const Device&, const SnapshotOriginMap& map) { (*this)(map.real); }
  void below(const Device&, const SnapshotMap& map) { (*this)(map.cow); }
  void below(const Device&, const SnapshotMergeMap& map) {
    (*this)(map.real);
    (*this)(map.cow);
  }
  void below(const Device&, const ErrorMap&) {}
  void below(const Device&, const AoeDevice&) {}  // ATA over Ethernet passes none on
  void below(const Device& device, const DrbdDevice&) {
    const Part<drbd::Kernel>& kernel = world_.hosts.find(host_)->drbd;
    const drbd::Kernel::Found row = kernel ? kernel->minor(device.minor) : drbd::Kernel::Found();
    if (row && row.device->backing) (*this)(row.device->backing->device);
  }

  World& world_;
  Name host_;
};

// "r0/0": a resource and its volume, as DRBD's udev rules link them.
Name drbd_device(const Host& host, std::string_view text) {
  const std::size_t slash = text.find('/');
  const drbd::Resource* found = host.drbd ? host.drbd->resource(text.substr(0, slash)) : nullptr;
  for (std::size_t i = 0; found && slash != std::string_view::npos && i < found->devices.size(); ++i) {
    if (std::to_string(found->devices[i].volume) == text.substr(slash + 1)) return found->devices[i].name();
  }
  return {};
}

}  // namespace

Waiting::Waiting() : outer_(innermost) { innermost = this; }
Waiting::~Waiting() { innermost = outer_; }
void Waiting::note() {
  for (Waiting* one = innermost; one; one = one->outer_) one->met_ = true;
}

ReadResult read(const World& world, Name host, Name device, Range range) {
  const Host* at = world.hosts.find(host);
  const Device* row = at && at->powered ? at->device(device) : nullptr;
  if (!row) return {IoError::no_device, {}};
  return Reader(world, host)(*row, range);
}

IoError write(World& world, Name host, Name device, const Patch& patch) {
  if (patch.empty()) return IoError::none;
  const Host* at = world.hosts.find(host);
  const Device* found = at && at->powered ? at->device(device) : nullptr;
  if (!found) return IoError::no_device;
  const Device row = *found;  // the write may change the host's own table
  return Writer(world, host)(row, patch);
}

void flush_caches(World& world, Name host, Name device) { Flusher(world, host)(device); }

Part<Block> block_on(const World& world, Name host, Name device, Sectors first) {
  const Host* at = world.hosts.find(host);
  const Device* row = at ? at->device(device) : nullptr;
  if (!row || first >= row->size) return {};
  const ReadResult start = read(world, host, device, {first, 1});
  if (start.error != IoError::none || start.data.empty() || !start.data[0].block) return {};
  const Part<Block> block = start.data[0].block;
  if (start.data[0].offset != 0) return {};
  const ReadResult whole = read(world, host, device, {first, block->sectors});
  const bool intact = whole.error == IoError::none && whole.data.size() == 1 && whole.data[0].block == block;
  return intact ? block : Part<Block>();
}

std::uint32_t holders(const Host& host, Name device) {
  std::uint32_t count = 0;
  if (!host.devices) return 0;
  for (const Device& row : *host.devices) {
    if (const auto* linear = row.as<LinearMap>()) {
      for (const LinearSegment& segment : linear->segments) {
        if (segment.device != device) continue;
        ++count;  // a table holds a device once, however many segments lie on it
        break;
      }
    }
    if (const auto* map = row.as<SnapshotOriginMap>()) count += map->real == device;
    if (const auto* map = row.as<SnapshotMap>()) count += (map->real == device) + (map->cow == device);
    if (const auto* map = row.as<SnapshotMergeMap>()) count += (map->real == device) + (map->cow == device);
  }
  if (host.drbd) {
    for (const drbd::Resource& resource : host.drbd->resources) {
      for (const drbd::Device& row : resource.devices) {
        count += row.backing && (row.backing->device == device || row.backing->meta_device == device);
      }
    }
  }
  return count;
}

std::uint32_t open_count(const Host& host, Name device) {
  std::uint32_t count = holders(host, device);
  if (host.mounts) {
    for (const fs::Mount& mount : *host.mounts) count += mount.device == device;
  }
  if (host.swaps) {
    for (const SwapSpace& swap : *host.swaps) count += swap.device == device;
  }
  if (host.exports) {
    for (const Export& row : *host.exports) count += row.device == device;
  }
  if (host.domains) {
    for (const domain::Domain& domain : *host.domains) {
      for (const domain::Disk& disk : domain.config.disks) count += disk.device == device;
    }
  }
  return count;
}

Name device_name(const Host& host, Name path) {
  std::string_view text = path.str();
  if (!text.starts_with("/dev/")) return {};
  text.remove_prefix(5);
  if (host.device(text) || text.starts_with("mapper/")) return text;
  if (text.starts_with(kByResource)) return drbd_device(host, text.substr(kByResource.size()));
  if (text.starts_with("dm-") && host.devices) {
    for (const Device& device : *host.devices) {
      if (device.mapped() && std::to_string(device.minor) == text.substr(3)) return device.name;
    }
    return text;
  }
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || text.starts_with("etherd/")) return text;
  std::string mapped =
      "mapper/";  // /dev/GROUP/VOLUME: each dash within a name is doubled (libdm dm_build_dm_name)
  for (std::size_t i = 0; i < text.size(); ++i) {
    mapped += i == slash ? '-' : text[i];
    if (i != slash && text[i] == '-') mapped += '-';
  }
  return mapped;
}

}  // namespace rehearse
