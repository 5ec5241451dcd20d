// What a line of a runbook comes to on real machines: which host's shell gets which text. Logging in by ssh
// from one machine of the runbook to another only moves the place where the next line is typed.
#pragma once

#include <optional>
#include <set>

#include "scenarios/runbook.h"

namespace rehearse {

struct Typed {
  Name host;
  std::string text;     // with its here-document, for bash
  std::string input;    // the answer to its question
  bool single = false;  // one simple command, perhaps with pipes: its status is its own
  bool empty() const { return text.empty(); }
};

/// `at` is the host where the line is typed. Nothing is left to run of a login and of `exit`.
Typed typed(const CommandLine&, Name at);

/// The host that a step is about, if it is about one.
std::optional<Name> host_of(const Step&);

/// May the item change something, rather than look or let time pass?
bool may_change(const Item&, const Typed&);
/// Does what it may change lie on hosts of `allowed`? A link is every host's.
bool allowed(const Item&, Name host, const std::set<Name>& hosts, const std::set<Name>& allowed);

}  // namespace rehearse
