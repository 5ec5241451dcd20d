#include "model/lvm/activation.h"

#include <algorithm>

#include "model/dm/exceptions.h"
#include "model/io.h"

namespace rehearse::lvm {
namespace {

std::string doubled(std::string_view name) {
  std::string text;
  for (const char letter : name) {
    text += letter;
    if (letter == '-') text += '-';
  }
  return text;
}

std::uint32_t free_minor(const Host& host) {
  std::vector<std::uint32_t> used;
  for (const Device& device : *host.devices) {
    if (device.mapped()) used.push_back(device.minor);
  }
  std::sort(used.begin(), used.end());
  std::uint32_t minor = 0;
  for (const std::uint32_t taken : used) minor += taken == minor;
  return minor;
}

bool on_missing(const FoundGroup& found, const Volume& volume) {
  return std::any_of(volume.segments.begin(), volume.segments.end(),
                     [&](const Segment& segment) { return found.device_of(segment.pv).empty(); });
}

LinearMap linear(const FoundGroup& found, const Volume& volume) {
  const Group& group = *found.group;
  LinearMap map;
  for (const Segment& segment : volume.segments) {
    const Range range{segment.first * group.extent, segment.count * group.extent};
    const Sectors start = group.pv(segment.pv)->pe_start;
    map.segments.push_back({range, found.device_of(segment.pv), start + segment.pv_first * group.extent});
  }
  return map;
}

// The tables of one volume and what belongs to it, written one by one.
class Tables {
 public:
  Tables(World& world, Name host, const FoundGroup& found, bool start_merges)
      : world_(world), host_(host), found_(found), group_(*found.group), start_merges_(start_merges) {}

  void operator()(const Volume& origin) {
    const std::vector<const Volume*> snapshots = snapshots_of(origin.name);
    const Name top = mapped_name(group_.name, origin.name);
    const Sectors size = origin.extents() * group_.extent;
    if (snapshots.empty()) {
      put(top, size, !origin.writable, linear(found_, origin));
      drop(mapped_name(group_.name, origin.name, "-real"));
      return;
    }
    const Name real = mapped_name(group_.name, origin.name, "-real");
    const Volume* merging = due(origin);
    put(real, size, false, linear(found_, origin));
    if (!merging) put(top, size, !origin.writable, SnapshotOriginMap{real});
    for (const Volume* snapshot : snapshots) {
      const Name cow = mapped_name(group_.name, snapshot->name, "-cow");
      put(cow, snapshot->extents() * group_.extent, false, linear(found_, *snapshot));
      const std::uint64_t taken = snapshot->snapshot->extents;
      const Sectors covered = taken ? taken * group_.extent : size;
      const Name name = mapped_name(group_.name, snapshot->name);
      const Sectors chunk = snapshot->snapshot->chunk;
      if (snapshot == merging) {
        put(top, size, !origin.writable, SnapshotMergeMap{real, cow, chunk});
        put(name, covered, false, ErrorMap{});
      } else {
        put(name, covered, !snapshot->writable, SnapshotMap{real, cow, chunk});
      }
    }
  }

 private:
  // In the order of their making, in which the kernel gets to know them.
  std::vector<const Volume*> snapshots_of(Name origin) const {
    std::vector<const Volume*> all = group_.as_made();
    std::erase_if(
        all, [&](const Volume* volume) { return !volume->snapshot || volume->snapshot->origin != origin; });
    return all;
  }

  // The snapshot to be merged from now on: one whose merge goes on already, or may start as nobody has either
  // open.
  const Volume* due(const Volume& origin) const {
    const Volume* merging = group_.merging_into(origin.name);
    const Host& at = *world_.hosts.find(host_);
    if (!merging || merge_started(at, group_.name, origin.name)) return merging;
    const bool open = users(at, group_.name, origin.name) > 0 || users(at, group_.name, merging->name) > 0;
    return start_merges_ && !open ? merging : nullptr;
  }

  void put(Name name, Sectors size, bool read_only, DeviceMap map) {
    Host& at = world_.hosts.edit(host_);
    Device device;
    if (const Device* old = at.device(name)) {
      device = *old;
    } else {
      device.minor = free_minor(at);
    }
    device.name = name;
    device.size = size;
    device.read_only = read_only;
    const bool same_map = device.map == map;
    device.map = std::move(map);
    at.put(device);
    if (same_map || !(device.as<SnapshotMap>() || device.as<SnapshotMergeMap>())) return;
    // dm-snap-persistent.c persistent_read_metadata: what the header says is what the kernel believes.
    const Part<ExceptionStore> store = exceptions_of(world_, host_, device);
    device.invalid = !store || !store->valid;
    world_.hosts.edit(host_).put(std::move(device));
  }

