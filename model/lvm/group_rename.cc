#include "model/lvm/activation.h"
#include "model/lvm/attempt.h"
#include "model/lvm/group_names.h"
#include "model/lvm/group_ops.h"
#include "model/lvm/named_groups.h"

namespace rehearse::lvm {
namespace {

constexpr std::size_t kLongestPath = 121;

Refused refuse_names(const Host& host, Name from, Name to) {
  if (to.str().size() > kLongestPath) return {Refusal::group_path_too_long};
  if (const Refused refused = refuse_new_name(host, to)) return refused;
  return from == to ? Refused{Refusal::group_names_equal} : Refused();
}

void rename_devices(Attempt& attempt, const Group& group, Name to) {
  for (const Volume& volume : group.volumes) {
    for (const std::string_view layer : {"", "-real", "-cow"}) {
      const Name from = mapped_name(group.name, volume.name, layer);
      if (!attempt.world.hosts.find(attempt.host)->device(from)) continue;
      rename_device(attempt.world, attempt.host, from, mapped_name(to, volume.name, layer));
    }
  }
}

void run(Attempt& attempt, const RenameGroup& op) {
  read_all(attempt.world, attempt.host);
  const Host& host = *attempt.world.hosts.find(attempt.host);
  if (const Refused refused = refuse_names(host, op.from.name, op.to.name)) return attempt.complain(refused);
  each_group(attempt, {op.from}, "vgrename", Reading::exported_too, [&](const FoundGroup& found) {
    if (find_group(attempt.world, attempt.host, op.to.name)) {
      return attempt.complain({Refusal::new_group_exists, op.to.name});
    }
    Group group = *found.group;
    rename_devices(attempt, group, op.to.name);
    group.name = op.to.name;
    commit(attempt.world, attempt.host, std::move(group));
    reload_all(attempt.world, attempt.host, *find_group(attempt.world, attempt.host, op.to.name));
    attempt.report.out("  Volume group \"{}\" successfully renamed to \"{}\"", op.from.name.str(),
                       op.to.name.str());
    attempt.done = true;
  });
}

}  // namespace

REHEARSE_LVM_TRIED(RenameGroup)

}  // namespace rehearse::lvm
