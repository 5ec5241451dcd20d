// What was asked of real machines and what they answered, as a text that people can read and that a replay
// answers from. Reading and writing are inverse, whatever bytes were said.
//
//   rehearse calls 1
//
//   trolls# lvs vg1/nope
//   < the lines of its input
//   deadline 60000 ms
//   2>   Failed to find logical volume "vg1/nope"
//   [5] 12345 us
//
// Words are quoted for a shell where they have to be. Bytes that do not print are \xNN, a backslash is \\; a
// lone one at the end of a line says that no newline came there. An answer ends in its status, or in
// `[timed out]`, `[stuck]` or `[lost]`, the time it took, and of the lost ones why.
#pragma once

#include <string_view>
#include <variant>

#include "backends/shell.h"

namespace rehearse {

struct LoggedCall {
  std::string host;
  ShellCall call;
  ShellAnswer answer;
  bool operator==(const LoggedCall&) const = default;
};

inline constexpr std::string_view kCallLogHead = "rehearse calls 1\n";

/// One call with its answer, as it stands in a log.
std::string write_call(const LoggedCall&);
/// With the head.
std::string write_call_log(const std::vector<LoggedCall>&);

struct CallLogError {
  std::size_t line = 0;  // from 1
  std::string what;      // what was expected there
  bool operator==(const CallLogError&) const = default;
};
std::variant<std::vector<LoggedCall>, CallLogError> read_call_log(std::string_view text);

}  // namespace rehearse
