// A call that names a minor, and what most calls share.
#pragma once

#include "model/drbd/meta_calls.h"
#include "model/drbd/node.h"

namespace rehearse::drbd {

struct Call {
  Node node;
  std::uint32_t volume = 0;

  static std::optional<Call> of(World& world, Name host, std::uint32_t minor, Report& report) {
    const Part<Kernel>& kernel = world.hosts.find(host)->drbd;
    if (!kernel) return std::nullopt;
    const Kernel::Found found = kernel->minor(minor);
    if (!found) return std::nullopt;
    return Call{Node(world, host, found.resource->name, report), found.device->volume};
  }
  const Device& see() const { return node.see(volume); }
};

inline Answer no_minor() { return {Code::minor_invalid, "unknown minor"}; }

inline bool knows(const World& world, Name host, Name resource) {
  const Part<Kernel>& kernel = world.hosts.find(host)->drbd;
  return kernel && kernel->resource(resource);
}

}  // namespace rehearse::drbd
