#include "model/contents.h"

#include <algorithm>
#include <cassert>

namespace rehearse {
namespace {

bool continues(const Run& left, const Run& right) {
  if (left.end() != right.first) return false;
  if (left.blank() || right.blank()) return left.blank() && right.blank();
  return left.stamp == right.stamp && left.offset + left.count == right.offset && left.block == right.block;
}

// The part of `run` inside `range`; the two must overlap.
Run clipped(const Run& run, Range range) {
  const Sectors first = std::max(run.first, range.first);
  const Sectors end = std::min(run.end(), range.end());
  Run piece = run;
  piece.first = first;
  piece.count = end - first;
  piece.offset = run.blank() ? 0 : run.offset + (first - run.first);
  return piece;
}

auto first_ending_after(const std::vector<Run>& runs, Sectors place) {
  return std::partition_point(runs.begin(), runs.end(), [&](const Run& run) { return run.end() <= place; });
}

}  // namespace

Patch stamped(Range range, Stamp stamp) {
  if (range.count == 0) return {};
  return {Run{range.first, range.count, stamp, 0, {}}};
}

Patch block_at(Sectors first, Block block) {
  const Sectors room = block.sectors;
  return {Run{first, room, {}, 0, Part<Block>(std::move(block))}};
}

std::vector<Range> covered(const Patch& patch) {
  std::vector<Range> ranges;
  for (const Run& run : patch) {
    if (!ranges.empty() && ranges.back().end() == run.first) {
      ranges.back().count += run.count;
    } else {
      ranges.push_back({run.first, run.count});
    }
  }
  return ranges;
}

Sectors size_of(const Patch& patch) {
  Sectors total = 0;
  for (const Run& run : patch) total += run.count;
  return total;
}

Patch cut(const Patch& patch, Range range, Sectors to) {
  Patch pieces;
  for (auto run = first_ending_after(patch, range.first); run != patch.end() && run->first < range.end();
       ++run) {
    Run piece = clipped(*run, range);
    piece.first = piece.first - range.first + to;
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

void append(Patch& patch, Run run) {
  assert(patch.empty() || patch.back().end() <= run.first);
  if (!patch.empty() && continues(patch.back(), run)) {
    patch.back().count += run.count;
  } else {
    patch.push_back(std::move(run));
  }
}

void append(Patch& patch, const Patch& more) {
  for (const Run& run : more) append(patch, run);
}

void normalise(Patch& patch) {
  std::sort(patch.begin(), patch.end(), [](const Run& a, const Run& b) { return a.first < b.first; });
  Patch joined;
  joined.reserve(patch.size());
  for (Run& run : patch) append(joined, std::move(run));
  patch = std::move(joined);
}

void Contents::write(const Patch& patch) {
  if (patch.empty()) return;
  // Only the runs under the patch, and one neighbour on each side to join with, are made anew.
  auto low = runs_.begin() + (first_ending_after(runs_, patch.front().first) - runs_.begin());
  if (low != runs_.begin()) --low;
  auto high =
      std::partition_point(low, runs_.end(), [&](const Run& run) { return run.first < patch.back().end(); });
  if (high != runs_.end()) ++high;

  std::vector<Run> fresh;
  auto keep = [&](Run run) {
    if (!run.blank()) append(fresh, std::move(run));
  };
  auto next = patch.begin();
  for (auto old = low; old != high; ++old) {
    Sectors place = old->first;
    while (place < old->end()) {
      while (next != patch.end() && next->end() <= place) keep(*next++);
      if (next == patch.end() || next->first >= old->end()) {
        keep(clipped(*old, {place, old->end() - place}));
        break;
      }
      if (next->first > place) keep(clipped(*old, {place, next->first - place}));
      place = next->end();
    }
  }
  for (; next != patch.end(); ++next) keep(*next);
  const auto at = runs_.erase(low, high);
  runs_.insert(at, std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
}

Patch Contents::read(Range range) const {
  Patch found;
  Sectors place = range.first;
  const auto blank_until = [&](Sectors end) {
    if (end > place) append(found, Run{place, end - place, {}, 0, {}});
  };
  for (auto run = first_ending_after(runs_, range.first); run != runs_.end() && run->first < range.end();
       ++run) {
    blank_until(std::max(run->first, range.first));
    Run piece = clipped(*run, range);
    place = piece.end();
    append(found, std::move(piece));
  }
  blank_until(range.end());
  return found;
}

const Block* Contents::block_at(Sectors first) const {
  const auto run = first_ending_after(runs_, first);
  if (run == runs_.end() || run->first != first || !run->block) return nullptr;
  const bool whole = run->offset == 0 && run->count == run->block->sectors;
  return whole ? run->block.get() : nullptr;
}

}  // namespace rehearse
