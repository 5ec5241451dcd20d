// A POSIX regular expression, as grep understands it.
#pragma once

#include <regex.h>

#include <optional>
#include <string>

#include "model/units.h"

namespace rehearse {

class Pattern {
 public:
  enum class Kind : std::uint8_t { basic, extended };
  explicit Pattern(const std::string& text, Kind kind = Kind::extended, bool any_case = false);
  ~Pattern();
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  /// False if the text was no regular expression.
  bool valid() const { return valid_; }
  /// The first match at or behind `from`.
  std::optional<Range> find(const std::string& text, std::size_t from = 0) const;
  /// The text with every match replaced.
  std::string replaced(const std::string& text, const std::string& by) const;

 private:
  regex_t compiled_{};
  bool valid_ = false;
};

}  // namespace rehearse
