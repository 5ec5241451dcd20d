// What stands on what: the edges between a host's devices, and who uses a device from outside the device
// stack.
#pragma once

#include <string>
#include <vector>

#include "model/world.h"

namespace rehearse {

/// The devices of the same host that a device lies on; none for a disk or a network disk.
std::vector<Name> below(const Device&);

/// "mounted on /mnt", "swap", "exported as e3.4", "echelon xvda1".
std::vector<std::string> users_of(const Host&, Name device);

}  // namespace rehearse
