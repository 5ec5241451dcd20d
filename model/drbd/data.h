// Reads and writes of /dev/drbdN: to the disk below, to the peer's, or to one alone with a note of what the
// other lacks (drbd_req.c).
#pragma once

#include "model/io.h"

namespace rehearse::drbd {

ReadResult read(const World&, Name host, std::uint32_t minor, Range range);
IoError write(World&, Name host, std::uint32_t minor, const Patch& patch);

/// Why the device cannot be opened (drbd_main.c drbd_open): none, wrong_medium (not primary, to read) or
/// read_only_now (not primary, to write).
IoError may_open(const World&, Name host, std::uint32_t minor, bool to_write);

}  // namespace rehearse::drbd
