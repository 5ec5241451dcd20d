// File systems of a written world: made by mkfs, filled while mounted on a directory that only the build
// sees, then given the history that the file tells of (mounts counted, days since the last check).
#pragma once

#include "scenarios/world_site.h"

namespace rehearse {

struct MadeFilesystem {
  Name host;
  Name device;  // below /dev
  const shape::FilesystemDoc* doc = nullptr;
};

bool make_filesystem(Site&, const std::string& device, const shape::FilesystemDoc&, const Keys&,
                     std::vector<MadeFilesystem>& made);
/// Sets the counters on the device, and in the memory of every kernel that has the file system mounted.
void wind_counters(World&, const MadeFilesystem&);

}  // namespace rehearse
