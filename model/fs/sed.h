// The part of sed that administrators use to change a line in a file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::fs {

struct SedAddress {
  enum class Kind : std::uint8_t { none, line, last, pattern };
  Kind kind = Kind::none;
  std::size_t line = 0;
  std::string pattern;
};

struct SedCommand {
  SedAddress from;
  SedAddress to;
  bool negated = false;
  char name = 's';  // s or d
  std::string pattern;
  std::string replacement;
  bool global = false;
  bool any_case = false;
  std::size_t nth = 1;
};

/// None if there is something in it that is not known.
std::optional<std::vector<SedCommand>> read_sed(std::string_view script);
/// None if a pattern is no regular expression.
std::optional<std::string> run_sed(const std::vector<SedCommand>& commands, const std::string& text,
                                   bool extended);

}  // namespace rehearse::fs
