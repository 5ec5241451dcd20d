// Commands on file systems, swap space, files and raw devices.
#pragma once

#include <variant>

#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::fs {

/// sync: writes everything held in memory to the disks.
struct Sync {

  static constexpr Usage usage() {
    return usage_of("sync");
  }
  bool operator==(const Sync&) const = default;
};
Refused refuse(const World&, Name host, const Sync&, Report&);
void apply(World&, Name host, const Sync&, Report&);

using Op = std::variant<Sync>;

Mismatch parse(std::span<const std::string> words, Op& op);
int claims(std::span<const std::string> words);
Words render(const Op&);
std::vector<Usage> usages();
Refused refuse(const World&, Name host, const Op&, Report&);
void apply(World&, Name host, const Op&, Report&);

}  // namespace rehearse::fs
