// The scoreboard: how often the model said what the real tools said, command by command and option by option,
// over all recordings; what still differs, and what is not modelled. Nothing in it is written by hand.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "integration/recording.h"

namespace rehearse {

struct Score {
  std::size_t compared = 0;
  std::size_t agreed = 0;
  std::size_t not_modelled = 0;
  std::size_t not_reached = 0;  // they stand behind a command that is not modelled
  bool operator==(const Score&) const = default;
};

struct CommandScore {
  Score all;
  std::map<std::string, Score> options;  // "-L": the times it was among the words
};

/// A command that the model answers otherwise than it was recorded.
struct OpenDisagreement {
  std::string recording;  // "lvm/lvs-columns.rec", which is the script that leads there
  std::size_t line = 0;
  std::string command;
  std::string reason;  // from the list of those that are known; empty if it is not in it
  std::string why;     // both answers
};

struct Fidelity {
  std::size_t recordings = 0;
  Score all;
  std::map<std::string, CommandScore> commands;  // "lvcreate", "dmsetup status"
  std::vector<OpenDisagreement> open;
  std::map<std::string, std::size_t> not_modelled;  // what was not understood, and how often
};

/// Plays all recordings (*.rec) below a folder that also holds disagreements.txt.
Input<Fidelity> measure_fidelity(const std::string& folder);

/// "lvcreate" and "-L", "-n" of `lvcreate -L 8M -n a vg`.
struct CommandForm {
  std::string command;
  std::vector<std::string> options;
};
/// One for each simple command of a line.
std::vector<CommandForm> forms_of(const std::string& line);

/// Two sentences, for a README.
std::string fidelity_summary(const Fidelity&);
std::string fidelity_markdown(const Fidelity&);
std::string fidelity_json(const Fidelity&);
/// A page that needs nothing but itself.
std::string fidelity_html(const Fidelity&);

}  // namespace rehearse
