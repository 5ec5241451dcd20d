#include "model/lvm/observe.h"

#include <algorithm>

#include "model/dm/exceptions.h"
#include "model/io.h"
#include "model/lvm/activation.h"
#include "model/lvm/label.h"

namespace rehearse::lvm {
namespace {

Name unknown() { return "[unknown]"; }

// Where the physical volume is seen: a returned one has its path although it is not used.
Name path_in(const FoundGroup& found, std::uint64_t pv) {
  for (const auto* pvs : {&found.pvs, &found.returned}) {
    for (const FoundPv& row : *pvs) {
      if (row.label.uuid == pv) return path_of(row.device);
    }
  }
  return unknown();
}

std::vector<PvPiece> pieces_of(const Group& group, const PhysicalVolume& pv) {
  std::vector<PvPiece> taken;
  for (const Volume& volume : group.volumes) {
    for (const Segment& segment : volume.segments) {
      if (segment.pv == pv.uuid)
        taken.push_back({segment.pv_first, segment.count, volume.name, segment.first});
    }
  }
  std::sort(taken.begin(), taken.end(), [](const PvPiece& a, const PvPiece& b) { return a.first < b.first; });
  std::vector<PvPiece> pieces;
  std::uint64_t next = 0;
  for (const PvPiece& piece : taken) {
    if (piece.first > next) pieces.push_back({next, piece.first - next, {}, 0});
    pieces.push_back(piece);
    next = piece.first + piece.count;
  }
  if (next < pv.extents) pieces.push_back({next, pv.extents - next, {}, 0});
  return pieces;
}

PvRow row_of(const World& world, Name host, const FoundGroup& found, std::size_t place) {
  const Group& group = *found.group;
  const PhysicalVolume& pv = group.pvs[place];
  PvRow row;
  row.path = path_in(found, pv.uuid);
  row.uuid = pv.uuid;
  row.group = group.name;
  row.missing = found.device_of(pv.uuid).empty();
  row.allocatable = pv.allocatable;
  row.exported = group.exported;
  row.in_use = true;
  row.place = place;
  row.pe_start = pv.pe_start;
  row.extent = group.extent;
  row.extents = pv.extents;
  row.pieces = pieces_of(group, pv);
  for (const PvPiece& piece : row.pieces) row.allocated += piece.volume.empty() ? 0 : piece.count;
  row.used = row.allocated * group.extent;
  row.free = (pv.extents - row.allocated) * group.extent;
  row.size = pv.extents > 0 ? pv.extents * group.extent : pv.device_size;
  const Name device = row.path == unknown() ? Name() : Name(row.path.str().substr(5));
  const Device* now = device.empty() ? nullptr : world.hosts.find(host)->device(device);
  row.device_size = now ? now->size : 0;
  row.attr = {pv.allocatable ? 'a' : 'u', group.exported ? 'x' : '-', row.missing ? 'm' : '-'};
  return row;
}

PvRow orphan_row(const FoundPv& pv) {
  PvRow row;
  row.path = path_of(pv.device);
  row.uuid = pv.label.uuid;
  row.attr = "---";
  row.allocatable = false;
  row.device_size = pv.size;
  row.size = pv.label.device_size;
  row.free = pv.label.device_size;
  row.pe_start = pv.label.pe_start;
  return row;
}

PvRow unlabelled_row(const Device& device) {
  PvRow row;
  row.path = path_of(device.name);
  row.labelled = false;
  row.attr = "---";
  row.device_size = device.size;
  return row;
}

char letter_of(Alloc alloc) {
  static constexpr std::string_view kLetters = "iclna";
  return kLetters[static_cast<std::size_t>(alloc)];
}

GroupRow row_of(const Host& host, const FoundGroup& found) {
  const Group& group = *found.group;
  GroupRow row;
  row.name = group.name;
  row.uuid = group.uuid;
  row.seqno = group.seqno;
  row.extent = group.extent;
  row.extents = group.extents();
  row.free_extents = group.free_extents();
  row.size = row.extents * group.extent;
  row.free = row.free_extents * group.extent;
  row.pv_count = group.pvs.size();
  row.missing_pvs = group.pvs.size() - found.pvs.size();
  for (const Volume& volume : group.volumes) {
    if (volume.hidden()) continue;
    ++row.volume_count;
    row.snapshot_count += volume.is_snapshot();
    row.open_volumes += users(host, group.name, volume.name) > 0;
  }
  row.max_volumes = group.max_volumes;
  row.max_pvs = group.max_pvs;
  row.alloc = group.alloc;
  row.resizeable = group.resizeable;
  row.exported = group.exported;
  row.partial = found.partial();
  for (const PhysicalVolume& pv : group.pvs) row.pvs.push_back(path_in(found, pv.uuid));
  row.attr = {'w',
              group.resizeable ? 'z' : '-',
              group.exported ? 'x' : '-',
              row.partial ? 'p' : '-',
              letter_of(group.alloc),
              '-'};
  return row;
}

// The kernel's device whose store holds what the volume shows as its percentage: a snapshot's own, or that of
// the origin into which it is being merged.
const Device* store_device(const Host& host, const Group& group, const Volume& volume) {
  const Device* device = host.device(mapped_name(group.name, volume.name));
  if (!device) return nullptr;
  if (device->as<SnapshotMap>() || device->as<SnapshotMergeMap>()) return device;
  if (!volume.hidden()) return nullptr;
  const Device* origin = host.device(mapped_name(group.name, volume.snapshot->origin));
  return origin && origin->as<SnapshotMergeMap>() ? origin : nullptr;
}

float percent_of(const World& world, Name host, const Device& device) {
  const auto store = exceptions_of(world, host, device);
  if (device.invalid || !store) return 100;
  const auto* snapshot = device.as<SnapshotMap>();
  const Name cow = snapshot ? snapshot->cow : device.as<SnapshotMergeMap>()->cow;
  return snapshot_percent(store->allocated(), world.hosts.find(host)->device(cow)->size, store->metadata());
}

// lvm2 lib/metadata/lv.c lv_attr_dup_with_info_and_seg_status, as far as these kinds of volumes go.
std::string attr_of(const VolumeRow& row) {
  const bool snapshot = !row.origin.empty();
  const bool origin = !row.snapshots.empty();
  std::string attr = "----------";
  if (snapshot) attr[0] = row.merging ? 'S' : 's';
  if (origin) attr[0] = row.origin_of_merge ? 'O' : 'o';
  attr[1] = !row.writable ? 'r' : row.kernel_read_only ? 'R' : 'w';
  attr[2] = letter_of(row.alloc);
  if (row.active) attr[4] = row.invalid ? 'I' : 'a';
  if (row.open_count > 0) attr[5] = 'o';
  if (snapshot || origin) attr[6] = 's';
  if (row.partial) attr[8] = 'p';
  if (row.skip_activation) attr[9] = 'k';
  return attr;
}

void add_snapshots(const Group& group, VolumeRow& row) {
  for (const Volume* volume : group.as_made()) {
    if (!volume->snapshot || volume->snapshot->origin != row.name) continue;
    row.snapshots.push_back(volume->name);
    row.origin_of_merge = row.origin_of_merge || volume->hidden();
  }
  if (row.snapshots.empty()) return;
  row.origin_extents = row.extents;
}

void add_origin(const Group& group, const Volume& volume, VolumeRow& row) {
  if (!volume.snapshot) return;
  row.origin = volume.snapshot->origin;
  row.chunk = volume.snapshot->chunk;
  row.merging = volume.snapshot->merging;
  const Volume* origin = group.volume(row.origin);
  row.origin_extents = volume.snapshot->extents ? volume.snapshot->extents : origin ? origin->extents() : 0;
}

VolumeRow row_of(const World& world, Name host, const FoundGroup& found, const Volume& volume) {
  const Group& group = *found.group;
  const Host& at = *world.hosts.find(host);
  VolumeRow row;
  row.group = group.name;
  row.name = volume.name;
  row.uuid = volume.uuid;
  row.extent = group.extent;
  row.extents = volume.extents();
  row.size = row.extents * group.extent;
  row.writable = volume.writable;
  row.skip_activation = volume.skip_activation;
  row.alloc = volume.alloc;
  row.created = volume.created;
  row.partial = shows_partial(found, volume);
  add_snapshots(group, row);
  add_origin(group, volume, row);
  row.origin_size = row.origin_extents * group.extent;
  for (const Segment& segment : volume.segments) {
    row.segments.push_back({segment.first, segment.count, path_in(found, segment.pv), segment.pv_first});
  }
  if (const Device* device = at.device(mapped_name(group.name, volume.name))) {
    row.active = true;
    row.minor = device->minor;
    row.kernel_read_only = device->read_only;
    row.open_count = users(at, group.name, volume.name);
  }
  if (const Device* store = store_device(at, group, volume)) {
    row.invalid = store->invalid;
    row.data_percent = percent_of(world, host, *store);
  }
  row.attr = attr_of(row);
  return row;
}

}  // namespace

float snapshot_percent(Sectors used, Sectors total, Sectors metadata) {
  constexpr std::int64_t kOne = 1000000;
  constexpr std::int64_t kHundredth = kOne / 100;
  if (total == 0 || used == total) return 100;
  if (used == metadata) return 0;
  auto percent =
      static_cast<std::int64_t>(100.0 * kOne * (static_cast<double>(used) / static_cast<double>(total)));
  if (percent == 0) percent = 1;
  if (percent == 100 * kOne) --percent;
  if (percent < kHundredth) return 0.01F;
  if (percent > 100 * kOne - kHundredth && percent < 100 * kOne) return 99.99F;
  return static_cast<float>(percent) / static_cast<float>(kOne);
}

Observed observe(const World& world, Name host) {
  Observed seen;
  const Host* at = world.hosts.find(host);
  if (!at || !at->devices) return seen;
  const std::vector<FoundGroup> groups = find_groups(world, host);
  for (const FoundGroup& found : groups) {
    seen.groups.push_back(row_of(*at, found));
    for (std::size_t i = 0; i < found.group->pvs.size(); ++i)
      seen.pvs.push_back(row_of(world, host, found, i));
    for (const Volume& volume : found.group->volumes)
      seen.volumes.push_back(row_of(world, host, found, volume));
  }
  std::vector<PvRow> others;
  for (const Device& device : *at->devices) {
    if (const auto pv = find_pv(world, host, device.name)) {
      if (!pv->group) seen.pvs.push_back(orphan_row(*pv));
    } else if (scanned(world, host, device) && device.size >= kSmallestDevice) {
      others.push_back(unlabelled_row(device));
    }
  }
  std::stable_sort(seen.pvs.begin(), seen.pvs.end(),
                   [](const PvRow& a, const PvRow& b) { return a.path < b.path; });
  seen.pvs.insert(seen.pvs.end(), others.begin(), others.end());
  return seen;
}

}  // namespace rehearse::lvm
