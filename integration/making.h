// A world made on the lab's guests: the commands by which its disks are divided, its volumes made and filled.
// The same commands are played on the model, so that what a run predicts from is what was really made; where
// that is not all of the world, notes say so.
#pragma once

#include "integration/lab/lab.h"
#include "model/world.h"

namespace rehearse {

/// Something to be done in a guest: a line for bash, or a file to be put there.
struct MakingStep {
  std::string line;
  std::string path;
  std::string contents;
};

/// One host of the world, to be made on one guest.
struct HostMaking {
  Name host;
  std::vector<LabDiskPlan> disks;
  std::vector<Name> addresses;  // instead of the guest's own
  std::vector<MakingStep> steps;
};

struct Making {
  std::vector<HostMaking> hosts;
  LabWith with = LabWith::tools;   // that the guests must have
  World world;                     // these hosts alone, as they will be
  std::vector<std::string> notes;  // what of the wanted world they are not
};

/// Chooses up to two hosts that have disks, the ones with most volumes first, and works out how to make them.
Making plan_making(const World& wanted);

}  // namespace rehearse
