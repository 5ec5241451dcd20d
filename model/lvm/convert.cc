// lvconvert -s and --splitsnapshot: rules of tools/lvconvert.c _lvconvert_snapshot and
// _lvconvert_splitsnapshot.
#include "model/lvm/activation.h"
#include "model/lvm/cow.h"
#include "model/lvm/volume_checks.h"
#include "model/lvm/volume_ops.h"

namespace rehearse::lvm {
namespace {

const char* type_of(const Volume& volume) { return volume.snapshot ? "snapshot" : "linear"; }

Refused check_line(const MakeSnapshot& op, Report& report, Sectors& chunk) {
  if (op.chunk) {
    const Amount amount = read(*op.chunk, kKiB, "--chunksize");
    if (amount.bad) return amount.bad;
    chunk = amount.value;
  }
  if (const Refused bad = check_yes_no(op.zero, "--zero")) return bad;
  if (op.volumes.size() > 2) return {Refusal::argument_not_accepted, op.volumes[2].str()};
  if (op.volumes.size() == 2) return {};
  return nearest_syntax(
      "lvconvert",
      {"lvconvert -s|--snapshot LV LV", "Combine a former COW snapshot (second arg) with a former ",
       "origin LV (first arg) to reverse a splitsnapshot command."},
      report);
}

Refused check_pair(const Group& group, const VolumeRef& origin, Name name, Sectors chunk) {
  const Volume* volume = group.volume(name);
  if (!volume) return {Refusal::no_such_volume, group.name, name};
  if (volume->snapshot) return {Refusal::convert_wrong_type, group.name, name, type_of(*volume)};
  if (origin.group != group.name) return {Refusal::single_group_wanted_converting, origin.group, group.name};
  if (origin.volume == name) return {Refusal::convert_same, group.name, name};
  if (!good_chunk(chunk)) return {Refusal::chunk_size_wrong_converting};
  if (volume->extents() * group.extent < 3 * chunk) {  // snapshot_manip.c cow_has_min_chunks
    return {Refusal::snapshot_too_small, divide_up(3 * chunk, group.extent),
            Argument::size(3 * chunk * kSector)};
  }
  const Volume* row = group.volume(origin.volume);
  if (!row) return {Refusal::convert_no_such_origin, group.name, origin.volume};
  if (row->snapshot) return {Refusal::snapshot_of_snapshot};
  if (group.merging_into(row->name)) return {Refusal::snapshot_while_merging};
  return group.is_origin(name) ? Refused{Refusal::convert_origin_not_modelled, group.name, name} : Refused{};
}

// A volume named without its group is in that of the other.
void complete(VolumeRef& volume, const VolumeRef& other) {
  if (volume.volume.empty() && !other.volume.empty()) volume = {other.group, volume.group};
}

Refused make(Attempt& attempt, MakeSnapshot op) {
  Sectors chunk = 8;
  if (const Refused bad = check_line(op, attempt.report, chunk)) return bad;
  complete(op.volumes[0], op.volumes[1]);
  complete(op.volumes[1], op.volumes[0]);
  const Name name = op.volumes[1].volume;
  FoundGroup found;
  const Refused bad =
      open_group(attempt.world, attempt.host, op.volumes[1].group, true, attempt.report, found);
  if (bad) return bad;
  Group group = *found.group;
  if (const Refused wrong = check_pair(group, op.volumes[0], name, chunk)) return wrong;
  Report& report = attempt.report;
  report.err("  WARNING: Converting logical volume {}/{} to snapshot exception store.", group.name.str(),
             name.str());
  report.err("  THIS WILL DESTROY CONTENT OF LOGICAL VOLUME (filesystem etc.)");
  if (!op.yes) return {Refusal::convert_not_confirmed, group.name, name};
  const Host& at = *attempt.world.hosts.find(attempt.host);
  if (const Refused used = refuse_use(at, group.name, name)) {
    report.err("{}", used.words());
    return {Refusal::convert_still_in_use, group.name, name};
  }
  const bool zero = group.volume(name)->writable && (!op.zero || *op.zero == Name("y"));
  deactivate(attempt.world, attempt.host, group.name, name);
  if (zero) {
    ExceptionStore store;
    store.chunk = chunk;
    write_store(attempt.world, attempt.host, found, name, store);
  } else {
    report.err("  WARNING: {}/{} not zeroed.", group.name.str(), name.str());
  }
  const Name origin = op.volumes[0].volume;
  group.volume(name)->snapshot = SnapshotOf{origin, chunk, false, group.volume(origin)->extents()};
  commit(attempt.world, attempt.host, group);
  reload(attempt.world, attempt.host, *find_group(attempt.world, attempt.host, group.name), origin);
  report.out("  Logical volume {}/{} converted to snapshot.", group.name.str(), name.str());
  return {};
}

// The device keeps its number, and the one below stays, used by nobody, until the volume's tables are loaded
// again.
void stay(Host& host, const Device& top, Device cow) {
  Device now = *host.device(top.name);
  now.minor = top.minor;
  host.put(std::move(now));
  host.put(std::move(cow));
}

Refused split(Attempt& attempt, const SplitSnapshot& op) {
  if (op.volumes.empty()) {
    return nearest_syntax("lvconvert",
                          {"lvconvert --splitsnapshot LV", "Separate a COW snapshot from its origin LV."},
                          attempt.report);
  }
  if (op.volumes.size() > 1) return {Refusal::argument_not_accepted, op.volumes[1].str()};
  const auto& [group_name, name] = op.volumes[0];
  FoundGroup found;
  if (const Refused bad = open_group(attempt.world, attempt.host, group_name, true, attempt.report, found))
    return bad;
  Group group = *found.group;
  Volume* volume = group.volume(name);
  if (!volume) return {Refusal::no_such_volume, group_name, name};
  if (!volume->snapshot) return {Refusal::convert_wrong_type, group_name, name, type_of(*volume)};
  if (volume->hidden()) return {Refusal::merge_already, group_name, name};
  const Host& at = *attempt.world.hosts.find(attempt.host);
  if (const Refused used = refuse_use(at, group_name, name)) return used;
  const bool live = active(at, group_name, name);
  if (live && !op.yes && op.force == 0) return {Refusal::split_not_confirmed, group_name, name};
  const Name origin = volume->snapshot->origin;
  volume->snapshot.reset();
  const Device* top = at.device(mapped_name(group_name, name));
  const std::optional<Device> was = top ? std::optional(*top) : std::nullopt;
  const Device* below = at.device(mapped_name(group_name, name, "-cow"));
  const std::optional<Device> cow = below ? std::optional(*below) : std::nullopt;
  deactivate(attempt.world, attempt.host, group_name, name);
  commit(attempt.world, attempt.host, group);
  const FoundGroup after = *find_group(attempt.world, attempt.host, group_name);
  reload(attempt.world, attempt.host, after, origin);
  if (live) {
    activate(attempt.world, attempt.host, after, name);
    if (was && cow) stay(attempt.world.hosts.edit(attempt.host), *was, *cow);
  }
  attempt.report.out("  Logical Volume {}/{} split from its origin.", group_name.str(), name.str());
  return {};
}

void run(Attempt& attempt, const MakeSnapshot& op) {
  const Refused bad = make(attempt, op);
  if (bad) return attempt.complain(bad);
  attempt.done = true;
}

void run(Attempt& attempt, const SplitSnapshot& op) {
  const Refused bad = split(attempt, op);
  if (bad) return attempt.complain(bad);
  attempt.done = true;
}

}  // namespace

REHEARSE_LVM_TRIED(MakeSnapshot)
REHEARSE_LVM_TRIED(SplitSnapshot)

}  // namespace rehearse::lvm
