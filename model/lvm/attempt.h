// One run of a command that works on several objects: it does those that can be done and complains of the
// others. Such a command is written once, as `run`; it is refused if its run on a copy of the world does
// nothing but complain.
#pragma once

#include <algorithm>

#include "model/refusal.h"
#include "model/report.h"
#include "model/world.h"

namespace rehearse::lvm {

struct Attempt {
  World& world;
  Name host;
  Report& report;
  bool done = false;  // something was changed, or was to be left as it is
  Refused last;       // complaint, or none
  std::size_t last_line = 0;

  /// Says the words of a refusal of one object; the command's status is the worst.
  void complain(const Refused& refused) {
    last = refused;
    last_line = report.lines.size();
    report.err("{}", refused.words());
    report.status = std::max(report.status, row_of(refused.why).status);
  }
};

template <class Op>
Refused refuse_by_trying(void (*run)(Attempt&, const Op&), const World& world, Name host, const Op& op,
                         Report& report) {
  World trial = world;
  Report said;
  Attempt attempt{trial, host, said, false, {}, 0};
  run(attempt, op);
  if (attempt.done || !attempt.last) return {};
  said.lines.erase(said.lines.begin() + static_cast<std::ptrdiff_t>(attempt.last_line));
  if (!report.muted) report.lines.insert(report.lines.end(), said.lines.begin(), said.lines.end());
  return attempt.last;
}

template <class Op>
void apply_by_trying(void (*run)(Attempt&, const Op&), World& world, Name host, const Op& op,
                     Report& report) {
  Attempt attempt{world, host, report, false, {}, 0};
  run(attempt, op);
}

// Defines refuse and apply of a form by the function `run` of its source.
#define REHEARSE_LVM_TRIED(Form)                                                  \
  Refused refuse(const World& world, Name host, const Form& op, Report& report) { \
    return refuse_by_trying<Form>(run, world, host, op, report);                  \
  }                                                                               \
  void apply(World& world, Name host, const Form& op, Report& report) {           \
    apply_by_trying<Form>(run, world, host, op, report);                          \
  }

}  // namespace rehearse::lvm
