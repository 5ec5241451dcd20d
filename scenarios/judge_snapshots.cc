// Hazards of snapshots and removals.
#include <fmt/format.h>

#include <algorithm>

#include "model/fs/path.h"
#include "model/io.h"
#include "scenarios/judge.h"

namespace rehearse::judging {
namespace {

const SnapshotRoom* room_of(const std::vector<SnapshotRoom>& rooms, std::uint64_t uuid) {
  const auto at =
      std::find_if(rooms.begin(), rooms.end(), [&](const SnapshotRoom& row) { return row.uuid == uuid; });
  return at != rooms.end() ? &*at : nullptr;
}

// The kernel's verdict, which may be ahead of what it could still write down.
bool overflowed(const World& world, const SnapshotRoom& room) {
  if (!room.valid) return true;
  bool invalid = false;
  world.hosts.for_each([&](Name, const Host& host) {
    const Device* device = host.powered ? host.device(device_name(host, "/dev/" + room.name)) : nullptr;
    invalid = invalid || (device && device->as<SnapshotMap>() && device->invalid);
  });
  return invalid;
}

std::string filled_text(const Filling& filling) {
  std::vector<std::string> parts;
  for (const auto& [line, sectors] : filling.by_line) {
    parts.push_back(fmt::format("line {} took {}", line, amount(sectors * kSector)));
  }
  return parts.empty() ? "nothing was written before" : joined(parts);
}

// "snapshot" if the device that the host calls so is one the kernel has given up.
const Device* invalid_snapshot(const Host& host, Name device) {
  const Device* row = host.device(device);
  return row && row->as<SnapshotMap>() && row->invalid ? row : nullptr;
}

// The device a word of a command line reads from: itself, or what is mounted where the path leads.
Name device_read(const World& world, Name host, std::string_view word) {
  if (word.starts_with("of=")) return {};
  if (const std::size_t equals = word.find('='); equals != std::string_view::npos)
    word.remove_prefix(equals + 1);
  if (!word.starts_with("/")) return {};
  const Name device = device_name(*world.hosts.find(host), word);
  if (!device.empty()) return device;
  const fs::Place place = fs::place_of(world, host, word);
  if (place.error != fs::PathError::none || place.mount == fs::Place::kRoot || place.host != host) return {};
  return (*world.hosts.find(host)->mounts)[place.mount].device;
}

struct Gone {
  std::string group;
  const lvm::Group* was = nullptr;
  const lvm::Volume* volume = nullptr;
};

// Volumes that were there before the step and are not any more. A finished merge takes its snapshot away
// itself.
std::vector<Gone> gone(const Look& look) {
  std::vector<Gone> all;
  for (const GroupOnMedia& old : look.before.groups) {
    const auto now =
        std::find_if(look.after.groups.begin(), look.after.groups.end(),
                     [&](const GroupOnMedia& row) { return row.group->uuid == old.group->uuid; });
    for (const lvm::Volume& volume : old.group->volumes) {
      const bool there = now != look.after.groups.end() &&
                         std::any_of(now->group->volumes.begin(), now->group->volumes.end(),
                                     [&](const lvm::Volume& row) { return row.uuid == volume.uuid; });
      if (!there && !volume.hidden()) all.push_back({old.group->name.str(), old.group.get(), &volume});
    }
  }
  return all;
}

bool named_by(const Words& words, std::string_view group, std::string_view volume) {
  const std::string ending = fmt::format("{}/{}", group, volume);
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return word.ends_with(ending); });
}

// Where files of the hosts name a volume as a disk: their paths, with the host.
std::vector<std::string> mentions(const World& world, const std::vector<std::string>& spellings) {
  std::vector<std::string> found;
  world.hosts.for_each([&](Name name, const Host& host) {
    const fs::Tree* tree = host.powered ? host.root.get() : host.disk_root.get();
    for (const fs::File& file : tree->files) {
      const std::string& path = file.path.str();
      const bool asked = path.starts_with("/etc/xen/") || path == "/etc/inittab" || path == "/etc/fstab";
      if (!asked || !file.text) continue;
      for (const std::string& spelling : spellings) {
        const std::size_t at = file.text->find(spelling);
        if (at == std::string::npos) continue;
        const std::size_t behind = at + spelling.size();
        const char next = behind < file.text->size() ? (*file.text)[behind] : ' ';
        if (std::isalnum(static_cast<unsigned char>(next)) || next == '_' || next == '-' || next == '.')
          continue;
        found.push_back(path + " of " + name.str());
        break;
      }
    }
  });
  return found;
}

