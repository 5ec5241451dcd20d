// The numbers by which the kernel, dmsetup and lsblk name devices.
#pragma once

#include <optional>
#include <string>

#include "model/world.h"

namespace rehearse::reports {

struct DeviceNumber {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::string text() const;  // "254:16"
  bool operator==(const DeviceNumber&) const = default;
};

/// Of a device of that host, by its name below /dev: 253:N of device-mapper's, 254:16 of vdb, 8:17 of sdb1.
DeviceNumber device_number(const Host& host, Name device);
/// Is it still to be found? Of a disk that went away the kernel keeps what is in use, out of sight.
bool plugged(const Host& host, const Device& device);
/// The device of that number, or an empty name.
Name device_numbered(const Host& host, DeviceNumber number);
/// The disk or partition that the kernel gives this number; empty for other kinds.
Name disk_numbered(DeviceNumber number);
std::optional<DeviceNumber> read_device_number(std::string_view text);

}  // namespace rehearse::reports
