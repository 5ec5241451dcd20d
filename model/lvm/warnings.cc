#include "model/lvm/warnings.h"

#include <algorithm>

namespace rehearse::lvm {
namespace {

const FoundPv* among(const std::vector<FoundPv>& pvs, std::uint64_t uuid) {
  const auto at =
      std::find_if(pvs.begin(), pvs.end(), [&](const FoundPv& row) { return row.label.uuid == uuid; });
  return at != pvs.end() ? &*at : nullptr;
}

bool here(const FoundGroup& found, std::uint64_t pv) {
  return among(found.pvs, pv) || among(found.returned, pv);
}

// The devices whose description is older than the newest one, with the device that has that.
void warn_old(const FoundGroup& found, Report& report) {
  std::vector<FoundPv> all = found.pvs;
  all.insert(all.end(), found.returned.begin(), found.returned.end());
  all.insert(all.end(), found.outdated.begin(), found.outdated.end());
  std::sort(all.begin(), all.end(), [](const FoundPv& a, const FoundPv& b) { return a.device < b.device; });
  const Group& group = *found.group;
  Name newest;
  for (const FoundPv& pv : all) {
    if (newest.empty() && pv.group && pv.group->seqno == group.seqno) newest = pv.device;
  }
  bool any = false;
  for (const FoundPv& pv : all) {
    if (!pv.group || pv.group->uuid != group.uuid || pv.group->seqno >= group.seqno) continue;
    report.err("  WARNING: ignoring metadata seqno {} on /dev/{} for seqno {} on /dev/{} for VG {}.",
               pv.group->seqno, pv.device.str(), group.seqno, newest.str(), group.name.str());
    any = true;
  }
  if (!any) return;
  report.err("  WARNING: Inconsistent metadata found for VG {}.", group.name.str());
  report.err("  See vgck --updatemetadata to correct inconsistency.");
}

}  // namespace

bool warn_sizes(const FoundGroup& found, Report& report) {
  bool any = false;
  for (const FoundPv& pv : found.pvs) {
    const Sectors expected = found.group->pv(pv.label.uuid)->device_size;
    if (pv.size >= expected) continue;
    report.err(
        "  WARNING: Device /dev/{} has size of {} sectors which is smaller than corresponding PV size of {} "
        "sectors. Was device resized?",
        pv.device.str(), pv.size, expected);
    any = true;
  }
  return any;
}

void warn_missing(const FoundGroup& found, Report& report) {
  for (const PhysicalVolume& row : found.group->pvs) {
    for (const auto* pvs : {&found.returned, &found.reappeared}) {
      for (const FoundPv& pv : *pvs) {
        if (pv.label.uuid != row.uuid) continue;
        report.err("  WARNING: VG {} was previously updated while PV /dev/{} was missing.",
                   found.group->name.str(), pv.device.str());
      }
    }
  }
  for (const PhysicalVolume& pv : found.group->pvs) {
    if (!here(found, pv.uuid))
      report.err("  WARNING: Couldn't find device with uuid {}.", uuid_text(pv.uuid));
  }
}

void warn(const FoundGroup& found, Report& report) {
  warn_old(found, report);
  warn_missing(found, report);
  const Group& group = *found.group;
  for (const PhysicalVolume& pv : group.pvs) {
    if (const FoundPv* back = among(found.reappeared, pv.uuid)) {
      report.err("  WARNING: VG {} has unused reappeared PV /dev/{} {}.", group.name.str(),
                 back->device.str(), uuid_text(pv.uuid));
    } else if (const FoundPv* unused = among(found.returned, pv.uuid)) {
      report.err("  WARNING: VG {} was missing PV /dev/{} {}.", group.name.str(), unused->device.str(),
                 uuid_text(pv.uuid));
    } else if (!here(found, pv.uuid)) {
      report.err("  WARNING: VG {} is missing PV {} (last written to {}).", group.name.str(),
                 uuid_text(pv.uuid), pv.device.str());
    }
  }
  for (const FoundPv& pv : found.outdated) {
    report.err("  WARNING: outdated PV /dev/{} seqno {} has been removed in current VG {} seqno {}.",
               pv.device.str(), pv.group->seqno, group.name.str(), group.seqno);
    report.err("  See vgck --updatemetadata to clear outdated metadata.");
  }
  if (warn_sizes(found, report)) {
    report.err("  WARNING: One or more devices used as PVs in VG {} have changed sizes.", group.name.str());
  }
}

void commit_aloud(World& world, Name host, const FoundGroup& found, Group group, Report& report) {
  const Name name = group.name;
  warn_missing(found, report);
  commit(world, host, std::move(group));
  const FoundGroup now = *find_group(world, host, name);
  warn_missing(now, report);
  for (const auto* pvs : {&found.reappeared, &found.returned}) {
    for (const FoundPv& pv : *pvs) {
      if (!among(now.pvs, pv.label.uuid)) continue;
      report.err("  WARNING: updating old metadata to {} on /dev/{} for VG {}.", now.group->seqno,
                 pv.device.str(), name.str());
    }
  }
}

void warn_all(const std::vector<FoundGroup>& groups, Report& report) {
  for (const FoundGroup& found : groups) warn(found, report);
}

Refused refuse_change(const FoundGroup& found) {
  const Name name = found.group->name;
  if (found.group->exported) return {Refusal::group_exported, name};
  if (found.partial()) return {Refusal::group_missing_pvs, name};
  return {};
}

}  // namespace rehearse::lvm