  void drop(Name name) {
    if (world_.hosts.find(host_)->device(name)) world_.hosts.edit(host_).drop_device(name);
  }

  World& world_;
  Name host_;
  const FoundGroup& found_;
  const Group& group_;
  bool start_merges_;
};

void put_tables(World& world, Name host, const FoundGroup& found, Name volume, bool start_merges) {
  const Volume* row = found.group->volume(activated_as(*found.group, volume));
  if (!row || partial(found, row->name)) return;
  Tables(world, host, found, start_merges)(*row);
  // What a split left behind goes with the next load of tables.
  const Name cow = mapped_name(found.group->name, row->name, "-cow");
  if (world.hosts.find(host)->device(cow)) world.hosts.edit(host).drop_device(cow);
}

template <class Map>
bool lies_on(const Device& device, Name real) {
  const auto* map = device.as<Map>();
  return map && map->real == real;
}

Name without_layer(Name cow) {
  const std::string& text = cow.str();
  return text.ends_with("-cow") ? Name(text.substr(0, text.size() - 4)) : cow;
}

void rename_in(DeviceMap& map, Name from, Name to) {
  const auto swap = [&](Name& name) {
    if (name == from) name = to;
  };
  if (auto* held = std::get_if<PartitionDevice>(&map)) swap(held->disk);
  if (auto* held = std::get_if<LinearMap>(&map)) {
    for (LinearSegment& segment : held->segments) swap(segment.device);
  }
  if (auto* held = std::get_if<SnapshotOriginMap>(&map)) swap(held->real);
  if (auto* held = std::get_if<SnapshotMap>(&map)) {
    swap(held->real);
    swap(held->cow);
  }
  if (auto* held = std::get_if<SnapshotMergeMap>(&map)) {
    swap(held->real);
    swap(held->cow);
  }
}

// Takes a merged snapshot out of its group and its tables out of the kernel.
void finish_merge(World& world, Name host, const FoundGroup& found, const Volume& merged) {
  Group group = *found.group;
  const Name origin = merged.snapshot->origin;
  const Name name = merged.name;
  std::erase_if(group.volumes, [&](const Volume& volume) { return volume.name == name; });
  commit(world, host, group, 2);  // out of the metadata, then its volume removed
  const auto now = find_group(world, host, group.name);
  if (!now) return;
  reload(world, host, *now, origin);
  Host& at = world.hosts.edit(host);
  at.drop_device(mapped_name(group.name, name));
  at.drop_device(mapped_name(group.name, name, "-cow"));
}

}  // namespace

Name mapped_name(Name group, Name volume, std::string_view layer) {
  return "mapper/" + doubled(group.str()) + "-" + doubled(volume.str()) + std::string(layer);
}

bool active(const Host& host, Name group, Name volume) {
  return host.device(mapped_name(group, volume)) != nullptr;
}

std::uint32_t users(const Host& host, Name group, Name volume) {
  return open_count(host, mapped_name(group, volume));  // LVM's own layers stand on -real and -cow
}

bool mounted(const Host& host, Name group, Name volume) {
  if (!host.mounts) return false;
  const Name device = mapped_name(group, volume);
  return std::any_of(host.mounts->begin(), host.mounts->end(), [&](const fs::Mount& mount) {
    if (mount.device == device) return true;
    const Device* row = host.device(mount.device);
    const auto* part = row ? row->as<PartitionDevice>() : nullptr;
    return part && part->disk == device;
  });
}

Name activated_as(const Group& group, Name volume) {
  const Volume* row = group.volume(volume);
  return row && row->snapshot ? row->snapshot->origin : volume;
}

bool partial(const FoundGroup& found, Name volume) {
  const Name top = activated_as(*found.group, volume);
  return std::any_of(found.group->volumes.begin(), found.group->volumes.end(), [&](const Volume& row) {
    const bool belongs = row.name == top || (row.snapshot && row.snapshot->origin == top);
    return belongs && on_missing(found, row);
  });
}

bool merge_started(const Host& host, Name group, Name origin) {
  const Device* device = host.device(mapped_name(group, origin));
  return device && device->as<SnapshotMergeMap>();
}

void activate(World& world, Name host, const FoundGroup& found, Name volume) {
  put_tables(world, host, found, volume, true);
}

void activate_all(World& world, Name host, const FoundGroup& found) {
  for (const Volume* volume : found.group->as_made()) {
    if (volume->snapshot || volume->skip_activation) continue;
    // What is active already is left as it is: lvchange --refresh is the command that starts a merge there.
    if (active(*world.hosts.find(host), found.group->name, volume->name)) continue;
    put_tables(world, host, found, volume->name, true);
  }
}

void deactivate(World& world, Name host, Name group, Name volume) {
  const Name top = mapped_name(group, volume);
  const Name real = mapped_name(group, volume, "-real");
  std::vector<Name> gone = {top, mapped_name(group, volume, "-cow"), real};
  const Host& at = *world.hosts.find(host);
  for (const Device& device : *at.devices) {
    if (lies_on<SnapshotMap>(device, real)) {
      gone.push_back(device.name);
      gone.push_back(device.as<SnapshotMap>()->cow);
    }
    if (lies_on<SnapshotMergeMap>(device, real)) {
      gone.push_back(device.as<SnapshotMergeMap>()->cow);
      gone.push_back(without_layer(device.as<SnapshotMergeMap>()->cow));
    }
  }
  for (const Name name : gone) {
    if (world.hosts.find(host)->device(name)) world.hosts.edit(host).drop_device(name);
  }
}

void reload(World& world, Name host, const FoundGroup& found, Name volume) {
  const Name top = activated_as(*found.group, volume);
  if (active(*world.hosts.find(host), found.group->name, top)) put_tables(world, host, found, top, false);
}

void reload_all(World& world, Name host, const FoundGroup& found) {
  for (const Volume& volume : found.group->volumes) {
    if (!volume.snapshot) reload(world, host, found, volume.name);  // a snapshot goes with its origin
  }
}

void rename_device(World& world, Name host, Name from, Name to) {
  Host& at = world.hosts.edit(host);
  const Device* old = at.device(from);
  if (!old) return;
  Device moved = *old;
  at.drop_device(from);
  moved.name = to;
  at.put(std::move(moved));
  for (Device& device : at.devices.edit()) rename_in(device.map, from, to);
  const auto swap = [&](Name& name) {
    if (name == from) name = to;
  };
  for (fs::Mount& mount : at.mounts.edit()) swap(mount.device);
  for (SwapSpace& space : at.swaps.edit()) swap(space.device);
  for (Export& row : at.exports.edit()) swap(row.device);
  for (domain::Domain& domain : at.domains.edit()) {
    for (domain::Disk& disk : domain.config.disks) swap(disk.device);
    for (fs::Mount& mount : domain.mounts) swap(mount.device);
  }
}

bool merge_now(World& world, Name host, Name group, Name origin) {
  const Name device = mapped_name(group, origin);
  while (merge_step(world, host, device)) {
  }
  const Device* row = world.hosts.find(host)->device(device);
  const auto store = row && !row->invalid ? exceptions_of(world, host, *row) : Part<ExceptionStore>();
  if (!store || store->committed > 0) return false;
  const auto found = find_group(world, host, group);
  const Volume* merging = found ? found->group->merging_into(origin) : nullptr;
  if (merging) finish_merge(world, host, *found, *merging);
  return true;
}

bool merge_progress(World& world, Name host, bool all) {
  const Host& at = *world.hosts.find(host);
  const auto merging = [](const Device& device) { return device.as<SnapshotMergeMap>() && !device.invalid; };
  if (!at.devices || std::none_of(at.devices->begin(), at.devices->end(), merging)) return false;
  bool moved = false;
  for (const FoundGroup& found : find_groups(world, host)) {
    for (const Volume& volume : found.group->volumes) {
      if (!volume.hidden()) continue;
      const Name group = found.group->name;
      const Name origin = volume.snapshot->origin;
      const Device* device = world.hosts.find(host)->device(mapped_name(group, origin));
      if (!device || !merging(*device)) continue;
      bool step = merge_step(world, host, mapped_name(group, origin));
      moved |= step;
      while (all && step) step = merge_step(world, host, mapped_name(group, origin));
      const Device* after = world.hosts.find(host)->device(mapped_name(group, origin));
      const Part<ExceptionStore> store = exceptions_of(world, host, *after);
      if (!store || store->committed > 0) continue;
      merge_now(world, host, group, origin);
      moved = true;
    }
  }
  return moved;
}

}  // namespace rehearse::lvm
