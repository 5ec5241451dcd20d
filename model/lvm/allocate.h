// Which physical extents a volume gets: the search of lvm2 lib/metadata/lv_manip.c for volumes of one area,
// followed step by step with its quirks, because they decide where a volume lies. Policies are tried from the
// strictest to the one asked for, each going on where the one before stopped.
#pragma once

#include "model/lvm/metadata.h"

namespace rehearse::lvm {

struct ExtentRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::uint64_t end() const { return first + count; }
  bool operator==(const ExtentRange&) const = default;
};

/// Where on a physical volume extents may be taken.
struct Allowed {
  std::uint64_t pv = 0;  // uuid
  std::vector<ExtentRange> ranges;
  bool operator==(const Allowed&) const = default;
};

/// All physical volumes that take extents, whole, in the group's order.
std::vector<Allowed> everywhere(const Group&);
/// Free extents within the allowed ranges.
std::uint64_t free_in(const Group&, const std::vector<Allowed>&);
/// Free extents of one physical volume, as runs in the order of their place.
std::vector<ExtentRange> free_on(const Group&, std::uint64_t pv);

/// The segments of a volume that had `before`, grown by `extents` more, or by as many as the policy (not
/// `inherit`) finds.
std::vector<Segment> allocate(const Group&, std::vector<Segment> before, std::uint64_t extents, Alloc policy,
                              const std::vector<Allowed>& from);
/// The first `extents` of a volume.
std::vector<Segment> cut_off(std::vector<Segment> segments, std::uint64_t extents);

}  // namespace rehearse::lvm
