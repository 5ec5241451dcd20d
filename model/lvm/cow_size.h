// How large a snapshot's room can usefully be: with a chunk for each of the origin's and what their
// administration takes it can never overflow, and LVM gives it no more (lvm2 lib/metadata/snapshot_manip.c).
#pragma once

#include "model/lvm/metadata.h"

namespace rehearse::lvm {

/// Sectors that an exception store for all of an origin takes.
Sectors cow_max_size(Sectors origin, Sectors chunk);
/// The same in whole extents.
std::uint64_t cow_max_extents(const Group&, const Volume& origin, Sectors chunk);

}  // namespace rehearse::lvm
