// A world's hosts as guests of the lab, to play a runbook on: their shells, and what can be done to them
// without a command. They are gone with the last of these shells and the provider, unless they are of a lab
// that is kept.
#pragma once

#include <map>
#include <set>

#include "backends/real_backend.h"
#include "integration/kept_lab.h"

namespace rehearse {

struct LabTarget {
  std::map<Name, std::shared_ptr<Shell>> shells;
  Provider provider;
  World world;                     // as it was made
  std::vector<std::string> notes;  // what of the world asked for it is not
};

/// Makes the world on clean guests. `say` hears what takes time.
std::variant<LabTarget, LabFailure> make_lab_target(const World& wanted, const Say& say);

/// The hosts of a lab that is kept under this name. One that is not up is started with the world, unless a
/// run is to be taken up: then its machines are gone.
std::variant<LabTarget, LabFailure> make_kept_target(const std::string& name, const World& wanted,
                                                     bool take_up, const Say& say);

}  // namespace rehearse
