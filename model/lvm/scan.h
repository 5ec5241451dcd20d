// How LVM commands find things: every command reads labels and group descriptions from the devices it can see,
// and every change is written back to all physical volumes of the group.
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
};

/// A group as found: its newest description, and where its physical volumes are now.
struct FoundGroup {
  Part<Group> group;
  std::vector<FoundPv> pvs;  // those that are here, in the group's order
  bool partial() const { return pvs.size() < group->pvs.size(); }
  /// The device of a physical volume, or an empty name if it is missing.
  Name device_of(std::uint64_t pv) const;
};

/// Labels on disks, partitions, network disks and whatever else LVM looks at (not on its own volumes), sorted by
/// device.
std::vector<FoundPv> find_pvs(const World&, Name host);
std::vector<FoundGroup> find_groups(const World&, Name host);  // sorted by name
std::optional<FoundGroup> find_group(const World&, Name host, Name group);

/// Raises the sequence number and writes the description to all physical volumes that are here.
void commit(World&, Name host, Group group);

/// "GROUP/VOLUME", "/dev/GROUP/VOLUME" or "/dev/mapper/GROUP-VOLUME" as typed; `volume` is empty if only a group
/// was named.
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

/// 38 characters as LVM prints them: "3MLC3Z-....-......".
std::string uuid_text(std::uint64_t uuid);

}  // namespace rehearse::lvm
