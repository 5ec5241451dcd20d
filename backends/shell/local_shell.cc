#include "backends/shell/local_shell.h"

#include "backends/shell/process.h"

namespace rehearse {

ShellAnswer LocalShell::run(const ShellCall& call) {
  ProcessLimits limits;
  limits.deadline = call.deadline;
  limits.grace = grace_;
  limits.hold = hold_;
  return run_process(call, limits, {"LC_ALL=C"});
}

}  // namespace rehearse
