#include "model/lvm/attempt.h"
#include "model/lvm/group_ops.h"
#include "model/lvm/label.h"
#include "model/lvm/pv_walk.h"
#include "model/lvm/warnings.h"

namespace rehearse::lvm {
namespace {

bool holds_nothing(const Group& group, std::uint64_t pv) {
  return std::none_of(group.volumes.begin(), group.volumes.end(), [&](const Volume& volume) {
    return std::any_of(volume.segments.begin(), volume.segments.end(),
                       [&](const Segment& segment) { return segment.pv == pv; });
  });
}

// lvm2 lib/metadata/vg.c vgreduce_single.
Refused take_out(Attempt& attempt, const PvTarget& target) {
  const Name path = path_of(target.device);
  Group group = *find_group(attempt.world, attempt.host, target.group)->group;
  if (!group.resizeable) return {Refusal::group_not_resizeable, group.name};
  const FoundPv out = *find_pv(attempt.world, attempt.host, target.device);
  const std::uint64_t uuid = out.label.uuid;
  if (!holds_nothing(group, uuid)) return {Refusal::pv_still_in_use, path};
  if (group.pvs.size() == 1) return {Refusal::final_pv, path, group.name};
  std::erase_if(group.pvs, [&](const PhysicalVolume& pv) { return pv.uuid == uuid; });
  attempt.report.out("  Removed \"{}\" from volume group \"{}\"", path.str(), group.name.str());
  commit(attempt.world, attempt.host, std::move(group));
  make_orphan(attempt.world, attempt.host, out);
  attempt.done = true;
  return {};
}

void take_all_out(Attempt& attempt, const std::vector<Name>& devices, bool all, Name group) {
  const auto visit = [&](const PvTarget& target) {
    if (const Refused refused = take_out(attempt, target)) attempt.complain(refused);
  };
  walk_pvs(attempt, devices, all, visit, group);
}

void run(Attempt& attempt, const ReduceGroup& op) {
  read_all(attempt.world, attempt.host);
  take_all_out(attempt, op.devices, false, op.group.name);
}

void run(Attempt& attempt, const ReduceGroupToNeeded& op) { take_all_out(attempt, {}, true, op.group.name); }

}  // namespace

REHEARSE_LVM_TRIED(ReduceGroup)
REHEARSE_LVM_TRIED(ReduceGroupToNeeded)

}  // namespace rehearse::lvm
