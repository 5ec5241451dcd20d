#include "model/lvm/scan.h"

#include <algorithm>

#include "model/dm/partition.h"
#include "model/io.h"

namespace rehearse::lvm {
namespace {

template <class T>
Part<T> part_on(const World& world, Name host, Name device, Sectors first) {
  const Part<Block> block = block_on(world, host, device, first);
  const auto* held = block ? std::get_if<Part<T>>(&block->value) : nullptr;
  return held ? *held : Part<T>();
}

// Of devices with one and the same label LVM prefers one that is in use, then the one it was last seen on
// (lvm2 lib/cache/lvmcache.c _choose_duplicates).
const FoundPv* best_device(const Host& at, const std::vector<FoundPv>& found, std::uint64_t uuid, Name hint) {
  const FoundPv* best = nullptr;
  int best_rank = -1;
  for (const FoundPv& pv : found) {
    if (pv.label.uuid != uuid) continue;
    const int rank = 2 * (holders(at, pv.device) > 0) + ("/dev/" + pv.device.str() == hint.str());
    if (rank > best_rank) {
      best = &pv;
      best_rank = rank;
    }
  }
  return best;
}

bool holds_something(const Group& group, std::uint64_t pv) {
  return std::any_of(group.volumes.begin(), group.volumes.end(), [&](const Volume& volume) {
    return std::any_of(volume.segments.begin(), volume.segments.end(),
                       [&](const Segment& segment) { return segment.pv == pv; });
  });
}

FoundGroup gather(const Host& at, const std::vector<FoundPv>& found, const Part<Group>& newest) {
  FoundGroup result{newest, {}, {}, {}, {}};
  for (const PhysicalVolume& row : newest->pvs) {
    const FoundPv* pv = best_device(at, found, row.uuid, row.device);
    if (!pv) continue;
    const bool used = row.missing && holds_something(*newest, row.uuid);
    (used ? result.returned : result.pvs).push_back(*pv);
    if (row.missing && !used) result.reappeared.push_back(*pv);
  }
  for (const FoundPv& pv : found) {
    if (pv.group && pv.group->uuid == newest->uuid && !newest->pv(pv.label.uuid))
      result.outdated.push_back(pv);
  }
  return result;
}

bool same_uuid(const FoundPv& pv, std::uint64_t uuid) {
  if (pv.label.uuid == uuid) return true;
  if (!pv.group) return false;
  if (pv.group->uuid == uuid || pv.group->pv(uuid)) return true;
  return std::any_of(pv.group->volumes.begin(), pv.group->volumes.end(),
                     [&](const Volume& volume) { return volume.uuid == uuid; });
}

std::string_view without_slashes(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of('/'), text.size()));
}

std::string_view without_dev(std::string_view text) {
  return text.starts_with("/dev/") ? without_slashes(text.substr(5)) : text;
}

bool first_block_reads(const World& world, Name host, const Device& device) {
  return read(world, host, device.name, {0, std::min(kBlock, device.size)}).error == IoError::none;
}

// A disk that hangs, or a part of one, that had no label when it was last scanned.
bool unhinted(const World& world, Name host, const Device& device) {
  const Host& at = *world.hosts.find(host);
  const auto* part = device.as<PartitionDevice>();
  const Disk* disk = at.disk(part ? part->disk : device.name);
  if (!disk || !disk->hangs) return false;
  const Block* block =
      world.media.find(disk->medium)->contents.block_at(kLabelAt + (part ? part->range.first : 0));
  return !block || !block->as<Label>();
}

// "vg--1-my--lv" is volume my-lv of group vg-1 (libdm dm_split_lvm_name).
VolumeRef split_mapped(std::string_view text) {
  std::string names[2];
  int which = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '-') {
      names[which] += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == '-') {
      names[which] += '-';
      ++i;
    } else if (which == 0) {
      which = 1;
    } else {
      names[which] += '-';
    }
  }
  return {names[0], names[1]};
}

}  // namespace

Name FoundGroup::device_of(std::uint64_t pv) const {
  const auto at =
      std::find_if(pvs.begin(), pvs.end(), [&](const FoundPv& row) { return row.label.uuid == pv; });
  return at != pvs.end() ? at->device : Name();
}

void read_all(const World& world, Name host) {
  const Host* at = world.hosts.find(host);
  if (!at || !at->devices) return;
  for (const Device& device : *at->devices) {
    if (!device.mapped()) read(world, host, device.name, {0, 1});
  }
}

bool scanned(const World& world, Name host, const Device& device) {
  if (unhinted(world, host, device)) return false;
  if (device.mapped() || device.as<ErrorMap>()) return false;
  if (!device.as<DiskDevice>()) return true;
  const auto table = part_on<PartitionTable>(world, host, device.name, 0);
  return !table || table->partitions.empty();
}

std::optional<FoundPv> find_pv(const World& world, Name host, Name device) {
  const Host* at = world.hosts.find(host);
  const Device* row = at ? at->device(device) : nullptr;
  if (!row || !scanned(world, host, *row)) return std::nullopt;
  const auto label = part_on<Label>(world, host, device, kLabelAt);
  if (!label || !first_block_reads(world, host, *row)) return std::nullopt;
  return FoundPv{device, *label, part_on<Group>(world, host, device, kMetadataAt), row->size};
}

std::vector<FoundPv> find_pvs(const World& world, Name host) {
  std::vector<FoundPv> found;
  const Host* at = world.hosts.find(host);
  if (!at || !at->devices) return found;
  for (const Device& device : *at->devices) {
    if (auto pv = find_pv(world, host, device.name)) found.push_back(std::move(*pv));
  }
  return found;
}

