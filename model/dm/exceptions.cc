#include "model/dm/exceptions.h"

#include <algorithm>
#include <cassert>

namespace rehearse {
namespace {

// The first run that ends after the chunk.
auto at_or_after(const std::vector<ExceptionRun>& runs, std::uint64_t chunk) {
  return std::partition_point(runs.begin(), runs.end(),
                              [&](const ExceptionRun& run) { return run.old_end() <= chunk; });
}

}  // namespace

std::uint64_t ExceptionStore::capacity(Sectors cow) const {
  // dm-snap-persistent.c persistent_prepare_exception refuses the exception whose chunk would not fit;
  // persistent_commit_exception zeroes the next area as soon as one is full, and fails if that lies outside.
  const std::uint64_t chunks = cow / chunk;
  if (chunks < 3) return 0;
  std::uint64_t fit = chunks - 2;
  while (fit > 0 && place(fit - 1) >= chunks) --fit;
  if (fit > 0 && fit % per_area() == 0 && 1 + fit / per_area() * (per_area() + 1) >= chunks) --fit;
  return fit;
}

std::optional<std::uint64_t> ExceptionStore::find(std::uint64_t old_chunk) const {
  const auto run = at_or_after(runs, old_chunk);
  if (run == runs.end() || run->old_first > old_chunk) return std::nullopt;
  return run->index + (old_chunk - run->old_first);
}

std::vector<Range> ExceptionStore::missing(std::uint64_t first, std::uint64_t end) const {
  std::vector<Range> gaps;
  std::uint64_t place = first;
  for (auto run = at_or_after(runs, first); run != runs.end() && run->old_first < end; ++run) {
    if (run->old_first > place) gaps.push_back({place, run->old_first - place});
    place = std::max(place, run->old_end());
  }
  if (place < end) gaps.push_back({place, end - place});
  return gaps;
}

void ExceptionStore::add(std::uint64_t old_first, std::uint64_t count) {
  auto next = runs.begin() + (at_or_after(runs, old_first) - runs.begin());
  assert(next == runs.end() || next->old_first >= old_first + count);
  if (next != runs.begin()) {
    ExceptionRun& before = *std::prev(next);
    if (before.old_end() == old_first && before.index + before.count == committed) {
      before.count += count;
      committed += count;
      return;
    }
  }
  runs.insert(next, ExceptionRun{old_first, count, committed});
  committed += count;
}

ExceptionRun ExceptionStore::last() const {
  assert(committed > 0);
  const auto newest =
      std::max_element(runs.begin(), runs.end(),
                       [](const ExceptionRun& a, const ExceptionRun& b) { return a.index < b.index; });
  const std::uint64_t area_start = (committed - 1) / per_area() * per_area();
  const std::uint64_t from = std::max(newest->index, area_start);
  const std::uint64_t skip = from - newest->index;
  return {newest->old_first + skip, newest->count - skip, from};
}

void ExceptionStore::drop_last(std::uint64_t count) {
  const auto newest =
      std::max_element(runs.begin(), runs.end(),
                       [](const ExceptionRun& a, const ExceptionRun& b) { return a.index < b.index; });
  assert(newest != runs.end() && newest->count >= count);
  newest->count -= count;
  committed -= count;
  if (newest->count == 0) runs.erase(newest);
}

}  // namespace rehearse
