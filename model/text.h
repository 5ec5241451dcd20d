// Letters and pieces of text, as every reader of lists and lines tells them apart.
#pragma once

#include <string_view>
#include <vector>

namespace rehearse {

/// Of the ten, whatever the locale.
constexpr bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Pieces between separators; an empty text has one.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const std::size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

/// Lines without their ends, empty ones included; what is behind the last newline counts if there is any.
inline std::vector<std::string_view> line_views(std::string_view text) {
  std::vector<std::string_view> lines = split(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace rehearse
