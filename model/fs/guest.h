// The file systems of a domain's guest: its own kernel mounts them by its own /etc/fstab, holds changes in
// its own memory and writes them to its disks, which are devices of the host.
#pragma once

#include "model/fs/path.h"
#include "model/io.h"
#include "model/refusal.h"
#include "model/report.h"

namespace rehearse::fs {

/// What a guest does when it starts: checks and mounts the root on its first disk, then what its /etc/fstab
/// says; takes its name from /etc/hostname and starts its services; those whose data are missing or have
/// another format than they need stay in `stopped`. A check that is forced is told in the report, as it
/// prolongs the start. Refused if there is no root; the domain is then as it was.
Refused mount_guest(World&, Name host, domain::Domain&, Report&);
/// An orderly shutdown: everything is written and unmounted. The domain's row stays, without mounts.
void unmount_guest(World&, Name host, Name domain);
void flush_guest(World&, Name host, Name domain);

/// Writes `bytes` under this stamp to a file of the guest: a directory gets a new file, a file that is there
/// grows; random writes scatter blocks of 4 KiB over what lies there.
IoError guest_write(World&, Name host, Name domain, Bytes bytes, Name path, bool random, bool flushed,
                    Stamp stamp);

enum class Upgraded : std::uint8_t {
  no_service,    // the guest has no such service
  read_only,     // its program is on a file system that cannot be written
  converted,     // program and data
  program_only,  // its data are not there, or not writable: they keep their format
};
/// The service's program expects `version` from now on; its data are converted if they are mounted here.
Upgraded upgrade_guest_service(World&, Name host, Name domain, Name service, std::uint32_t version);

/// Starts what can start now and stops what cannot go on with the data it finds (after an upgrade, a mount).
void settle_services(World&, Name host, domain::Domain&);

const File* guest_file(const World&, Name host, Name domain, Name path);
const File* guest_file(const domain::Domain&, Name path);

}  // namespace rehearse::fs
