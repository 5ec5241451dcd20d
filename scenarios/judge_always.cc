// Rules that hold of every world; a step that breaks one shows a defect of the model, or of a world that was
// loaded.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/judge.h"

namespace rehearse::judging {
namespace {

constexpr std::string_view kReport = "report it with the runbook: no command should get there";

struct Taken {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  Name volume;
};

std::vector<Taken> taken(const lvm::Group& group, std::uint64_t pv) {
  std::vector<Taken> all;
  for (const lvm::Volume& volume : group.volumes) {
    for (const lvm::Segment& segment : volume.segments) {
      if (segment.pv == pv) all.push_back({segment.pv_first, segment.pv_first + segment.count, volume.name});
    }
  }
  std::sort(all.begin(), all.end(), [](const Taken& a, const Taken& b) { return a.first < b.first; });
  return all;
}

}  // namespace

void extents_twice(const Look& look) {
  for (const GroupOnMedia& found : look.after.groups) {
    for (const lvm::PhysicalVolume& pv : found.group->pvs) {
      const std::vector<Taken> all = taken(*found.group, pv.uuid);
      for (std::size_t i = 1; i < all.size(); ++i) {
        if (all[i - 1].end <= all[i].first) continue;
        look.tell_once("RH001", found.group->name.str(),
                       fmt::format("Extent {} of {} belongs to {} and to {}", all[i].first, pv.device.str(),
                                   all[i - 1].volume.str(), all[i].volume.str()),
                       std::string(kReport));
      }
    }
  }
}

void sizes_wrong(const Look& look) {
  for (const GroupOnMedia& found : look.after.groups) {
    std::uint64_t used = 0;
    for (const lvm::PhysicalVolume& pv : found.group->pvs) {
      for (const Taken& row : taken(*found.group, pv.uuid)) {
        used += row.end - row.first;
        if (row.end <= pv.extents) continue;
        look.tell_once("RH002", found.group->name.str(),
                       fmt::format("{} ends behind the last extent of {}", row.volume.str(), pv.device.str()),
                       std::string(kReport));
      }
    }
    std::uint64_t volumes = 0;
    for (const lvm::Volume& volume : found.group->volumes) volumes += volume.extents();
    if (volumes == used && used <= found.group->extents()) continue;
    look.tell_once("RH002", found.group->name.str(),
                   fmt::format("The volumes of {} have {} extents, its physical volumes gave out {} of {}",
                               found.group->name.str(), volumes, used, found.group->extents()),
                   std::string(kReport));
  }
}

void name_twice(const Look& look) {
  look.new_world().hosts.for_each([&](Name name, const Host& host) {
    std::set<Name> names;
    if (!host.powered) return;
    for (const domain::Domain& domain : *host.domains) {
      if (names.insert(domain.config.name).second) continue;
      look.tell_once("RH003", domain.config.name.str(),
                     fmt::format("{} runs two domains called {}", name.str(), domain.config.name.str()),
                     std::string(kReport));
    }
  });
}

}  // namespace rehearse::judging
