// A rehearsal: a runbook played from its first line to its last on the model, judged after every step.
// Nothing stops it: a refused or unknown command is written down and the next one is played, as a reader of
// the runbook would want to know of all that is wrong with it at once.
#pragma once

#include <functional>
#include <span>

#include "scenarios/finding.h"
#include "scenarios/runbook.h"

namespace rehearse {

enum class Verdict : std::uint8_t {
  done,          // an assertion: it holds
  refused,       // by the tool
  failed,        // ended with another status than 0, or could not be; an assertion: it does not hold
  unknown,       // the connection broke half way: the effect may be there
  not_modelled,  // not played
  skipped,       // behind the line where the rehearsal was to end
};
std::string_view name_of(Verdict);

/// A finding with its places, which may lie in included files.
struct PlacedFinding {
  Finding finding;
  Place place;
  std::vector<Place> chain;
  bool operator==(const PlacedFinding&) const = default;
};

/// What the runbook said and was not so.
struct Complaint {
  Place place;
  std::string what;
  bool operator==(const Complaint&) const = default;
};

/// How one item of the runbook went.
struct Result {
  const Item* item = nullptr;
  Place place;
  Name host;         // of a command: where it ran in the end; otherwise empty
  std::string text;  // the command, or the sentence
  Verdict verdict = Verdict::done;
  Refusal refusal = Refusal::none;
  int status = 0;
  std::string not_modelled;  // the word or the syntax that is not
  std::vector<Line> output;
  std::vector<LogLine> log;  // of all kernels, while it was played
  std::vector<PlacedFinding> findings;
  std::vector<Complaint> complaints;
  bool command = false;
  World after;  // cheap to keep: it shares all that did not change
};

struct Rehearsal {
  std::string runbook;
  std::string title;
  std::vector<Result> results;
  std::vector<PlacedFinding> at_end;  // what could only be said then
  std::vector<Complaint> complaints;  // about the runbook as a whole
  std::size_t commands = 0;           // played or not
  std::size_t not_modelled = 0;
  World world;  // as it was left

  std::vector<const PlacedFinding*> findings() const;
  std::vector<const Complaint*> all_complaints() const;
  /// All findings were expected, all that was expected came.
  bool clean() const;
};

struct PlayOptions {
  std::function<std::unique_ptr<Judge>()> judge;  // makes one for each time the runbook is played: make_judge
  bool strict = false;                            // a command that is not modelled is a complaint
  std::size_t until = 0;                          // the last line of the runbook that is played; 0: all
  std::string standin;  // path of the stand-in program; none: lines that need a real shell are not modelled
  bool size_snapshots = true;                // look for the size that would have held
  std::function<void(const Result&)> watch;  // each result as it comes
};

inline constexpr std::string_view kNotModelled = "RH901";

/// An `expect:` of a rule that there is not, or none.
std::optional<InputError> unknown_rule(const Runbook&, std::span<const RulePage>);
/// What makes the runbook unplayable on this world (a host it does not have), or none.
std::optional<InputError> unplayable(const Runbook&, const World&);
Rehearsal play(const Runbook&, const World&, const PlayOptions&);

}  // namespace rehearse
