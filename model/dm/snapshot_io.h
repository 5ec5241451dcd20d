// How reads and writes go through classic snapshots: the rules of drivers/md/dm-snap.c. Used by model/io.cc
// only.
#pragma once

#include "model/io.h"

namespace rehearse {

/// Exceptions from `cow`, everything else from `real`.
ReadResult read_snapshot(const World&, Name host, const Device& device, Name real, Name cow, Range range);
/// Every snapshot of `real` first sets aside the chunks it does not have yet; one without room becomes
/// invalid, the write goes on.
IoError write_origin(World&, Name host, Name real, const Patch& patch);
/// Chunks without an exception get one; one without room makes the snapshot invalid and the write fail.
IoError write_snapshot(World&, Name host, const Device& device, const SnapshotMap& map, const Patch& patch);
/// Chunks not merged yet are written in the copy-on-write volume, all others in the origin.
IoError write_merging(World&, Name host, const SnapshotMergeMap& map, const Patch& patch);

}  // namespace rehearse
