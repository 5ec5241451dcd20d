// What every LVM command says on standard error before it does anything with a group: physical volumes that
// are missing, were missing, or know only an older description.
#pragma once

#include "model/lvm/scan.h"
#include "model/report.h"

namespace rehearse::lvm {

/// "WARNING: VG vg is missing PV ...": of this group, as a command that reads it says.
void warn(const FoundGroup&, Report&);
void warn_all(const std::vector<FoundGroup>&, Report&);
/// What a command says again when it looks at the disks before a change: "WARNING: Couldn't find device ...".
void warn_missing(const FoundGroup&, Report&);
/// Commits a change of the group, with what the commands say meanwhile of physical volumes that are missing
/// or were.
void commit_aloud(World&, Name host, const FoundGroup& before, Group, Report&);
/// "WARNING: Device ... is smaller than ...": says whether there is such a device.
bool warn_sizes(const FoundGroup&, Report&);
/// "Cannot change VG vg while PVs are missing.", "Volume group vg is exported", or none.
Refused refuse_change(const FoundGroup&);

}  // namespace rehearse::lvm
