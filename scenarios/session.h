// A person at a terminal: on which host the next command runs, after `ssh HOST` and until `exit`. A prompt
// that names another host is another terminal.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/usage.h"

namespace rehearse {

/// `ssh root@perceval xm list`.
struct SshCall {
  Name host;
  std::string command;  // as the other side's shell gets it; empty: a login
  bool operator==(const SshCall&) const = default;
};

/// None if the words are no ssh; a word that is not understood is put into `odd`.
std::optional<SshCall> read_ssh(std::span<const std::string> words, std::string& odd);

class Session {
 public:
  /// The next command was typed at this prompt.
  void at_prompt(Name host);
  Name host() const { return hosts_.empty() ? prompt_ : hosts_.back(); }
  void log_in(Name host) { hosts_.push_back(host); }
  void log_out() {
    if (!hosts_.empty()) hosts_.pop_back();
  }

 private:
  Name prompt_;
  std::vector<Name> hosts_;  // logged in to, one from the other
};

}  // namespace rehearse
