#include "model/drbd/metadata.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/io.h"

namespace rehearse::drbd {
namespace {

constexpr Sectors kSuperSize = 8;

template <class T>
Part<T> value_on(const World& world, Name host, Name device, Sectors first) {
  const Part<Block> block = block_on(world, host, device, first);
  const auto* held = block ? std::get_if<Part<T>>(&block->value) : nullptr;
  return held ? *held : Part<T>();
}

// The module writes its metadata with REQ_PREFLUSH and REQ_FUA, drbdmeta ends with fsync.
template <class T>
IoError put(World& world, Name host, Name device, Range where, const T& value) {
  const IoError error = write(world, host, device, block_at(where.first, Block{where.count, Part<T>(value)}));
  if (error == IoError::none) flush_caches(world, host, device);
  return error;
}

}  // namespace

std::string text_of(const Uuids& uuids) {
  return fmt::format("{:016X}:{:016X}:{:016X}:{:016X}", uuids.current, uuids.bitmap, uuids.younger,
                     uuids.older);
}

void Bitmap::set(Range bits) {
  if (bits.count == 0) return;
  std::vector<Range> all;
  bool placed = false;
  for (const Range& run : runs) {
    if (run.end() < bits.first) {
      all.push_back(run);
    } else if (run.first > bits.end()) {
      if (!placed) all.push_back(bits);
      placed = true;
      all.push_back(run);
    } else {
      const std::uint64_t end = std::max(run.end(), bits.end());
      bits.first = std::min(run.first, bits.first);
      bits.count = end - bits.first;
    }
  }
  if (!placed) all.push_back(bits);
  runs = std::move(all);
}

void Bitmap::set(const Bitmap& more) {
  for (const Range& run : more.runs) set(run);
}

void Bitmap::clear(Range bits) {
  if (bits.count == 0 || !any(bits)) return;
  std::vector<Range> all;
  for (const Range& run : runs) {
    if (run.end() <= bits.first || run.first >= bits.end()) {
      all.push_back(run);
      continue;
    }
    if (run.first < bits.first) all.push_back({run.first, bits.first - run.first});
    if (run.end() > bits.end()) all.push_back({bits.end(), run.end() - bits.end()});
  }
  runs = std::move(all);
}

bool Bitmap::any(Range bits) const {
  return std::any_of(runs.begin(), runs.end(),
                     [&](const Range& run) { return run.first < bits.end() && run.end() > bits.first; });
}

std::uint64_t Bitmap::weight() const {
  std::uint64_t count = 0;
  for (const Range& run : runs) count += run.count;
  return count;
}

Range bits_touched(Range sectors) {
  const std::uint64_t first = sectors.first / kBit;
  return {first, divide_up(sectors.end(), kBit) - first};
}

Range bits_covered(Range sectors) {
  const std::uint64_t first = divide_up(sectors.first, kBit);
  const std::uint64_t end = sectors.end() / kBit;
  return {first, end > first ? end - first : 0};
}

std::uint64_t bits_of(Sectors size) { return divide_up(size, kBit); }

Layout layout_of(Sectors backing_size, Sectors meta_size, int index, Sectors log) {
  Layout layout;
  if (index == kInternal) {
    const Sectors bitmap = round_up(divide_up(backing_size, kSyncExtent), 8);
    const Sectors end = backing_size / 8 * 8;
    if (end < bitmap + log + kSuperSize) return layout;
    layout.super = end - kSuperSize;
    layout.log = {layout.super - log, log};
    layout.bitmap = {layout.log.first - bitmap, bitmap};
    layout.usable = layout.bitmap.first;
    return layout;
  }
  constexpr Sectors kArea = 128 * kMiB / kSector;
  const Sectors first = index < 0 ? 0 : static_cast<Sectors>(index) * kArea;
  const Sectors left = meta_size - std::min(meta_size, first);
  const Sectors room = index < 0 ? left : std::min(left, kArea);  // drbdmeta makes do with a part of an area
  layout.super = first;
  if (room < kSuperSize + log) return layout;
  layout.log = {first + kSuperSize, log};
  layout.bitmap = {layout.log.end(), room - kSuperSize - log};
  layout.usable = std::min(backing_size, layout.bitmap.count * kSector * 8 * kBit);
  return layout;
}

std::optional<Superblock> read_super(const World& world, Name host, const Place& place) {
  const auto held = value_on<Superblock>(world, host, place.device, place.layout.super);
  if (!held) return std::nullopt;
  return *held;
}

ActivityLog read_log(const World& world, Name host, const Place& place) {
  const auto held = value_on<ActivityLog>(world, host, place.device, place.layout.log.first);
  return held ? *held : ActivityLog{};
}

Bitmap read_bitmap(const World& world, Name host, const Place& place, Sectors size) {
  Bitmap all;
  all.set({0, bits_of(size)});
  const auto held = value_on<Bitmap>(world, host, place.device, place.layout.bitmap.first);
  if (!held) return all;
  Bitmap within = *held;
  if (!within.runs.empty() && within.runs.back().end() > bits_of(size)) {
    within.clear({bits_of(size), within.runs.back().end() - bits_of(size)});
  }
  return within;
}

IoError write_super(World& world, Name host, const Place& place, const Superblock& super) {
  return put(world, host, place.device, {place.layout.super, kSuperSize}, super);
}

IoError write_log(World& world, Name host, const Place& place, const ActivityLog& log) {
  return put(world, host, place.device, place.layout.log, log);
}

IoError write_bitmap(World& world, Name host, const Place& place, const Bitmap& bitmap) {
  return put(world, host, place.device, place.layout.bitmap, bitmap);
}

}  // namespace rehearse::drbd
