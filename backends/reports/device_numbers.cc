#include "backends/reports/device_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace rehearse::reports {
namespace {

constexpr std::uint32_t kDrbdMajor = 147;
constexpr std::uint32_t kMapperMajor = 253;

struct Family {
  std::string_view prefix;
  std::uint32_t major;
};
// Documentation/admin-guide/devices.txt; virtio's disks get the first free dynamic number.
constexpr Family kFamilies[] = {{"xvd", 202}, {"vd", 254}, {"sd", 8}, {"hd", 3}};
constexpr std::uint32_t kPerDisk = 16;

// 'a' is 0, 'z' 25, "aa" 26.
std::uint32_t letters(std::string_view text) {
  std::uint32_t index = 0;
  for (const char c : text) index = index * 26 + static_cast<std::uint32_t>(c - 'a') + 1;
  return index - 1;
}

DeviceNumber disk_number(const std::string& name) {
  for (const Family& family : kFamilies) {
    if (!name.starts_with(family.prefix)) continue;
    const std::string_view rest = std::string_view(name).substr(family.prefix.size());
    const std::size_t digits = std::min(rest.find_first_of("0123456789"), rest.size());
    if (digits == 0) continue;
    std::uint32_t partition = 0;
    std::from_chars(rest.data() + digits, rest.data() + rest.size(), partition);
    return {family.major, letters(rest.substr(0, digits)) * kPerDisk + partition};
  }
  return {};
}

}  // namespace

std::string DeviceNumber::text() const { return fmt::format("{}:{}", major, minor); }

DeviceNumber device_number(const Host& host, Name device) {
  const Device* found = host.device(device);
  if (found && found->mapped()) return {kMapperMajor, found->minor};
  if (const auto* aoe = found ? found->as<AoeDevice>() : nullptr) {
    return {152, (aoe->shelf * kPerDisk + aoe->slot) * kPerDisk};
  }
  if (found && found->as<DrbdDevice>()) return {kDrbdMajor, found->minor};
  return disk_number(device.str());
}

bool plugged(const Host& host, const Device& device) {
  const auto* partition = device.as<PartitionDevice>();
  const Device* whole = partition ? host.device(partition->disk) : &device;
  if (whole && whole->as<ErrorMap>() && !whole->mapped()) return false;  // it came back under another name
  const Disk* disk = host.disk(partition ? partition->disk : device.name);
  return !disk || disk->present;
}

Name device_numbered(const Host& host, DeviceNumber number) {
  if (!host.devices) return {};
  for (const Device& device : *host.devices) {
    if (device_number(host, device.name) == number && plugged(host, device)) return device.name;
  }
  return {};
}

Name disk_numbered(DeviceNumber number) {
  for (const Family& family : kFamilies) {
    if (family.major != number.major) continue;
    const std::uint32_t partition = number.minor % kPerDisk;
    std::string name = partition > 0 ? std::to_string(partition) : "";
    for (std::uint32_t index = number.minor / kPerDisk + 1; index > 0; index = (index - 1) / 26) {
      name.insert(name.begin(), static_cast<char>('a' + (index - 1) % 26));
    }
    return std::string(family.prefix) + name;
  }
  return {};
}

std::optional<DeviceNumber> read_device_number(std::string_view text) {
  DeviceNumber number;
  const char* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, number.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != ':') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, number.minor);
  if (minor.ec != std::errc() || minor.ptr != end) return std::nullopt;
  return number;
}

}  // namespace rehearse::reports
