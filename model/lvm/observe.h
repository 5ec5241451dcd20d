// What pvs, vgs and lvs know: plain rows worked out from the metadata on the disks and from the kernel's
// tables. The reports print them in columns; nothing here is spelled as a column but the attribute strings.
#pragma once

#include "model/lvm/scan.h"

namespace rehearse::lvm {

/// Neighbouring extents of a physical volume that belong to one segment of a volume, or to nobody.
struct PvPiece {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  Name volume;                     // empty: free
  std::uint64_t volume_first = 0;  // extent within the volume
  bool operator==(const PvPiece&) const = default;
};

struct PvRow {
  Name path;             // "/dev/vda"; "[unknown]" for a missing one
  bool labelled = true;  // false: a device that is no physical volume (pvs -a)
  std::uint64_t uuid = 0;
  Name group;        // empty for an orphan
  std::string attr;  // "a--"
  Sectors device_size = 0;
  Sectors size = 0;  // whole extents in a group, else the device
  Sectors free = 0;
  Sectors used = 0;
  Sectors pe_start = 0;
  Sectors extent = 0;  // of its group; 0 for an orphan
  std::uint64_t extents = 0;
  std::uint64_t allocated = 0;
  bool allocatable = false;
  bool exported = false;
  bool missing = false;
  bool in_use = false;
  std::uint64_t place = 0;  // within its group, in the order in which they came in
  std::vector<PvPiece> pieces;
  bool operator==(const PvRow&) const = default;
};

struct GroupRow {
  Name name;
  std::uint64_t uuid = 0;
  std::string attr;  // "wz--n-"
  std::uint64_t seqno = 0;
  Sectors extent = 0;
  std::uint64_t extents = 0;
  std::uint64_t free_extents = 0;
  Sectors size = 0;
  Sectors free = 0;
  std::uint64_t pv_count = 0;
  std::uint64_t missing_pvs = 0;
  std::uint64_t volume_count = 0;  // those that show, snapshots among them
  std::uint64_t snapshot_count = 0;
  std::uint64_t open_volumes = 0;
  std::uint64_t max_volumes = 0;
  std::uint64_t max_pvs = 0;
  Alloc alloc = Alloc::normal;
  bool resizeable = true;
  bool exported = false;
  bool partial = false;
  std::vector<Name> pvs;  // paths, in the group's order
  bool operator==(const GroupRow&) const = default;
};

struct VolumeSegmentRow {
  std::uint64_t first = 0;  // extent within the volume
  std::uint64_t count = 0;
  Name path;  // of the physical volume: "/dev/vda" or "[unknown]"
  std::uint64_t pv_first = 0;
  bool operator==(const VolumeSegmentRow&) const = default;
};

struct VolumeRow {
  Name group;
  Name name;
  std::uint64_t uuid = 0;
  std::string attr;  // "-wi-a-----"
  Sectors extent = 0;
  std::uint64_t extents = 0;
  Sectors size = 0;         // of a snapshot: its room for changed chunks
  Name origin;              // of a snapshot
  Sectors origin_size = 0;  // of a snapshot and of an origin
  std::uint64_t origin_extents = 0;
  Sectors chunk = 0;                  // of a snapshot
  std::optional<float> data_percent;  // of a snapshot that the kernel knows; shown with two decimals
  std::vector<Name> snapshots;        // of an origin, in the order of their making; one being merged included
  bool merging = false;  // a snapshot on its way into its origin, which lvs shows in brackets with -a only
  bool origin_of_merge = false;
  bool invalid = false;  // a snapshot (or a merge) that the kernel has given up
  bool active = false;   // the kernel has a table for it
  bool kernel_read_only = false;
  bool writable = true;
  bool skip_activation = false;
  bool partial = false;
  std::uint32_t open_count = 0;
  std::optional<std::uint32_t> minor;
  Alloc alloc = Alloc::inherit;
  std::uint64_t created = 0;  // lvdisplay and lvscan list volumes in the order of their making
  std::vector<VolumeSegmentRow> segments;
  bool operator==(const VolumeRow&) const = default;
};

struct Observed {
  std::vector<PvRow> pvs;          // by path; the unlabelled ones last
  std::vector<GroupRow> groups;    // by name
  std::vector<VolumeRow> volumes;  // by group and name, hidden ones included
  bool operator==(const Observed&) const = default;
};

Observed observe(const World&, Name host);

/// dm's per cent as LVM shows it: 0.01 for the smallest part of one, 99.99 until all is used (libdm
/// dm_make_percent, dm_percent_to_round_float).
float snapshot_percent(Sectors used, Sectors total, Sectors metadata);

}  // namespace rehearse::lvm
