// A guest sent from one process to another over TCP. Whoever sends connects at once and then sends memory in
// the background, while the guest runs on; with the last of it the images go over, and what stays behind is a
// process that is paused, holds no lock and would go on if it were told to. Nobody asks the other side how it
// ended: a guest that is not taken there (for another process has its image) waits, stopped, on both.
#pragma once

#include "model/qemu/process.h"

namespace rehearse::qemu {

/// Why nothing can listen there, in QEMU's words; "" if it can.
std::string not_listening(const World&, Name host, const Address&);

/// The process begins to send its guest to that address.
void send(World&, Name host, std::uint32_t id, const Address&);
/// It leaves off; the guest runs on, and the process on the other side ends.
void cancel(World&, Name host, std::uint32_t id);

/// What comes of it when one side is gone or unreachable: played after every step.
void notice(World&);
/// Memory goes over for so long, or until it is done.
void progress(World&, std::optional<std::uint64_t> seconds);

}  // namespace rehearse::qemu
