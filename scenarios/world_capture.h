// A world made from what real hosts show, so that a rehearsal can be played on them: the metadata are laid on
// modelled disks such that observing the captured world shows the same again. What cannot be known from
// outside (which chunks a snapshot holds, what is in a file system) is made up and said so.
#pragma once

#include "backends/observation.h"
#include "model/world.h"

namespace rehearse {

struct CapturedFile {
  std::string path;  // "/etc/fstab"
  std::string text;
};

struct CapturedHost {
  std::string name;
  Observation seen;
  std::vector<CapturedFile> files = {};
  std::uint64_t memory_mib = 0;          // 0: not known
  std::vector<std::string> unread = {};  // what could not be read of it
};

struct Captured {
  World world;
  std::vector<std::string> notes;  // "trolls: ...": what could not be read, is not modelled, or is made up
};

Captured world_from(const std::vector<CapturedHost>& hosts);

}  // namespace rehearse
