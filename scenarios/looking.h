// Which lines of a runbook only look. Only what is known to change nothing does: a query of the model's own
// table, a filter behind a pipe, with nothing redirected into a file. Whatever is not understood may change
// anything.
#pragma once

#include <string_view>

namespace rehearse {

bool only_looks(std::string_view line);

}  // namespace rehearse
