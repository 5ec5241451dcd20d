// What LVM writes on its disks: a label that makes a device a physical volume, and on each the whole
// description of its volume group. Commands read it from the disks, change it, and write it back to all of
// them; the running kernel knows nothing of it (its tables are model/dm/device.h).
#pragma once

#include <optional>
#include <vector>

#include "model/hash.h"
#include "model/units.h"

namespace rehearse::lvm {

inline constexpr Sectors kLabelAt = 1;
inline constexpr Sectors kMetadataAt = 8;    // byte 4096
inline constexpr Sectors kBlock = 256;       // LVM reads and writes devices by these (lib/device/bcache.c)
inline constexpr Sectors kMetadataRoom = 8;  // of the description itself; the area goes on to pe_start
inline constexpr Sectors kDefaultExtent = 8192;   // 4 MiB
inline constexpr Sectors kDefaultPeStart = 2048;  // 1 MiB
inline constexpr Sectors kSmallestDevice = 4096;  // pv_min_size, 2 MiB

/// Makes the device a physical volume, of a group or of none yet.
struct Label {
  std::uint64_t uuid = 0;
  Sectors device_size = 0;
  Sectors pe_start = kDefaultPeStart;
  friend auto fields(const Label& label) {
    const auto& [uuid, device_size, pe_start] = label;
    return std::tie(uuid, device_size, pe_start);
  }
  bool operator==(const Label&) const = default;
};

struct PhysicalVolume {
  std::uint64_t uuid = 0;
  Name device;  // where it was seen last: "/dev/vda"; a hint only
  Sectors device_size = 0;
  Sectors pe_start = kDefaultPeStart;
  std::uint64_t extents = 0;
  bool allocatable = true;
  bool missing = false;  // the group was changed while this one was away
  friend auto fields(const PhysicalVolume& pv) {
    const auto& [uuid, device, device_size, pe_start, extents, allocatable, missing] = pv;
    return std::tie(uuid, device, device_size, pe_start, extents, allocatable, missing);
  }
  bool operator==(const PhysicalVolume&) const = default;
};

/// Extents of a volume that lie together on one physical volume.
struct Segment {
  std::uint64_t first = 0;  // extent within the volume
  std::uint64_t count = 0;
  std::uint64_t pv = 0;  // uuid
  std::uint64_t pv_first = 0;
  friend auto fields(const Segment& segment) {
    const auto& [first, count, pv, pv_first] = segment;
    return std::tie(first, count, pv, pv_first);
  }
  bool operator==(const Segment&) const = default;
};

enum class Alloc : std::uint8_t { inherit, contiguous, cling, normal, anywhere };

struct SnapshotOf {
  Name origin;
  Sectors chunk = 8;
  bool merging =
      false;  // the snapshot is hidden and goes into its origin at the next activation, or goes now
  std::uint64_t extents = 0;  // of the origin when it was taken, and for good; 0: as many as the origin has
  friend auto fields(const SnapshotOf& of) {
    const auto& [origin, chunk, merging, extents] = of;
    return std::tie(origin, chunk, merging, extents);
  }
  bool operator==(const SnapshotOf&) const = default;
};

struct Volume {
  Name name;
  std::uint64_t uuid = 0;
  bool writable = true;
  bool skip_activation = false;
  Alloc alloc = Alloc::inherit;
  std::optional<SnapshotOf> snapshot;  // then the segments are its copy-on-write room
  std::vector<Segment> segments;
  std::uint64_t created =
      0;  // the group's sequence number then, given by commit: LVM lists volumes in that order

  std::uint64_t extents() const {
    std::uint64_t total = 0;
    for (const Segment& segment : segments) total += segment.count;
    return total;
  }
  bool is_snapshot() const { return snapshot.has_value(); }
  bool hidden() const { return snapshot && snapshot->merging; }
  friend auto fields(const Volume& volume) {
    const auto& [name, uuid, writable, skip_activation, alloc, snapshot, segments, created] = volume;
    return std::tie(name, uuid, writable, skip_activation, alloc, snapshot, segments, created);
  }
  bool operator==(const Volume&) const = default;
};

struct Group {
  Name name;
  std::uint64_t uuid = 0;
  std::uint64_t seqno = 0;
  Sectors extent = kDefaultExtent;
  bool resizeable = true;
  bool exported = false;
  Alloc alloc = Alloc::normal;
  std::uint64_t max_volumes = 0;  // 0: no limit
  std::uint64_t max_pvs = 0;
  std::vector<PhysicalVolume> pvs;  // in the order they came in, which is the order of allocation
  std::vector<Volume> volumes;      // sorted by name

  const Volume* volume(Name wanted) const;
  Volume* volume(Name wanted);
  const PhysicalVolume* pv(std::uint64_t wanted) const;
  /// All volumes in the order of their making; those made at once by name.
  std::vector<const Volume*> as_made() const;
  /// The snapshots of a volume, by name; a merging one included.
  std::vector<Name> snapshots_of(Name origin) const;
  /// The snapshot that is being merged into this volume, or null.
  const Volume* merging_into(Name origin) const;
  bool is_origin(Name wanted) const { return !snapshots_of(wanted).empty(); }
  std::uint64_t extents() const;
  std::uint64_t free_extents() const;

  friend auto fields(const Group& group) {
    const auto& [name, uuid, seqno, extent, resizeable, exported, alloc, max_volumes, max_pvs, pvs, volumes] =
        group;
    return std::tie(name, uuid, seqno, extent, resizeable, exported, alloc, max_volumes, max_pvs, pvs,
                    volumes);
  }
  bool operator==(const Group&) const = default;
};

}  // namespace rehearse::lvm
