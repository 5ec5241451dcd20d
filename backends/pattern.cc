#include "backends/pattern.h"

namespace rehearse {

Pattern::Pattern(const std::string& text, Kind kind, bool any_case) {
  int flags = kind == Kind::extended ? REG_EXTENDED : 0;
  if (any_case) flags |= REG_ICASE;
  valid_ = regcomp(&compiled_, text.c_str(), flags) == 0;
}

Pattern::~Pattern() {
  if (valid_) regfree(&compiled_);
}

std::optional<Range> Pattern::find(const std::string& text, std::size_t from) const {
  if (!valid_ || from > text.size()) return std::nullopt;
  regmatch_t match{};
  if (regexec(&compiled_, text.c_str() + from, 1, &match, from > 0 ? REG_NOTBOL : 0) != 0)
    return std::nullopt;
  return Range{from + static_cast<std::size_t>(match.rm_so),
               static_cast<std::size_t>(match.rm_eo - match.rm_so)};
}

std::string Pattern::replaced(const std::string& text, const std::string& by) const {
  std::string result;
  std::size_t at = 0;
  while (const auto match = find(text, at)) {
    if (match->count == 0) break;
    result += text.substr(at, match->first - at) + by;
    at = match->end();
  }
  return result + text.substr(at);
}

}  // namespace rehearse
