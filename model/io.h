// Reads and writes through the device stack of a host, down to the media: domain, file system and command all
// come here. A write lands as stamps; on its way it makes every snapshot below set old chunks aside, as the
// kernel does (drivers/md/dm-snap.c), and it may make one overflow.
#pragma once

#include "model/world.h"

namespace rehearse {

enum class IoError : std::uint8_t {
  none,
  no_device,     // ENXIO: no such device here
  failed,        // EIO
  read_only,     // EPERM
  no_space,      // ENOSPC: beyond the end
  wrong_medium,  // EMEDIUMTYPE: a DRBD device that is not primary here
  not_primary,   // EROFS: the same, opened to write
  suspended,     // no error: the request does not end, because IO is suspended or the disk hangs
};

struct ReadResult {
  IoError error = IoError::none;
  Patch data;  // places as on the device that was asked; covers the range asked for if there was no error
};

/// Says whether a disk that hangs was asked for anything by this thread since this was made. Whoever asked
/// waits for ever, whatever the code that models it goes on to do.
class Waiting {
 public:
  Waiting();
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  bool met() const { return met_; }
  static void note();

 private:
  Waiting* outer_;
  bool met_ = false;
};

/// Does the work, unless it comes to wait for a disk that hangs: then the world is as before. Says whether it
/// was done.
template <class F>
bool unless_it_waits(World& world, F work) {
  const Waiting waiting;
  World before = world;
  work();
  if (!waiting.met()) return true;
  world = std::move(before);
  return false;
}

/// Device names are below /dev (model/dm/device.h).
ReadResult read(const World&, Name host, Name device, Range range);
IoError write(World&, Name host, Name device, const Patch& patch);

/// What was written goes from the caches of all disks below this device to the media (REQ_PREFLUSH of
/// include/linux/blk_types.h). Whoever does not ask for it may lose the rest with the power.
void flush_caches(World&, Name host, Name device);

/// The metadata block that starts at this sector of a device, if it can be read and is whole.
Part<Block> block_on(const World&, Name host, Name device, Sectors first);

/// The exception store of a snapshot or of a merging origin, as it lies on its copy-on-write device.
Part<ExceptionStore> exceptions_of(const World&, Name host, const Device& device);
/// Writes a store to chunk 0 of a copy-on-write device.
IoError put_exceptions(World&, Name host, Name cow, ExceptionStore store);

/// Merges the next run of exceptions of a merging origin back into it. Says whether there was one.
bool merge_step(World&, Name host, Name origin);

/// How many users hold a device open: mounts, swap, domains, exports and other devices of that host.
std::uint32_t open_count(const Host& host, Name device);
/// The same, counting only devices mapped onto it.
std::uint32_t holders(const Host& host, Name device);

/// "/dev/vg1/echelon", "/dev/mapper/vg1-echelon", "/dev/sda2" or "/dev/disk/..." as a name below /dev,
/// whether or not there is such a device now.
Name device_name(const Host& host, Name path);

}  // namespace rehearse
