// How a domain comes and goes on its host: the checks that xl and the block script make, the start of the
// guest in it, and its end, in order or at once. The commands of ops.h, a boot and the steps all come here.
#pragma once

#include "model/domain/config.h"
#include "model/refusal.h"
#include "model/report.h"
#include "model/world.h"

namespace rehearse::domain {

/// The host, which must be in the world.
inline const Host& host_at(const World& world, Name host) { return *world.hosts.find(host); }

/// Reads a configuration file of the host; relative paths are below /root. Warnings go into the report.
struct FoundConfig {
  Refused refused;
  Config config;
  Name file;  // its absolute path
};
FoundConfig config_at(const World&, Name host, Name path, bool quiet, Report&);

/// Resolves the disks of a configuration to devices of the host. A path that is not absolute is one below
/// /dev to xm and the block script; xl looks for it where it stands and does not find it.
void resolve_disks(const Host&, Config&);
/// Why xl will not create this domain, in its order: memory, name, disks that are not there, disks in use.
Refused may_create(const World&, Name host, const Config&);
/// Creates the domain and boots its guest, unless it is to stay paused. Refused if the guest finds no root:
/// then there is no domain. `may_create` must have said none.
Refused create(World&, Name host, Config, Name file, bool paused, Report&);

/// Is there a system in it that hears what it is told?
bool listens(const Domain&);
/// The guest of a running domain of QEMU boots, from its first disk. One that finds no root stays without a
/// system.
void boot_guest(World&, Name host, Name domain);
/// The guest shuts down in order, and its domain ends.
void shut_down(World&, Name host, Name domain);
/// The domain ends as by a loss of power.
void destroy(World&, Name host, Name domain);
void set_state(World&, Name host, Name domain, State);
/// Boots the guest of a domain that was created paused. Refused as `create`; the domain is gone then.
Refused unpause(World&, Name host, Name domain, Report&);

/// Of the hypervisor: /sys/hypervisor/version/major and minor, or Debian 12's.
struct XenVersion {
  std::uint32_t major = 4;
  std::uint32_t minor = 17;
  auto operator<=>(const XenVersion&) const = default;
  std::string text() const { return std::to_string(major) + "." + std::to_string(minor); }
};
XenVersion xen_version(const World&, Name host);
/// "4.17"; what is no version is Debian 12's.
XenVersion read_xen_version(std::string_view text);

/// "echelon", or its number: the domain's name, or none.
Name domain_named(const Host&, Name typed);

/// Where a domain of that name is; of several the first running one, by host.
struct Whereabouts {
  Name host;
  const Domain* domain = nullptr;
};
Whereabouts find_domain(const World&, Name domain);

/// The monitor that runs on a host with a file /etc/xen-watch-disks, once a step: pauses a running domain if
/// a disk that its configuration file names was to be seen on the host before this step and is not any more,
/// be it that the disk went or that the file was changed. One who unpauses it by hand is not fought: what was
/// out of sight before is left alone.
void watch_disks(const World& before, World& after);

}  // namespace rehearse::domain
