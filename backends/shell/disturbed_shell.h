// Shells around a shell: one keeps what passes through it, the others disturb it as networks and people do,
// so that whoever relies on a shell is tried by all that can happen.
#pragma once

#include <functional>
#include <memory>

#include "backends/shell/call_log.h"

namespace rehearse {

/// Which calls are meant, counted from 0.
using WhichCalls = std::function<bool(std::size_t number, const ShellCall&)>;

/// Hands every call with its answer to `keep`, which writes it down.
class RecordingShell : public Shell {
 public:
  using Keep = std::function<void(const LoggedCall&)>;
  RecordingShell(std::shared_ptr<Shell> shell, std::string host, Keep keep)
      : shell_(std::move(shell)), host_(std::move(host)), keep_(std::move(keep)) {}
  ShellAnswer run(const ShellCall&) override;
  std::string where() const override { return shell_->where(); }

 private:
  std::shared_ptr<Shell> shell_;
  std::string host_;
  Keep keep_;
};

/// The command is run, its answer never comes.
class LosingShell : public Shell {
 public:
  LosingShell(std::shared_ptr<Shell> shell, WhichCalls which)
      : shell_(std::move(shell)), which_(std::move(which)) {}
  ShellAnswer run(const ShellCall&) override;
  std::string where() const override { return shell_->where(); }

 private:
  std::shared_ptr<Shell> shell_;
  WhichCalls which_;
  std::size_t number_ = 0;
};

/// The command is run twice, as by a network that sends again what it takes for lost; the second answer
/// comes.
class RepeatingShell : public Shell {
 public:
  RepeatingShell(std::shared_ptr<Shell> shell, WhichCalls which)
      : shell_(std::move(shell)), which_(std::move(which)) {}
  ShellAnswer run(const ShellCall&) override;
  std::string where() const override { return shell_->where(); }

 private:
  std::shared_ptr<Shell> shell_;
  WhichCalls which_;
  std::size_t number_ = 0;
};

/// The command takes longer: if that is beyond its deadline, it counts as killed there, done as it is.
class DelayingShell : public Shell {
 public:
  DelayingShell(std::shared_ptr<Shell> shell, std::chrono::milliseconds by, WhichCalls which)
      : shell_(std::move(shell)), by_(by), which_(std::move(which)) {}
  ShellAnswer run(const ShellCall&) override;
  std::string where() const override { return shell_->where(); }

 private:
  std::shared_ptr<Shell> shell_;
  std::chrono::milliseconds by_;
  WhichCalls which_;
  std::size_t number_ = 0;
};

}  // namespace rehearse
