// What a disk with a volatile cache holds after a loss of power: QEMU has logged every write and flush in
// their order (in the format of dm-log-writes), and what stands before the last flush is played onto a copy
// of the disk made when the log began. What came after it is lost.
#pragma once

#include "integration/lab/process.h"

namespace rehearse {

/// Copies a file with its holes.
Done copy_sparse(const std::filesystem::path& from, const std::filesystem::path& to);

/// Plays the log's entries up to the last flush onto `disk`.
Done play_flushed(const std::filesystem::path& log, const std::filesystem::path& disk);

}  // namespace rehearse
