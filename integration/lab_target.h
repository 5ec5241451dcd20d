// A world's hosts as guests of the lab, to play a runbook on: their shells, and what can be done to them
// without a command. They are gone with the last of these shells and the provider.
#pragma once

#include <map>
#include <set>

#include "backends/real_backend.h"
#include "integration/making.h"

namespace rehearse {

struct LabTarget {
  std::map<Name, std::shared_ptr<Shell>> shells;
  Provider provider;
  World world;                     // as it was made
  std::vector<std::string> notes;  // what of the world asked for it is not
};

/// Makes the world on clean guests. `say` hears what takes time.
std::variant<LabTarget, LabFailure> make_lab_target(const World& wanted, const Say& say);

}  // namespace rehearse
