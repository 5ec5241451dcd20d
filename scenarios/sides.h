// The two sides of a replicated volume, put together from what both hosts hold: neither of them alone can say
// whether the other's disk has the same, a rehearsal can. For the judge and for what runbooks assert.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/drbd/kernel.h"
#include "model/world.h"
#include "scenarios/readable.h"

namespace rehearse {

/// A volume of a resource on one host, with its disk attached.
struct Side {
  Name host;
  Name peer;  // the host that its sockets lead to; empty: there are none
  const drbd::Device* device = nullptr;

  const drbd::Uuids& uuids() const { return device->backing->super.uuids; }
  bool connected() const { return device->state.conn >= drbd::Connection::connected; }
  bool up_to_date() const { return device->state.disk == drbd::Disk::up_to_date; }
  /// Blocks of it are copied from the other side, or soon will be.
  bool target() const;
};
using Sides = std::array<Side, 2>;

/// The sides that running hosts have a disk of, by "r0", of several volumes by "r0/1".
std::map<std::string, std::vector<Side>> replica_sides(const World&);
/// Those of which there are two that may belong together. Of one name on many hosts it is not to be seen.
std::map<std::string, Sides> replicated_volumes(const World&);
bool may_be_a_pair(const Side&, const Side&);

/// All that lies on a side's disk; nothing if it cannot be read.
Patch contents_of(const World&, const Side&);
/// The acknowledged writes that can be read there.
WriteSet writes_on(const World&, const Side&);

/// By the generation identifiers both have gone on alone: a handshake would find a split brain.
bool have_parted(const Sides&);
/// Whether their disks hold the same; none if one of them cannot be read.
std::optional<bool> alike(const World&, const Sides&);

}  // namespace rehearse
