// Commands on file systems, swap space, files and raw devices. The forms are in the *_ops.h files beside this
// one.
#pragma once

#include "model/fs/check_ops.h"
#include "model/fs/dd_ops.h"
#include "model/fs/file_ops.h"
#include "model/fs/mkfs_ops.h"
#include "model/fs/mount_ops.h"
#include "model/fs/swap_ops.h"
#include "model/fs/text_ops.h"
#include "model/fs/tune_ops.h"
#include "model/one_of.h"

namespace rehearse::fs {

/// sync: writes everything held in memory to the disks. Files named to it are written with all the rest of
/// their file system.
struct Sync {
  std::vector<Name> files;
  static constexpr Usage usage() { return usage_of("sync", any<&Sync::files>("FILE")); }
  bool operator==(const Sync&) const = default;
};
Refused run(World&, Name host, const Sync&, Report&);

using Op = OneOf<Sync, MakeExt4, MakeExt4ByType, MakeSwap, WipeSignatures, MountDevice, MountEntry, MountAll,
                 Unmount, E2fsck, FsckExt4, Fsck, Tune, LabelExt4, ResizeExt4, SwapOn, SwapOnLabel, SwapOnAll,
                 SwapOff, SwapOffLabel, SwapOffAll, Dd, CopyFiles, MoveFiles, RemoveFiles, LinkFile,
                 MakeDirectories, RemoveDirectories, TouchFiles, EditFiles, EditFilesBy, Echo, WriteFile>;

Mismatch parse(std::span<const std::string> words, Op& op);
int claims(std::span<const std::string> words);
Words render(const Op&);
std::vector<Usage> usages();
Refused refuse(const World&, Name host, const Op&, Report&);
void apply(World&, Name host, const Op&, Report&);

}  // namespace rehearse::fs
