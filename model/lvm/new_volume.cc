#include "model/lvm/new_volume.h"

namespace rehearse::lvm {

Refused check_words(const NewVolume& op) {
  if (op.size) {
    if (const Amount amount = read(*op.size, kMiB, "--size"); amount.bad) return amount.bad;
  }
  if (op.extents) {
    if (const Amount amount = read(*op.extents, "--extents"); amount.bad) return amount.bad;
  }
  if (op.chunk) {
    if (const Amount amount = read(*op.chunk, kKiB, "--chunksize"); amount.bad) return amount.bad;
  }
  Activation activation{};
  if (op.activate) {
    if (const Refused bad = read_activation(*op.activate, activation)) return bad;
  }
  if (const Refused bad = check_yes_no(op.zero, "--zero")) return bad;
  if (const Refused bad = check_yes_no(op.wipe, "--wipesignatures")) return bad;
  if (const Refused bad = check_permission(op.permission)) return bad;
  if (const Refused bad = check_yes_no(op.contiguous, "--contiguous")) return bad;
  if (const Refused bad = check_yes_no(op.skip, "--setactivationskip")) return bad;
  return check_alloc(op.alloc);
}

Refused check_new_name(Name name) {
  if (const Refused reserved = reserved_name(name, "lvcreate")) return reserved;
  return valid_name(name) ? Refused{} : Refused{Refusal::volume_name_invalid, name};
}

Refused check_amount(const NewVolume& op, Report& report) {
  std::vector<const char*> zero;
  if (op.chunk && read(*op.chunk, kKiB, "--chunksize").value == 0) zero.push_back("--chunksize");
  if (op.extents && read(*op.extents, "--extents").value == 0) zero.push_back("--extents");
  if (op.size && read(*op.size, kMiB, "--size").value == 0) zero.push_back("--size");
  if (zero.empty()) return op.size && op.extents ? Refused{Refusal::size_or_extents} : Refused{};
  for (std::size_t i = 0; i + 1 < zero.size(); ++i) report.err("  {} may not be zero.", zero[i]);
  return {Refusal::may_not_be_zero, zero.back(), "lvcreate"};
}

Refused check_policy(const NewVolume& op) {
  const bool clash = op.contiguous && *op.contiguous == Name("y") && op.alloc &&
                     chosen_alloc({}, op.alloc) != Alloc::contiguous;
  return clash ? Refused{Refusal::contiguous_and_alloc} : Refused{};
}

Amount read_amount(const NewVolume& op, const Group& group, Report& report) {
  if (op.extents) return read(*op.extents, "--extents");
  Amount amount = read(*op.size, kMiB, "--size");
  const std::uint64_t extents = divide_up(amount.value, group.extent);
  if (amount.value % group.extent != 0) {
    report.out("  Rounding up size to full physical extent {}", human_size(extents * group.extent * kSector));
  }
  amount.value = extents;
  return amount;
}

Volume new_volume(const NewVolume& op, const Attempt& attempt, const Group& group,
                  const std::optional<Name>& name) {
  Volume volume;
  volume.name = name ? *name : automatic_name(group);
  volume.uuid =
      fresh_uuid(attempt.world, attempt.host, mix(mix(group.uuid, group.seqno), volume.name.hash()));
  volume.writable = !op.permission || *op.permission == Name("rw");
  volume.skip_activation = op.skip && *op.skip == Name("y");
  volume.alloc = chosen_alloc(op.contiguous, op.alloc);
  return volume;
}

Refused find_room(const Group& group, Volume& volume, std::uint64_t extents, bool approximate,
                  const std::vector<Allowed>& from) {
  if (group.max_volumes != 0 && group.volumes.size() >= group.max_volumes) {
    return {Refusal::too_many_volumes, group.name, group.max_volumes};
  }
  if (!approximate && extents > group.free_extents()) {
    return {Refusal::group_without_room, group.name, group.free_extents(), extents};
  }
  return find_extents(group, volume, extents, approximate, from);
}

}  // namespace rehearse::lvm
