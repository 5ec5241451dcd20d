// A recording is what real tools said when a script was played on real machines: a text file that reads like
// the terminal did. It is read here, so that the model can be held against it without any machine.
//
//   # What it is about.
//   lab: disks=4 size=256M
//
//   alpha# lvs vg/nope
//   2>   Failed to find logical volume "vg/nope"
//   [5]
//
// Below a command comes what it said (standard error marked `2> `) and its exit status, or `[timed out]`. `!
// kill alpha` and its like are faults, `~ sleep 3` is time. `# stops here: REASON` ends the replay.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/report.h"
#include "model/units.h"
#include "scenarios/input.h"

namespace rehearse {

struct RecordedStep {
  enum class Kind : std::uint8_t { command, fault, time };
  Kind kind = Kind::command;
  std::size_t line = 0;    // of the file, from 1
  std::size_t number = 0;  // of a command among the commands, from 1
  std::string host;        // of a command
  std::string text;        // the command line, continuations joined; or what stands behind `! ` or `~ `
  std::vector<Line> said;
  std::optional<int> status;  // none: timed out
  // Of `~ settle`, what chance decided since the last one: hosts that wait for a peer which hung up, "[beta
  // waits]"; the one whose data won where neither had to be the source, "[alpha is source]".
  std::vector<std::string> waits;
  std::string source;
  bool operator==(const RecordedStep&) const = default;
};

struct Recording {
  std::string file;
  std::string about;
  std::size_t guests = 1;  // alpha; and beta, if two
  std::size_t disks = 4;   // of each
  Bytes disk_size = 256 * kMiB;
  bool libvirt = false;  // it runs on them
  bool qemu = false;     // it is there, for guests of their own
  std::vector<RecordedStep> steps;
  std::string stops_here;  // why nothing behind the last step can be replayed; empty if all can
  bool operator==(const Recording&) const = default;
};

Input<Recording> read_recording(std::string_view text, const std::string& file);
Input<Recording> load_recording(const std::string& file);

/// Of a line below a step of time, "[beta waits]", the host that does `what`. Empty if the line says
/// something else.
std::string host_that(std::string_view what, const std::string& line);

/// The recordings (*.rec) below a folder, by name: "lvm/lvs-columns.rec".
std::vector<std::string> recordings_below(const std::string& folder);

/// A disagreement that is known: it stays in the list until the model is put right.
struct KnownDisagreement {
  std::string recording;   // "lvm/lvs-columns.rec"
  std::size_t number = 0;  // of the command
  std::string reason;
  bool operator==(const KnownDisagreement&) const = default;
};
/// Lines `FILE:COMMAND-NUMBER REASON`; `#` begins a comment.
Input<std::vector<KnownDisagreement>> read_disagreements(std::string_view text, const std::string& file);
Input<std::vector<KnownDisagreement>> load_disagreements(const std::string& file);

}  // namespace rehearse
