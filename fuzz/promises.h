// What the users of a replicated pair may count on: the writes that were acknowledged to them and that nobody
// has written over who knew of them. It is worked out from the answers to writes and from what lies on the
// media, never from what DRBD says of itself.
//
// A write counts from the moment its command or its guest is told that it is done. It ends, sector by sector,
// when somebody writes there, whether with success or not, through a device on which it could be read just
// before. Whoever writes there without having it (the other side of a split brain) does not end it.
// Two things hold as long as nobody gives up data on purpose:
//   1. What counts lies on one of the two disks, be that failed, unplugged or without power.
//   2. Who is primary and connected to its peer reads all of what counts and lies on the disks of the two
//      that are attached: being connected means that neither has what the other's users do not see.
#pragma once

#include <string>

#include "model/world.h"
#include "scenarios/readable.h"

namespace rehearse {

class Promises {
 public:
  /// Takes in a step by which somebody wrote through that device of a host, or tried to.
  void written(const World& before, const World& after, Name host, std::uint32_t minor, bool acknowledged);
  /// What is broken in this world; nothing if all is well.
  std::string broken(const World&) const;
  /// What counts and lies on that host's disk alone.
  WriteSet only_on(const World&, Name host) const;

 private:
  std::map<std::uint32_t, WriteSet> live_;  // by minor
};

}  // namespace rehearse
