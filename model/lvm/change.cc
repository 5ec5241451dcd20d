// lvchange: rules of tools/lvchange.c.
#include "model/lvm/activation.h"
#include "model/lvm/values.h"
#include "model/lvm/volume_checks.h"
#include "model/lvm/volume_ops.h"

namespace rehearse::lvm {
namespace {

// A snapshot goes up and down with its origin, which is asked about.
Refused confirm_snapshot(const Group& group, const Volume& volume) {
  const std::size_t others = group.snapshots_of(volume.snapshot->origin).size() - 1;
  if (others == 0) {
    return {Refusal::snapshot_change_not_confirmed, group.name, volume.name, volume.snapshot->origin};
  }
  return {Refusal::snapshots_change_not_confirmed, group.name, volume.name, volume.snapshot->origin, others};
}

Refused take_down(Attempt& attempt, const Group& group, Name volume) {
  const Host& at = *attempt.world.hosts.find(attempt.host);
  if (!active(at, group.name, volume)) return {};
  if (const Refused used = refuse_use(at, group.name, volume)) return used;
  std::size_t open = 0;
  for (const Name snapshot : group.snapshots_of(volume)) {
    const Refused used = refuse_use(at, group.name, snapshot);
    if (!used) continue;
    attempt.report.err("{}", used.words());
    ++open;
  }
  if (open > 0) return {Refusal::snapshots_in_use, group.name, volume, open};
  deactivate(attempt.world, attempt.host, group.name, volume);
  return {};
}

Refused bring_up(Attempt& attempt, const ActivateVolumes& op, const FoundGroup& found, Name volume) {
  const Group& group = *found.group;
  if (group.volume(volume)->skip_activation && !op.ignore_skip) return {};
  if (partial(found, volume)) return {Refusal::volume_partial, group.name, volume};
  const Name top = activated_as(group, volume);
  if (!active(*attempt.world.hosts.find(attempt.host), group.name, top)) {
    activate(attempt.world, attempt.host, found, top);
  }
  return {};
}

void run(Attempt& attempt, const ActivateVolumes& op) {
  Activation activation = Activation::yes;
  if (const Refused bad = read_activation(op.activate, activation)) return attempt.complain(bad);
  if (op.volumes.empty()) {
    return attempt.complain(nearest_syntax(
        "lvchange", {"lvchange -a|--activate y|n|ay VG|LV|Tag|Select ...", "Activate or deactivate an LV."},
        attempt.report));
  }
  each_volume(attempt, op.volumes, false, [&](Name group_name, Name volume, bool named) {
    const FoundGroup found = *find_group(attempt.world, attempt.host, group_name);
    const Volume& row = *found.group->volume(volume);
    if (row.snapshot && !named) return;  // comes with its origin
    Refused bad;
    if (row.hidden() && activation != Activation::no) {
      bad = {Refusal::volume_hidden, group_name, volume};
    } else if (row.snapshot && !op.yes) {
      bad = confirm_snapshot(*found.group, row);
    } else if (activation == Activation::no) {
      bad = take_down(attempt, *found.group, activated_as(*found.group, volume));
    } else {
      bad = bring_up(attempt, op, found, volume);
    }
    if (bad) return attempt.complain(bad);
    attempt.done = true;
  });
}

void run(Attempt& attempt, const RefreshVolumes& op) {
  if (op.volumes.empty()) {
    return attempt.complain(nearest_syntax(
        "lvchange",
        {"lvchange --refresh VG|LV|Tag|Select ...", "Reactivate an LV using the latest metadata."},
        attempt.report));
  }
  each_volume(attempt, op.volumes, false, [&](Name group, Name volume, bool named) {
    const FoundGroup found = *find_group(attempt.world, attempt.host, group);
    if (named && found.group->volume(volume)->hidden()) {
      return attempt.complain({Refusal::volume_hidden, group, volume});
    }
    if (active(*attempt.world.hosts.find(attempt.host), group, activated_as(*found.group, volume))) {
      activate(attempt.world, attempt.host, found, volume);
    }
    attempt.done = true;
  });
}

Refused change_alloc(const ChangeVolumes& op, const Group& group, Volume& volume) {
  if (!op.contiguous && !op.alloc) return {};
  const Alloc policy = chosen_alloc(op.contiguous, op.alloc);
  if (policy == volume.alloc) {
    return {Refusal::already_allocated_so, group.name, volume.name, std::string(word_of(policy))};
  }
  volume.alloc = policy;
  return {};
}

Refused change_permission(const ChangeVolumes& op, const Group& group, Volume& volume) {
  if (!op.permission) return {};
  const bool writable = *op.permission == Name("rw");
  if (writable == volume.writable) {
    return {writable ? Refusal::already_writable : Refusal::already_read_only, group.name, volume.name};
  }
  volume.writable = writable;
  return {};
}

// One that is not named itself is passed over, which is no failure.
void complain_of_origin(Attempt& attempt, Name group, Name name, bool named) {
  const Refused refused = {Refusal::not_for_origins, group, name};
  if (named) return attempt.complain(refused);
  const std::string words = refused.words();
  attempt.report.err("{}", words.substr(0, words.find('\n')));
}

void change(Attempt& attempt, const ChangeVolumes& op, Name group_name, Name name, bool named) {
  Group group = *find_group(attempt.world, attempt.host, group_name)->group;
  Volume& volume = *group.volume(name);
  if ((op.contiguous || op.alloc) && group.is_origin(name)) {
    return complain_of_origin(attempt, group_name, name, named);
  }
  if (volume.hidden()) return attempt.complain({Refusal::volume_hidden, group_name, name});
  const Volume before = volume;
  if (const Refused bad = change_alloc(op, group, volume)) attempt.complain(bad);
  if (const Refused bad = change_permission(op, group, volume)) attempt.complain(bad);
  if (op.skip) volume.skip_activation = *op.skip == Name("y");
  if (volume == before && !op.skip) return;
  commit(attempt.world, attempt.host, group);
  if (volume.writable != before.writable) {  // the kernel need not know of the rest
    reload(attempt.world, attempt.host, *find_group(attempt.world, attempt.host, group_name), name);
  }
  attempt.report.out("  Logical volume {}/{} changed.", group_name.str(), name.str());
  attempt.done = true;
}

Refused check_line(const ChangeVolumes& op) {
  if (const Refused bad = check_permission(op.permission)) return bad;
  if (const Refused bad = check_yes_no(op.contiguous, "--contiguous")) return bad;
  if (const Refused bad = check_yes_no(op.skip, "--setactivationskip")) return bad;
  if (const Refused bad = check_alloc(op.alloc)) return bad;
  if (op.contiguous && op.alloc) return {Refusal::options_not_together, "--contiguous", "--alloc"};
  const bool any = op.permission || op.contiguous || op.skip || op.alloc;
  return any && !op.volumes.empty() ? Refused{} : Refused{Refusal::no_matching_syntax, "lvchange"};
}

void run(Attempt& attempt, const ChangeVolumes& op) {
  if (const Refused bad = check_line(op)) return attempt.complain(bad);
  each_volume(attempt, op.volumes, true,
              [&](Name group, Name volume, bool named) { change(attempt, op, group, volume, named); });
}

}  // namespace

REHEARSE_LVM_TRIED(ActivateVolumes)
REHEARSE_LVM_TRIED(RefreshVolumes)
REHEARSE_LVM_TRIED(ChangeVolumes)

}  // namespace rehearse::lvm
