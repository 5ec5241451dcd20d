// lvscan: a line for each volume, in the order in which they were made.
#pragma once

#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::reports {

struct ScanVolumes {
  bool all = false;
  std::uint32_t verbose = 0;

  static constexpr Usage usage() {
    return usage_of("lvscan", toggle<&ScanVolumes::all>("-a,--all"),
                    toggle<&ScanVolumes::verbose>("-v,--verbose"));
  }
  bool operator==(const ScanVolumes&) const = default;
};
void print(const World&, Name host, const ScanVolumes&, Report&);

}  // namespace rehearse::reports
