#include "model/domain/script.h"

#include <fmt/format.h>

#include "model/drbd/kernel.h"
#include "model/drbd/kernel_calls.h"

namespace rehearse::domain {
namespace {

const drbd::Device* first_volume(const Host& host, Name resource) {
  const drbd::Resource* found = host.drbd ? host.drbd->resource(resource) : nullptr;
  return found && !found->devices.empty() ? &found->devices.front() : nullptr;
}

}  // namespace

Name device_of_resource(const Host& host, Name resource) {
  const drbd::Device* device = first_volume(host, resource);
  return device ? device->name() : Name();
}

Refused promote_disks(World& world, Name host, const Config& config, std::uint32_t id, Report& report) {
  for (const Disk& disk : config.disks) {
    if (!disk.script.str().ends_with(kDrbdScript)) continue;
    const drbd::Device* device = first_volume(*world.hosts.find(host), disk.backend);
    const bool primary = device && drbd::primary(world, host, device->minor, false, report).ok();
    if (primary) continue;
    const std::string why = fmt::format("{} is not made primary", disk.backend.str());
    return {Refusal::domain_disk_script_failed, id, kDrbdScript.data(), why, 2000 + id};
  }
  return {};
}

void demote_disks(World& world, Name host, const Config& config) {
  Report muted;
  muted.muted = true;
  for (const Disk& disk : config.disks) {
    if (!disk.script.str().ends_with(kDrbdScript)) continue;
    const drbd::Device* device = first_volume(*world.hosts.find(host), disk.backend);
    if (device) drbd::secondary(world, host, device->minor, muted);
  }
}

}  // namespace rehearse::domain
