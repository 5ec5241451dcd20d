// The resources of a kernel as drbdsetup shows them with the names of DRBD 9: `drbdsetup status` for people
// and `drbdsetup events2 --now` for programs. Both are printed from and read into the same rows; status
// leaves out what goes without saying.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/world.h"

namespace rehearse::reports {

struct DrbdDeviceView {
  std::uint32_t volume = 0;
  std::uint32_t minor = 0;
  std::string disk;            // "UpToDate"
  std::string blocked = "no";  // its IO: "upper" where none may begin; events2 does not tell
  bool operator==(const DrbdDeviceView&) const = default;
};

struct DrbdPeerDeviceView {
  std::uint32_t volume = 0;
  std::string replication = "Off";  // "Established", "SyncSource"
  std::string peer_disk = "DUnknown";
  std::string suspended = "no";  // the resync, by whom: "user,peer"
  std::string done;              // percent, as status has it; empty unless it resyncs
  bool operator==(const DrbdPeerDeviceView&) const = default;
};

struct DrbdConnectionView {
  std::string state;  // "Connecting", "Connected"
  std::string role = "Unknown";
  bool configured = true;  // without options of a connection it has no name, and status passes it over
  std::vector<DrbdPeerDeviceView> devices;
  bool operator==(const DrbdConnectionView&) const = default;
};

struct DrbdResourceView {
  std::string name;
  std::string role;
  std::string suspended = "no";  // its IO, by what: "user", "no-data,fencing"
  std::vector<DrbdDeviceView> devices;
  std::optional<DrbdConnectionView> connection;
  bool operator==(const DrbdResourceView&) const = default;
};

/// By name. A resource has a connection for events2 from the start, for others once that has options.
std::vector<DrbdResourceView> drbd_view(const World&, Name host, bool unconfigured = false);

using DrbdViews = std::variant<std::vector<DrbdResourceView>, std::string>;

/// `verbose` says everything, as events2 does.
std::string print_drbd_status(const std::vector<DrbdResourceView>&, bool verbose = false);
/// What is left out is what goes without saying: a single volume is 0, its minor unknown (0).
DrbdViews read_drbd_status(std::string_view text);

std::string print_drbd_events(const std::vector<DrbdResourceView>&);
/// Only what is there; lines about what happens later are passed over.
DrbdViews read_drbd_events(std::string_view text);

}  // namespace rehearse::reports
