// Scripts at random about a replicated disk of two guests: a configuration drawn for each, then commands on
// either side, writes, links that are cut, power that is lost and comes back. As with the scripts about LVM
// each line is drawn for the world it is played in. After each step the script waits until nothing moves any
// more.
#pragma once

#include "integration/random_script.h"

namespace rehearse {

/// Lines with their hosts: `alpha# drbdadm up r0`, `! kill beta`, `! the link is cut`.
std::vector<std::string> random_drbd_script(const ScriptPlan& plan);

/// As a recording has it: after each line a rest, and a look at both guests as far as they have power.
std::string as_drbd_recording(const std::vector<std::string>& lines, const ScriptPlan& plan);

}  // namespace rehearse
