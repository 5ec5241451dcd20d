#include "model/lvm/group_ops.h"
#include "model/lvm/label.h"
#include "model/lvm/observe.h"
#include "model/lvm/warnings.h"

namespace rehearse::lvm {
namespace {

// The name of the group that LVM keeps orphans in: it counts for the width of the column, orphans or not.
constexpr std::size_t kOrphanGroupName = std::string_view("#orphans_lvm2").size();
constexpr std::size_t kUuidColumn = 52;

struct Widths {
  std::size_t path = 0;
  std::size_t group = kOrphanGroupName;
};

std::vector<PvRow> pvs_as_met(const World& world, Name host) {
  std::vector<PvRow> rows;
  const std::vector<PvRow> all = observe(world, host).pvs;
  for (const FoundGroup& found : groups_as_met(world, host)) {
    for (const PhysicalVolume& pv : found.group->pvs) {
      for (const PvRow& row : all) {
        if (row.uuid == pv.uuid && row.group == found.group->name) rows.push_back(row);
      }
    }
  }
  for (const PvRow& row : all) {
    if (row.labelled && row.group.empty()) rows.push_back(row);
  }
  return rows;
}

Widths widths_of(const std::vector<PvRow>& rows) {
  Widths widths;
  for (const PvRow& row : rows) {
    if (!row.missing) widths.path = std::max(widths.path, row.path.str().size());
    widths.group = std::max(widths.group, row.group.str().size());
  }
  return {widths.path + 2, widths.group + 2};
}

// lvm2 tools/pvscan.c _pvscan_display_pv.
void print(const PvRow& row, const ScanPvs& op, Widths widths, Report& report) {
  if (op.short_form) return report.out("  {}", row.path.str());
  std::string path = row.path.str();
  if (op.uuid) {
    path = fmt::format("{:<{}} with UUID {}", path, widths.path - 2, uuid_text(row.uuid));
    widths.path += kUuidColumn - 2;
  }
  const std::string size = human_size(row.size * kSector);
  const std::string free = human_size(row.free * kSector);
  if (row.group.empty()) {
    report.out("  PV {:<{}}    {:<{}} lvm2 [{}]", path, widths.path, " ", widths.group, size);
  } else if (row.exported) {
    report.out("  PV {:<{}}  is in exported VG {} [{} / {} free]", path, widths.path, row.group.str(), size,
               free);
  } else {
    report.out("  PV {:<{}} VG {:<{}} lvm2 [{} / {} free]", path, widths.path, row.group.str(), widths.group,
               size, free);
  }
}

void print_totals(const std::vector<PvRow>& rows, Report& report) {
  std::size_t used = 0;
  Sectors in_use = 0;
  Sectors size = 0;
  for (const PvRow& row : rows) {
    size += row.size;
    if (row.group.empty()) continue;
    ++used;
    in_use += row.size;
  }
  report.out("  Total: {} [{}] / in use: {} [{}] / in no VG: {} [{}]", rows.size(),
             human_size(size * kSector), used, human_size(in_use * kSector), rows.size() - used,
             human_size((size - in_use) * kSector));
}

}  // namespace

Refused refuse(const World&, Name, const ScanGroups&, Report&) { return {}; }

void apply(World& world, Name host, const ScanGroups&, Report& report) {
  const std::vector<FoundGroup> groups = groups_as_met(world, host);
  for (const FoundGroup& found : groups) {
    warn(found, report);
    report.out("  Found {}volume group \"{}\" using metadata type lvm2",
               found.group->exported ? "exported " : "", found.group->name.str());
  }
}

Refused refuse(const World&, Name, const ScanPvs&, Report&) { return {}; }

void apply(World& world, Name host, const ScanPvs& op, Report& report) {
  if (op.exported) report.err("  WARNING: only considering physical volumes of exported volume group(s)");
  if (op.orphans) report.err("  WARNING: only considering physical volumes in no volume group");
  for (const FoundGroup& found : groups_as_met(world, host)) warn(found, report);
  std::vector<PvRow> rows = pvs_as_met(world, host);
  std::erase_if(rows, [&](const PvRow& row) {
    return (op.orphans && !row.group.empty()) || (op.exported && !row.exported);
  });
  if (rows.empty()) return report.out("  No matching physical volumes found");
  const Widths widths = widths_of(rows);
  for (const PvRow& row : rows) print(row, op, widths, report);
  print_totals(rows, report);
}

}  // namespace rehearse::lvm
