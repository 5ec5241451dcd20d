// The block devices a running kernel knows: disks, partitions, device-mapper tables, network disks, DRBD.
// They live in memory; a crash drops them all and a boot makes them again from what lies on the media.
//
// A device is named by its path below /dev in the kernel's own spelling: `sda2`, `mapper/vg1-echelon`,
// `etherd/e3.6`. Other spellings (`/dev/vg1/echelon`) are resolved when typed.
#pragma once

#include <variant>
#include <vector>

#include "model/hash.h"
#include "model/units.h"

namespace rehearse {

struct DiskDevice {  // a whole disk; the host's row of the same name says which medium
  friend auto fields(const DiskDevice&) { return std::tuple<>(); }
  bool operator==(const DiskDevice&) const = default;
};

struct PartitionDevice {
  Name disk;
  Range range;
  friend auto fields(const PartitionDevice& device) {
    const auto& [disk, range] = device;
    return std::tie(disk, range);
  }
  bool operator==(const PartitionDevice&) const = default;
};

struct LinearSegment {
  Range range;  // of the device itself
  Name device;  // underneath
  Sectors offset = 0;
  friend auto fields(const LinearSegment& segment) {
    const auto& [range, device, offset] = segment;
    return std::tie(range, device, offset);
  }
  bool operator==(const LinearSegment&) const = default;
};

struct LinearMap {
  std::vector<LinearSegment> segments;  // sorted, without gaps
  friend auto fields(const LinearMap& map) {
    const auto& [segments] = map;
    return std::tie(segments);
  }
  bool operator==(const LinearMap&) const = default;
};

struct SnapshotOriginMap {  // writes go to `real`, after each snapshot of it has set the old chunk aside
  Name real;
  friend auto fields(const SnapshotOriginMap& map) {
    const auto& [real] = map;
    return std::tie(real);
  }
  bool operator==(const SnapshotOriginMap&) const = default;
};

struct SnapshotMap {
  Name real;  // the origin's own layer
  Name cow;
  Sectors chunk = 8;
  friend auto fields(const SnapshotMap& map) {
    const auto& [real, cow, chunk] = map;
    return std::tie(real, cow, chunk);
  }
  bool operator==(const SnapshotMap&) const = default;
};

struct SnapshotMergeMap {  // an origin whose snapshot is being merged back
  Name real;
  Name cow;
  Sectors chunk = 8;
  friend auto fields(const SnapshotMergeMap& map) {
    const auto& [real, cow, chunk] = map;
    return std::tie(real, cow, chunk);
  }
  bool operator==(const SnapshotMergeMap&) const = default;
};

struct ErrorMap {  // every access fails
  friend auto fields(const ErrorMap&) { return std::tuple<>(); }
  bool operator==(const ErrorMap&) const = default;
};

struct AoeDevice {  // ATA over Ethernet: another host's export
  Name server;
  std::uint32_t shelf = 0;
  std::uint32_t slot = 0;
  friend auto fields(const AoeDevice& device) {
    const auto& [server, shelf, slot] = device;
    return std::tie(server, shelf, slot);
  }
  bool operator==(const AoeDevice&) const = default;
};

struct DrbdDevice {  // a replicated device; model/drbd has the rest of it
  friend auto fields(const DrbdDevice&) { return std::tuple<>(); }
  bool operator==(const DrbdDevice&) const = default;
};

using DeviceMap = std::variant<DiskDevice, PartitionDevice, LinearMap, SnapshotOriginMap, SnapshotMap,
                               SnapshotMergeMap, ErrorMap, AoeDevice, DrbdDevice>;

struct Device {
  Name name;  // below /dev
  Sectors size = 0;
  bool read_only = false;
  bool invalid = false;     // a snapshot that the kernel has given up
  std::uint32_t minor = 0;  // of a device-mapper or DRBD device
  DeviceMap map;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&map);
  }
  bool mapped() const { return name.str().starts_with("mapper/"); }
  friend auto fields(const Device& device) {
    const auto& [name, size, read_only, invalid, minor, map] = device;
    return std::tie(name, size, read_only, invalid, minor, map);
  }
  bool operator==(const Device&) const = default;
};

}  // namespace rehearse
