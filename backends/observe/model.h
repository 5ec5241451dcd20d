// What a host of the model shows, worked out from the world itself and not from the reports that are printed
// of it, so that the reports can be checked against it.
#pragma once

#include "backends/observation.h"
#include "model/world.h"

namespace rehearse {

/// Nothing at all of a host without power.
Observation observe(const World&, Name host);

}  // namespace rehearse
