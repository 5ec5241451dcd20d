// This machine. Programs speak the C locale, since their words are compared.
#pragma once

#include "backends/shell.h"

namespace rehearse {

class LocalShell : public Shell {
 public:
  /// `grace` is from SIGTERM at the deadline to SIGKILL; `hold` as in ProcessLimits.
  explicit LocalShell(std::chrono::milliseconds grace = std::chrono::seconds(2), int hold = -1)
      : grace_(grace), hold_(hold) {}
  ShellAnswer run(const ShellCall&) override;
  std::string where() const override { return "local"; }

 private:
  std::chrono::milliseconds grace_;
  int hold_;
};

}  // namespace rehearse
