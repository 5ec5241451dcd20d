#include "model/drbd/data.h"

#include "model/drbd/kernel.h"

namespace rehearse::drbd {
namespace {

const Device* find(const World& world, Name host, std::uint32_t minor) {
  const Part<Kernel>& kernel = world.hosts.find(host)->drbd;
  return kernel ? kernel->minor(minor).device : nullptr;
}

}  // namespace

IoError may_open(const World& world, Name host, std::uint32_t minor, bool to_write) {
  const Device* device = find(world, host, minor);
  if (!device) return IoError::no_device;
  if (device->state.role == Role::primary) return IoError::none;
  return to_write ? IoError::not_primary : IoError::wrong_medium;
}

ReadResult read(const World& world, Name host, std::uint32_t minor, Range) {
  return {may_open(world, host, minor, false), {}};
}

IoError write(World& world, Name host, std::uint32_t minor, const Patch&) {
  return may_open(world, host, minor, true);
}

}  // namespace rehearse::drbd
