// Plays a recording on the model and compares, command by command, what the model says with what the real
// tool said. Only what no two runs share is taken out first: identities, times, speeds.
#pragma once

#include "integration/recording.h"
#include "model/refusal.h"

namespace rehearse {

/// One command that was played.
struct ReplayedCommand {
  enum class Verdict : std::uint8_t { agrees, disagrees, not_modelled, not_reached };
  Verdict verdict = Verdict::agrees;
  std::size_t number = 0;
  std::size_t line = 0;
  std::string text;
  std::string why;  // of not_modelled: what was not understood; of disagrees: both answers, easy to compare
  std::vector<Refusal> refusals;  // those that the model's operations ended with
};

struct Replay {
  std::vector<ReplayedCommand> commands;
  std::string stopped;  // why it ended before the recording did; empty if it did not
  std::size_t count(ReplayedCommand::Verdict) const;
};

Replay replay(const Recording&);

/// What a newer recording of the same script says otherwise, but for what no two runs share; empty if
/// nothing.
std::string changes(const Recording& before, const Recording& after);

/// Two answers side by side as a diff: lines of both, `-` only recorded, `+` only from the model.
std::string difference(const std::vector<std::string>& recorded, const std::vector<std::string>& modelled);

}  // namespace rehearse
