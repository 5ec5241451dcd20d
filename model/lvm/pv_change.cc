#include "model/lvm/label.h"
#include "model/lvm/pv_ops.h"
#include "model/lvm/pv_walk.h"
#include "model/lvm/warnings.h"

namespace rehearse::lvm {
namespace {

std::uint64_t allocated_on(const Group& group, std::uint64_t pv, std::uint64_t& end) {
  std::uint64_t total = 0;
  end = 0;
  for (const Volume& volume : group.volumes) {
    for (const Segment& segment : volume.segments) {
      if (segment.pv != pv) continue;
      total += segment.count;
      end = std::max(end, segment.pv_first + segment.count);
    }
  }
  return total;
}

PhysicalVolume& row_of_pv(Group& group, std::uint64_t uuid) {
  return *std::find_if(group.pvs.begin(), group.pvs.end(),
                       [&](const PhysicalVolume& pv) { return pv.uuid == uuid; });
}

// The questions and warnings of a size that is told (lvm2 lib/metadata/pv_manip.c pv_resize_single).
Refused judge_size(Attempt& attempt, const ResizePvs& op, Name path, Sectors real, Sectors wanted) {
  if (wanted > real) {
    attempt.report.err("  WARNING: {}: Overriding real size {}. You could lose data.", path.str(),
                       human_size(real * kSector));
  }
  const Argument both[2] = {Argument::size(wanted * kSector), Argument::size(real * kSector)};
  if (wanted > real && !op.yes) return {Refusal::pvresize_exceeds, path, both[0], both[1]};
  if (wanted < real && !op.yes) return {Refusal::pvresize_less, path, both[0], both[1]};
  attempt.report.err("  WARNING: {}: Pretending size is {} not {} sectors.", path.str(), wanted, real);
  if (wanted < kSmallestDevice) return {Refusal::pv_below_minimum, kSmallestDevice, path};
  return {};
}

Refused resize_in_group(PhysicalVolume& row, const Group& group, Name path, Sectors size) {
  if (size < row.pe_start + group.extent) return {Refusal::pv_below_one_extent, group.extent, path};
  const std::uint64_t extents = (size - row.pe_start) / group.extent;
  std::uint64_t end = 0;
  const std::uint64_t allocated = allocated_on(group, row.uuid, end);
  if (extents < allocated) return {Refusal::pv_extents_allocated, path, extents, allocated};
  if (extents < end) return {Refusal::pv_later_extents_allocated, path, extents};
  row.extents = extents;
  row.device_size = size - row.pe_start;  // as pvresize writes it, unlike vgcreate
  return {};
}

Refused resize(Attempt& attempt, const ResizePvs& op, Sectors told, const PvTarget& target) {
  const Name path = path_of(target.device);
  FoundPv pv = *find_pv(attempt.world, attempt.host, target.device);
  const Sectors size = told == 0 ? pv.size : told;
  if (size != pv.size) {
    if (const Refused refused = judge_size(attempt, op, path, pv.size, size)) return refused;
  }
  pv.label.device_size = size;
  if (!target.group.empty()) {
    const FoundGroup found = *find_group(attempt.world, attempt.host, target.group);
    Group group = *found.group;
    PhysicalVolume& row = row_of_pv(group, pv.label.uuid);
    if (const Refused refused = resize_in_group(row, group, path, size)) return refused;
    commit_aloud(attempt.world, attempt.host, found, std::move(group), attempt.report);
  }
  rewrite_label(attempt.world, attempt.host, target.device, pv.label);
  return {};
}

void run(Attempt& attempt, const ResizePvs& op) {
  Sectors told = 0;
  if (op.size) {
    const Amount size = read(*op.size, kMiB, "--setphysicalvolumesize", Signs::unsigned_only);
    if (size.bad) return attempt.complain(size.bad);
    told = size.value;
  }
  std::size_t resized = 0;
  std::size_t left = 0;
  walk_pvs(attempt, op.devices, false, [&](const PvTarget& target) {
    if (const Refused refused = resize(attempt, op, told, target)) {
      attempt.complain(refused);
      ++left;
      return;
    }
    attempt.report.out("  Physical volume \"/dev/{}\" changed", target.device.str());
    ++resized;
  });
  attempt.done = resized > 0;
  attempt.report.out("  {} physical volume(s) resized or updated / {} physical volume(s) not resized",
                     resized, left);
}

// Says whether the row was changed; none of both if the physical volume cannot be.
bool change(Attempt& attempt, bool allocatable, const PvTarget& target) {
  const Name path = path_of(target.device);
  if (target.group.empty()) {
    attempt.complain({Refusal::orphan_not_allocatable, path});
    return false;
  }
  const FoundGroup found = *find_group(attempt.world, attempt.host, target.group);
  Group group = *found.group;
  const FoundPv pv = *find_pv(attempt.world, attempt.host, target.device);
  PhysicalVolume& row = row_of_pv(group, pv.label.uuid);
  if (row.allocatable == allocatable) {
    attempt.report.err("  Physical volume \"{}\" is already {}.", path.str(),
                       allocatable ? "allocatable" : "unallocatable");
    attempt.report.out("  Physical volume {} not changed", path.str());
    attempt.done = true;
    return false;
  }
  row.allocatable = allocatable;
  commit_aloud(attempt.world, attempt.host, found, std::move(group), attempt.report);
  attempt.report.out("  Physical volume \"{}\" changed", path.str());
  attempt.done = true;
  return true;
}

void change_all(Attempt& attempt, bool allocatable, const std::vector<Name>& devices, bool all) {
  std::size_t changed = 0;
  std::size_t left = 0;
  walk_pvs(attempt, devices, all,
           [&](const PvTarget& target) { ++(change(attempt, allocatable, target) ? changed : left); });
  attempt.report.out("  {} physical volume{} changed / {} physical volume{} not changed", changed,
                     changed == 1 ? "" : "s", left, left == 1 ? "" : "s");
}

void run(Attempt& attempt, const ChangePvs& op) {
  change_all(attempt, op.allocatable.yes, op.devices, false);
}

void run(Attempt& attempt, const ChangeAllPvs& op) { change_all(attempt, op.allocatable.yes, {}, true); }

}  // namespace

REHEARSE_LVM_TRIED(ResizePvs)
REHEARSE_LVM_TRIED(ChangePvs)
REHEARSE_LVM_TRIED(ChangeAllPvs)

}  // namespace rehearse::lvm
