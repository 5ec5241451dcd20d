#include "model/lvm/activation.h"
#include "model/lvm/attempt.h"
#include "model/lvm/group_ops.h"
#include "model/lvm/named_groups.h"

namespace rehearse::lvm {
namespace {

std::vector<const Volume*> shown_as_made(const Group& group) {
  std::vector<const Volume*> volumes = group.as_made();
  std::erase_if(volumes, [](const Volume* volume) { return volume->hidden(); });
  return volumes;
}

void report_active(Attempt& attempt, const Group& group) {
  const Host& host = *attempt.world.hosts.find(attempt.host);
  std::size_t count = 0;
  for (const Volume* volume : shown_as_made(group)) count += active(host, group.name, volume->name);
  attempt.report.out("  {} logical volume(s) in volume group \"{}\" now active", count, group.name.str());
  attempt.done = true;
}

void activate_group(Attempt& attempt, const FoundGroup& found) {
  const Group& group = *found.group;
  for (const Volume* volume : shown_as_made(group)) {
    if (volume->is_snapshot() || !partial(found, volume->name)) continue;  // it goes with its origin
    attempt.complain({Refusal::volume_partial, group.name, volume->name});
  }
  activate_all(attempt.world, attempt.host, found);
  const auto now = find_group(attempt.world, attempt.host, group.name);
  report_active(attempt, *now->group);
}

// With a volume in use, nothing in the group is deactivated; only the first such volume is named.
void deactivate_group(Attempt& attempt, const FoundGroup& found) {
  const Group& group = *found.group;
  const Host& host = *attempt.world.hosts.find(attempt.host);
  std::size_t open = 0;
  for (const Volume* volume : shown_as_made(group)) {
    if (users(host, group.name, volume->name) == 0) continue;
    if (open++ > 0) continue;
    attempt.complain(
        {mounted(host, group.name, volume->name) ? Refusal::volume_mounted : Refusal::volume_in_use,
         group.name, volume->name});
  }
  if (open > 0) return attempt.complain({Refusal::group_open, group.name, open});
  for (const Volume* volume : shown_as_made(group))
    deactivate(attempt.world, attempt.host, group.name, volume->name);
  report_active(attempt, group);
}

void run(Attempt& attempt, const ActivateGroups& op) {
  each_group(attempt, op.groups, "vgchange", Reading::to_use, [&](const FoundGroup& found) {
    op.active.yes ? activate_group(attempt, found) : deactivate_group(attempt, found);
  });
}

void run(Attempt& attempt, const RefreshGroups& op) {
  each_group(attempt, op.groups, "vgchange", Reading::to_use, [&](const FoundGroup& found) {
    reload_all(attempt.world, attempt.host, found);
    attempt.done = true;
  });
}

}  // namespace

REHEARSE_LVM_TRIED(ActivateGroups)
REHEARSE_LVM_TRIED(RefreshGroups)

}  // namespace rehearse::lvm
