#include "scenarios/world_view.h"

#include <fmt/format.h>

#include <cmath>

#include "model/dm/exceptions.h"
#include "model/fs/filesystem.h"
#include "model/io.h"
#include "model/lvm/activation.h"
#include "scenarios/world_stack.h"

namespace rehearse {
namespace {

std::string_view type_of(const Device& device) {
  if (device.as<DiskDevice>()) return "disk";
  if (device.as<PartitionDevice>()) return "part";
  if (device.as<AoeDevice>()) return "aoe";
  if (device.as<DrbdDevice>()) return "drbd";
  return "lvm";
}

// "mapper/vg1-echelon" is shown as lsblk shows it: "vg1-echelon".
std::string shown_name(Name device) {
  const std::string& text = device.str();
  return text.starts_with("mapper/") ? text.substr(7) : text;
}

std::string snapshot_state(const World& world, Name host, const Device& device) {
  if (device.invalid) return "snapshot, INVALID";
  const auto* map = device.as<SnapshotMap>();
  const Part<ExceptionStore> store = exceptions_of(world, host, device);
  const Device* cow = map ? world.hosts.find(host)->device(map->cow) : nullptr;
  if (!store || !cow) return "snapshot";
  return fmt::format("snapshot, {:.1f}% of {} used",
                     100.0 * static_cast<double>(store->allocated()) / static_cast<double>(cow->size),
                     short_size(cow->size * kSector));
}

class Tree {
 public:
  Tree(const World& world, Name name) : world_(world), name_(name), host_(*world.hosts.find(name)) {}

  std::string text() {
    rows_.push_back({"NAME", "SIZE", "TYPE", "HOLDS, USED BY"});
    for (const Device& device : *host_.devices) {
      if (below(device).empty()) grow(device, "", "");
    }
    std::size_t names = 0, sizes = 0;
    for (const Row& row : rows_) {
      names = std::max(names, columns(row.name));
      sizes = std::max(sizes, row.size.size());
    }
    std::string all;
    for (const Row& row : rows_) {
      std::string line = fmt::format("{}{:{}} {:>{}} {:4}  {}", row.name, "", names - columns(row.name),
                                     row.size, sizes, row.type, row.notes);
      line.erase(line.find_last_not_of(' ') + 1);
      all += line + "\n";
    }
    return all;
  }

 private:
  struct Row {
    std::string name, size, type, notes;
  };

  static std::size_t columns(const std::string& text) {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    return count;
  }

  // `lead` stands before the row itself, `deeper` before those under it.
  void grow(const Device& device, const std::string& lead, const std::string& deeper) {
    rows_.push_back({lead + shown_name(device.name), short_size(device.size * kSector),
                     std::string(type_of(device)), notes(device)});
    std::vector<const Device*> above;
    for (const Device& other : *host_.devices) {
      for (Name under : below(other)) {
        if (under == device.name) above.push_back(&other);
      }
    }
    for (std::size_t i = 0; i < above.size(); ++i) {
      const bool last = i + 1 == above.size();
      grow(*above[i], deeper + (last ? "└─" : "├─"), deeper + (last ? "  " : "│ "));
    }
  }

  std::string notes(const Device& device) {
    std::vector<std::string> notes;
    if (device.as<SnapshotMap>()) notes.push_back(snapshot_state(world_, name_, device));
    if (device.as<SnapshotMergeMap>()) notes.push_back("a snapshot is being merged back");
    if (const auto* map = device.as<AoeDevice>()) notes.push_back("from " + map->server.str());
    const bool inner = device.name.str().ends_with("-real") || device.name.str().ends_with("-cow");
    const std::string held = inner ? "" : holds(world_, name_, device);
    if (!held.empty()) notes.push_back(held);
    if (device.read_only) notes.push_back("read-only");
    const std::vector<std::string> users = users_of(host_, device.name);
    notes.insert(notes.end(), users.begin(), users.end());
    return fmt::format("{}", fmt::join(notes, "; "));
  }

  const World& world_;
  Name name_;
  const Host& host_;
  std::vector<Row> rows_;
};

std::string inactive_volumes(const World& world, Name name) {
  std::string text;
  const Host& host = *world.hosts.find(name);
  for (const lvm::FoundGroup& found : lvm::find_groups(world, name)) {
    for (const lvm::Volume& volume : found.group->volumes) {
      if (lvm::active(host, found.group->name, volume.name)) continue;
      text += fmt::format("inactive: {}/{} {}\n", found.group->name.str(), volume.name.str(),
                          short_size(volume.extents() * found.group->extent * kSector));
    }
  }
  return text;
}

std::string domains_of(const Host& host) {
  std::string text;
  for (const domain::Domain& domain : *host.domains) {
    static constexpr const char* kStates[] = {"running", "paused", "suspended", "frozen"};
    text += fmt::format("domain {} ({}) {}M", domain.config.name.str(),
                        kStates[static_cast<std::size_t>(domain.state)], domain.config.memory_mib);
    for (const domain::Interface& card : domain.config.interfaces) {
      text += fmt::format(" {} {}", card.ip.str(), card.mac.str());
    }
    for (const domain::Disk& disk : domain.config.disks) {
      text += fmt::format(" {}={}{}", disk.frontend.str(), disk.backend.str(), disk.writable ? "" : "(ro)");
    }
    for (Name service : domain.stopped) text += fmt::format(" {}:stopped", service.str());
    text += "\n";
  }
  return text;
}

}  // namespace

std::string short_size(Bytes bytes) {
  static constexpr std::string_view kUnits = "BKMGTPE";
  std::size_t unit = 0;
  double value = static_cast<double>(bytes);
  while (value >= 1024.0 && unit + 1 < kUnits.size()) {
    value /= 1024.0;
    ++unit;
  }
  const double rounded = std::round(value * 10.0) / 10.0;
  return fmt::format("{:.{}f}{}", rounded, rounded == std::floor(rounded) ? 0 : 1, kUnits[unit]);
}

std::string holds(const World& world, Name host, const Device& device) {
  if (const Part<Block> block = block_on(world, host, device.name, lvm::kLabelAt)) {
    const auto* label = block->as<lvm::Label>();
    const Part<Block> more = block_on(world, host, device.name, lvm::kMetadataAt);
    const auto* group = more ? more->as<lvm::Group>() : nullptr;
    if (label) return group ? "LVM2 " + group->name.str() : "LVM2";
  }
  if (const Part<Block> block = block_on(world, host, device.name, fs::kSuperblockAt)) {
    if (const auto* super = block->as<fs::Superblock>()) {
      return super->label.empty() ? super->type.str()
                                  : fmt::format("{} \"{}\"", super->type.str(), super->label.str());
    }
  }
  if (const Part<Block> block = block_on(world, host, device.name, 0)) {
    if (block->as<fs::SwapHeader>()) return "swap";
  }
  return "";
}

std::string show_world(const World& world) {
  std::string text;
  world.hosts.for_each([&](Name name, const Host& host) {
    if (!text.empty()) text += "\n";
    text += fmt::format("{}: {}{}, {} of memory\n", name.str(), host.powered ? "up" : "without power",
                        host.hardware->runs_xen       ? ", dom0"
                        : host.hardware->runs_libvirt ? ", libvirt"
                                                      : "",
                        short_size(host.hardware->memory_mib * kMiB));
    if (!host.powered) {
      for (const Disk& disk : host.hardware->disks)
        text += fmt::format("{} (medium {})\n", disk.device.str(), disk.medium.str());
      return;
    }
    text += Tree(world, name).text() + inactive_volumes(world, name) + domains_of(host);
  });
  return text;
}

}  // namespace rehearse
