// What a command says and how it ends: lines for standard output and error in the order they come, and the
// exit status. A muted report keeps nothing, for those who ask only whether a command would be refused.
#pragma once

#include <fmt/core.h>

#include <string>
#include <vector>

namespace rehearse {

struct Line {
  bool error = false;  // on standard error
  std::string text;
  bool operator==(const Line&) const = default;
};

struct Report {
  int status = 0;
  bool muted = false;
  bool terminal = false;  // somebody sits at one: tools that insist on it go on, or ask
  std::vector<Line> lines;
  bool operator==(const Report&) const = default;

  template <class... T>
  void out(fmt::format_string<T...> format, T&&... args) {
    if (!muted) lines.push_back({false, fmt::format(format, std::forward<T>(args)...)});
  }
  template <class... T>
  void err(fmt::format_string<T...> format, T&&... args) {
    if (!muted) lines.push_back({true, fmt::format(format, std::forward<T>(args)...)});
  }
};

}  // namespace rehearse
