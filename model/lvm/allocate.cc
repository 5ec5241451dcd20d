#include "model/lvm/allocate.h"

#include <algorithm>
#include <list>

namespace rehearse::lvm {
namespace {

// A run of free extents (struct pv_area). `unreserved` is what a round of the search has left of it.
struct Area {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::uint64_t unreserved = 0;
};

// The areas of one physical volume, largest first (struct pv_map). A list, because areas move while it is
// walked.
struct PvAreas {
  std::uint64_t pv = 0;
  std::list<Area> areas;

  // _insert_area: before the first that is smaller than `size`.
  void place(std::list<Area>::iterator area, std::uint64_t size) {
    std::list<Area> moved;
    moved.splice(moved.begin(), areas, area);
    const auto smaller =
        std::find_if(areas.begin(), areas.end(), [&](const Area& other) { return size > other.count; });
    areas.splice(smaller, moved);
  }
  void add(ExtentRange free) {
    areas.push_back({free.first, free.count, free.count});
    place(std::prev(areas.end()), free.count);
  }
  void reset_unreserved() {
    for (auto area = areas.begin(); area != areas.end(); ++area) {
      if (area->unreserved == area->count) continue;
      area->unreserved = area->count;
      place(area, area->count);  // and on from its new place, as _reset_unreserved does
    }
  }
  void consume(std::list<Area>::iterator area, std::uint64_t extents) {
    if (extents == area->count) {
      areas.erase(area);
      return;
    }
    area->first += extents;
    area->count -= extents;
    area->unreserved = area->count;
    place(area, area->count);
  }
};

struct Candidate {
  PvAreas* on = nullptr;
  std::list<Area>::iterator area;
  std::uint64_t used = 0;
};

class Search {
 public:
  Search(std::vector<PvAreas> maps, std::vector<Segment> segments, std::uint64_t extents, Alloc policy)
      : maps_(std::move(maps)), segments_(std::move(segments)), policy_(policy), needed_(extents) {
    old_ = segments_.size();
  }

  std::vector<Segment> operator()() {
    for (Alloc step : {Alloc::contiguous, Alloc::cling, Alloc::normal, Alloc::anywhere}) {
      if (step > policy_ || needed_ == 0) break;
      try_policy(step);
    }
    return std::move(segments_);
  }

 private:
  // _init_alloc_parms and _find_max_parallel_space_for_one_policy; maximise_cling is on, as by default.
  void try_policy(Alloc step) {
    const bool follows = old_ > 0;
    contiguous_ = follows && step == Alloc::contiguous;
    cling_to_volume_ = follows && step == Alloc::cling;
    cling_to_new_ = (!follows && step == Alloc::cling) || step == Alloc::normal;
    positional_ = contiguous_ || step == Alloc::cling;
    can_split_ = policy_ != Alloc::contiguous;
    while (true) {
      const std::uint64_t before = needed_;
      round();
      if (before == needed_) {
        if (step == Alloc::cling && cling_to_volume_ && positional_) {
          positional_ = false;
        } else if (step == Alloc::normal && cling_to_new_) {
          cling_to_new_ = false;
        } else {
          return;
        }
      } else if (step == Alloc::normal) {
        cling_to_new_ = true;
      }
      if (step == Alloc::contiguous || needed_ == 0 || !can_split_) return;
    }
  }

  // _find_some_parallel_space: one candidate a physical volume, the largest share is taken.
  void round() {
    for (PvAreas& map : maps_) map.reset_unreserved();
    std::vector<Candidate> found;
    for (PvAreas& map : maps_) {
      if (positional_) {
        const auto area = preferred(map);
        if (area == map.areas.end()) continue;
        found.push_back({&map, area, area->count});
        break;
      }
      Candidate candidate;
      if (usable(map, candidate)) found.push_back(candidate);
    }
    if (found.empty()) return;
    std::stable_sort(found.begin(), found.end(),
                     [](const Candidate& a, const Candidate& b) { return a.used > b.used; });
    take(found.front());
  }

  // A slot after the volume's end, or beside it, takes the first area that fits there.
  std::list<Area>::iterator preferred(PvAreas& map) const {
    for (auto area = map.areas.begin(); area != map.areas.end(); ++area) {
      if (clings(map, *area)) return area;
      if (!contiguous_) break;  // all areas of this physical volume give the same answer
    }
    return map.areas.end();
  }

  // _check_pva on each area, largest first; a later one that is still large enough replaces the one before.
  bool usable(PvAreas& map, Candidate& candidate) const {
    bool found_one = false;
    for (auto area = map.areas.begin(); area != map.areas.end(); ++area) {
      if (area->unreserved == 0) continue;
      if (cling_to_volume_ || cling_to_new_) {
        if (!clings(map, *area)) break;
      } else if (area->unreserved < needed_ && (!can_split_ || found_one)) {
        break;
      }
      found_one = true;
      candidate = {&map, area, std::min(needed_, area->unreserved)};
      area->unreserved -= candidate.used;
      if (area->unreserved > 0) map.place(area, area->unreserved);  // the walk goes on from its new place
    }
    return found_one;
  }

