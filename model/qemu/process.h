// A process of QEMU on its host: by which file its socket is found, how its guest boots, stops and goes on,
// and how it ends - in order, with its socket and its process file taken away, or killed, with both left
// behind.
#pragma once

#include "model/qemu/start.h"

namespace rehearse::qemu {

/// That host's row of this number, or null.
const domain::Domain* row_of(const World&, Name host, std::uint32_t id);
domain::Domain& edit_row(World&, Name host, std::uint32_t id);

/// The process that answers at a socket; none: there is nobody.
const domain::Domain* process_at(const World&, Name host, const std::string& socket);

/// Its guest runs from now on: it boots if it has not, and goes on where it was otherwise.
void run(World&, Name host, std::uint32_t id);
/// Neither runs nor writes from now on, with that to say of itself.
void halt(World&, Name host, std::uint32_t id, RunState);

/// Takes its images, with their locks; the words of what it does not get, "" if it has them all.
std::string take_disks(World&, Name host, std::uint32_t id);

void end(World&, Name host, std::uint32_t id);
void kill(World&, Name host, std::uint32_t id);

/// The number in its process file: numbers of processes are not modelled.
std::uint32_t process_number(std::uint32_t id);

}  // namespace rehearse::qemu
