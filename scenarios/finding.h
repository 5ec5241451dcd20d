// A finding is what the operator should know before doing it for real: a stable code with a documented page,
// the place in the runbook, and the chain of steps that leads there.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/step.h"

namespace rehearse {

struct Finding {
  std::string code;                // "RH101"
  std::string what;                // one sentence: what happens, with names and figures
  std::string subject;             // what it is about ("vg1/echelon_etch"), to tell findings apart
  std::size_t line = 0;            // of the runbook; 0: of no line
  std::vector<std::size_t> chain;  // earlier lines that lead there
  std::string remedy;              // what would have avoided it, with figures where there are some
  bool expected = false;           // the runbook said so
  bool operator==(const Finding&) const = default;
};

/// One step as it was played.
struct Played {
  const World& before;
  const World& after;
  const Step& step;
  const Refused& refused;
  const Report& report;
  std::size_t line = 0;
};

/// Judges a rehearsal step by step. It remembers what it needs (who wrote what where, which snapshot was made
/// on which line) and never changes the world.
class Judge {
 public:
  virtual ~Judge() = default;
  virtual std::vector<Finding> look(const Played&) = 0;
  /// What can only be said at the end.
  virtual std::vector<Finding> finish(const World&) = 0;
};
std::unique_ptr<Judge> make_judge();

/// All rules and hazards, for `rehearse list rules` and `rehearse explain`.
struct RulePage {
  std::string_view code;
  std::string_view name;      // "snapshot overflows"
  std::string_view kind;      // "rule" or "hazard"
  std::string_view markdown;  // the page
};
const std::vector<RulePage>& rule_pages();

}  // namespace rehearse
