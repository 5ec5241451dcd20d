#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/hash.h"
#include "model/libvirt/definition.h"
#include "model/libvirt/disk_name.h"

namespace rehearse::libvirt {
namespace {

std::string hex_of(std::string_view text, std::uint64_t salt) {
  const std::uint64_t high = mix(salt, hash_of(text));
  return fmt::format("{:016x}{:016x}", high, mix(high, salt + 1));
}

// qemuDomainAssignDevicePCISlots: the bus is the first slot's, what was always there the second's.
void find_slots(Definition& made) {
  std::set<std::uint32_t> taken = {0, 1, made.scsi_slot, made.balloon_slot};
  for (const Disk& disk : made.disks) taken.insert(disk.slot);
  for (const Interface& interface : made.interfaces) taken.insert(interface.slot);
  const auto find = [&](std::uint32_t& slot) {
    if (slot != 0) return;
    for (slot = 2; taken.count(slot) > 0;) ++slot;
    taken.insert(slot);
  };
  for (Interface& interface : made.interfaces) find(interface.slot);
  const bool scsi = std::any_of(made.disks.begin(), made.disks.end(),
                                [](const Disk& disk) { return disk.bus == Bus::scsi; });
  if (scsi) find(made.scsi_slot);
  for (Disk& disk : made.disks) {
    if (disk.bus == Bus::virtio) find(disk.slot);
  }
  find(made.balloon_slot);
}

// Where libvirt puts one more disk of a definition that it is given: by its target among those of its bus, as
// far as that is said (virDomainDiskInsert).
void insert(std::vector<Disk>& disks, Disk disk) {
  std::size_t at = disks.size();
  bool found = false;
  for (std::size_t i = disks.size(); i-- > 0;) {
    if (disks[i].bus != disk.bus) continue;
    if (disk_index(disks[i].target) > disk_index(disk.target)) {
      at = i;
      found = true;
    } else if (!found) {
      at = i + 1;
      found = true;
    }
  }
  disks.insert(disks.begin() + static_cast<std::ptrdiff_t>(at), std::move(disk));
}

}  // namespace

std::string canonical_uuid(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '-' || letter == ' ') continue;
    if (out.size() == 8 || out.size() == 13 || out.size() == 18 || out.size() == 23) out += '-';
    out += static_cast<char>(letter >= 'A' && letter <= 'F' ? letter - 'A' + 'a' : letter);
  }
  return out;
}

std::string made_up_uuid(std::string_view seed) { return canonical_uuid(hex_of(seed, 1)); }

std::variant<Definition, DefinitionError> completed(Definition made, std::string_view seed) {
  const std::string own = fmt::format("{}/{}", made.name, seed);
  if (made.uuid.empty()) made.uuid = made_up_uuid(own);
  std::vector<Disk> ordered;
  for (Disk& disk : made.disks) insert(ordered, std::move(disk));
  made.disks = std::move(ordered);
  for (Disk& disk : made.disks) {
    if (disk.bus == Bus::none) disk.bus = bus_by_name(disk.target);
    if (disk.format.empty()) disk.format = "raw";
    if (disk.cache == "default") disk.cache.clear();
  }
  for (std::size_t i = 0; i < made.disks.size(); ++i) {
    for (std::size_t j = i + 1; j < made.disks.size(); ++j) {
      if (made.disks[i].target != made.disks[j].target) continue;
      return DefinitionError{fmt::format("XML error: target '{}' duplicated for disk sources '{}' and '{}'",
                                         made.disks[i].target, made.disks[i].source, made.disks[j].source)};
    }
  }
  for (std::size_t i = 0; i < made.interfaces.size(); ++i) {
    Interface& interface = made.interfaces[i];
    const std::string made_up = hex_of(own, 2 + i);
    if (interface.mac.empty())
      interface.mac =
          fmt::format("52:54:00:{}:{}:{}", made_up.substr(0, 2), made_up.substr(2, 2), made_up.substr(4, 2));
    if (interface.model.empty()) interface.model = "rtl8139";
  }
  find_slots(made);
  return made;
}

}  // namespace rehearse::libvirt
