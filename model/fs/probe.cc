#include "model/fs/probe.h"

#include <fmt/format.h>

#include "model/dm/exceptions.h"
#include "model/dm/partition.h"
#include "model/lvm/metadata.h"

namespace rehearse::fs {
namespace {

template <class T>
Part<T> found(const World& world, Name host, Name device, Sectors first) {
  const Part<Block> block = block_on(world, host, device, first);
  const auto* held = block ? std::get_if<Part<T>>(&block->value) : nullptr;
  return held ? *held : Part<T>();
}

bool same_text(Name label, std::string_view wanted) { return !wanted.empty() && label.str() == wanted; }

}  // namespace

Part<Superblock> superblock_on(const World& world, Name host, Name device) {
  return found<Superblock>(world, host, device, kSuperblockAt);
}

Part<Tree> tree_on(const World& world, Name host, Name device) {
  return found<Tree>(world, host, device, kTreeAt);
}

Part<SwapHeader> swap_on(const World& world, Name host, Name device) {
  return found<SwapHeader>(world, host, device, kSwapAt);
}

Signature signature_on(const World& world, Name host, Name device) {
  if (const auto super = superblock_on(world, host, device)) {
    return {super->type, 1080, super->label, super->uuid, super->block_size};
  }
  if (const auto swap = swap_on(world, host, device)) return {"swap", 4086, swap->label, swap->uuid, 0};
  if (const auto label = found<lvm::Label>(world, host, device, 1)) return {"LVM2_member", 536, {}, 0, 0};
  if (found<ExceptionStore>(world, host, device, 0)) return {"DM_snapshot_cow", 0, {}, 0, 0};
  if (const auto table = found<PartitionTable>(world, host, device, 0)) return {table->label, 510, {}, 0, 0};
  return {};
}

std::string uuid_text(std::uint64_t uuid) {
  const std::uint64_t more = mix(uuid, 0x75756964);
  // Version 4, variant 10, as libuuid makes them.
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", uuid >> 32, (uuid >> 16) & 0xffff, uuid & 0xfff,
                     0x8000 | ((more >> 48) & 0x3fff), more & 0xffffffffffff);
}

namespace {

// The tools end with fsync, the kernel with the commit of a transaction: both flush the disk's cache.
IoError write_through(World& world, Name host, Name device, const Patch& patch) {
  const IoError error = write(world, host, device, patch);
  if (error == IoError::none) flush_caches(world, host, device);
  return error;
}

}  // namespace

IoError put_superblock(World& world, Name host, Name device, const Superblock& super) {
  return write_through(world, host, device,
                       block_at(kSuperblockAt, Block{kSuperblockRoom, Part<Superblock>(super)}));
}

IoError put_tree(World& world, Name host, Name device, const Part<Tree>& tree) {
  return write_through(world, host, device, block_at(kTreeAt, Block{kTreeRoom, tree}));
}

IoError put_swap(World& world, Name host, Name device, const SwapHeader& header) {
  return write_through(world, host, device, block_at(kSwapAt, Block{kSwapRoom, Part<SwapHeader>(header)}));
}

IoError write_held(World& world, Name host, Name device, const Patch& patch) {
  const Device* row = world.hosts.find(host)->device(device);
  if (!row || !row->read_only) return write_through(world, host, device, patch);
  const auto set = [&](bool read_only) {
    const Device* now = world.hosts.find(host)->device(device);
    if (!now) return;
    Device changed = *now;
    changed.read_only = read_only;
    world.hosts.edit(host).put(std::move(changed));
  };
  set(false);
  const IoError error = write_through(world, host, device, patch);
  set(true);
  return error;
}

IoError put_held(World& world, Name host, Name device, const Superblock& super) {
  return write_held(world, host, device,
                    block_at(kSuperblockAt, Block{kSuperblockRoom, Part<Superblock>(super)}));
}

Name device_at(const World& world, Name host, Name spec) {
  const Host* at = world.hosts.find(host);
  if (!at || !at->devices) return {};
  const std::string_view text = spec.str();
  const bool by_label = text.starts_with("LABEL=");
  if (!by_label && !text.starts_with("UUID=")) {
    const Name device = device_name(*at, spec);
    return !device.empty() && at->device(device) ? device : Name();
  }
  std::string_view wanted = text.substr(text.find('=') + 1);
  if (wanted.size() > 1 && wanted.front() == '"' && wanted.back() == '"')
    wanted = wanted.substr(1, wanted.size() - 2);
  for (const Device& device : *at->devices) {
    const std::string& name = device.name.str();
    if (name.ends_with("-real") || name.ends_with("-cow")) continue;
    const Signature signature = signature_on(world, host, device.name);
    if (signature.type.empty()) continue;
    if (by_label ? same_text(signature.label, wanted) : uuid_text(signature.uuid) == wanted)
      return device.name;
  }
  return {};
}

}  // namespace rehearse::fs
