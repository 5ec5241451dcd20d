// A typed line, read as far as that needs no shell: simple commands with quoted words, redirected, joined by
// pipes, `;`, `&&` and `||`. Whatever else a shell would do with a line (variables, loops, substitutions,
// jobs) is named and left alone.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/usage.h"

namespace rehearse {

struct Redirection {
  enum class Kind : std::uint8_t { input, output, append, duplicate };
  int stream = 1;  // 0, 1 or 2
  Kind kind = Kind::output;
  std::string target;  // a file, or the number of the stream that is duplicated
  bool operator==(const Redirection&) const = default;
};

struct SimpleCommand {
  Words words;
  std::vector<Redirection> redirections;  // in their order
  bool operator==(const SimpleCommand&) const = default;
};

struct Pipeline {
  enum class When : std::uint8_t { always, after_success, after_failure };
  When when = When::always;
  bool negated = false;  // `! COMMAND`
  std::vector<SimpleCommand> commands;
  bool operator==(const Pipeline&) const = default;
};

/// Why a line is not of these: "$(...)", "a loop".
struct ShellSyntax {
  std::string what;
  bool operator==(const ShellSyntax&) const = default;
};

std::variant<std::vector<Pipeline>, ShellSyntax> read_shell_line(std::string_view line);

}  // namespace rehearse
