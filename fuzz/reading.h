// What every reader of a tool's report owes its caller: a problem that it tells names its source.
#pragma once

#include <cstdlib>

#include "backends/observe/reports.h"

namespace rehearse {

inline void reads_or_says_why(const ReadProblem& problem) {
  if (problem && (problem->source.empty() || problem->what.empty())) std::abort();
}

}  // namespace rehearse
