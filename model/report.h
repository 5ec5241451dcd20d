// What a command says and how it ends: lines for standard output and error in the order they come, the
// exit status, and what kernels logged meanwhile. A muted report keeps nothing, for those who ask only
// whether a command would be refused.
#pragma once

#include <fmt/core.h>

#include <string>
#include <vector>

#include "model/name.h"

namespace rehearse {

struct Line {
  bool error = false;  // on standard error
  std::string text;
  bool operator==(const Line&) const = default;
};

/// What a kernel writes to its log: "block drbd0: role( Secondary -> Primary ) ". A step on one host may make
/// another's kernel speak.
struct LogLine {
  Name host;
  std::string text;
  bool operator==(const LogLine&) const = default;
};

struct Report {
  int status = 0;
  bool muted = false;
  bool terminal = false;  // somebody sits at one: tools that insist on it go on, or ask
  std::vector<Line> lines;
  std::vector<LogLine> log;
  bool operator==(const Report&) const = default;

  template <class... T>
  void out(fmt::format_string<T...> format, T&&... args) {
    if (!muted) lines.push_back({false, fmt::format(format, std::forward<T>(args)...)});
  }
  template <class... T>
  void err(fmt::format_string<T...> format, T&&... args) {
    if (!muted) lines.push_back({true, fmt::format(format, std::forward<T>(args)...)});
  }
  template <class... T>
  void kernel(Name host, fmt::format_string<T...> format, T&&... args) {
    if (!muted) log.push_back({host, fmt::format(format, std::forward<T>(args)...)});
  }
};

}  // namespace rehearse
