// The DRBD resources under a guest's disks, found by what the disks are called and what drbdadm says.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "backends/shell.h"
#include "model/drbd/state.h"

namespace rehearse::migrate {

/// A disk as a configuration names it: "/dev/drbd0", "/dev/drbd/by-res/r0/0", or "r0" with the script
/// block-drbd.
struct DiskName {
  std::string path;
  std::string script;
  bool operator==(const DiskName&) const = default;
};

/// The resource by the name alone: none if it is none of DRBD's; empty if drbdadm has to be asked.
std::optional<std::string> resource_in_name(const DiskName&);

/// The resources of these disks, each once, or why they are not known.
struct Resources {
  std::vector<std::string> names;
  std::string why;  // not empty: not known
};
Resources resources_of(Shell&, const std::vector<DiskName>& disks);

using drbd::Role;
struct Roles {
  Role self = Role::unknown;
  Role peer = Role::unknown;
  bool operator==(const Roles&) const = default;
};
/// "Primary/Secondary" as drbdadm role prints it; anything else is not known.
Roles read_roles(std::string_view text);
std::string text_of(const Roles&);

/// One side's view of a resource.
struct Replica {
  std::string why;  // not empty: the host did not say
  Roles roles;
  std::string connection;          // "Connected"
  std::vector<std::string> disks;  // of each volume: "UpToDate/UpToDate"
  bool two_primaries = false;
  bool healthy() const;
};
Replica look_at(Shell&, const std::string& resource);
Roles roles_of(Shell&, const std::string& resource);

/// A change of role is waited for so long; drbdadm itself may wait ten minutes for a peer.
inline constexpr std::chrono::seconds kRoleDeadline{130};

/// Does `drbdsetup show` say that two primaries are allowed? What it does not say is the default, which is
/// no.
bool allows_two_primaries(std::string_view shown);

}  // namespace rehearse::migrate
