// What happens by itself and soon, once somebody has done something: sockets connect, packets are looked at,
// a lost peer is noticed. Played to a fixed point after every step.
#pragma once

#include "model/report.h"
#include "model/world.h"

namespace rehearse::drbd {

void settle(World&, Report&);

/// Resync and verify: one quantum on every device, or all there is.
void progress(World&, bool all, Report&);

}  // namespace rehearse::drbd
