// A program run on this machine with its three streams held: fed, read apart, and ended at a deadline with
// everything it started. It runs in a session of its own, so that Ctrl-C at the terminal reaches only the one
// who waits for it.
#pragma once

#include <functional>

#include "backends/shell.h"

namespace rehearse {

struct ProcessLimits {
  std::chrono::milliseconds deadline{60'000};
  std::chrono::milliseconds grace{2'000};  // from SIGTERM to SIGKILL, and from there to `stuck`
  std::size_t most_output = 64 * kMiB;     // of a stream; who writes more waits until the deadline
  /// A descriptor that stays open as long as the process is there, whatever becomes of this program: who
  /// shares its lock knows when the process is over. None: -1.
  int hold = -1;
  /// All that matters was said: what is still running is ended, and counts as exited.
  std::function<bool(const std::string& out, const std::string& err)> complete;
};

/// NAME=VALUE is put into the environment of the process.
using Environment = std::vector<std::string>;

ShellAnswer run_process(const ShellCall&, const ProcessLimits&, const Environment& = {});

}  // namespace rehearse
