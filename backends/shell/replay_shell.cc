#include "backends/shell/replay_shell.h"

#include <algorithm>
#include <iterator>

#include "backends/shell/quote.h"

namespace rehearse {

ReplayShell::ReplayShell(const std::vector<LoggedCall>& log, std::string host) : host_(std::move(host)) {
  std::copy_if(log.begin(), log.end(), std::back_inserter(calls_),
               [this](const LoggedCall& row) { return row.host == host_; });
}

ShellAnswer ReplayShell::run(const ShellCall& call) {
  ShellAnswer none;
  none.ended = ShellAnswer::Ended::lost;
  if (next_ == calls_.size()) {
    none.why = "the recording ends before `" + quote_for_shell(call.words) + "`";
    return none;
  }
  const LoggedCall& row = calls_[next_];
  if (row.call.words != call.words || row.call.input != call.input) {
    none.why = "the recording has `" + quote_for_shell(row.call.words) + "` next, not `" +
               quote_for_shell(call.words) + "`" + (row.call.words == call.words ? " with this input" : "");
    return none;
  }
  ++next_;
  return row.answer;
}

}  // namespace rehearse
