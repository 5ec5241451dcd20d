// One guest moved to another host: looked at from both sides before, written down before anything is done,
// and looked at from both sides afterwards, whatever the tools said. What is left of a migration that failed
// is taken away only where no doubt is left that it cannot run; everything else is told to a person.
#pragma once

#include "scenarios/migrate/facts.h"

namespace rehearse::migrate {

/// As the exit status of the programs.
enum class Ended : std::uint8_t {
  well = 0,
  not_done = 1,      // it is as it was before
  bad_input = 2,     // a file or a word is not as it has to be
  undetermined = 3,  // a person has to look
};
/// The worse of two.
Ended worse(Ended, Ended);

/// Moves the domain to the row's peer. `check`: only looks, and tells all that it found.
Ended move_guest(Reach&, const TabRow&, bool check, Report&);

/// Is the guest a visitor here whose home is the host that was reached as `peer`?
bool homewards(const Facts&);

}  // namespace rehearse::migrate
