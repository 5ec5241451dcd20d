#include "model/lvm/metadata.h"

#include <algorithm>
#include <utility>

namespace rehearse::lvm {

const Volume* Group::volume(Name wanted) const {
  const auto at = std::partition_point(volumes.begin(), volumes.end(),
                                       [&](const Volume& volume) { return volume.name < wanted; });
  return at != volumes.end() && at->name == wanted ? &*at : nullptr;
}

Volume* Group::volume(Name wanted) { return const_cast<Volume*>(std::as_const(*this).volume(wanted)); }

const PhysicalVolume* Group::pv(std::uint64_t wanted) const {
  const auto at =
      std::find_if(pvs.begin(), pvs.end(), [&](const PhysicalVolume& row) { return row.uuid == wanted; });
  return at != pvs.end() ? &*at : nullptr;
}

std::vector<const Volume*> Group::as_made() const {
  std::vector<const Volume*> all;
  for (const Volume& volume : volumes) all.push_back(&volume);
  std::stable_sort(all.begin(), all.end(),
                   [](const Volume* a, const Volume* b) { return a->created < b->created; });
  return all;
}

std::vector<Name> Group::snapshots_of(Name origin) const {
  std::vector<Name> names;
  for (const Volume& volume : volumes) {
    if (volume.snapshot && volume.snapshot->origin == origin) names.push_back(volume.name);
  }
  return names;
}

const Volume* Group::merging_into(Name origin) const {
  for (const Volume& volume : volumes) {
    if (volume.snapshot && volume.snapshot->merging && volume.snapshot->origin == origin) return &volume;
  }
  return nullptr;
}

std::uint64_t Group::extents() const {
  std::uint64_t total = 0;
  for (const PhysicalVolume& row : pvs) total += row.extents;
  return total;
}

std::uint64_t Group::free_extents() const {
  std::uint64_t used = 0;
  for (const Volume& volume : volumes) used += volume.extents();
  return extents() - used;
}

}  // namespace rehearse::lvm
