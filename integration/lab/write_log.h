// What a disk with a volatile cache holds after a loss of power: QEMU has logged every write and flush in
// their order (in the format of dm-log-writes), and what stands before the last flush is played onto a copy
// of the disk made when the log began. What came after it is lost, or a part of it, sector by sector as it
// lay in the cache.
#pragma once

#include "integration/lab/process.h"

namespace rehearse {

/// Copies a file with its holes.
Done copy_sparse(const std::filesystem::path& from, const std::filesystem::path& to);

/// Plays onto `disk` what the log says was written for good. With `tear` what was not is kept in part: of
/// each write nothing, all, or some of its sectors, as this seed has it.
Done play_log(const std::filesystem::path& log, const std::filesystem::path& disk,
              std::optional<std::uint64_t> tear = std::nullopt);

}  // namespace rehearse
