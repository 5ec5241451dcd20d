// Growing and shrinking an ext4: resize2fs, and fsadm, which lvresize -r calls.
#pragma once

#include <optional>

#include "model/io.h"
#include "model/refusal.h"
#include "model/report.h"

namespace rehearse::fs {

struct Resize {
  Name device;                          // below /dev
  std::string shown;                    // as the tool was given it
  std::optional<std::uint64_t> blocks;  // none: as the device has
  bool force = false;
  bool smallest = false;        // -M
  bool print_smallest = false;  // -P
};
/// resize2fs. The exit status is in the report unless it is refused.
Refused resize2fs(World&, Name host, const Resize&, Report&);
/// "64M", "131072K", "2048s", "65536" (blocks), as e2fsprogs' parse_num_blocks has it; none if it is no size.
std::optional<std::uint64_t> blocks_from(std::string_view text, std::uint32_t block_size);

/// `fsadm check`, which lvresize -r calls first. The result is its exit status: 0 if the volume may be
/// resized (also when it is mounted: then nothing is checked); lvm then says "Filesystem check failed.".
int fsadm_check(World&, Name host, Name device, bool force, Report&);
/// `fsadm resize`, called after the volume has grown or before it shrinks. A mounted file system must be
/// unmounted to shrink: fsadm asks, is answered by `yes`, and mounts it again. On failure lvm has two lines
/// to say:
/// "/sbin/fsadm failed: 1" and "Filesystem resize failed.".
int fsadm_resize(World&, Name host, Name device, Bytes size, bool force, bool yes, Report&);

/// fsadm's check and resize in one, for a volume whose device has the larger of both sizes now.
int resize_for(World&, Name host, Name device, Bytes size, bool shrinking, Report&);

}  // namespace rehearse::fs
