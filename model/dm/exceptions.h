// The exception store of a classic snapshot: which chunks of the origin were set aside, and where in the
// copy-on-write volume they lie. Geometry and order are those of the kernel's persistent store
// (drivers/md/dm-snap-persistent.c), so that the sectors it reports are the kernel's to the sector.
#pragma once

#include <optional>
#include <vector>

#include "model/hash.h"
#include "model/units.h"

namespace rehearse {

/// Chunks `old_first`.. of the origin, set aside as the `index`-th and following exceptions.
struct ExceptionRun {
  std::uint64_t old_first = 0;
  std::uint64_t count = 0;
  std::uint64_t index = 0;

  std::uint64_t old_end() const { return old_first + count; }
  friend auto fields(const ExceptionRun& run) {
    const auto& [old_first, count, index] = run;
    return std::tie(old_first, count, index);
  }
  bool operator==(const ExceptionRun&) const = default;
};

/// The store as it lies in chunk 0 and the metadata areas of the copy-on-write volume.
struct ExceptionStore {
  Sectors chunk = 8;  // sectors a chunk, a power of two
  bool valid = true;
  std::uint64_t committed = 0;     // exceptions in the store
  std::vector<ExceptionRun> runs;  // sorted by old_first

  /// Exceptions in one metadata area: 16 bytes each, an area is one chunk.
  std::uint64_t per_area() const { return chunk * kSector / 16; }
  /// The chunk of the copy-on-write volume that holds the `index`-th exception's data.
  std::uint64_t place(std::uint64_t index) const { return 2 + index + index / per_area(); }
  /// What `dmsetup status` shows before and behind the slash, and last.
  Sectors allocated() const { return chunk * (2 + committed + committed / per_area()); }
  Sectors metadata() const { return chunk * (2 + committed / per_area()); }
  /// How many exceptions fit before the store becomes invalid in a volume of that size.
  std::uint64_t capacity(Sectors cow) const;

  /// Where the origin's chunk is kept, if it was set aside.
  std::optional<std::uint64_t> find(std::uint64_t old_chunk) const;
  /// The chunks of [first, end) that have no exception yet, as runs of (first, count).
  std::vector<Range> missing(std::uint64_t first, std::uint64_t end) const;
  /// Gives the chunks the next exceptions, in order. They must have none.
  void add(std::uint64_t old_first, std::uint64_t count);
  /// The run that a merge takes next: the last exceptions that are consecutive on both sides, in one area.
  ExceptionRun last() const;
  /// Forgets the last `count` exceptions, after their merge.
  void drop_last(std::uint64_t count);

  friend auto fields(const ExceptionStore& store) {
    const auto& [chunk, valid, committed, runs] = store;
    return std::tie(chunk, valid, committed, runs);
  }
  bool operator==(const ExceptionStore&) const = default;
};

}  // namespace rehearse
