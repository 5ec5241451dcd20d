// How commands go through physical volumes (lvm2 tools/toollib.c process_each_pv): group by group in the
// order they were met, each with its warnings, then those without a group; operands that were not met on the
// way are missed.
#pragma once

#include <functional>

#include "model/lvm/attempt.h"
#include "model/lvm/scan.h"

namespace rehearse::lvm {

struct PvTarget {
  Name device;
  Name group;  // empty for an orphan
};

/// Visits those that `paths` name, or all; of one group only, if `group` is not empty. Complains of what
/// cannot be used, last of all of what is no physical volume.
void walk_pvs(Attempt&, const std::vector<Name>& paths, bool all,
              const std::function<void(const PvTarget&)>& visit, Name group = {});

}  // namespace rehearse::lvm