std::vector<FoundGroup> find_groups(const World& world, Name host) {
  const std::vector<FoundPv> found = find_pvs(world, host);
  std::vector<Part<Group>> newest;
  for (const FoundPv& pv : found) {
    if (!pv.group) continue;
    const auto at = std::find_if(newest.begin(), newest.end(),
                                 [&](const Part<Group>& group) { return group->uuid == pv.group->uuid; });
    if (at == newest.end()) {
      newest.push_back(pv.group);
    } else if ((*at)->seqno < pv.group->seqno) {
      *at = pv.group;
    }
  }
  std::stable_sort(newest.begin(), newest.end(),
                   [](const Part<Group>& a, const Part<Group>& b) { return a->name < b->name; });
  std::vector<FoundGroup> groups;
  for (const Part<Group>& group : newest) groups.push_back(gather(*world.hosts.find(host), found, group));
  return groups;
}

std::vector<FoundGroup> groups_as_met(const World& world, Name host) {
  std::vector<FoundGroup> groups = find_groups(world, host);
  const auto first_device = [](const FoundGroup& found) {
    Name first;
    for (const auto* pvs : {&found.pvs, &found.returned, &found.outdated}) {
      for (const FoundPv& pv : *pvs) {
        if (first.empty() || pv.device < first) first = pv.device;
      }
    }
    return first;
  };
  std::stable_sort(groups.begin(), groups.end(), [&](const FoundGroup& a, const FoundGroup& b) {
    return first_device(b) < first_device(a);
  });
  return groups;
}

std::optional<FoundGroup> find_group(const World& world, Name host, Name group) {
  for (FoundGroup& found : find_groups(world, host)) {
    if (found.group->name == group) return std::move(found);
  }
  return std::nullopt;
}

bool shows_partial(const FoundGroup& found, const Volume& volume) {
  const auto missing = [&](const Volume& row) {
    return std::any_of(row.segments.begin(), row.segments.end(),
                       [&](const Segment& segment) { return found.device_of(segment.pv).empty(); });
  };
  if (missing(volume)) return true;
  return std::any_of(found.group->volumes.begin(), found.group->volumes.end(), [&](const Volume& row) {
    return row.snapshot && row.snapshot->origin == volume.name && missing(row);
  });
}

void commit(World& world, Name host, Group group, std::uint64_t times) {
  group.seqno += times;
  for (Volume& volume : group.volumes) {
    if (volume.created == 0) volume.created = group.seqno;
  }
  const std::vector<FoundPv> found = find_pvs(world, host);
  const Host& at = *world.hosts.find(host);
  std::vector<Name> devices;
  for (PhysicalVolume& row : group.pvs) {
    const bool away = row.missing && holds_something(group, row.uuid);
    const FoundPv* pv = away ? nullptr : best_device(at, found, row.uuid, row.device);
    row.missing = pv == nullptr;
    row.device = pv ? Name("/dev/" + pv->device.str()) : Name("[unknown]");
    if (pv) devices.push_back(pv->device);
  }
  const Block block{kMetadataRoom, Part<Group>(std::move(group))};
  for (const Name device : devices) write(world, host, device, block_at(kMetadataAt, block));
}

bool read_value(std::string_view text, VolumeRef& value) {
  constexpr std::string_view kMapper = "/dev/mapper/";
  const bool mapped = text.starts_with(kMapper);
  text = mapped ? without_slashes(text.substr(kMapper.size())) : without_dev(text);
  if (mapped && text.find('/') == std::string_view::npos) {
    value = split_mapped(text);
    return true;
  }
  const std::size_t slash = text.find('/');
  value.group = text.substr(0, slash);
  value.volume = {};
  if (slash == std::string_view::npos) return true;
  value.volume = without_slashes(text.substr(slash));
  return true;
}

// Of no group, it must not look like a path below /dev.
std::string show_value(const VolumeRef& value) {
  return value.group.empty() && !value.volume.empty() ? "//" + value.volume.str() : value.str();
}

bool read_value(std::string_view text, GroupRef& value) {
  value.name = without_dev(text);
  return true;
}

std::string show_value(const GroupRef& value) { return value.name.str(); }

std::uint64_t fresh_uuid(const World& world, Name host, std::uint64_t seed) {
  const std::vector<FoundPv> found = find_pvs(world, host);
  std::uint64_t uuid = mix(seed, hash_of(host));
  while (uuid == 0 ||
         std::any_of(found.begin(), found.end(), [&](const FoundPv& pv) { return same_uuid(pv, uuid); })) {
    uuid = mix(uuid, seed);
  }
  return uuid;
}

std::string uuid_text(std::uint64_t uuid) {
  static constexpr std::string_view kLetters =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string text;
  std::uint64_t rest = uuid;
  for (int i = 0; i < 32; ++i) {
    if (i == 6 || i == 10 || i == 14 || i == 18 || i == 22 || i == 26) text += '-';
    if (i % 8 == 0) rest = mix(uuid, static_cast<std::uint64_t>(i));
    text += kLetters[rest % kLetters.size()];
    rest /= kLetters.size();
  }
  return text;
}

std::string dm_uuid(std::uint64_t group, std::uint64_t volume) {
  std::string text = "LVM" + uuid_text(group) + uuid_text(volume);
  std::erase(text, '-');
  return text.insert(3, "-");
}

}  // namespace rehearse::lvm
