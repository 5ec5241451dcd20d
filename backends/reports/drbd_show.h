// drbdsetup show: what the kernel was told, written like a drbd.conf, which is how it is read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/drbd/config.h"

namespace rehearse::reports {

struct DrbdShownVolume {
  std::uint32_t number = 0;
  std::uint32_t minor = 0;
  std::optional<std::string> disk;
  std::string meta_disk;   // "internal", or a device
  std::string meta_index;  // "internal", "flexible" or a slot's number
  drbd::Settings options;  // of the disk, without those that are as usual
  bool operator==(const DrbdShownVolume&) const = default;
};

struct DrbdShown {
  std::string name;
  drbd::Settings options;
  std::optional<drbd::Endpoint> local;  // of a connection
  std::optional<drbd::Endpoint> peer;
  drbd::Settings net;
  std::vector<DrbdShownVolume> volumes;
  bool operator==(const DrbdShown&) const = default;
};

std::vector<DrbdShown> drbd_shown(const World&, Name host);
/// With `defaults` also what is as usual.
std::string print_drbd_show(const std::vector<DrbdShown>&, bool defaults = false);
/// What is shown, or what is wrong with the text.
std::variant<std::vector<DrbdShown>, std::string> read_drbd_show(std::string_view text);

/// "ipv4:10.0.0.1:7788" as its parts.
drbd::Endpoint endpoint_of(std::string_view text);

}  // namespace rehearse::reports
