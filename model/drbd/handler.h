// The programs that the kernel calls: it runs `drbdadm NAME minor-N`, which looks the command up in
// drbd.conf. What a handler answers is part of the world: the status its script exits with.
#pragma once

#include <optional>
#include <string_view>

#include "model/report.h"
#include "model/world.h"

namespace rehearse::drbd {

/// Runs a handler as drbd_khelper does; 0 if none is configured. It may change files, and the world with
/// them.
int run_handler(World&, Name host, Name resource, std::optional<std::uint32_t> minor, std::string_view name,
                Report&);

/// The status that a command line ends with: that of a last `exit N` of the script, 0 without one, 127 if
/// there is no such file, and of `true`, `false` and `exit N` themselves.
int status_of(const World&, Name host, std::string_view command);

}  // namespace rehearse::drbd
