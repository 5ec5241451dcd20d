// Which acknowledged writes can still be read, and where: worked out from the media alone, as LVM and the
// kernel would read them (volumes active or not, snapshots through their exceptions, file systems file by
// file), and from the memory of those kernels that run. What could be read before a step and cannot after it
// is lost.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/lvm/metadata.h"
#include "model/world.h"

namespace rehearse {

/// Of each write, which of its sectors: sorted, apart, counted from the write's start.
using WriteSet = std::map<Stamp, std::vector<Range>>;

void add(WriteSet& to, const WriteSet& more);
/// What is in `from` and not in `without`.
WriteSet minus(const WriteSet& from, const WriteSet& without);
Bytes bytes_of(const std::vector<Range>& sectors);

/// The writes that a device's contents give to a reader: file by file where it holds a file system, else all.
void add_writes(WriteSet& to, const Patch& contents);
/// The writes in the files of a file system in use, over what lies on its device.
void add_writes(WriteSet& to, const fs::Mount& mount, const Patch& contents);

/// A volume, or a partition or disk that no group uses, with what a reader of it sees.
struct ReadableDevice {
  std::string name;  // "vg1/echelon", "sda1 of trolls"
  Patch contents;
};
std::vector<ReadableDevice> devices_on_media(const World&);

/// A volume group as it lies on the media.
struct GroupOnMedia {
  Part<lvm::Group> group;
  struct Place {
    Name medium;
    Sectors first = 0;  // of the physical volume on it
  };
  std::map<std::uint64_t, Place> pvs;  // by uuid
};
std::vector<GroupOnMedia> groups_on_media(const World&);

/// What a snapshot's room holds; nothing if it cannot be read.
struct SnapshotRoom {
  std::string name;        // "vg1/echelon_etch"
  std::uint64_t uuid = 0;  // of the volume
  bool valid = true;
  bool merging = false;
  Sectors used = 0;
  Sectors size = 0;
  Sectors extent = 0;  // of its group
  std::string origin;  // "vg1/echelon"
};
std::vector<SnapshotRoom> snapshots_on_media(const World&);

struct Readable {
  std::vector<std::pair<std::string, WriteSet>>
      places;  // by device, and by kernel that holds something in memory
  WriteSet anywhere;
};
Readable readable_writes(const World&);

}  // namespace rehearse
