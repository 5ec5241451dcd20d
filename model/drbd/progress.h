// One step of a resync or a verify.
#pragma once

#include "model/drbd/node.h"

namespace rehearse::drbd {

/// Copies or compares one run of blocks, seen from the target of a resync or the initiator of a verify; or
/// ends it. Says whether there was something to do.
bool resync_step(Node&, std::uint32_t volume);

}  // namespace rehearse::drbd
