// dmeventd, the daemon that watches snapshots: a file system that is mounted from one that overflowed is
// unmounted at once (lvm2 daemons/dmeventd/plugins/snapshot/dmeventd_snapshot.c).
#pragma once

#include "model/world.h"

namespace rehearse::lvm {

/// Acts on all hosts that are up.
void unmount_invalid_snapshots(World&);

}  // namespace rehearse::lvm
