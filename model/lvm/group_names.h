// Names of groups: what vgcreate and vgrename take for one.
#pragma once

#include "model/refusal.h"
#include "model/world.h"

namespace rehearse::lvm {

/// Why LVM takes this for no name of a new group; `bare` words, as vgrename prints them.
Refused refuse_new_name(const Host&, Name group);

}  // namespace rehearse::lvm
