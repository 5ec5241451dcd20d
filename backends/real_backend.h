// Real machines as a backend, each behind a shell. What the tools say is taken as it is: a refusal is found
// by its words, any other status is what it is, and where none came back the outcome is unknown.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "backends/backend.h"
#include "backends/shell.h"

namespace rehearse {

/// What whoever provides the machines can do to them without a command: power, disks, writes past every tool.
struct Provider {
  std::function<bool(const Step&)> can;
  std::function<Outcome(const Step&)> play;
  std::function<bool(const Step&)> lacks;  // a command that these machines do not have
  std::function<bool(Shell&)> at_work;     // something goes on there that no report shows
};

class RealBackend : public Backend {
 public:
  /// How a host is looked at through its shell.
  using Observer = std::function<Observing(Shell&)>;

  struct Options {
    std::chrono::milliseconds deadline{60'000};  // of each command
    std::chrono::seconds longest_wait{120};      // time that may really pass in a step
    Observer observer;                           // none: by its reports (backends/observe/reports.h)
    Provider provider;
    std::function<void(std::chrono::milliseconds)> wait;  // none: this thread sleeps
  };

  RealBackend() = default;
  explicit RealBackend(Options options) : options_(std::move(options)) {}

  void add(Name host, std::shared_ptr<Shell> shell) { shells_[host] = std::move(shell); }
  /// None if the host is not among them.
  Shell* shell(Name host) const;

  bool can(const Step&) const override;
  Outcome play(const Step&) override;
  Observing observe(Name host) override;
  Outcome run(Name host, std::span<const std::string> words, std::string_view input) override;
  using Backend::run_line;
  Outcome run_line(Name host, std::string_view line, std::string_view input) override;

 private:
  Outcome call(Name host, const ShellCall&);
  Outcome settle();
  Outcome write(const HostWrite&);
  void wait(std::chrono::milliseconds) const;

  Options options_;
  std::map<Name, std::shared_ptr<Shell>> shells_;
};

/// What an answer says about a command.
Outcome outcome_of(const ShellAnswer&);

}  // namespace rehearse
