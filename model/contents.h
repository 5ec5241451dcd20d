// What a disk holds, as stamps instead of bytes: each run of sectors remembers which write put it there, or
// the piece of metadata it is. Runs move with the sectors when these are copied, so overflow, stale copies
// and lost writes are read off the contents and never decided by a flag.
#pragma once

#include <optional>
#include <vector>

#include "model/block.h"
#include "model/part.h"
#include "model/units.h"

namespace rehearse {

/// Which write filled a sector: the n-th acknowledged write of a writer (a domain, or a host's own command).
/// No writer means blank: zeroes, or what was there before the rehearsal began.
struct Stamp {
  Name writer;
  std::uint64_t sequence = 0;

  bool blank() const { return writer.empty(); }
  friend auto fields(const Stamp& stamp) {
    const auto& [writer, sequence] = stamp;
    return std::tie(writer, sequence);
  }
  auto operator<=>(const Stamp&) const = default;
};

/// Consecutive sectors of one write, or of one metadata block.
struct Run {
  Sectors first = 0;
  Sectors count = 0;
  Stamp stamp;
  Sectors offset = 0;  // of `first` within the write or the block, so that a piece knows which piece it is
  Part<Block> block;   // metadata instead of a stamp

  Sectors end() const { return first + count; }
  bool blank() const { return stamp.blank() && !block; }
  friend auto fields(const Run& run) {
    const auto& [first, count, stamp, offset, block] = run;
    return std::tie(first, count, stamp, offset, block);
  }
  bool operator==(const Run&) const = default;
};

/// What is to be written, or was read: runs sorted by place, blank ones spelled out, gaps where nothing is
/// said.
using Patch = std::vector<Run>;

/// One run that fills `range` with one write.
Patch stamped(Range range, Stamp stamp);
/// One run that is the whole metadata block.
Patch block_at(Sectors first, Block block);
/// The sectors a patch covers, adjacent ones joined.
std::vector<Range> covered(const Patch& patch);
Sectors size_of(const Patch& patch);
/// The runs inside `range`, cut at its ends, moved so that `range.first` becomes `to`.
Patch cut(const Patch& patch, Range range, Sectors to);
/// Adds `run` at the end, joined with the last run where both are pieces of one thing.
void append(Patch& patch, Run run);
void append(Patch& patch, const Patch& more);
/// Sorts runs that do not overlap by place and joins what belongs together.
void normalise(Patch& patch);

/// The contents of a medium. Sectors never written are blank and not kept.
class Contents {
 public:
  void write(const Patch& patch);
  Patch read(Range range) const;
  /// The metadata block that starts at `first`, if all of it is still there.
  const Block* block_at(Sectors first) const;

  const std::vector<Run>& runs() const { return runs_; }
  friend auto fields(const Contents& contents) { return std::tie(contents.runs_); }
  bool operator==(const Contents&) const = default;

 private:
  std::vector<Run> runs_;  // sorted, apart, none blank
};

}  // namespace rehearse
