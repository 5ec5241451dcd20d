// What QEMU's monitor answers, without what no two runs share: times, figures of what was sent, names that
// are drawn at random, and what a guest's own firmware or system makes of its disks.
#pragma once

#include <string>
#include <vector>

#include "model/report.h"

namespace rehearse {

/// The line as it can be compared; another one is as it was.
std::string comparable_answer(const std::string& line);

/// The answers among what a command said, but for events: these come when they come.
std::vector<std::string> answers_in(const std::vector<Line>& said);

}  // namespace rehearse
