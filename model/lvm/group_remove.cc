#include "model/lvm/attempt.h"
#include "model/lvm/group_ops.h"
#include "model/lvm/label.h"
#include "model/lvm/named_groups.h"
#include "model/lvm/remove.h"
#include "model/lvm/warnings.h"

namespace rehearse::lvm {
namespace {

std::vector<Name> names_as_made(const Group& group) {
  std::vector<Name> names;
  for (const Volume* volume : group.as_made()) names.push_back(volume->name);
  return names;
}

std::uint64_t shown(const Group& group) {
  return static_cast<std::uint64_t>(std::count_if(group.volumes.begin(), group.volumes.end(),
                                                  [](const Volume& row) { return !row.hidden(); }));
}

std::size_t missing_pvs(const FoundGroup& found) { return found.group->pvs.size() - found.pvs.size(); }

// Removes one volume, if it is still there and nothing is in its way; its snapshots go with it. Says whether
// it is gone.
bool remove(Attempt& attempt, Name group, Name volume) {
  const auto found = find_group(attempt.world, attempt.host, group);
  if (!found->group->volume(volume)) return true;
  if (const Refused refused =
          refuse_remove(attempt.world, attempt.host, *found, volume, true, attempt.report)) {
    attempt.complain(refused);
    return false;
  }
  remove_volume(attempt.world, attempt.host, group, volume, attempt.report);
  attempt.done = true;
  return true;
}

bool remove_volumes(Attempt& attempt, const RemoveGroups& op, const FoundGroup& found) {
  const Group& group = *found.group;
  if (shown(group) > 0 && !op.yes && op.force == 0) {
    if (found.partial()) {
      attempt.report.err("  WARNING: {} physical volumes are currently missing from the system.",
                         missing_pvs(found));
    }
    attempt.complain({Refusal::really_remove_group, group.name, shown(group)});
    return false;
  }
  for (const Name volume : names_as_made(group)) {
    if (!remove(attempt, group.name, volume)) return false;
  }
  if (!group.volumes.empty()) {
    // As often as the real tool looks for the missing ones again: once, and once more for each snapshot.
    const FoundGroup now = *find_group(attempt.world, attempt.host, group.name);
    warn_missing(now, attempt.report);
    for (const Volume& volume : group.volumes) {
      if (volume.is_snapshot()) warn_missing(now, attempt.report);
    }
  } else if (op.force == 0 && !op.yes && found.partial()) {
    attempt.complain({Refusal::group_inconsistent, group.name});
    return false;
  }
  return true;
}

void run(Attempt& attempt, const RemoveGroups& op) {
  read_all(attempt.world, attempt.host);
  each_group(attempt, op.groups, "vgremove", Reading::to_use, [&](const FoundGroup& found) {
    warn_missing(found, attempt.report);
    if (!remove_volumes(attempt, op, found)) return;
    for (const FoundPv& pv : found.pvs) make_orphan(attempt.world, attempt.host, pv);
    attempt.report.out("  Volume group \"{}\" successfully removed", found.group->name.str());
    attempt.done = true;
  });
}

// Forgets the missing physical volumes on which nothing lies.
void forget_missing(Attempt& attempt, Name name) {
  const FoundGroup found = *find_group(attempt.world, attempt.host, name);
  Group group = *found.group;
  std::erase_if(group.pvs, [&](const PhysicalVolume& pv) {
    return found.device_of(pv.uuid).empty() &&
           std::none_of(group.volumes.begin(), group.volumes.end(), [&](const Volume& volume) {
             return std::any_of(volume.segments.begin(), volume.segments.end(),
                                [&](const Segment& segment) { return segment.pv == pv.uuid; });
           });
  });
  commit(attempt.world, attempt.host, std::move(group));
  warn_missing(*find_group(attempt.world, attempt.host, name), attempt.report);
  attempt.done = true;
}

// After each change the real tool looks for the missing ones: a snapshot's removal makes two.
void warn_of_removed(Attempt& attempt, const Group& before) {
  const FoundGroup now = *find_group(attempt.world, attempt.host, before.name);
  for (const Volume& volume : before.volumes) {
    if (now.group->volume(volume.name)) continue;
    for (int changes = volume.is_snapshot() ? 2 : 1; changes > 0; --changes)
      warn_missing(now, attempt.report);
  }
}

bool remove_partial(Attempt& attempt, const FoundGroup& found) {
  for (const Name name : names_as_made(*found.group)) {
    const auto now = find_group(attempt.world, attempt.host, found.group->name);
    const Volume* volume = now->group->volume(name);
    if (!volume || !shows_partial(*now, *volume)) continue;
    attempt.report.err("  WARNING: Removing partial LV {}/{}.", found.group->name.str(), name.str());
    if (!remove(attempt, found.group->name, name)) return false;
    warn_of_removed(attempt, *now->group);
  }
  return true;
}

bool complain_of_partial(Attempt& attempt, const FoundGroup& found) {
  bool any = false;
  for (const Name name : names_as_made(*found.group)) {
    if (!shows_partial(found, *found.group->volume(name))) continue;
    attempt.report.err("  WARNING: Partial LV {} needs to be repaired or removed. ", name.str());
    any = true;
  }
  if (any) attempt.complain({Refusal::partial_volumes_left, found.group->name});
  return any;
}

void run(Attempt& attempt, const RemoveMissing& op) {
  each_group(attempt, {op.group}, "vgreduce", Reading::to_use, [&](const FoundGroup& found) {
    const std::string& name = found.group->name.str();
    if (!found.partial()) {
      attempt.report.out("  Volume group \"{}\" is already consistent.", name);
      attempt.done = true;
      return;
    }
    warn_missing(found, attempt.report);
    bool left = false;
    if (op.force == 0) {
      left = complain_of_partial(attempt, found);
    } else if (!remove_partial(attempt, found)) {
      return;
    }
    forget_missing(attempt, found.group->name);
    if (!left) attempt.report.out("  Wrote out consistent volume group {}.", name);
  });
}

}  // namespace

REHEARSE_LVM_TRIED(RemoveGroups)
REHEARSE_LVM_TRIED(RemoveMissing)

}  // namespace rehearse::lvm
