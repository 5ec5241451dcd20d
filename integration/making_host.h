// One host of a world as commands that make it on a guest, each played on the model at once.
#pragma once

#include "integration/making.h"

namespace rehearse {

std::vector<LabDiskPlan> lab_disks_of(const World&, Name host);

/// `made` gets the host; `notes` what could not be.
HostMaking plan_host(const World& wanted, Name host, World& made, std::vector<std::string>& notes);

}  // namespace rehearse
