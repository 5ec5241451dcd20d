#include "backends/observe/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "backends/observe/numbers.h"
#include "backends/observe/reports.h"
#include "backends/reports/block_devices.h"
#include "backends/reports/dmsetup.h"
#include "backends/reports/drbd_proc.h"
#include "backends/reports/drbd_queries.h"
#include "backends/reports/file_systems.h"
#include "backends/reports/lvm_operands.h"
#include "backends/reports/probe_tags.h"
#include "model/lvm/observe.h"

namespace rehearse {
namespace {

Identity identity(std::uint64_t uuid) { return {lvm::uuid_text(uuid)}; }

std::vector<seen::Pv> pvs_of(const lvm::Observed& known) {
  std::vector<seen::Pv> pvs;
  for (const lvm::PvRow& row : known.pvs) {
    if (!row.labelled) continue;
    seen::Pv pv;
    pv.path = row.path.str();
    pv.uuid = identity(row.uuid);
    pv.group = row.group.str();
    pv.place = row.place;
    pv.attr = row.attr;
    pv.device_size = row.device_size * kSector;
    pv.size = row.size * kSector;
    pv.free = row.free * kSector;
    pv.pe_start = row.pe_start * kSector;
    pv.extents = row.extents;
    pv.allocated = row.allocated;
    pvs.push_back(std::move(pv));
  }
  return pvs;
}

std::vector<seen::Group> groups_of(const lvm::Observed& known) {
  std::vector<seen::Group> groups;
  for (const lvm::GroupRow& row : known.groups) {
    groups.push_back({row.name.str(), identity(row.uuid), row.attr, row.seqno, row.extent * kSector,
                      row.extents, row.free_extents, row.max_volumes, row.max_pvs, ""});
  }
  return groups;
}

seen::Volume volume_of(const lvm::VolumeRow& row) {
  seen::Volume volume;
  volume.group = row.group.str();
  volume.name = row.name.str();
  volume.uuid = identity(row.uuid);
  volume.attr = row.attr;
  volume.size = row.size * kSector;
  volume.origin = row.origin.str();
  if (!row.origin.empty() || !row.snapshots.empty()) volume.origin_size = row.origin_size * kSector;
  volume.chunk = row.chunk * kSector;
  if (row.data_percent) volume.data_percent = fmt::format("{:.2f}", *row.data_percent);
  for (const lvm::VolumeSegmentRow& segment : row.segments) {
    volume.segments.push_back({segment.first, segment.count, "linear",
                               fmt::format("{}:{}-{}", segment.path.str(), segment.pv_first,
                                           segment.pv_first + segment.count - 1)});
  }
  return volume;
}

// The tools refuse to look into exported groups.
std::vector<seen::Volume> volumes_of(const lvm::Observed& known) {
  std::vector<seen::Volume> volumes;
  for (const lvm::GroupRow& group : known.groups) {
    if (group.exported) continue;
    const auto rows = reports::volumes_of(known, group.name);
    for (std::size_t place = 0; place < rows.size(); ++place) {
      volumes.push_back(volume_of(*rows[place]));
      volumes.back().place = place;
    }
  }
  return volumes;
}

seen::MappedDevice mapped_of(const World& world, Name host, const Device& device) {
  const Host& machine = *world.hosts.find(host);
  const auto name_of = [&](reports::DeviceNumber number) {
    return reports::device_numbered(machine, number).str();
  };
  seen::MappedDevice mapped;
  mapped.name = device.name.str().substr(std::string_view("mapper/").size());
  mapped.minor = device.minor;
  mapped.read_only = device.read_only;
  mapped.open_count = reports::kernel_opens(machine, device.name);
  const auto status = reports::dm_status(world, host, device);
  for (const reports::DmTarget& line : reports::dm_table(world, host, device)) {
    mapped.targets.push_back({line.range.first, line.range.count, line.type,
                              observing::with_names(line.arguments, name_of),
                              status[mapped.targets.size()].arguments});
  }
  return mapped;
}

std::string mount_point(const World& world, Name host, Name device) {
  const auto mounted = reports::file_systems(world, host);
  const auto last =
      std::find_if(mounted.rbegin(), mounted.rend(), [&](const auto& use) { return use.device == device; });
  if (last != mounted.rend()) return last->target;
  const Host& machine = *world.hosts.find(host);
  if (!machine.swaps) return "";
  const bool swaps = std::any_of(machine.swaps->begin(), machine.swaps->end(),
                                 [&](const SwapSpace& swap) { return swap.device == device; });
  return swaps ? "[SWAP]" : "";
}

// lsblk finds devices from below: one whose parts have all gone is not shown.
bool shown(const Host& host, const Device& device) {
  const auto below = reports::underneath(host, device);
  if (below.empty()) return reports::plugged(host, device);
  return std::any_of(below.begin(), below.end(), [&](Name name) {
    const Device* part = host.device(name);
    return part && shown(host, *part);
  });
}

std::vector<seen::BlockDevice> devices_of(const World& world, Name host) {
  const Host& machine = *world.hosts.find(host);
  std::vector<seen::BlockDevice> devices;
  for (const Device& device : *machine.devices) {
    if (!shown(machine, device)) continue;
    seen::BlockDevice row;
    row.name = device.name.str();
    row.type = reports::device_type(device);
    row.size = device.size * kSector;
    row.read_only = reports::is_read_only(machine, device);
    row.mounted = mount_point(world, host, device.name);
    if (const auto* partition = device.as<PartitionDevice>()) {
      row.start = partition->range.first;
      row.partition_type = reports::partition_type(world, host, *partition).str();
    }
    for (Name below : reports::underneath(machine, device)) {
      const Device* part = machine.device(below);
      if (part && shown(machine, *part)) row.parents.push_back(below.str());
    }
    std::sort(row.parents.begin(), row.parents.end());
    devices.push_back(std::move(row));
  }
  return devices;
}

std::vector<seen::Signature> signatures_of(const World& world, Name host) {
  std::vector<seen::Signature> signatures;
  for (const Device& device : *world.hosts.find(host)->devices) {
    if (reports::internal_device(device)) continue;
    const auto tags = reports::probe_tags(world, host, device.name);
    seen::Signature row;
    row.device = device.name.str();
    row.type = reports::tag_value(tags, "TYPE");
    row.uuid = {reports::tag_value(tags, "UUID")};
    row.label = reports::tag_value(tags, "LABEL");
    row.block_size = observing::read_number(reports::tag_value(tags, "BLOCK_SIZE")).value_or(0);
    if (!row.type.empty()) signatures.push_back(std::move(row));
  }
  return signatures;
}

}  // namespace

Observation observe(const World& world, Name host) {
  Observation seen;
  const Host* machine = world.hosts.find(host);
  if (!machine || !machine->powered || !machine->devices) return seen;
  const lvm::Observed known = lvm::observe(world, host);
  seen.pvs = pvs_of(known);
  seen.groups = groups_of(known);
  seen.volumes = volumes_of(known);
  for (const Device* device : reports::mapped_devices(*machine)) {
    seen.mapped.push_back(mapped_of(world, host, *device));
  }
  seen.devices = devices_of(world, host);
  seen.signatures = signatures_of(world, host);
  for (const reports::FileSystemUse& use : reports::file_systems(world, host)) {
    seen.mounts.push_back({use.source, use.target, use.type, use.options});
  }
  for (const reports::SwapUse& use : reports::swaps_in_use(world, host)) {
    seen.swaps.push_back({use.device.str(), use.size, use.priority});
  }
  seen.replicas = replicas_of(reports::drbd_rows(world, host));
  if (!seen.replicas.empty()) {
    Report report;
    reports::print_adm(world, host, drbd::AdmVerb::get_gi, false, true, {"all"}, report);
    std::string said;
    for (const Line& line : report.lines) said += line.error ? "" : line.text + "\n";
    const ReadProblem problem = read_drbd_identifiers(said, seen);
    assert(!problem);
  }
  sort_rows(seen);
  return seen;
}

}  // namespace rehearse
