// What two connected nodes send each other. A packet waits in the receiver's inbox until it is looked at, so
// that a link which breaks or is slow loses just what was under way.
#pragma once

#include <vector>

#include "model/contents.h"
#include "model/drbd/metadata.h"
#include "model/drbd/state.h"

namespace rehearse::drbd {

/// The flags of a packet of identifiers (drbd_main.c _drbd_send_uuids).
enum UuidFlag : std::uint32_t {
  kDiscardMyData = 1,
  kCrashedPrimary = 2,
  kWasInconsistent = 4,  // the disk being attached was
  kSkipInitialSync = 8,
};

inline constexpr Bytes kPacketHeader = 16;  // drbd_protocol.h p_header100

struct Packet {
  enum class Kind : std::uint8_t {
    sizes,
    uuids,
    state,
    sync_uuid,
    bitmap,
    out_of_sync,  // the sender wrote there and did not mirror it
    data,         // a mirrored write
    closed,       // the sender has closed its sockets
  };
  Kind kind = Kind::state;
  std::uint32_t volume = 0;
  State state;             // of the sender, from its own point of view
  Uuids uuids;             // of sync_uuid: `current`
  std::uint64_t bits = 0;  // of sizes: what is new counts as clean
  std::uint32_t flags = 0;
  Sectors size = 0;      // agreed
  Sectors max_size = 0;  // that the sender's disk could be
  Sectors user_size = 0;
  Bitmap bitmap;
  Patch data;
  bool large = false;  // some of it fills a frame
  bool fresh = true;   // sent in this very step
  friend auto fields(const Packet& packet) {
    const auto& [kind, volume, state, uuids, bits, flags, size, max_size, user_size, bitmap, data, large,
                 fresh] = packet;
    return std::tie(kind, volume, state, uuids, bits, flags, size, max_size, user_size, bitmap, data, large,
                    fresh);
  }
  bool operator==(const Packet&) const = default;
};

}  // namespace rehearse::drbd
