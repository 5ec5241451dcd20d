// This machine. Programs speak the C locale, since their words are compared.
#pragma once

#include "backends/shell.h"

namespace rehearse {

class LocalShell : public Shell {
 public:
  /// From SIGTERM at the deadline to SIGKILL.
  explicit LocalShell(std::chrono::milliseconds grace = std::chrono::seconds(2)) : grace_(grace) {}
  ShellAnswer run(const ShellCall&) override;
  std::string where() const override { return "local"; }

 private:
  std::chrono::milliseconds grace_;
};

}  // namespace rehearse
