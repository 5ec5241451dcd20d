// The shell of a guest: calls go to the agent in it over one stream, and only their own answers are taken
// from it, so that what an earlier call left behind, or a template's agent had said, cannot be mistaken for
// one.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "backends/shell.h"
#include "integration/lab/agent/wire.h"
#include "integration/lab/process.h"

namespace rehearse {

class LabShell : public Shell {
 public:
  /// What the agent may take beyond a call's own deadline: its grace for a process that does not end, and the
  /// transport of what was said, on a busy machine.
  static constexpr std::chrono::milliseconds kSlack{30'000};
  explicit LabShell(std::string guest, std::chrono::milliseconds slack = kSlack)
      : guest_(std::move(guest)), slack_(slack) {}

  ShellAnswer run(const ShellCall&) override;
  std::string where() const override { return "lab:" + guest_; }

  /// Speaks over `stream` from now on, and waits until the agent at its other end answers a word made up for
  /// it.
  Done connect(Handle stream, std::chrono::milliseconds deadline);
  /// What was at work there is over with the guest, or is nothing to the next.
  void disconnect();
  bool connected() const { return static_cast<bool>(stream_); }

  /// Writes a file in the guest.
  Done put(const std::string& path, std::string_view contents, unsigned mode = 0644);
  /// What files of the guest say, read by the agent itself: in their order, nothing for one that cannot be
  /// opened. Of /dev/kmsg it is what the kernel's log holds.
  using Contents = std::vector<std::optional<std::string>>;
  std::variant<Contents, LabFailure> look(const std::vector<std::string>& paths);
  /// Gives the guest this machine's time and fresh randomness, as it has its template's.
  Done refresh();

 private:
  using Clock = std::chrono::steady_clock;

  Done send(const wire::Frame&, Clock::time_point deadline);
  std::variant<wire::Frame, LabFailure> receive(Clock::time_point deadline);
  LabFailure went(std::string why);
  /// Waits for the end of the call whose answer did not come in time, if there is one.
  Done await_earlier(Clock::time_point deadline);

  std::string guest_;
  Handle stream_;
  wire::Inbox inbox_;
  std::uint32_t last_id_ = 0;
  std::chrono::milliseconds slack_;
  std::uint32_t unanswered_ = 0;  // the call that may be at work still; 0: none
};

}  // namespace rehearse
