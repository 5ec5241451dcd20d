// Removing a volume and what stands on it, as lvremove does it; vgremove and vgreduce do the same to the
// volumes that are in their way.
#pragma once

#include "model/lvm/scan.h"
#include "model/report.h"

namespace rehearse::lvm {

/// Why lvremove will not remove the volume: in use, or a question that was not answered yes. `yes` is -y, or
/// -f.
Refused refuse_remove(const World&, Name host, const FoundGroup&, Name volume, bool yes, Report&);
/// Removes it, the snapshots of an origin before it, with one line in the report for each. The group is read
/// anew and committed. Nothing is said of missing physical volumes here: the commands do that.
void remove_volume(World&, Name host, Name group, Name volume, Report&);

}  // namespace rehearse::lvm
