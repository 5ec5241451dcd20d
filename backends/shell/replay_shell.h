// A machine that is only remembered: each call is answered as the log says that it was, in the order of the
// log. What the log does not have next was never asked, so nothing is known of it.
#pragma once

#include "backends/shell/call_log.h"

namespace rehearse {

class ReplayShell : public Shell {
 public:
  /// Only the host's calls of the log count.
  ReplayShell(const std::vector<LoggedCall>& log, std::string host);
  ShellAnswer run(const ShellCall&) override;
  std::string where() const override { return "replay:" + host_; }
  /// Calls of the log that were not made.
  std::size_t left() const { return calls_.size() - next_; }

 private:
  std::string host_;
  std::vector<LoggedCall> calls_;
  std::size_t next_ = 0;
};

}  // namespace rehearse
