// The shape that all forms of this layer have: one function does it all and says why not, on a world that may
// be changed; asking whether it would be refused is trying it on a copy, which costs a few pointers.
#pragma once

#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::fs {

template <class Form>
Refused tried(const World& world, Name host, const Form& form, Report& report) {
  World copy = world;
  Report said;
  said.muted = report.muted;
  said.terminal = report.terminal;
  const Refused refused = run(copy, host, form, said);
  if (refused) report.lines.insert(report.lines.end(), said.lines.begin(), said.lines.end());
  return refused;
}

}  // namespace rehearse::fs
