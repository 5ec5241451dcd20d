// How LVM commands find things: every command reads labels and group descriptions from the devices it can
// see, and every change is written back to all physical volumes of the group.
#pragma once

#include <vector>

#include "model/lvm/metadata.h"
#include "model/refusal.h"
#include "model/world.h"

namespace rehearse::lvm {

/// A device with a physical volume label.
struct FoundPv {
  Name device;  // below /dev
  Label label;
  Part<Group> group;  // as described on this device; empty for an orphan
  Sectors size = 0;   // of the device now
};

/// A group as found: its newest description, and where its physical volumes are now.
struct FoundGroup {
  Part<Group> group;
  std::vector<FoundPv> pvs;  // those that are here and in use, in the group's order
  std::vector<FoundPv>
      returned;  // here again, but the group was changed while they were away: still not used
  std::vector<FoundPv> reappeared;  // the same, but nothing lies on them: they are among `pvs` at once
  std::vector<FoundPv> outdated;    // once members, since removed without their knowing
  bool partial() const { return pvs.size() < group->pvs.size(); }
  /// The device of a physical volume, or an empty name if it is missing.
  Name device_of(std::uint64_t pv) const;
};

/// Labels on disks, partitions, network disks and whatever else LVM looks at (not on its own volumes), sorted
/// by device.
std::vector<FoundPv> find_pvs(const World&, Name host);
std::vector<FoundGroup> find_groups(const World&, Name host);  // sorted by name
/// In the order in which LVM goes through them when none is named: that whose first device it met last comes
/// first (lvm2 lib/cache/lvmcache.c adds at the head of its list).
std::vector<FoundGroup> groups_as_met(const World&, Name host);
std::optional<FoundGroup> find_group(const World&, Name host, Name group);
/// The label on a device that LVM would look at, if there is one.
std::optional<FoundPv> find_pv(const World&, Name host, Name device);
/// Commands that change which devices are physical volumes read every device there is; the others go by the
/// hints of the last scan (lvm2 lib/label/hints.c), and do not come to wait for a blank disk that hangs.
void read_all(const World&, Name host);
/// Does LVM look at this device at all? Not at its own volumes, nor at a disk with partitions.
bool scanned(const World&, Name host, const Device&);

/// Does LVM call the volume partial? If some of it is on a physical volume that is missing, and for an origin
/// also if some of a snapshot of it is.
bool shows_partial(const FoundGroup&, const Volume&);

/// Raises the sequence number, as often as the real tool writes on the way, and writes the description to all
/// physical volumes that are here; those that are not are marked as missing from then on.
void commit(World&, Name host, Group group, std::uint64_t times = 1);

/// "GROUP/VOLUME", "/dev/GROUP/VOLUME" or "/dev/mapper/GROUP-VOLUME" as typed; `volume` is empty if only a
/// group was named.
struct VolumeRef {
  Name group;
  Name volume;
  std::string str() const { return volume.empty() ? group.str() : group.str() + "/" + volume.str(); }
  friend auto fields(const VolumeRef& ref) {
    const auto& [group, volume] = ref;
    return std::tie(group, volume);
  }
  bool operator==(const VolumeRef&) const = default;
};
bool read_value(std::string_view text, VolumeRef& value);
std::string show_value(const VolumeRef& value);

/// "GROUP", as typed perhaps "/dev/GROUP".
struct GroupRef {
  Name name;
  friend auto fields(const GroupRef& ref) {
    const auto& [name] = ref;
    return std::tie(name);
  }
  bool operator==(const GroupRef&) const = default;
};
bool read_value(std::string_view text, GroupRef& value);
std::string show_value(const GroupRef& value);

/// A uuid for what `seed` identifies that nothing LVM sees on this host has yet.
std::uint64_t fresh_uuid(const World&, Name host, std::uint64_t seed);
/// 38 characters as LVM prints them: "3MLC3Z-....-......".
std::string uuid_text(std::uint64_t uuid);
/// What device-mapper knows a volume by: "LVM-", the group's uuid and the volume's, without dashes.
std::string dm_uuid(std::uint64_t group, std::uint64_t volume);

}  // namespace rehearse::lvm
