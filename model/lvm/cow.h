// The room of a snapshot as the commands reach it: through a plain table of its own, before the kernel knows
// it as a snapshot.
#pragma once

#include "model/dm/exceptions.h"
#include "model/lvm/scan.h"

namespace rehearse::lvm {

/// Writes the store at the start of the volume's extents, whether or not it is active.
void write_store(World&, Name host, const FoundGroup&, Name volume, const ExceptionStore&);
/// The store that lies there, if one does.
Part<ExceptionStore> store_on(const World&, Name host, const FoundGroup&, Name volume);

}  // namespace rehearse::lvm
