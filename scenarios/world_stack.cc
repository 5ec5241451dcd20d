#include "scenarios/world_stack.h"

#include <fmt/format.h>

#include <algorithm>

namespace rehearse {

std::vector<Name> below(const Device& device) {
  std::vector<Name> names;
  if (const auto* map = device.as<PartitionDevice>()) names = {map->disk};
  if (const auto* map = device.as<SnapshotOriginMap>()) names = {map->real};
  if (const auto* map = device.as<SnapshotMap>()) names = {map->real, map->cow};
  if (const auto* map = device.as<SnapshotMergeMap>()) names = {map->real, map->cow};
  if (const auto* map = device.as<LinearMap>()) {
    for (const LinearSegment& segment : map->segments) names.push_back(segment.device);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
  }
  return names;
}

std::vector<std::string> users_of(const Host& host, Name device) {
  std::vector<std::string> users;
  for (const fs::Mount& mount : *host.mounts) {
    if (mount.device != device) continue;
    users.push_back(fmt::format("mounted on {}{}", mount.target.str(), mount.read_only ? " (ro)" : ""));
  }
  for (const SwapSpace& swap : *host.swaps) {
    if (swap.device == device) users.push_back("swap in use");
  }
  for (const Export& row : *host.exports) {
    if (row.device == device) users.push_back(fmt::format("exported as e{}.{}", row.shelf, row.slot));
  }
  for (const domain::Domain& domain : *host.domains) {
    for (const domain::Disk& disk : domain.config.disks) {
      if (disk.device == device) users.push_back(domain.config.name.str() + " " + disk.frontend.str());
    }
  }
  return users;
}

}  // namespace rehearse
