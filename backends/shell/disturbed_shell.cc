#include "backends/shell/disturbed_shell.h"

namespace rehearse {

ShellAnswer RecordingShell::run(const ShellCall& call) {
  ShellAnswer answer = shell_->run(call);
  keep_({host_, call, answer});
  return answer;
}

ShellAnswer LosingShell::run(const ShellCall& call) {
  ShellAnswer answer = shell_->run(call);
  if (!which_(number_++, call)) return answer;
  return {ShellAnswer::Ended::lost, {}, "", "", "the reply was lost", answer.took};
}

ShellAnswer RepeatingShell::run(const ShellCall& call) {
  if (which_(number_++, call)) shell_->run(call);
  return shell_->run(call);
}

ShellAnswer DelayingShell::run(const ShellCall& call) {
  ShellAnswer answer = shell_->run(call);
  if (!which_(number_++, call)) return answer;
  answer.took += by_;
  if (answer.took <= call.deadline) return answer;
  return {ShellAnswer::Ended::timed_out, {}, answer.out, answer.err, "", call.deadline};
}

}  // namespace rehearse
