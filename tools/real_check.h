// `rehearse check --on`: a runbook played on real machines, step by step, as far as they do what the model
// says.
#pragma once

#include "scenarios/runbook.h"
#include "tools/check.h"

namespace rehearse {

int check_for_real(const CheckOptions&, const Runbook&, const World&, const std::string& standin);

}  // namespace rehearse
