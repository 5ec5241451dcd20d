// e2fsck: what it prints and what it changes. It knows metadata only: files whose data were overwritten
// behind the file system's back are not noticed, trees written by two kernels at once are.
#pragma once

#include "model/fs/filesystem.h"
#include "model/fs/tree.h"
#include "model/io.h"
#include "model/refusal.h"
#include "model/report.h"

namespace rehearse::fs {

struct Check {
  Name device;        // below /dev
  std::string shown;  // as the tool was given it
  std::string program = "e2fsck";
  bool force = false;
  bool preen = false;
  bool yes = false;
  bool no = false;
};

/// Runs it; the exit status is in the report unless it is refused.
Refused check(World&, Name host, const Check&, Report&);

/// Is the device mounted, or swapped to, by this host's kernel?
bool mounted_here(const Host&, Name device);
/// Is it held by other devices, so that opening it exclusively fails?
bool held(const Host&, Name device);
/// "(0.0% non-contiguous)": of all files, those in several pieces.
double fragmented_percent(const Superblock&, const Tree&, std::uint64_t used_inodes);

}  // namespace rehearse::fs
