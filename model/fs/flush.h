// When what a kernel holds of its file systems reaches the disks. Until then a loss of power drops it. A
// flush writes through the device stack, so every snapshot underneath sets old chunks aside for it.
#pragma once

#include "model/fs/path.h"
#include "model/io.h"

namespace rehearse::fs {

/// Writes what the host's own mounts of this device hold in memory (sync -f).
void flush(World&, Name host, Name device);
/// All of the host's mounts and the host's own root (sync).
void flush_all(World&, Name host);
/// One mount that a kernel on this host holds, its own or a guest's.
IoError flush_mount(World&, Name host, Mount& mount);

/// fsync of one file: its data and all names reach the disk, the data of other new files do not.
IoError flush_file(World&, Name host, Mount& mount, Name path);
void flush_path(World&, const Place&);

/// What device-mapper does to a file system while it takes a snapshot below it: freezing writes everything,
/// so that the snapshot holds a clean one; thawing marks the live one as in use again.
void freeze(World&, Name host, Name device);
void thaw(World&, Name host, Name device);

/// Time passes for the host's kernel and its guests: after 30 s written data are on the disks; the first
/// minute of a new file system's life fills its inode tables with zeroes.
void pass_time(World&, Name host, std::uint64_t seconds);

}  // namespace rehearse::fs
