// Calibration: each refusal of the model's table is to have been said by the real tool itself, in these words
// and with this exit status, in a recording that the model agrees with. Those that no recording provokes
// stand in a list with the reason; a refusal in neither place is a guess.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "integration/recording_replay.h"
#include "model/refusal.h"

namespace rehearse {

/// A refusal that is not provoked, and why it is not.
struct NotProvoked {
  Refusal code = Refusal::none;
  std::string reason;
  bool operator==(const NotProvoked&) const = default;
};
/// Lines `CODE REASON`; `#` begins a comment.
Input<std::vector<NotProvoked>> read_not_provoked(std::string_view text, const std::string& file);

/// Where each refusal was first provoked: "lvm/lvcreate-names.rec:12", file and line.
using Provoked = std::map<Refusal, std::string>;

/// Adds the refusals of one recording, which is called `name`.
void calibrate(const Recording&, const Replay&, const std::string& name, Provoked&);

/// Replays all recordings below a folder.
Input<Provoked> provoked_by(const std::string& folder);

/// What is wrong with the list, a sentence each: refusals that are neither provoked nor listed, and listed
/// ones that are provoked.
std::vector<std::string> complaints(const Provoked&, const std::vector<NotProvoked>&);

}  // namespace rehearse
