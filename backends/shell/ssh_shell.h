// A machine behind the system's own ssh, so that its configuration, keys and jump hosts work as they do for a
// person. One connection is kept and shared by all commands. The other side marks the end of each command on
// both streams, so that a connection that broke is never taken for a command that ended.
#pragma once

#include "backends/shell.h"

namespace rehearse {

struct SshAddress {
  std::string address;
  std::string user = "root";
  std::uint16_t port = 22;
};

class SshShell : public Shell {
 public:
  struct Options {
    std::chrono::seconds connect{10};
    std::chrono::milliseconds slack{
        15'000};                    // beyond a command's deadline, until the connection counts as lost
    std::vector<std::string> more;  // further options of ssh
    int hold = -1;                  // as in ProcessLimits
    std::string
        run;  // marks the commands on the other side, so that whoever knows the mark can wait for them
  };
  explicit SshShell(SshAddress, Options);
  explicit SshShell(SshAddress address) : SshShell(std::move(address), Options()) {}
  ~SshShell() override;
  SshShell(const SshShell&) = delete;
  SshShell& operator=(const SshShell&) = delete;

  ShellAnswer run(const ShellCall&) override;
  std::string where() const override;

  /// Waits until no command with our mark is at work on the other side, whoever sent it: one whose connection
  /// broke goes on there. False: one is, after all that time. A machine that is not reached has none.
  bool await_earlier(std::chrono::milliseconds patience);

 private:
  ShellAnswer run_marked(const ShellCall&, const std::string& run);
  std::vector<std::string> ssh() const;

  SshAddress address_;
  Options options_;
  std::string folder_;  // where the shared connection's socket is
  std::string mark_;
};

/// What the other side's shell is given for a call: it runs the words under their deadline and writes the
/// mark, how it ended and the status behind what they said. The mark itself stands nowhere in it. The
/// processes around the words have `run` among their arguments.
std::string remote_line(const ShellCall&, const std::string& mark, const std::string& run = "sh");

}  // namespace rehearse
