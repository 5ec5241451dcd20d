#include <bit>

#include "model/lvm/group_names.h"
#include "model/lvm/group_ops.h"
#include "model/lvm/prepare.h"
#include "model/lvm/volume_checks.h"
#include "model/lvm/warnings.h"

namespace rehearse::lvm {
namespace {

PrepareOptions options_of(bool yes, bool wipe) {
  PrepareOptions options;
  options.keep = true;
  options.yes = yes;
  options.wipe = wipe;
  return options;
}

// Those that had a label come before those that got one now (lvm2 tools/toollib.c pvcreate_each_device).
std::vector<Name> all_of(const Prepared& prepared) {
  std::vector<Name> devices = prepared.ready;
  devices.insert(devices.end(), prepared.create.begin(), prepared.create.end());
  return devices;
}

// Adds orphans to a group; one that is named twice gets into its own way.
Refused add(const World& world, Name host, Group& group, const Prepared& prepared) {
  for (const Name device : all_of(prepared)) {
    const Name path = path_of(device);
    if (std::any_of(group.pvs.begin(), group.pvs.end(),
                    [&](const auto& row) { return row.device == path; })) {
      const bool fresh =
          std::find(prepared.create.begin(), prepared.create.end(), device) != prepared.create.end();
      return {fresh ? Refusal::new_pv_twice : Refusal::pv_twice, path, group.name};
    }
    if (group.max_pvs != 0 && group.pvs.size() >= group.max_pvs) {
      return {Refusal::group_holds_no_more, path, group.name, group.max_pvs};
    }
    const FoundPv pv = *find_pv(world, host, device);
    PhysicalVolume row;
    row.uuid = pv.label.uuid;
    row.device = path;
    row.device_size = pv.label.device_size;
    row.pe_start = pv.label.pe_start;
    row.extents = row.device_size > row.pe_start ? (row.device_size - row.pe_start) / group.extent : 0;
    group.pvs.push_back(row);
  }
  return {};
}

// lvm2 lib/metadata/metadata.c vgcreate_params_validate, in its order.
Refused refuse_parameters(const Host& host, const CreateGroup& op, Sectors extent) {
  if (const Refused bad = refuse_new_name(host, op.group.name)) {
    return bad.why == Refusal::group_name_invalid
               ? Refused{Refusal::new_group_name_invalid, bad.details[0], bad.details[1]}
               : Refused{Refusal::new_group_name_in_dev, bad.details[0]};
  }
  if (op.alloc == Alloc::inherit) return {Refusal::group_alloc_inherit_usage};
  if (extent == 0) return {Refusal::extent_zero};
  return {};
}

void run(Attempt& attempt, const CreateGroup& op) {
  read_all(attempt.world, attempt.host);
  Amount extent;
  extent.value = kDefaultExtent;
  if (op.extent) extent = read(*op.extent, kMiB, "--physicalextentsize", Signs::unsigned_only);
  if (extent.bad) return attempt.complain(extent.bad);
  const Host& at = *attempt.world.hosts.find(attempt.host);
  if (const Refused bad = refuse_parameters(at, op, extent.value)) return attempt.complain(bad);
  if (find_group(attempt.world, attempt.host, op.group.name)) {
    return attempt.complain({Refusal::group_exists, op.group.name});
  }
  const PrepareOptions options = options_of(op.yes, op.yes || op.force > 0);
  const Prepared prepared = prepare(attempt, op.devices, options);
  if (prepared.stopped) return;
  write_labels(attempt, prepared, options);
  attempt.done = !prepared.create.empty();
  if (!std::has_single_bit(extent.value) && extent.value % 256 != 0) {
    return attempt.complain({Refusal::extent_not_a_multiple});
  }
  Group group;
  group.name = op.group.name;
  group.extent = extent.value;
  group.max_volumes = op.max_volumes.value_or(0);
  group.max_pvs = op.max_pvs.value_or(0);
  group.alloc = op.alloc.value_or(Alloc::normal);
  if (const Refused refused = add(attempt.world, attempt.host, group, prepared)) {
    return attempt.complain(refused);
  }
  group.uuid = fresh_uuid(attempt.world, attempt.host, mix(hash_of(group.name), group.pvs[0].uuid));
  commit(attempt.world, attempt.host, std::move(group));
  warn_sizes(*find_group(attempt.world, attempt.host, op.group.name), attempt.report);
  attempt.report.out("  Volume group \"{}\" successfully created", op.group.name.str());
  attempt.done = true;
}

void run(Attempt& attempt, const ExtendGroup& op) {
  read_all(attempt.world, attempt.host);
  const PrepareOptions options = options_of(op.yes, op.yes);  // -f does not answer the question here
  const Prepared prepared = prepare(attempt, op.devices, options);
  if (prepared.stopped) return;
  write_labels(attempt, prepared, options);
  attempt.done = !prepared.create.empty();
  const auto found = find_group(attempt.world, attempt.host, op.group.name);
  if (!found) return attempt.complain(no_group(op.group.name));
  warn(*found, attempt.report);
  if (found->group->exported) return attempt.complain({Refusal::group_exported, op.group.name});
  if (!found->group->resizeable) return attempt.complain({Refusal::group_not_resizeable, op.group.name});
  Group group = *found->group;
  if (const Refused refused = add(attempt.world, attempt.host, group, prepared)) {
    return attempt.complain(refused);
  }
  commit_aloud(attempt.world, attempt.host, *found, std::move(group), attempt.report);
  attempt.report.out("  Volume group \"{}\" successfully extended", op.group.name.str());
  attempt.done = true;
}

// The device that was missing, if it is back.
const FoundPv* back_on(const FoundGroup& found, Name device) {
  for (const auto* pvs : {&found.returned, &found.reappeared}) {
    for (const FoundPv& pv : *pvs) {
      if (pv.device == device) return &pv;
    }
  }
  return nullptr;
}

void run(Attempt& attempt, const RestoreMissing& op) {
  const auto found = find_group(attempt.world, attempt.host, op.group.name);
  if (!found) return attempt.complain(no_group(op.group.name));
  warn(*found, attempt.report);
  if (found->group->exported) return attempt.complain({Refusal::group_exported, op.group.name});
  Group group = *found->group;
  bool restored = false;
  for (const Name path : op.devices) {
    const Operand operand = find_device(attempt.world, attempt.host, path);
    const FoundPv* back = operand.refused ? nullptr : back_on(*found, operand.device);
    if (!back) {
      const auto pv = operand.refused ? std::nullopt : find_pv(attempt.world, attempt.host, operand.device);
      const bool member = pv && group.pv(pv->label.uuid);
      attempt.report.err("  WARNING: PV {} {} VG {}", path.str(),
                         member ? "was not missing in" : "not found in", group.name.str());
      continue;
    }
    for (PhysicalVolume& row : group.pvs) {
      if (row.uuid == back->label.uuid) row.missing = false;
    }
    restored = true;
  }
  if (!restored) return attempt.complain({Refusal::no_pv_restored});
  commit_aloud(attempt.world, attempt.host, *found, std::move(group), attempt.report);
  attempt.report.out("  Volume group \"{}\" successfully extended", op.group.name.str());
  attempt.done = true;
}

}  // namespace

REHEARSE_LVM_TRIED(CreateGroup)
REHEARSE_LVM_TRIED(ExtendGroup)
REHEARSE_LVM_TRIED(RestoreMissing)

}  // namespace rehearse::lvm
