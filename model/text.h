// Pieces of text, as every reader of lists and lines cuts it.
#pragma once

#include <string_view>
#include <vector>

namespace rehearse {

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

}  // namespace rehearse
