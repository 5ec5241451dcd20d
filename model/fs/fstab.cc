#include "model/fs/fstab.h"

#include <algorithm>

namespace rehearse::fs {
namespace {

// What stands between any of the separators; nothing is no piece.
std::vector<std::string> pieces_of(std::string_view text, std::string_view by) {
  std::vector<std::string> words;
  std::size_t at = text.find_first_not_of(by);
  while (at != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(by, at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = text.find_first_not_of(by, end);
  }
  return words;
}

}  // namespace

std::vector<std::string> words_of_options(std::string_view options) { return pieces_of(options, ","); }

bool FstabLine::has(std::string_view option) const {
  return std::find(options.begin(), options.end(), option) != options.end();
}

std::vector<FstabLine> read_fstab(std::string_view text) {
  std::vector<FstabLine> lines;
  for (const std::string& line : pieces_of(text, "\n")) {
    const std::vector<std::string> words = pieces_of(line, " \t");
    if (words.size() < 3 || words[0][0] == '#') continue;
    FstabLine row;
    row.source = words[0];
    row.target = words[1];
    row.type = words[2];
    if (words.size() > 3) row.options = words_of_options(words[3]);
    if (words.size() > 5) row.pass = words[5] == "0" ? 0 : 1;
    lines.push_back(std::move(row));
  }
  return lines;
}

}  // namespace rehearse::fs
