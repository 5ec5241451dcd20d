// lvrename: rules of tools/lvrename.c.
#include "model/lvm/activation.h"
#include "model/lvm/volume_checks.h"
#include "model/lvm/volume_ops.h"

namespace rehearse::lvm {
namespace {

struct Names {
  Name group;
  Name from;
  Name to;
};

bool has_group(Name word) { return word.str().find('/') != std::string::npos; }

// "VG OLD NEW" or "VG/OLD NEW", where OLD and NEW may name the group as well.
Refused read_names(const RenameVolume& op, Names& names) {
  const Name old_word = op.names.size() == 3 ? op.names[1] : op.names[0];
  const Name new_word = op.names.back();
  VolumeRef from{{}, old_word};
  if (has_group(old_word)) read_value(old_word.str(), from);
  VolumeRef to{{}, new_word};
  if (has_group(new_word)) read_value(new_word.str(), to);
  if (op.names.size() == 3) {
    GroupRef group;
    read_value(op.names[0].str(), group);
    if (!from.group.empty() && from.group != group.name) {
      return {Refusal::rename_single_group, group.name, from.group};
    }
    from.group = group.name;
  } else if (!has_group(old_word)) {
    return {Refusal::rename_without_group, old_word};
  }
  if (!valid_name(from.group)) return {Refusal::rename_group_invalid};
  if (!to.group.empty() && to.group != from.group)
    return {Refusal::rename_group_differs, from.group, to.group};
  names = {from.group, from.volume, to.volume};
  return {};
}

Refused check_names(const Names& names) {
  if (names.to.empty()) return {Refusal::rename_name_blank};
  const std::size_t most = 128 - 3 - names.group.str().size();
  if (names.to.str().size() > most) return {Refusal::rename_name_long, names.to, most};
  if (!valid_name(names.to)) return {Refusal::rename_name_invalid, names.to};
  if (const Refused reserved = reserved_name(names.to, "lvrename")) return reserved;
  return names.from == names.to ? Refused{Refusal::rename_names_same} : Refused{};
}

void rename_devices(Attempt& attempt, const Names& names) {
  for (const char* layer : {"", "-real", "-cow"}) {
    rename_device(attempt.world, attempt.host, mapped_name(names.group, names.from, layer),
                  mapped_name(names.group, names.to, layer));
  }
  reload(attempt.world, attempt.host, *find_group(attempt.world, attempt.host, names.group), names.to);
}

Refused rename(Attempt& attempt, const RenameVolume& op) {
  if (op.names.size() < 2) return {Refusal::no_matching_syntax, "lvrename"};
  if (op.names.size() > 3) return {Refusal::argument_not_accepted, op.names[3]};
  Names names;
  if (const Refused bad = read_names(op, names)) return bad;
  if (const Refused bad = check_names(names)) return bad;
  FoundGroup found;
  if (const Refused bad = open_group(attempt.world, attempt.host, names.group, true, attempt.report, found)) {
    return bad;
  }
  Group group = *found.group;
  const Volume* old = group.volume(names.from);
  if (!old) return {Refusal::rename_no_such_volume, names.group, names.from};
  if (old->hidden()) return {Refusal::rename_internal, names.from};
  if (group.volume(names.to)) return {Refusal::volume_exists, names.group, names.to};
  if (const Refused bad = too_long(names.group, names.to)) return bad;
  Volume renamed = *old;
  renamed.name = names.to;
  std::erase_if(group.volumes, [&](const Volume& volume) { return volume.name == names.from; });
  insert(group, std::move(renamed));
  for (Volume& volume : group.volumes) {
    if (volume.snapshot && volume.snapshot->origin == names.from) volume.snapshot->origin = names.to;
  }
  commit(attempt.world, attempt.host, group);
  rename_devices(attempt, names);
  attempt.report.out("  Renamed \"{}\" to \"{}\" in volume group \"{}\"", names.from.str(), names.to.str(),
                     names.group.str());
  return {};
}

void run(Attempt& attempt, const RenameVolume& op) {
  const Refused bad = rename(attempt, op);
  if (bad) return attempt.complain(bad);
  attempt.done = true;
}

}  // namespace

REHEARSE_LVM_TRIED(RenameVolume)

}  // namespace rehearse::lvm
