// When a snapshot ran out of room, the operator wants to know how much would have been enough. The runbook is
// played again with other sizes in the snapshot's own command, halving the doubt each time, to the extent.
#pragma once

#include "scenarios/player.h"

namespace rehearse {

inline constexpr std::string_view kSnapshotOverflows = "RH101";

/// Puts the smallest sufficient size, or that the group has no room for it, into the remedy of each finding
/// of an overflow.
void add_sizes(const Runbook&, const World&, const PlayOptions&, Rehearsal&);

}  // namespace rehearse
