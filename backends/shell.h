// A way to run commands on a machine that is really there: this one, one behind ssh, a guest of the lab, or
// one that is only remembered (a replay). Every transport promises the same: the words arrive as they are, no
// shell of its own reads them; the two streams come back apart; and where no exit status came back, nothing
// is known of what the command did.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "model/units.h"

namespace rehearse {

/// The status of a command that is not there (sh(1)).
inline constexpr int kCommandNotFound = 127;

struct ShellCall {
  std::vector<std::string> words;  // the program, looked up on the machine's PATH, and its arguments
  std::string input;               // on standard input, which ends behind it
  std::chrono::milliseconds deadline{60'000};
  bool operator==(const ShellCall&) const = default;
};

struct ShellAnswer {
  enum class Ended : std::uint8_t {
    exited,     // with `status`; 128 + N after signal N, as bash counts
    timed_out,  // killed at the deadline
    stuck,      // not even SIGKILL ended it: it waits in the kernel, on a suspended device for instance
    lost,       // the connection broke, or never was; `why` says it
  };
  Ended ended = Ended::exited;
  std::optional<int> status;  // of exited
  std::string out;
  std::string err;
  std::string why;                    // of lost
  std::chrono::microseconds took{0};  // on the machine, as far as the transport can tell
  bool operator==(const ShellAnswer&) const = default;
};

class Shell {
 public:
  virtual ~Shell() = default;
  virtual ShellAnswer run(const ShellCall&) = 0;
  /// For messages: "local", "ssh:root@trolls", "lab:alpha".
  virtual std::string where() const = 0;
};

/// A line as typed at a terminal, read by bash.
inline ShellCall line_call(std::string line, std::chrono::milliseconds deadline = std::chrono::minutes(1)) {
  return {{"bash", "-c", std::move(line)}, {}, deadline};
}

}  // namespace rehearse
