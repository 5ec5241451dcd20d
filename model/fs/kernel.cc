#include "model/fs/kernel.h"

#include <fmt/format.h>

#include "model/fs/ext4.h"
#include "model/fs/flush.h"
#include "model/fs/probe.h"

namespace rehearse::fs {

MountError read_in(World& world, Name host, Mount& mount, MountMode mode) {
  const Device* device = world.hosts.find(host)->device(mount.device);
  if (!device || read(world, host, mount.device, {kSuperblockAt, kSuperblockRoom}).error != IoError::none) {
    return MountError::unreadable;
  }
  const Part<Superblock> found = superblock_on(world, host, mount.device);
  const Part<Tree> tree = tree_on(world, host, mount.device);
  if (!found || !tree) return MountError::no_file_system;
  if (found->blocks * found->block_size > device->size * kSector) return MountError::no_file_system;
  const bool write_protected = device->read_only || mode.write_protected;
  if (write_protected) mount.read_only = true;
  const bool recover = found->state == State::in_use && !mode.noload;
  if (recover && write_protected) return MountError::needs_recovery;

  Superblock super = *found;
  count(super, *tree);
  super.journal_next = 0;
  if (super.state == State::in_use) super.state = State::clean;
  mount.tree = tree;
  mount.written = tree;
  mount.pending.clear();
  mount.dirty = false;
  mount.super = Part<Superblock>(super);
  mount.reserve = kernel_reserve(super);
  if (!mount.read_only) {
    return turn_read_write(world, host, mount) == IoError::none ? MountError::none : MountError::unreadable;
  }
  if (recover) put_superblock(world, host, mount.device, super);
  return MountError::none;
}

IoError turn_read_write(World& world, Name host, Mount& mount) {
  Superblock& super = mount.super.edit();
  ++super.mount_count;
  super.checked = false;
  Superblock there = super;
  if (there.state == State::clean) there.state = State::in_use;
  mount.read_only = false;
  return put_superblock(world, host, mount.device, there);
}

IoError turn_read_only(World& world, Name host, Mount& mount) {
  if (mount.read_only) return IoError::none;
  const IoError error = flush_mount(world, host, mount);
  if (error != IoError::none) return error;
  mount.read_only = true;
  mount.super.edit().journal_next = 0;
  return put_held(world, host, mount.device, *mount.super);
}

IoError write_out(World& world, Name host, Mount& mount) {
  if (mount.device.empty()) return IoError::none;
  return turn_read_only(world, host, mount);
}

std::string check_due(const Superblock& super) {
  // e2fsck/unix.c check_if_skip
  if (super.max_mount_count > 0 && super.mount_count >= static_cast<std::uint32_t>(super.max_mount_count)) {
    return fmt::format("has been mounted {} times without being checked", super.mount_count);
  }
  if (super.check_interval_days > 0 && super.days_since_check >= super.check_interval_days) {
    return fmt::format("has gone {} days without being checked", super.days_since_check);
  }
  return "";
}

std::size_t mount_at(const Host& host, Name target) {
  std::size_t found = host.mounts->size();
  for (std::size_t i = 0; i < host.mounts->size(); ++i) {
    if ((*host.mounts)[i].target == target) found = i;
  }
  return found;
}

std::size_t mount_of(const Host& host, Name device) {
  std::size_t i = 0;
  while (i < host.mounts->size() && (*host.mounts)[i].device != device) ++i;
  return i;
}

namespace {

Part<Block> older(const Block& block, std::uint32_t days) {
  Superblock super = *block.as<Superblock>();
  super.days_since_check += days;
  return Part<Block>(Block{block.sectors, Part<Superblock>(super)});
}

void grow_older(std::vector<Mount>& mounts, std::uint32_t days) {
  for (Mount& mount : mounts) {
    if (mount.super) mount.super.edit().days_since_check += days;
  }
}

}  // namespace

void pass_days(World& world, std::uint32_t days) {
  if (days == 0) return;
  for (Name name : world.media.names()) {
    Patch patch;
    for (const Run& run : world.media.find(name)->contents.runs()) {
      if (!run.block || !run.block->as<Superblock>()) continue;
      patch.push_back(run);
      patch.back().block = older(*run.block, days);
    }
    if (!patch.empty()) world.media.edit(name).contents.write(patch);
  }
  for (Name name : world.hosts.names()) {
    const Host& host = *world.hosts.find(name);
    if (!host.powered) continue;
    if (host.mounts && !host.mounts->empty()) grow_older(world.hosts.edit(name).mounts.edit(), days);
    if (!host.domains || host.domains->empty()) continue;
    for (domain::Domain& domain : world.hosts.edit(name).domains.edit()) grow_older(domain.mounts, days);
  }
}

}  // namespace rehearse::fs
