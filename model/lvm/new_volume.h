// What both forms of lvcreate have in common: words of options, the name, the size, room for the extents.
#pragma once

#include "model/lvm/volume_checks.h"
#include "model/lvm/volume_ops.h"

namespace rehearse::lvm {

/// What LVM finds wrong with the values of options while it reads the line.
Refused check_words(const NewVolume&);
/// Valid, and not one that LVM keeps for itself.
Refused check_new_name(Name name);
/// Neither zero, nor both size and extents.
Refused check_amount(const NewVolume&, Report&);
/// --contiguous y goes with no other policy.
Refused check_policy(const NewVolume&);
/// Sectors are turned into extents, rounded up with a word about it; a percentage stays one.
Amount read_amount(const NewVolume&, const Group&, Report&);
/// Name, permission and policy of the new volume; without extents yet.
Volume new_volume(const NewVolume&, const Attempt&, const Group&, const std::optional<Name>& name);
/// Finds its extents in the group.
Refused find_room(const Group&, Volume&, std::uint64_t extents, bool approximate,
                  const std::vector<Allowed>& from);

}  // namespace rehearse::lvm
