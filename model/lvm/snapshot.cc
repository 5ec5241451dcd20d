// lvcreate -s: rules of tools/lvcreate.c and lib/metadata/snapshot_manip.c.
#include "model/dm/exceptions.h"
#include "model/fs/flush.h"
#include "model/lvm/activation.h"
#include "model/lvm/cow.h"
#include "model/lvm/cow_size.h"
#include "model/lvm/new_volume.h"

namespace rehearse::lvm {
namespace {

Refused read_names(const CreateSnapshot& op, VolumeRef& origin, std::optional<Name>& name) {
  read_value(op.operands[0].str(), origin);
  for (const char letter : origin.group.str()) {
    if (!valid_name(std::string(1, letter)) && letter != '-' && letter != '.') {
      return {Refusal::creating_group_name_invalid, origin.group};
    }
  }
  if (origin.volume.empty()) return {Refusal::origin_without_group};
  name = op.name;
  if (!op.name) return {};
  if (op.name->str().find('/') != std::string::npos) {
    VolumeRef typed;
    read_value(op.name->str(), typed);
    if (typed.group != origin.group) return {Refusal::single_group_wanted, origin.group, typed.group};
    name = typed.volume;
  }
  return check_new_name(*name);
}

Refused check_line(const CreateSnapshot& op, Report& report, VolumeRef& origin, std::optional<Name>& name) {
  if (const Refused bad = check_words(op)) return bad;
  if (op.operands.empty()) {
    return nearest_syntax(
        "lvcreate",
        {"lvcreate -s|--snapshot -L|--size Size[m|UNIT] LV", "Create a COW snapshot LV of an origin LV."},
        report);
  }
  if (op.chunk && !op.size && !op.extents)
    return {Refusal::option_not_accepted, "--chunksize", op.chunk->text};
  if (op.operands.size() > 1 && !op.size && !op.extents)
    return {Refusal::argument_not_accepted, op.operands[1]};
  if (op.wipe) return {Refusal::unsupported_with_snapshots, "--wipesignatures"};
  if (op.zero) return {Refusal::unsupported_with_snapshots, "--zero"};
  if (const Refused bad = read_names(op, origin, name)) return bad;
  if (const Refused bad = check_amount(op, report)) return bad;
  if (op.chunk && !good_chunk(read(*op.chunk, kKiB, "--chunksize").value)) return {Refusal::chunk_size_wrong};
  return check_policy(op);
}

// Extents of a percentage. One of the origin is rounded up, and the metadata of a snapshot that holds all of
// it are added (lvcreate.c _update_extents_params).
Refused count_percent(const Group& group, const Volume& origin, Sectors chunk, const Amount& amount,
                      const std::vector<Allowed>& from, Report& report, std::uint64_t& extents) {
  switch (amount.percent) {
    case PercentOf::group:
      extents = group.extents() * amount.value / 100;
      if (extents <= group.free_extents()) return {};
      extents = group.free_extents();
      report.out("  Reducing {}%VG to remaining free space {} in VG.", amount.value,
                 human_size(extents * group.extent * kSector));
      return {};
    case PercentOf::free:
      extents = group.free_extents() * amount.value / 100;
      return {};
    case PercentOf::pvs:
      extents = free_in(group, from) * amount.value / 100;
      return {};
    case PercentOf::volume:
      return {Refusal::percent_of_volume_snapshot};
    case PercentOf::origin:
      extents = divide_up(origin.extents() * amount.value, 100) + cow_max_extents(group, origin, chunk) -
                origin.extents();
      return {};
    case PercentOf::none:
      extents = amount.value;
      return {};
  }
  return {};
}

Refused check_origin(const Group& group, const Volume& origin) {
  if (origin.is_snapshot()) return {Refusal::snapshot_of_snapshot};
  return group.merging_into(origin.name) ? Refused{Refusal::snapshot_while_merging} : Refused{};
}

// How much room the snapshot gets, and what stands in the way of it.
Refused count_extents(const Group& group, const Volume& origin, Sectors chunk,
                      const std::vector<Allowed>& from, Amount amount, Report& report,
                      std::uint64_t& extents) {
  if (const Refused bad = count_percent(group, origin, chunk, amount, from, report, extents)) return bad;
  const std::uint64_t most = cow_max_extents(group, origin, chunk);
  if (extents > most) {
    report.out("  Reducing COW size {} down to maximum usable size {}.",
               human_size(extents * group.extent * kSector), human_size(most * group.extent * kSector));
    extents = most;
  }
  const std::uint64_t least = divide_up(3 * chunk, group.extent);
  if (extents < least && extents > 0) {
    return {Refusal::snapshot_too_small, least, Argument::size(3 * chunk * kSector)};
  }
  return extents == 0 ? Refused{Refusal::no_extents_asked} : Refused{};
}

// Suspending the origin freezes a file system on it, so that the snapshot holds a clean one.
void take(Attempt& attempt, const Group& group, const Volume& volume) {
  World& world = attempt.world;
  const Name origin = volume.snapshot->origin;
  const Name device = mapped_name(group.name, origin);
  const bool live = active(*world.hosts.find(attempt.host), group.name, origin);
  commit(world, attempt.host, group, 2);  // a plain volume first, then a snapshot
  const FoundGroup found = *find_group(world, attempt.host, group.name);
  ExceptionStore store;
  store.chunk = volume.snapshot->chunk;
  write_store(world, attempt.host, found, volume.name, store);
  if (!live) return;
  fs::freeze(world, attempt.host, device);
  reload(world, attempt.host, found, origin);
  fs::thaw(world, attempt.host, device);
}

Refused create(Attempt& attempt, const CreateSnapshot& op) {
  VolumeRef ref;
  std::optional<Name> name;
  if (const Refused bad = check_line(op, attempt.report, ref, name)) return bad;
  FoundGroup found;
  if (const Refused bad = open_group(attempt.world, attempt.host, ref.group, true, attempt.report, found))
    return bad;
  Group group = *found.group;
  const Volume* origin = group.volume(ref.volume);
  if (!origin) return {Refusal::no_such_origin, group.name, ref.volume};
  if (!op.size && !op.extents) return {Refusal::snapshot_without_size};
  const Sectors chunk = op.chunk ? read(*op.chunk, kKiB, "--chunksize").value : 8;
  const Amount amount = read_amount(op, group, attempt.report);
  const Host& at = *attempt.world.hosts.find(attempt.host);
  std::vector<Allowed> from;
  if (const Refused bad = read_pvs(at, found, std::span(op.operands).subspan(1), attempt.report, from))
    return bad;
  std::uint64_t extents = 0;
  if (const Refused bad = count_extents(group, *origin, chunk, from, amount, attempt.report, extents))
    return bad;
  if (name && group.volume(*name)) return {Refusal::volume_exists, group.name, *name};
  if (const Refused bad = check_origin(group, *origin)) return bad;
  Volume volume = new_volume(op, attempt, group, name);
  if (const Refused bad = find_room(group, volume, extents, amount.percent != PercentOf::none, from))
    return bad;
  if (const Refused bad = too_long(group.name, volume.name)) return bad;
  volume.snapshot = SnapshotOf{origin->name, chunk, false, origin->extents()};
  insert(group, volume);
  take(attempt, group, volume);
  attempt.report.out("  Logical volume \"{}\" created.", volume.name.str());
  return {};
}

void run(Attempt& attempt, const CreateSnapshot& op) {
  const Refused bad = create(attempt, op);
  if (bad) return attempt.complain(bad);
  attempt.done = true;
}

}  // namespace

REHEARSE_LVM_TRIED(CreateSnapshot)

}  // namespace rehearse::lvm
