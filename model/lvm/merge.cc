// lvconvert --merge: rules of tools/lvconvert.c _lvconvert_merge_old_snapshot and tools/polldaemon.c.
#include "model/lvm/activation.h"
#include "model/lvm/volume_checks.h"
#include "model/lvm/volume_ops.h"

namespace rehearse::lvm {
namespace {

Refused refuse_merge(const Host& at, const Group& group, const Volume& volume) {
  if (!volume.snapshot) {
    return {volume.writable ? Refusal::merge_no_snapshot : Refusal::merge_no_image, group.name, volume.name};
  }
  const Volume& origin = *group.volume(volume.snapshot->origin);
  if (group.merging_into(origin.name))
    return {Refusal::merge_of_sibling, group.name, volume.name, origin.name};
  if (!origin.writable) return {Refusal::merge_read_only, group.name, volume.name, origin.name};
  const Device* device = at.device(mapped_name(group.name, volume.name));
  return device && device->invalid ? Refused{Refusal::merge_invalid, group.name, volume.name} : Refused{};
}

// The rules that the command's definition has for every volume. One that was not named is passed over with
// less ado.
bool permitted(Attempt& attempt, const Group& group, const Volume& volume, bool named) {
  if (volume.hidden()) {
    attempt.complain({Refusal::merge_already, group.name, volume.name});
    return false;
  }
  if (!group.merging_into(volume.name)) return true;
  const Refused why{Refusal::merge_into_merging, group.name, volume.name};
  if (named) {
    attempt.complain(why);
  } else {
    const std::string words = why.words();
    attempt.report.err("{}", words.substr(0, words.find('\n')));
    attempt.done = true;
  }
  return false;
}

// Says whether the merge goes on from now; else it waits for the origin's next activation.
bool start(Attempt& attempt, Name group_name, Name name) {
  Group group = *find_group(attempt.world, attempt.host, group_name)->group;
  Volume& volume = *group.volume(name);
  const Name origin = volume.snapshot->origin;
  volume.snapshot->merging = true;
  commit(attempt.world, attempt.host, group);
  const Host& at = *attempt.world.hosts.find(attempt.host);
  const bool live = active(at, group_name, origin);
  const bool origin_open = users(at, group_name, origin) > 0;
  const bool snapshot_open = users(at, group_name, name) > 0;
  Report& report = attempt.report;
  if (live && !origin_open && !snapshot_open) {
    activate(attempt.world, attempt.host, *find_group(attempt.world, attempt.host, group_name), origin);
    report.out("  Merging of volume {}/{} started.", group_name.str(), name.str());
    return true;
  }
  if (origin_open) {
    report.out("  Delaying merge since origin is open.");
  } else if (snapshot_open) {
    report.out("  Delaying merge since snapshot is open.");
  }
  report.out("  Merging of snapshot {}/{} will occur on next activation of {}/{}.", group_name.str(),
             name.str(), group_name.str(), origin.str());
  return false;
}

void run(Attempt& attempt, const MergeSnapshots& op) {
  if (op.volumes.empty()) {
    return attempt.complain(
        nearest_syntax("lvconvert",
                       {"lvconvert --merge VG|LV|Tag ...",
                        "Merge LV that was split from a mirror (variant, use --mergemirrors). ",
                        "Merge thin LV into its origin LV (variant, use --mergethin). ",
                        "Merge COW snapshot LV into its origin (variant, use --mergesnapshot)."},
                       attempt.report));
  }
  std::vector<VolumeRef> merging;  // origins
  each_volume(attempt, op.volumes, true, [&](Name group, Name volume, bool named) {
    const FoundGroup found = *find_group(attempt.world, attempt.host, group);
    const Volume& row = *found.group->volume(volume);
    const Host& at = *attempt.world.hosts.find(attempt.host);
    if (!permitted(attempt, *found.group, row, named)) return;
    if (const Refused bad = refuse_merge(at, *found.group, row)) return attempt.complain(bad);
    if (start(attempt, group, volume)) merging.push_back({group, row.snapshot->origin});
    attempt.done = true;
  });
  if (op.background) return;
  for (const VolumeRef& origin : merging) {
    if (merge_now(attempt.world, attempt.host, origin.group, origin.volume)) {
      attempt.report.out("  {}: Merged: 100.00%", origin.str());
    } else {
      attempt.report.err("  {}: Merge failed. Retry merge or inspect manually.", origin.str());
      attempt.report.status = 5;
    }
  }
}

}  // namespace

REHEARSE_LVM_TRIED(MergeSnapshots)

}  // namespace rehearse::lvm
