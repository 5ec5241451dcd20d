// Scripts at random that mean something: each line is drawn for the world it is played in, so that volumes
// exist, snapshots fill up, merges wait and disks run full. Half of the commands are ones the model would not
// refuse, the rest fall as they come. The text is a recording without answers; whoever plays it on real
// machines gets a recording.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/units.h"

namespace rehearse {

struct ScriptPlan {
  std::uint64_t seed = 0;  // equal seeds give equal scripts
  std::size_t steps = 12;  // commands and faults, without those that only look
  std::size_t disks = 4;
  Bytes disk_size = 64 * kMiB;
  bool crashes = true;  // power is lost and comes back
};

/// What is looked at after every step: physical volumes with their segments and volumes, and device-mapper.
extern const char* const kLook;

/// Lines of a script for the host alpha: commands, `! kill alpha`, `! boot alpha`, `~ settle`.
std::vector<std::string> random_script(const ScriptPlan& plan);

/// With head line and with looks between the steps, as a recording has it.
std::string as_recording(const std::vector<std::string>& lines, const ScriptPlan& plan);

}  // namespace rehearse
