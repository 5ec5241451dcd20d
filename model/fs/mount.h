// A file system in use: what the kernel (of a host, or of a guest) holds of it in memory. Changes live here
// until they are flushed; power loss drops what was not.
#pragma once

#include "model/fs/filesystem.h"
#include "model/fs/tree.h"

namespace rehearse::fs {

struct Mount {
  Name target;  // "/mnt"
  Name source;  // as typed: "/dev/vg1/echelon", or "trolls:/etc/xen" for nfs
  Name device;  // below /dev of the host that runs this kernel's disks; empty for nfs
  Name type = "ext4";
  bool read_only = false;
  bool dirty = false;         // `tree` or `super` is newer than the device
  Part<Superblock> super;     // as in memory
  Part<Tree> tree;            // as in memory
  Part<Tree> written;         // as this kernel last read it from, or wrote it to, the device
  Patch pending;              // file data in memory, not yet on the device
  Name options;               // shown beside ro or rw: "relatime"
  std::uint64_t reserve = 0;  // blocks that only the kernel itself may take, as reckoned when it was mounted

  friend auto fields(const Mount& mount) {
    const auto& [target, source, device, type, read_only, dirty, super, tree, written, pending, options,
                 reserve] = mount;
    return std::tie(target, source, device, type, read_only, dirty, super, tree, written, pending, options,
                    reserve);
  }
  bool operator==(const Mount&) const = default;
};

}  // namespace rehearse::fs
