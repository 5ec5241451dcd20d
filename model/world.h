// The world: everything a rehearsal is about, as one value. Copying it copies three pointers; what survives a
// loss of power (media, a host's own files) is apart from what does not (a host's memory).
#pragma once

#include "model/host.h"
#include "model/ledger.h"
#include "model/net/link.h"
#include "model/parts.h"

namespace rehearse {

struct Medium {
  Sectors size = 0;
  Contents contents;
  std::optional<Contents> flushed = {};  // of one with a volatile cache: what a loss of power leaves
  friend auto fields(const Medium& medium) {
    const auto& [size, contents, flushed] = medium;
    return std::tie(size, contents, flushed);
  }
  bool operator==(const Medium&) const = default;
};

struct World {
  Parts<Host> hosts;
  Parts<Medium> media;
  Parts<WriterLog> ledger;
  Parts<net::Link> links;  // those that do not work well (model/net/link.h)

  /// Neither this nor equality depends on the order in which things were made.
  std::uint64_t hash() const {
    return mix(mix(mix(hosts.hash(), media.hash()), ledger.hash()), links.hash());
  }
  bool operator==(const World&) const = default;
};

/// Enters a write into the ledger and gives its stamp.
Stamp acknowledge(World&, Name writer, Write write);

/// Adds a host with power and these disks (device name, size); each gets a medium named "<host>.<device>".
struct BlankDisk {
  Name device;
  Bytes size = 0;
};
void add_host(World&, Name name, const std::vector<BlankDisk>& disks);

}  // namespace rehearse
