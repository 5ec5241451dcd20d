// The lab's machine as a world: what the model starts from when it is held against reality.
#pragma once

#include "model/world.h"

namespace rehearse {

/// The host alpha with blank disks vda, vdb ...; its root is in memory, so that every boot makes it anew.
World lab_world(std::size_t disks, Bytes disk_size);

}  // namespace rehearse
