// A host of the captured world while it is built, for those who build its layers.
#pragma once

#include <fmt/format.h>

#include "scenarios/world_capture.h"

namespace rehearse {

struct CaptureSite {
  const CapturedHost& captured;
  Captured& to;
  Name host;

  World& world() const { return to.world; }
  const Host& here() const { return *to.world.hosts.find(host); }
  Host& edit() const { return to.world.hosts.edit(host); }
  template <class... T>
  void note(fmt::format_string<T...> format, T&&... args) const {
    to.notes.push_back(captured.name + ": " + fmt::format(format, std::forward<T>(args)...));
  }
};

/// A stand-in for an identity: equal ones stay equal.
std::uint64_t stand_in(const Identity& identity);

// From below; each may assume the ones before.
void capture_disks(const CaptureSite&);     // disks and partitions
void capture_groups(const CaptureSite&);    // labels and descriptions of groups
void capture_mapped(const CaptureSite&);    // the kernel's tables, with the stores of snapshots
void capture_contents(const CaptureSite&);  // file systems and swap space, files, mounts

/// Writes where reading would find it, past every snapshot: nothing is set aside.
void put_beneath(const CaptureSite&, Name device, Sectors first, const Block& block);

}  // namespace rehearse
