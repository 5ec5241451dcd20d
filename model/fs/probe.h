// What lies on a device, as far as file system tools look: an ext4's superblock and files, swap space, an LVM
// label, a partition table.
#pragma once

#include "model/fs/filesystem.h"
#include "model/fs/tree.h"
#include "model/io.h"

namespace rehearse::fs {

/// Empty if there is none, or if it cannot be read.
Part<Superblock> superblock_on(const World&, Name host, Name device);
Part<Tree> tree_on(const World&, Name host, Name device);
Part<SwapHeader> swap_on(const World&, Name host, Name device);

/// What libblkid finds at the usual places: "ext4", "swap", "LVM2_member", "dos"; empty: nothing.
struct Signature {
  Name type;
  Bytes offset = 0;  // of the magic
  Name label;
  std::uint64_t uuid = 0;
  std::uint32_t block_size = 0;  // of a file system
};
Signature signature_on(const World&, Name host, Name device);
/// "6c1f3b52-....": the usual spelling of a file system's identity.
std::string uuid_text(std::uint64_t uuid);

IoError put_superblock(World&, Name host, Name device, const Superblock&);
IoError put_tree(World&, Name host, Name device, const Part<Tree>&);
IoError put_swap(World&, Name host, Name device, const SwapHeader&);

/// A kernel that has the file system mounted goes on writing when its device is made read-only.
IoError write_held(World&, Name host, Name device, const Patch&);
IoError put_held(World&, Name host, Name device, const Superblock&);

/// The device that "/dev/...", "LABEL=..." or "UUID=..." names, if it is there now; else an empty name.
Name device_at(const World&, Name host, Name spec);

}  // namespace rehearse::fs
