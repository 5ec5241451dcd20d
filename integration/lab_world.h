// The lab's machine as a world: what the model starts from when it is held against reality.
#pragma once

#include "model/world.h"

namespace rehearse {

/// The host alpha, and beta if there are two, each with blank disks vda, vdb ...; their roots are in memory,
/// so that every boot makes them anew. With `libvirt`, libvirtd runs on them and listens to the other; with
/// `qemu`, they have QEMU and socat.
World lab_world(std::size_t disks, Bytes disk_size, std::size_t guests = 1, bool libvirt = false,
                bool qemu = false);

/// After a boot: the host's files are again those that it came with.
void forget_files(World&, Name host);

}  // namespace rehearse
