#include "model/lvm/monitor.h"

#include <algorithm>

namespace rehearse::lvm {

void unmount_invalid_snapshots(World& world) {
  const auto lost = [](const Host& host, const fs::Mount& mount) {
    const Device* device = host.device(mount.device);
    return device && device->invalid && device->as<SnapshotMap>();
  };
  for (const Name name : world.hosts.names()) {
    const Host& now = *world.hosts.find(name);
    if (!now.powered || !now.mounts) continue;
    const bool any = std::any_of(now.mounts->begin(), now.mounts->end(),
                                 [&](const fs::Mount& mount) { return lost(now, mount); });
    if (!any) continue;
    Host& host = world.hosts.edit(name);
    std::erase_if(host.mounts.edit(), [&](const fs::Mount& mount) { return lost(host, mount); });
  }
}

}  // namespace rehearse::lvm
