#include "backends/reports/readable.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/reports/drbd_proc.h"
#include "backends/reports/file_systems.h"
#include "model/drbd/kernel.h"
#include "model/fs/path.h"
#include "model/io.h"
#include "model/lvm/scan.h"

namespace rehearse::reports {
namespace {

constexpr std::string_view kMapper = "/dev/mapper";

// Volumes of a group that have a link below /dev/GROUP: the active ones, unless they are being merged.
std::vector<std::string> links_of(const World& world, Name host, Name group) {
  const Host& machine = *world.hosts.find(host);
  std::vector<std::string> names;
  const auto found = lvm::find_group(world, host, group);
  if (!found) return names;
  for (const lvm::Volume& volume : found->group->volumes) {
    const Name device = device_name(machine, "/dev/" + group.str() + "/" + volume.name.str());
    if (machine.device(device) && !machine.device(device)->as<ErrorMap>()) names.push_back(volume.name.str());
  }
  return names;
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

Readable device_contents(const World& world, Name host, const std::string& path) {
  Readable result;
  const Host& machine = *world.hosts.find(host);
  const Device* device = machine.device(device_name(machine, path));
  if (!device) {
    result.error = "No such file or directory";
    return result;
  }
  result.opened = true;
  result.size = device->size * kSector;
  ReadResult read = rehearse::read(world, host, device->name, {0, device->size});
  if (read.error != IoError::none) {
    result.error = "Input/output error";
    return result;
  }
  result.data = std::move(read.data);
  return result;
}

std::uint64_t hash_of_data(const Patch& data, std::uint64_t seed) {
  Patch joined = data;
  std::erase_if(joined, [](const Run& run) { return run.blank(); });
  normalise(joined);
  for (const Run& run : joined) seed = mix(seed, hash_of(run));
  return seed;
}

}  // namespace

Readable read_path(const World& world, Name host, const std::string& path) {
  Readable result;
  if (path == "/dev/zero") {
    result.endless = true;
    return result;
  }
  if (path == "/proc/mounts" || path == "/etc/mtab") {
    result.text = joined(proc_mounts(world, host));
  } else if (path == "/proc/swaps") {
    result.text = joined(proc_swaps(world, host));
  } else if (path == "/proc/drbd" && world.hosts.find(host)->drbd) {
    result.text = print_drbd_proc(drbd_rows(world, host));
  }
  if (result.text) {
    result.size = result.text->size();
    return result;
  }
  if (path.starts_with("/dev/")) return device_contents(world, host, path);
  const fs::Place place = fs::place_of(world, host, path);
  const fs::File* file = place.error == fs::PathError::none ? fs::file_at(world, place) : nullptr;
  if (place.error != fs::PathError::none) {
    result.error = fs::words_of(place.error);
  } else if (fs::directory_at(world, place)) {
    result.opened = true;
    result.error = fs::words_of(fs::PathError::is_a_directory);
  } else if (!file) {
    result.error = fs::words_of(fs::PathError::not_found);
  } else {
    result.size = file->size;
    if (file->text || file->size == 0) result.text = file->text ? *file->text : "";
    if (!file->text) {
      Sectors at = 0;
      for (Run run : file->data) {  // the data where they would be if the file were one piece
        run.first = at;
        at += run.count;
        result.data.push_back(run);
      }
      if (!fs::intact(world, place)) result.data = stamped({0, sectors_of(file->size)}, {"lost", 1});
    }
  }
  return result;
}

bool is_block_device(const World& world, Name host, const std::string& path) {
  if (!path.starts_with("/dev/")) return false;
  const Host& machine = *world.hosts.find(host);
  const std::size_t slash = path.find('/', 5);
  if (slash != std::string::npos && !path.starts_with(kMapper)) {
    const auto links = links_of(world, host, path.substr(5, slash - 5));
    if (std::find(links.begin(), links.end(), path.substr(slash + 1)) != links.end()) return true;
    if (lvm::find_group(world, host, path.substr(5, slash - 5))) return false;
  }
  return machine.device(device_name(machine, path)) != nullptr;
}

bool is_directory(const World& world, Name host, const std::string& typed) {
  const std::string path = without_slash(typed);
  if (path == kMapper || path == "/dev") return true;
  if (path.starts_with("/dev/")) return !links_of(world, host, path.substr(5)).empty();
  return fs::directory_at(world, host, path);
}

bool exists(const World& world, Name host, const std::string& path) {
  if (path.starts_with("/dev")) return is_directory(world, host, path) || is_block_device(world, host, path);
  return fs::file_at(world, host, path) != nullptr || fs::directory_at(world, host, path);
}

std::vector<std::string> names_in(const World& world, Name host, const std::string& typed) {
  const std::string path = without_slash(typed);
  std::vector<std::string> names;
  if (path == kMapper) {
    names.emplace_back("control");
    const Host& machine = *world.hosts.find(host);
    for (std::size_t i = 0; machine.devices && i < machine.devices->size(); ++i) {
      const Device& device = (*machine.devices)[i];
      if (device.mapped()) names.push_back(device.name.str().substr(std::string_view("mapper/").size()));
    }
  } else if (path.starts_with("/dev/")) {
    names = links_of(world, host, path.substr(5));
  } else {
    for (Name name : fs::list_at(world, host, path)) names.push_back(name.str());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string digest(const Readable& what) {
  std::uint64_t seed = mix(what.size, what.text ? hash_of(*what.text) : 0);
  if (!what.text) seed = hash_of_data(what.data, seed);
  return fmt::format("{:016x}{:016x}", seed, mix(seed, 1));
}

}  // namespace rehearse::reports
