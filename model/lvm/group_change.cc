#include <bit>

#include "model/lvm/activation.h"
#include "model/lvm/attempt.h"
#include "model/lvm/group_ops.h"
#include "model/lvm/label.h"
#include "model/lvm/named_groups.h"
#include "model/lvm/warnings.h"

namespace rehearse::lvm {
namespace {

// Extents of the old size as extents of the new one, if that comes out even (lvm2 lib/metadata/metadata.c
// _recalc_extents).
class Recount {
 public:
  Recount(Sectors from, Sectors to) : from_(from), to_(to) {}

  bool operator()(std::uint64_t& extents, const std::string& what) {
    const Sectors size = extents * from_;
    if (size % to_ != 0) {
      if (!refused_) refused_ = {Refusal::extents_not_whole, size, what};
      return false;
    }
    extents = size / to_;
    return true;
  }
  Refused refused() const { return refused_; }

 private:
  Sectors from_;
  Sectors to_;
  Refused refused_;
};

Refused recount(Group& group, Sectors extent) {
  if (extent > group.extent && group.extent * group.extents() % extent != 0) return {Refusal::extent_no_fit};
  Recount recount(group.extent, extent);
  const std::string& name = group.name.str();
  std::uint64_t all = group.extents();
  std::uint64_t free = group.free_extents();
  if (!recount(all, name) || !recount(free, name + " free space")) return recount.refused();
  for (PhysicalVolume& pv : group.pvs) {
    std::uint64_t allocated = 0;
    for (const Volume& volume : group.volumes) {
      for (const Segment& segment : volume.segments) allocated += segment.pv == pv.uuid ? segment.count : 0;
    }
    if (!recount(pv.extents, pv.device.str()) || !recount(allocated, pv.device.str() + " allocated space")) {
      return recount.refused();
    }
  }
  for (Volume& volume : group.volumes) {
    std::uint64_t total = volume.extents();
    if (!recount(total, volume.name.str())) return recount.refused();
    for (Segment& segment : volume.segments) {
      const std::string part = volume.name.str() + " segment";
      if (!recount(segment.first, part) || !recount(segment.count, part) ||
          !recount(segment.pv_first, part)) {
        return recount.refused();
      }
    }
    if (volume.snapshot && !recount(volume.snapshot->extents, volume.name.str())) return recount.refused();
  }
  group.extent = extent;
  return {};
}

Refused set_extent(Group& group, Sectors extent, Report& report) {
  if (!group.resizeable) return {Refusal::group_must_be_resizeable, group.name, "PE size"};
  if (extent == 0) return {Refusal::group_extent_zero};
  if (extent == group.extent) {
    report.err("  Physical extent size of VG {} is already {}.", group.name.str(),
               human_size(extent * kSector));
    return {};
  }
  if (!std::has_single_bit(extent) && extent % 256 != 0) return {Refusal::extent_not_a_multiple};
  return recount(group, extent);
}

std::uint64_t shown_volumes(const Group& group) {
  return static_cast<std::uint64_t>(std::count_if(group.volumes.begin(), group.volumes.end(),
                                                  [](const Volume& row) { return !row.hidden(); }));
}

Refused set_limits(const ChangeGroups& op, Group& group) {
  if (op.max_volumes) {
    if (!group.resizeable) return {Refusal::group_must_be_resizeable, group.name, "MaxLogicalVolume"};
    const std::uint64_t count = shown_volumes(group);
    if (*op.max_volumes != 0 && *op.max_volumes < count)
      return {Refusal::max_volumes_too_small, count, group.name};
    group.max_volumes = *op.max_volumes;
  }
  if (op.max_pvs) {
    if (!group.resizeable) return {Refusal::group_must_be_resizeable, group.name, "MaxPhysicalVolumes"};
    const std::uint64_t count = group.pvs.size();
    if (*op.max_pvs != 0 && *op.max_pvs < count) return {Refusal::max_pvs_too_small, count, group.name};
    group.max_pvs = *op.max_pvs;
  }
  return {};
}

// In the order of lvm2 tools/vgchange.c.
Refused change(const ChangeGroups& op, Sectors extent, Group& group, Report& report) {
  if (const Refused refused = set_limits(op, group)) return refused;
  if (op.resizeable) {
    if (op.resizeable->yes == group.resizeable) {
      return {group.resizeable ? Refusal::group_already_resizeable : Refusal::group_already_not_resizeable,
              group.name};
    }
    group.resizeable = op.resizeable->yes;
  }
  if (op.extent) {
    if (const Refused refused = set_extent(group, extent, report)) return refused;
  }
  if (op.alloc) {
    if (*op.alloc == Alloc::inherit) return {Refusal::group_alloc_inherit};
    if (*op.alloc == group.alloc) return {Refusal::group_alloc_already, std::string(word_of(group.alloc))};
    group.alloc = *op.alloc;
  }
  return {};
}

void run(Attempt& attempt, const ChangeGroups& op) {
  if (!op.resizeable && !op.max_volumes && !op.max_pvs && !op.extent && !op.alloc) {
    return attempt.complain({Refusal::no_matching_syntax, "vgchange"});
  }
  Amount extent;
  if (op.extent) extent = read(*op.extent, kMiB, "--physicalextentsize", Signs::unsigned_only);
  if (extent.bad) return attempt.complain(extent.bad);
  each_group(attempt, op.groups, "vgchange", Reading::to_change, [&](const FoundGroup& found) {
    Group group = *found.group;
    if (const Refused refused = change(op, extent.value, group, attempt.report))
      return attempt.complain(refused);
    attempt.report.out("  Volume group \"{}\" successfully changed", group.name.str());
    commit_aloud(attempt.world, attempt.host, found, std::move(group), attempt.report);
    attempt.done = true;
  });
}

void put_away(Attempt& attempt, const std::vector<GroupRef>& groups) {
  each_group(attempt, groups, "vgexport", Reading::to_change, [&](const FoundGroup& found) {
    const Host& host = *attempt.world.hosts.find(attempt.host);
    Group group = *found.group;
    const bool in_use = std::any_of(group.volumes.begin(), group.volumes.end(), [&](const Volume& volume) {
      return active(host, group.name, volume.name);
    });
    if (in_use) return attempt.complain({Refusal::group_active, group.name});
    group.exported = true;
    attempt.report.out("  Volume group \"{}\" successfully exported", group.name.str());
    commit_aloud(attempt.world, attempt.host, found, std::move(group), attempt.report);
    attempt.done = true;
  });
}

void run(Attempt& attempt, const ExportGroups& op) { put_away(attempt, op.groups); }

void run(Attempt& attempt, const ExportAllGroups&) {
  put_away(attempt, {});
  if (!attempt.last) attempt.done = true;
}

void take_back(Attempt& attempt, const std::vector<GroupRef>& groups) {
  each_group(attempt, groups, "vgimport", Reading::exported_too, [&](const FoundGroup& found) {
    Group group = *found.group;
    if (!group.exported) return attempt.complain({Refusal::group_not_exported, group.name});
    group.exported = false;
    attempt.report.out("  Volume group \"{}\" successfully imported", group.name.str());
    commit_aloud(attempt.world, attempt.host, found, std::move(group), attempt.report);
    attempt.done = true;
  });
}

void run(Attempt& attempt, const ImportGroups& op) { take_back(attempt, op.groups); }

void run(Attempt& attempt, const ImportAllGroups&) { take_back(attempt, {}); }

void run(Attempt& attempt, const UpdateMetadata& op) {
  if (op.groups.size() > 1) {
    return attempt.complain({Refusal::argument_not_accepted, op.groups[1].name.str()});
  }
  each_group(attempt, op.groups, "vgck", Reading::to_use, [&](const FoundGroup& found) {
    commit_aloud(attempt.world, attempt.host, found, *found.group, attempt.report);
    for (const FoundPv& pv : found.outdated) {
      attempt.report.err("  WARNING: wiping mda on outdated PV /dev/{}", pv.device.str());
      attempt.report.err("  WARNING: wiping header on outdated PV /dev/{}", pv.device.str());
      wipe_group(attempt.world, attempt.host, pv.device);
    }
    attempt.done = true;
  });
}

}  // namespace

REHEARSE_LVM_TRIED(UpdateMetadata)
REHEARSE_LVM_TRIED(ChangeGroups)
REHEARSE_LVM_TRIED(ExportGroups)
REHEARSE_LVM_TRIED(ExportAllGroups)
REHEARSE_LVM_TRIED(ImportGroups)
REHEARSE_LVM_TRIED(ImportAllGroups)

}  // namespace rehearse::lvm