  bool clings(const PvAreas& map, const Area& area) const {
    if (old_ > 0) {
      const Segment& last = segments_[old_ - 1];
      if (last.pv == map.pv && last.pv_first + last.count == area.first) return true;
      if (contiguous_) return false;
    }
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      if (segments_[i].pv == map.pv && (i < old_ || cling_to_new_)) return true;
    }
    return false;
  }

  void take(const Candidate& candidate) {
    const std::uint64_t count = std::min(needed_, candidate.used);
    const std::uint64_t first = segments_.empty() ? 0 : segments_.back().first + segments_.back().count;
    segments_.push_back({first, count, candidate.on->pv, candidate.area->first});
    candidate.on->consume(candidate.area, count);
    needed_ -= count;
  }

  std::vector<PvAreas> maps_;
  std::vector<Segment> segments_;
  std::size_t old_ = 0;  // how many of them the volume had before
  Alloc policy_;
  std::uint64_t needed_;
  bool contiguous_ = false;       // A_CONTIGUOUS_TO_LVSEG
  bool cling_to_volume_ = false;  // A_CLING_TO_LVSEG
  bool cling_to_new_ = false;     // A_CLING_TO_ALLOCED
  bool positional_ = false;       // A_POSITIONAL_FILL
  bool can_split_ = true;
};

// lv_merge_segments.
void join(std::vector<Segment>& segments) {
  std::vector<Segment> joined;
  for (const Segment& segment : segments) {
    if (!joined.empty() && joined.back().pv == segment.pv &&
        joined.back().pv_first + joined.back().count == segment.pv_first) {
      joined.back().count += segment.count;
    } else {
      joined.push_back(segment);
    }
  }
  segments = std::move(joined);
}

std::vector<ExtentRange> free_in(const std::vector<ExtentRange>& free, ExtentRange within) {
  std::vector<ExtentRange> inside;
  for (const ExtentRange& run : free) {
    const std::uint64_t first = std::max(run.first, within.first);
    const std::uint64_t end = std::min(run.end(), within.end());
    if (first < end) inside.push_back({first, end - first});
  }
  return inside;
}

}  // namespace

std::vector<ExtentRange> free_on(const Group& group, std::uint64_t pv) {
  std::vector<ExtentRange> used;
  for (const Volume& volume : group.volumes) {
    for (const Segment& segment : volume.segments) {
      if (segment.pv == pv) used.push_back({segment.pv_first, segment.count});
    }
  }
  std::sort(used.begin(), used.end(),
            [](const ExtentRange& a, const ExtentRange& b) { return a.first < b.first; });
  const PhysicalVolume* row = group.pv(pv);
  used.push_back({row ? row->extents : 0, 0});
  std::vector<ExtentRange> free;
  std::uint64_t place = 0;
  for (const ExtentRange& run : used) {
    if (run.first > place) free.push_back({place, run.first - place});
    place = std::max(place, run.end());
  }
  return free;
}

std::vector<Allowed> everywhere(const Group& group) {
  std::vector<Allowed> all;
  for (const PhysicalVolume& pv : group.pvs) {
    if (pv.allocatable && !pv.missing) all.push_back({pv.uuid, {{0, pv.extents}}});
  }
  return all;
}

std::uint64_t free_in(const Group& group, const std::vector<Allowed>& allowed) {
  std::uint64_t total = 0;
  for (const Allowed& pv : allowed) {
    const std::vector<ExtentRange> free = free_on(group, pv.pv);
    for (const ExtentRange& range : pv.ranges) {
      for (const ExtentRange& run : free_in(free, range)) total += run.count;
    }
  }
  return total;
}

std::vector<Segment> allocate(const Group& group, std::vector<Segment> before, std::uint64_t extents,
                              Alloc policy, const std::vector<Allowed>& from) {
  std::vector<PvAreas> maps;
  for (const Allowed& pv : from) {
    const std::vector<ExtentRange> free = free_on(group, pv.pv);
    PvAreas map{pv.pv, {}};
    for (const ExtentRange& range : pv.ranges) {
      for (const ExtentRange& run : free_in(free, range)) map.add(run);
    }
    maps.push_back(std::move(map));
  }
  std::vector<Segment> segments = Search(std::move(maps), std::move(before), extents, policy)();
  join(segments);
  return segments;
}

std::vector<Segment> cut_off(std::vector<Segment> segments, std::uint64_t extents) {
  while (!segments.empty() && segments.back().first >= extents) segments.pop_back();
  if (!segments.empty())
    segments.back().count = std::min(segments.back().count, extents - segments.back().first);
  return segments;
}

}  // namespace rehearse::lvm
