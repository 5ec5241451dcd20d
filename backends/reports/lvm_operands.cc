#include "backends/reports/lvm_operands.h"

#include <algorithm>

#include "model/io.h"
#include "model/lvm/volume_checks.h"

namespace rehearse::reports {
namespace {

const lvm::GroupRow* group_named(const lvm::Observed& all, Name name) {
  const auto at =
      std::find_if(all.groups.begin(), all.groups.end(), [&](const auto& row) { return row.name == name; });
  return at == all.groups.end() ? nullptr : &*at;
}

void group_missing(Name group, Report& report) {
  report.err("{}", lvm::no_group(group).words());
  report.status = kFailed;
}

// LVM goes through its cache of groups from the one that it found last, so the group of the last device comes
// first (lvmcache_update_vgname_and_id).
std::vector<const lvm::GroupRow*> in_scan_order(const lvm::Observed& all) {
  std::vector<std::pair<Name, const lvm::GroupRow*>> found;
  for (const lvm::GroupRow& group : all.groups) {
    Name first;
    for (const lvm::PvRow& pv : all.pvs) {
      if (pv.group == group.name && !pv.missing && (first.empty() || pv.path < first)) first = pv.path;
    }
    found.emplace_back(first, &group);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return b.first < a.first; });
  std::vector<const lvm::GroupRow*> rows;
  for (const auto& [device, row] : found) rows.push_back(row);
  return rows;
}

// What is asked of one group: some volumes, or (without any) all.
struct OfGroup {
  Name group;
  bool whole = false;
  std::vector<Name> volumes;
};

// The groups in the order in which they are first named.
std::vector<OfGroup> by_group(const std::vector<std::string>& names, Report& report) {
  std::vector<OfGroup> asked;
  for (const std::string& name : names) {
    lvm::VolumeRef ref;
    if (!lvm::read_value(name, ref)) {
      report.err("  \"{}\": Invalid path for Logical Volume.", name);
      report.status = kFailed;
      return {};
    }
    auto at =
        std::find_if(asked.begin(), asked.end(), [&](const OfGroup& of) { return of.group == ref.group; });
    if (at == asked.end()) at = asked.insert(asked.end(), OfGroup{ref.group, false, {}});
    if (ref.volume.empty()) {
      at->whole = true;
    } else if (std::find(at->volumes.begin(), at->volumes.end(), ref.volume) == at->volumes.end()) {
      at->volumes.push_back(ref.volume);
    }
  }
  return asked;
}

}  // namespace

// Hidden volumes are written behind the others (lib/format_text/export.c).
std::vector<const lvm::VolumeRow*> volumes_of(const lvm::Observed& all, Name group) {
  std::vector<const lvm::VolumeRow*> rows;
  for (const lvm::VolumeRow& row : all.volumes) {
    if (row.group == group) rows.push_back(&row);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) {
    return std::pair(a->merging, a->created) < std::pair(b->merging, b->created);
  });
  return rows;
}

std::vector<const lvm::VolumeRow*> chosen_volumes(const lvm::Observed& all,
                                                  const std::vector<std::string>& names, bool hidden,
                                                  Report& report) {
  std::vector<const lvm::VolumeRow*> chosen;
  std::vector<OfGroup> asked = by_group(names, report);
  if (names.empty()) {
    for (const lvm::GroupRow* group : in_scan_order(all)) {
      if (!group->exported) asked.push_back({group->name, true, {}});
    }
  }
  for (const OfGroup& of : asked) {
    const lvm::GroupRow* group = group_named(all, of.group);
    if (!group) {
      group_missing(of.group, report);
      continue;
    }
    if (group->exported) {
      report.err("  Volume group {} is exported", of.group.str());
      report.status = kFailed;
      continue;
    }
    const auto rows = volumes_of(all, of.group);
    for (const lvm::VolumeRow* row : rows) {
      const bool named = std::find(of.volumes.begin(), of.volumes.end(), row->name) != of.volumes.end();
      if (named || (of.whole && (hidden || !row->merging))) chosen.push_back(row);
    }
    if (of.whole) continue;  // whatever else was named in it is not looked for
    for (Name wanted : of.volumes) {
      if (std::any_of(rows.begin(), rows.end(), [&](const auto* row) { return row->name == wanted; }))
        continue;
      report.err("  Failed to find logical volume \"{}/{}\"", of.group.str(), wanted.str());
      report.status = kFailed;
    }
  }
  return chosen;
}

std::vector<const lvm::GroupRow*> chosen_groups(const lvm::Observed& all,
                                                const std::vector<std::string>& names, Report& report) {
  std::vector<const lvm::GroupRow*> chosen;
  if (names.empty()) return in_scan_order(all);
  for (const std::string& name : names) {
    lvm::GroupRef ref;
    lvm::read_value(name, ref);
    const lvm::GroupRow* row = group_named(all, ref.name);
    if (!row) {
      group_missing(ref.name, report);
    } else if (std::find(chosen.begin(), chosen.end(), row) == chosen.end()) {
      chosen.push_back(row);
    }
  }
  return chosen;
}

std::vector<const lvm::PvRow*> chosen_pvs(const World& world, Name host, const lvm::Observed& all,
                                          const std::vector<std::string>& names, bool show_all,
                                          Report& report) {
  std::vector<const lvm::PvRow*> chosen;
  // Group by group, then those in none.
  std::vector<const lvm::PvRow*> rows;
  for (const lvm::GroupRow* group : in_scan_order(all)) {
    for (const lvm::PvRow& row : all.pvs) {
      if (row.group == group->name) rows.push_back(&row);
    }
    const auto own = rows.end() - static_cast<std::ptrdiff_t>(std::count_if(
                                      rows.begin(), rows.end(),
                                      [&](const auto* row) { return row->group == group->name; }));
    std::stable_sort(own, rows.end(), [](const auto* a, const auto* b) { return a->place < b->place; });
  }
  for (const lvm::PvRow& row : all.pvs) {
    if (row.group.empty()) rows.push_back(&row);
  }
  if (names.empty()) {
    std::erase_if(rows, [&](const lvm::PvRow* row) { return !row->labelled && !show_all; });
    return rows;
  }
  const Host& machine = *world.hosts.find(host);
  std::vector<Name> paths;
  for (const std::string& name : names) {  // devices are looked for before anything is read from them
    const Name device = name.starts_with("/dev/") ? device_name(machine, name) : Name();
    if (!device.empty() && machine.device(device)) {
      paths.push_back(Name("/dev/" + device.str()));
      continue;
    }
    report.err("  Cannot use {}: device not found", name);
    report.status = kFailed;
  }
  for (const lvm::PvRow& row : all.pvs) {
    if (row.labelled && std::find(paths.begin(), paths.end(), row.path) != paths.end())
      chosen.push_back(&row);
  }
  for (Name path : paths) {
    if (std::any_of(chosen.begin(), chosen.end(), [&](const auto* row) { return row->path == path; }))
      continue;
    report.err("  Failed to find physical volume \"{}\".", path.str());
    report.status = kFailed;
  }
  return chosen;
}

}  // namespace rehearse::reports
