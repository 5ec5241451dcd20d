// printf of whole lines, as it stands before a pipe: %s, %% and the usual escapes. The format is gone through
// again as long as there are words for it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rehearse {

/// What is printed, without the newline at the end of each line; none: it has something else in it, or its
/// last line has no end.
std::optional<std::vector<std::string>> printed_lines(const std::string& format,
                                                      std::span<const std::string> words);

}  // namespace rehearse
