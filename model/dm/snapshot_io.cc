#include "model/dm/snapshot_io.h"

#include <algorithm>
#include <cassert>

#include "model/dm/exceptions.h"

namespace rehearse {
namespace {

// Chunks `first`.. of the origin that lie together in the copy-on-write volume, from chunk `place` on;
// without exception if `place` is empty.
struct ChunkPiece {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::optional<std::uint64_t> place;
};

// Splits chunks [first, end) into pieces that are contiguous on both sides.
std::vector<ChunkPiece> pieces_of(const ExceptionStore& store, std::uint64_t first, std::uint64_t end) {
  std::vector<ChunkPiece> pieces;
  auto run = std::partition_point(store.runs.begin(), store.runs.end(), [&](const ExceptionRun& candidate) {
    return candidate.old_end() <= first;
  });
  while (first < end) {
    if (run == store.runs.end() || run->old_first >= end) {
      pieces.push_back({first, end - first, std::nullopt});
      break;
    }
    if (run->old_first > first) pieces.push_back({first, run->old_first - first, std::nullopt});
    first = std::max(first, run->old_first);
    const std::uint64_t stop = std::min(end, run->old_end());
    while (first < stop) {  // an exception run is interrupted by each metadata area
      const std::uint64_t index = run->index + (first - run->old_first);
      const std::uint64_t in_area = store.per_area() - index % store.per_area();
      const std::uint64_t count = std::min(stop - first, in_area);
      pieces.push_back({first, count, store.place(index)});
      first += count;
    }
    ++run;
  }
  return pieces;
}

std::vector<const Device*> snapshots_of(const Host& host, Name real) {
  std::vector<const Device*> found;
  for (const Device& device : *host.devices) {
    const auto* map = device.as<SnapshotMap>();
    if (map && map->real == real && !device.invalid) found.push_back(&device);
  }
  return found;
}

// The chunks a patch touches, as half-open runs of chunk numbers, within the first `limit` sectors.
std::vector<Range> chunks_under(const Patch& patch, Sectors chunk, Sectors limit) {
  std::vector<Range> chunks;
  for (const Range& range : covered(patch)) {
    if (range.first >= limit) break;
    std::uint64_t first = range.first / chunk;
    const std::uint64_t end = divide_up(std::min(range.end(), limit), chunk);
    if (!chunks.empty() && chunks.back().end() > first) first = chunks.back().end();
    if (first >= end) continue;
    if (!chunks.empty() && chunks.back().end() == first) {
      chunks.back().count += end - first;
    } else {
      chunks.push_back({first, end - first});
    }
  }
  return chunks;
}

std::vector<Range> without_exception(const ExceptionStore& store, const std::vector<Range>& chunks) {
  std::vector<Range> missing;
  for (const Range& run : chunks) {
    for (const Range& gap : store.missing(run.first, run.end())) missing.push_back(gap);
  }
  return missing;
}

void invalidate(World& world, Name host, Name snapshot, Name cow, ExceptionStore store) {
  Device device = *world.hosts.find(host)->device(snapshot);
  device.invalid = true;
  world.hosts.edit(host).put(std::move(device));
  store.valid = false;
  put_exceptions(world, host, cow, std::move(store));  // if the disk fails too, there is nothing to be done
}

// Gives each of the chunks an exception and copies what the origin holds there. False: no room, now invalid.
bool set_aside(World& world, Name host, const Device& snapshot, const std::vector<Range>& chunks) {
  const auto& map = *snapshot.as<SnapshotMap>();
  ExceptionStore store = *exceptions_of(world, host, snapshot);
  std::uint64_t wanted = 0;
  for (const Range& run : chunks) wanted += run.count;
  const Sectors room = world.hosts.find(host)->device(map.cow)->size;
  if (store.committed + wanted > store.capacity(room)) {
    invalidate(world, host, snapshot.name, map.cow, std::move(store));
    return false;
  }
  Patch copies;
  for (const Range& run : chunks) {
    store.add(run.first, run.count);
    for (const ChunkPiece& piece : pieces_of(store, run.first, run.end())) {
      const Sectors first = piece.first * store.chunk;
      const Sectors end = std::min((piece.first + piece.count) * store.chunk, snapshot.size);
      const ReadResult old = read(world, host, map.real, {first, end - first});
      if (old.error != IoError::none) {
        invalidate(world, host, snapshot.name, map.cow, std::move(store));
        return false;
      }
      for (const Run& moved : cut(old.data, {first, end - first}, *piece.place * store.chunk))
        copies.push_back(moved);
    }
  }
  normalise(copies);
  if (write(world, host, map.cow, copies) != IoError::none ||
      put_exceptions(world, host, map.cow, store) != IoError::none) {
    invalidate(world, host, snapshot.name, map.cow, std::move(store));
    return false;
  }
  flush_caches(world, host, map.cow);  // exceptions are committed with REQ_PREFLUSH and REQ_FUA
  return true;
}

// The patch as it lies in the copy-on-write volume, and what of it has no exception and belongs to the
// origin.
struct Split {
  Patch in_cow;
  Patch in_origin;
};

Split split_by_store(const ExceptionStore& store, const Patch& patch) {
  Split parts;
  for (const Range& range : covered(patch)) {
    for (const ChunkPiece& piece :
         pieces_of(store, range.first / store.chunk, divide_up(range.end(), store.chunk))) {
      const Sectors first = std::max(range.first, piece.first * store.chunk);
      const Sectors end = std::min(range.end(), (piece.first + piece.count) * store.chunk);
      if (first >= end) continue;
      const Sectors there =
          piece.place ? *piece.place * store.chunk + (first - piece.first * store.chunk) : first;
      Patch moved = cut(patch, {first, end - first}, there);
      Patch& to = piece.place ? parts.in_cow : parts.in_origin;
      to.insert(to.end(), moved.begin(), moved.end());
    }
  }
  normalise(parts.in_cow);
  normalise(parts.in_origin);
  return parts;
}

bool merge_run(World& world, Name host, Name origin) {
  const Device device = *world.hosts.find(host)->device(origin);
  const auto* map = device.as<SnapshotMergeMap>();
  const Part<ExceptionStore> held =
      map && !device.invalid ? exceptions_of(world, host, device) : Part<ExceptionStore>();
  if (!held || held->committed == 0) return false;
  ExceptionStore store = *held;
  const ExceptionRun run = store.last();
  const Sectors there = store.place(run.index) * store.chunk;
  const Sectors first = run.old_first * store.chunk;
  const Sectors count = std::min(run.old_end() * store.chunk, device.size) - first;
  const ReadResult kept = read(world, host, map->cow, {there, count});
  if (kept.error != IoError::none) return false;
  if (write_origin(world, host, map->real, cut(kept.data, {there, count}, first)) != IoError::none)
    return false;
  store.drop_last(run.count);
  if (put_exceptions(world, host, map->cow, std::move(store)) != IoError::none) return false;
  flush_caches(world, host, origin);
  return true;
}

}  // namespace

Part<ExceptionStore> exceptions_of(const World& world, Name host, const Device& device) {
  const auto* snapshot = device.as<SnapshotMap>();
  const auto* merge = device.as<SnapshotMergeMap>();
  if (!snapshot && !merge) return {};
  const Part<Block> block = block_on(world, host, snapshot ? snapshot->cow : merge->cow, 0);
  const auto* store = block ? std::get_if<Part<ExceptionStore>>(&block->value) : nullptr;
  return store ? *store : Part<ExceptionStore>();
}

IoError put_exceptions(World& world, Name host, Name cow, ExceptionStore store) {
  const Sectors room = store.chunk;
  return write(world, host, cow, block_at(0, Block{room, Part<ExceptionStore>(std::move(store))}));
}

ReadResult read_snapshot(const World& world, Name host, const Device& device, Name real, Name cow,
                         Range range) {
  const Part<ExceptionStore> store = exceptions_of(world, host, device);
  if (!store) return {IoError::failed, {}};
  ReadResult result;
  for (const ChunkPiece& piece :
       pieces_of(*store, range.first / store->chunk, divide_up(range.end(), store->chunk))) {
    const Sectors first = std::max(range.first, piece.first * store->chunk);
    const Sectors end = std::min(range.end(), (piece.first + piece.count) * store->chunk);
    if (first >= end) continue;
    const Sectors there =
        piece.place ? *piece.place * store->chunk + (first - piece.first * store->chunk) : first;
    ReadResult part = read(world, host, piece.place ? cow : real, {there, end - first});
    if (part.error != IoError::none) return part;
    append(result.data, cut(part.data, {there, end - first}, first));
  }
  return result;
}

IoError write_origin(World& world, Name host, Name real, const Patch& patch) {
  const std::vector<const Device*> rows = snapshots_of(*world.hosts.find(host), real);
  const std::vector<Name> names = [&] {
    std::vector<Name> all;
    for (const Device* row : rows) all.push_back(row->name);
    return all;
  }();
  for (Name name : names) {
    const Device snapshot = *world.hosts.find(host)->device(name);
    const Part<ExceptionStore> store = exceptions_of(world, host, snapshot);
    if (!store) {  // its copy-on-write volume cannot be read
      invalidate(world, host, name, snapshot.as<SnapshotMap>()->cow, {});
      continue;
    }
    const auto missing = without_exception(*store, chunks_under(patch, store->chunk, snapshot.size));
    if (!missing.empty()) set_aside(world, host, snapshot, missing);
  }
  return write(world, host, real, patch);
}

IoError write_snapshot(World& world, Name host, const Device& device, const SnapshotMap& map,
                       const Patch& patch) {
  const Part<ExceptionStore> store = exceptions_of(world, host, device);
  if (!store) return IoError::failed;
  const auto missing = without_exception(*store, chunks_under(patch, store->chunk, device.size));
  if (!missing.empty() && !set_aside(world, host, device, missing)) return IoError::failed;
  const IoError error =
      write(world, host, map.cow, split_by_store(*exceptions_of(world, host, device), patch).in_cow);
  // A chunk that is written whole is written before its exception is committed, a part of one afterwards.
  const bool whole = patch.front().first % store->chunk == 0 && patch.back().end() % store->chunk == 0;
  if (error == IoError::none && !missing.empty() && whole) flush_caches(world, host, map.cow);
  return error;
}

IoError write_merging(World& world, Name host, const SnapshotMergeMap& map, const Patch& patch) {
  const Part<Block> block = block_on(world, host, map.cow, 0);
  const ExceptionStore* store = block ? block->as<ExceptionStore>() : nullptr;
  if (!store) return IoError::failed;
  const Split parts = split_by_store(*store, patch);
  const IoError error = write(world, host, map.cow, parts.in_cow);
  if (error != IoError::none || parts.in_origin.empty()) return error;
  return write_origin(world, host, map.real, parts.in_origin);
}

bool merge_step(World& world, Name host, Name origin) {
  bool moved = false;
  return unless_it_waits(world, [&] { moved = merge_run(world, host, origin); }) && moved;
}

}  // namespace rehearse
