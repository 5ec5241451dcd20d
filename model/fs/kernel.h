// What a kernel does with a file system: mounting reads it into memory (and replays the journal after a
// crash), unmounting writes it back. The same for a host's kernel and for a guest's.
#pragma once

#include "model/io.h"

namespace rehearse::fs {

enum class MountError : std::uint8_t {
  none,
  no_file_system,  // EINVAL: bad superblock, or larger than its device
  unreadable,      // EIO
  needs_recovery,  // EROFS: the journal must be replayed and the device is write-protected
};

struct MountMode {
  bool noload = false;           // leave the journal alone
  bool write_protected = false;  // the kernel has only a read-only device, whatever the host's device is
};
/// Fills `mount` (whose device, read_only and target are set) from its device.
MountError read_in(World&, Name host, Mount& mount, MountMode mode);
/// Writes everything and marks the file system clean.
IoError write_out(World&, Name host, Mount& mount);
/// From read-write to read-only and back.
IoError turn_read_only(World&, Name host, Mount& mount);
IoError turn_read_write(World&, Name host, Mount& mount);

/// Is the check that `fsck -p` makes at boot due? The reason in e2fsck's words ("has been mounted 20 times
/// without being checked"), or nothing.
std::string check_due(const Superblock&);

/// Changes one of the host's mounts; a file system that this kernel has mounted in several places is one in
/// its memory, so its other rows change alike.
template <class F>
auto with_mount(World& world, Name host, std::size_t index, F change) {
  Mount mount = (*world.hosts.find(host)->mounts)[index];
  auto result = change(mount);
  auto& rows = world.hosts.edit(host).mounts.edit();
  for (Mount& row : rows) {
    if (&row == &rows[index] || mount.device.empty() || row.device != mount.device) continue;
    const Mount place = row;
    row = mount;
    row.target = place.target;
    row.source = place.source;
  }
  rows[index] = std::move(mount);
  return result;
}

/// The row of the host's mount whose target this is (the last one mounted there), or the number of mounts.
std::size_t mount_at(const Host&, Name target);
/// The first row of a device.
std::size_t mount_of(const Host&, Name device);

/// The days since the last check go on, on every disk and in every memory.
void pass_days(World&, std::uint32_t days);

}  // namespace rehearse::fs
