// The locks of QEMU's images (file-posix.c, raw_check_lock_bytes): each process says whether it writes an
// image, and whether others may beside it. They hold on one host; another host's are not seen, nor is a
// mount.
#pragma once

#include <string>

#include "model/world.h"

namespace rehearse::qemu {

struct Wanted {
  Name device;
  bool writes = true;
  bool shares = false;
};

/// What it does not get beside the processes of that host, in QEMU's words: `"write" lock`; "" if it gets it.
/// The process of that number does not count.
std::string lock_missed(const Host&, const Wanted&, std::uint32_t but = 0);

/// The same for all that a process of plain QEMU wants, as soon as it takes its images.
std::string lock_missed(const Host&, const domain::Domain&);

}  // namespace rehearse::qemu
