// Worlds at random, made by playing: commands that mostly succeed, writes, losses of power, disks that go and
// come back. Like a command line, a world follows from a list of choices, and a shorter list makes a simpler
// one.
#pragma once

#include "backends/observe/reports.h"
#include "model/world.h"

namespace rehearse {

/// One host, "alpha", with power.
World random_world(std::span<const std::uint16_t> choices);

/// What the model's own commands print where a real host's are run to observe it.
ReportTexts printed_reports(const World&, Name host);

}  // namespace rehearse
