// What one process of QEMU has in memory, beside the guest that runs in it: its command line, how far it
// came, and where it sends or gets a guest. A row of its host's domains that has one is a guest of plain
// QEMU.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/fs/mount.h"

namespace rehearse::qemu {

/// What `query-status` says (qapi/run-state.json), as far as it is modelled.
enum class RunState : std::uint8_t { prelaunch, running, paused, inmigrate, postmigrate };

/// What `query-migrate` says; none: nothing was ever sent or came.
enum class Migration : std::uint8_t { none, active, completed, failed, cancelled };

struct Machine {
  std::vector<Name> command;  // as typed, without the program
  RunState state = RunState::running;
  bool owns_disks = true;  // its images are active: it holds their locks, and may write
  bool booted = false;     // its guest has begun to run
  bool goes_on = true;     // what it waits for runs as soon as it is here
  bool cut_off = false;    // another process took its socket
  Name incoming = {};      // "tcp:0:4444": where it waits, or waited
  bool listens = false;    // nobody has connected yet
  Migration migration = Migration::none;
  Name why = {};                           // of one that failed; empty: QEMU does not say
  Name peer = {};                          // host of the process to which it sends
  std::uint32_t peer_id = 0;               // and its number there
  std::uint64_t bandwidth = 128ULL << 20;  // max-bandwidth, bytes in a second
  std::uint64_t sent = 0;                  // bytes of the migration that is active
  bool tells = false;                      // the capability "events"
  std::vector<fs::Mount> memory = {};      // of a guest that was sent away: what it would go on with here

  friend auto fields(const Machine& machine) {
    const auto& [command, state, owns_disks, booted, goes_on, cut_off, incoming, listens, migration, why,
                 peer, peer_id, bandwidth, sent, tells, memory] = machine;
    return std::tie(command, state, owns_disks, booted, goes_on, cut_off, incoming, listens, migration, why,
                    peer, peer_id, bandwidth, sent, tells, memory);
  }
  bool operator==(const Machine&) const = default;
};

}  // namespace rehearse::qemu
