// A runbook played for real: on the model first, which says what will come, then on the machines, step by
// step, as long as they do what the model said. The first difference stops the run with both sides shown.
// Nothing is changed without leave, and the journal knows at every moment what is under way.
#pragma once

#include <functional>
#include <set>

#include "scenarios/journal.h"
#include "scenarios/journal_file.h"

namespace rehearse {

/// What one side said of a step.
struct Ending {
  Verdict verdict = Verdict::done;
  Refusal refusal = Refusal::none;
  int status = 0;
  std::string what;  // of not modelled and unknown
  std::vector<Line> output;
};
/// "done", "refused (no_such_group), status 5", "failed with status 1".
std::string text_of(const Ending&);

/// How one item of the runbook went.
struct RealResult {
  const Item* item = nullptr;
  Place place;
  Name host;
  std::string text;
  bool command = false;
  bool earlier = false;  // before the run was taken up again
  std::string skipped;   // why it was not played; empty if it was
  Ending predicted;
  std::optional<Ending> real;            // none: it was not played, or in a run before this one
  std::vector<std::string> allowed;      // what is not as the model says, and need not be (allowance.h)
  std::vector<std::string> differences;  // what stopped the run: both sides, line by line
  std::vector<Complaint> complaints;     // what the runbook said and was not so
  bool holds() const { return predicted.verdict == Verdict::done; }  // of an assertion
};

struct RealRun {
  std::vector<RealResult> results;  // up to where it stopped
  std::size_t played = 0;           // steps that were, in this run or the one it continues
  std::size_t skipped = 0;
  std::vector<std::string> stopped;  // why the run did not come to the end of the runbook, in lines
  World world;                       // as the model has it at the end
  bool clean() const;
};

struct RealOptions {
  std::string target;         // "local", "ssh:inventory.json"
  std::set<Name> hosts;       // those that can be reached
  std::set<Name> may_change;  // of these, those on which anything may be changed
  std::string standin;        // as for PlayOptions
  bool strict = false;        // commands that are not modelled are not played
  std::size_t until = 0;      // the last line that is played; 0: all
  JournalFile* journal = nullptr;
  std::optional<JournalText> earlier;               // of a run to be taken up again
  std::function<bool(const std::string&)> confirm;  // asked before each step that may change something
  std::function<bool()> interrupted;                // asked between steps
  std::function<void(const RealResult&)> watch;
};

/// What identifies a runbook with its world, for the journal.
std::uint64_t digest_of(const Runbook&, const World&);

RealRun play_for_real(const Runbook&, const World&, Backend&, const RealOptions&);

}  // namespace rehearse
