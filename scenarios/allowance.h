// What cannot be predicted to the sector: when a kernel writes the journal and the tables of a file system it
// has mounted, and how many blocks that takes. A snapshot below or above it may therefore have set some more
// chunks aside, or some less, than the model says: so many for each step played while it was mounted.
#pragma once

#include "scenarios/sight.h"

namespace rehearse {

class Allowance {
 public:
  /// A journal's transaction and what it is about, for a step.
  static constexpr std::uint64_t kChunks = 16;

  /// A step was played on this host; the worlds are those around it.
  void count(const World& before, const World& after, Name host);
  /// `expected` with the figures of `real` where these are within what is allowed; `used` gets a sentence for
  /// each.
  Sights adjusted(Sights expected, const Sights& real, std::vector<std::string>* used = nullptr) const;

 private:
  std::map<std::pair<Name, std::string>, std::uint64_t> steps_;  // by host and device, "vg-a"
};

}  // namespace rehearse
