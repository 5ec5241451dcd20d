// The few programs that stand behind a pipe to shorten a report: grep, head, tail, wc, sort, cut. They work
// on text alone, so that `lvs | grep vg1` is played without a shell.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse {

struct Filtered {
  std::string text;
  int status = 0;
  bool operator==(const Filtered&) const = default;
};

/// What the filter makes of `input`, or none if it is no such filter or an option of it is not known here.
std::optional<Filtered> filter(std::span<const std::string> words, const std::string& input);

/// Lines without their ends; a last line without an end counts.
std::vector<std::string> lines_of(std::string_view text);

}  // namespace rehearse
