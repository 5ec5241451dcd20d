// lvremove: rules of lib/metadata/lv_manip.c lv_remove_with_dependencies and lv_remove_single.
#include "model/lvm/remove.h"

#include <algorithm>

#include "model/io.h"
#include "model/lvm/activation.h"
#include "model/lvm/volume_checks.h"
#include "model/lvm/volume_ops.h"
#include "model/lvm/warnings.h"

namespace rehearse::lvm {
namespace {

// An origin's snapshots in the order of their making.
std::vector<Name> snapshots_in_order(const Group& group, Name origin) {
  std::vector<Name> names = in_order(group);
  std::erase_if(names, [&](Name name) {
    const Volume& volume = *group.volume(name);
    return !volume.snapshot || volume.snapshot->origin != origin;
  });
  return names;
}

// A merge that was given up lets go of its snapshot; one that waits does once its origin is inactive.
Refused refuse_merging(const Host& at, const Group& group, const Volume& volume) {
  if (!volume.hidden() || !active(at, group.name, volume.snapshot->origin)) return {};
  const Device* origin = at.device(mapped_name(group.name, volume.snapshot->origin));
  if (origin->as<SnapshotMergeMap>() && origin->invalid) return {};
  return {Refusal::removing_merging_snapshot, group.name, volume.name};
}

// The snapshots go first, without further questions; one that is in use stands in the way of its origin.
Refused refuse_snapshots(const Host& at, const Group& group, Name origin, Report& report) {
  for (const Name name : snapshots_in_order(group, origin)) {
    const Refused used = refuse_use(at, group.name, name);
    if (!used) continue;
    if (!group.volume(name)->hidden()) return used;
    report.err("{}", used.words());
    report.err("  LV {}/{} has open 1 snapshot(s), not deactivating.", group.name.str(), origin.str());
    return {Refusal::removal_refused, group.name, origin};
  }
  return {};
}

// A snapshot that is removed by itself is made a volume of its own by one commit and taken away by another.
enum class Going : std::uint8_t { alone, with_origin };

void drop(World& world, Name host, Name group_name, Name volume, Going going) {
  const auto found = find_group(world, host, group_name);
  if (!found) return;
  Group group = *found->group;
  const Name origin = activated_as(group, volume);
  if (going == Going::alone && group.volume(volume)->is_snapshot()) ++group.seqno;
  std::erase_if(group.volumes, [&](const Volume& row) { return row.name == volume; });
  commit(world, host, group);
  if (origin != volume) reload(world, host, *find_group(world, host, group_name), origin);
  deactivate(world, host, group_name, volume);
}

void run(Attempt& attempt, const RemoveVolumes& op) {
  if (op.volumes.empty()) {
    return attempt.complain(correct_syntax("lvremove", "lvremove VG|LV|Tag|Select ...", attempt.report));
  }
  each_volume(attempt, op.volumes, false, [&](Name group, Name volume, bool) {
    const auto found = find_group(attempt.world, attempt.host, group);
    const bool yes = op.yes || op.force > 0;
    if (const Refused bad = refuse_remove(attempt.world, attempt.host, *found, volume, yes, attempt.report)) {
      return attempt.complain(bad);
    }
    if (const Refused bad = refuse_write(attempt.world, attempt.host, *found)) return attempt.complain(bad);
    warn_missing(*found, attempt.report);
    warn_missing(*found, attempt.report);
    remove_volume(attempt.world, attempt.host, group, volume, attempt.report);
    attempt.done = true;
  });
}

}  // namespace

Refused refuse_remove(const World& world, Name host, const FoundGroup& found, Name volume, bool yes,
                      Report& report) {
  const Group& group = *found.group;
  const Volume& row = *group.volume(volume);
  const Host& at = *world.hosts.find(host);
  if (const Refused bad = refuse_merging(at, group, row)) return bad;
  if (const Refused bad = refuse_use(at, group.name, volume)) return bad;
  const bool is_active = active(at, group.name, volume);
  const std::size_t snapshots = group.snapshots_of(volume).size();
  if (is_active && !yes && !row.hidden()) {
    if (snapshots == 0) return {Refusal::removal_not_confirmed, group.name, volume};
    return {Refusal::origin_removal_not_confirmed, group.name, volume, snapshots};
  }
  if (row.is_snapshot() && is_active && partial(found, volume)) {
    warn_missing(found, report);
    warn_missing(found, report);
    return {Refusal::removing_partial_snapshot, group.name, volume, row.snapshot->origin};
  }
  return refuse_snapshots(at, group, volume, report);
}

void remove_volume(World& world, Name host, Name group, Name volume, Report& report) {
  const auto found = find_group(world, host, group);
  if (!found || !found->group->volume(volume)) return;
  for (const Name snapshot : snapshots_in_order(*found->group, volume)) {
    drop(world, host, group, snapshot, Going::with_origin);
    report.out("  Logical volume \"{}\" successfully removed.", snapshot.str());
  }
  drop(world, host, group, volume, Going::alone);
  report.out("  Logical volume \"{}\" successfully removed.", volume.str());
}

REHEARSE_LVM_TRIED(RemoveVolumes)

}  // namespace rehearse::lvm