// The volume's own paths, and the network disks by which it is served.
std::vector<std::string> spellings_of(const World& world, const std::string& group,
                                      const std::string& volume) {
  std::vector<std::string> all{"/dev/" + group + "/" + volume};
  const Name mapped = device_name(bare_host(), all[0]);
  all.push_back("/dev/" + mapped.str());
  world.hosts.for_each([&](Name, const Host& host) {
    if (!host.powered) return;
    for (const Export& row : *host.exports) {
      if (row.device == mapped) all.push_back(fmt::format("/dev/etherd/e{}.{}", row.shelf, row.slot));
    }
  });
  return all;
}

}  // namespace

void snapshot_overflows(const Look& look) {
  for (const SnapshotRoom& room : look.after.snapshots) {
    const SnapshotRoom* old = room_of(look.before.snapshots, room.uuid);
    if (!overflowed(look.new_world(), room) || (old && overflowed(look.old_world(), *old))) continue;
    const Filling& filling = look.story.snapshots[room.name];
    std::vector<std::size_t> chain{filling.made};
    for (const auto& [line, sectors] : filling.by_line) chain.push_back(line);
    const Sectors used = old ? old->used : 0;
    const Sectors left = room.size - std::min(room.size, used);
    look.tell("RH101", room.name,
              fmt::format(
                  "The snapshot {} of {} overflows: it has room for {}, {} were left before this step, which "
                  "needed more ({}); from now on it cannot be read",
                  room.name, room.origin, amount(room.size * kSector), amount(left * kSector),
                  filled_text(filling)),
              fmt::format("make it larger, or extend it in time: lvextend -L +SIZE {}", room.name),
              std::move(chain));
  }
}

void overflowed_snapshot_read(const Look& look) {
  const Command* command = command_of(look.played);
  if (!command || !std::holds_alternative<fs::Op>(command->op)) return;
  const Words words = words_of(look.played);
  for (std::size_t i = 1; i < words.size(); ++i) {
    const Name device = device_read(look.old_world(), command->host, words[i]);
    if (device.empty() || !invalid_snapshot(*look.new_world().hosts.find(command->host), device)) continue;
    const std::string name = name_of(look.new_world(), command->host, device);
    const bool during = !invalid_snapshot(*look.old_world().hosts.find(command->host), device);
    look.tell(
        "RH103", name,
        fmt::format("{} reads the snapshot {}, which {}: what it gives is no backup", words[0], name,
                    during ? "overflows meanwhile" : "has overflowed"),
        "check that the snapshot is valid (lvs shows no I in its attributes) after the backup is read, too",
        {look.story.snapshots[name].made});
    return;
  }
}

void origin_removed(const Look& look) {
  if (!command_of(look.played)) return;
  const Words words = words_of(look.played);
  if (words[0] != "lvremove" && words[0] != "vgremove" && words[0] != "vgreduce") return;
  const std::vector<Gone> all = gone(look);
  for (const Gone& origin : all) {
    std::vector<std::string> along;
    std::vector<std::size_t> chain;
    for (const Gone& row : all) {
      const bool its = row.was == origin.was && row.volume->snapshot &&
                       row.volume->snapshot->origin == origin.volume->name;
      if (!its || named_by(words, row.group, row.volume->name.str())) continue;
      along.push_back(row.group + "/" + row.volume->name.str());
      chain.push_back(look.story.snapshots[along.back()].made);
    }
    if (along.empty()) continue;
    const std::string name = origin.group + "/" + origin.volume->name.str();
    look.tell(
        "RH201", name,
        fmt::format("{} removes {} and with it its {} {}, which cannot live without their origin", words[0],
                    name, along.size() == 1 ? "snapshot" : "snapshots", joined(along)),
        "copy what is needed off the snapshot first, or merge it into the origin with lvconvert --merge",
        std::move(chain));
  }
}

void volume_in_use_removed(const Look& look) {
  if (!command_of(look.played)) return;
  for (const Gone& row : gone(look)) {
    const std::string name = row.group + "/" + row.volume->name.str();
    const auto spellings = spellings_of(look.old_world(), row.group, row.volume->name.str());
    const std::vector<std::string> where = mentions(look.new_world(), spellings);
    if (where.empty()) continue;
    look.tell("RH202", name,
              fmt::format("{} is removed, but {} still {} it as a disk", name, joined(where),
                          where.size() == 1 ? "names" : "name"),
              fmt::format("take it out of {} first", joined(where)), {look.story.snapshots[name].made});
  }
}

}  // namespace rehearse::judging
