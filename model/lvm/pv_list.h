// The physical volumes that a command names to take extents from: "/dev/vda", "/dev/vdb:10-20:30", as LVM
// reads them (lvm2 lib/metadata/pv_list.c). The order typed is the order in which they are searched.
#pragma once

#include "model/lvm/allocate.h"
#include "model/lvm/scan.h"
#include "model/report.h"

namespace rehearse::lvm {

/// Fills `allowed`, or says what is wrong. Those that cannot give anything are left out with a warning.
Refused read_pv_list(const Host&, const FoundGroup&, const std::vector<Name>& typed,
                     std::vector<Allowed>& allowed, Report&);

}  // namespace rehearse::lvm
