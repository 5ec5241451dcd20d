#include "model/drbd/kernel.h"

#include <algorithm>

#include "model/drbd/kernel_calls.h"

namespace rehearse::drbd {

const Device* Resource::volume(std::uint32_t number) const {
  const auto at = std::find_if(devices.begin(), devices.end(),
                               [&](const Device& device) { return device.volume == number; });
  return at == devices.end() ? nullptr : &*at;
}

const Resource* Kernel::resource(Name name) const {
  const auto at = std::find_if(resources.begin(), resources.end(),
                               [&](const Resource& resource) { return resource.name == name; });
  return at == resources.end() ? nullptr : &*at;
}

Kernel::Found Kernel::minor(std::uint32_t minor) const {
  for (const Resource& resource : resources) {
    for (const Device& device : resource.devices) {
      if (device.minor == minor) return {&resource, &device};
    }
  }
  return {};
}

void load_module(World& world, Name host, Report& report) {
  Kernel& kernel = world.hosts.edit(host).drbd.edit();
  if (kernel.loaded) return;
  kernel.loaded = true;
  report.kernel(host, "drbd: initialized. Version: 8.4.11 (api:1/proto:86-101)");
  report.kernel(host, "drbd: registered as block device major 147");
}

bool unload_module(World& world, Name host) {
  const Part<Kernel>& kernel = world.hosts.find(host)->drbd;
  if (kernel && !kernel->resources.empty()) return false;
  world.hosts.edit(host).drbd = {};
  return true;
}

}  // namespace rehearse::drbd
