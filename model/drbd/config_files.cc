#include <algorithm>

#include "model/drbd/config.h"
#include "model/fs/path.h"

namespace rehearse::drbd {

ConfigFiles files_of(const World& world, Name host) {
  return {
      [&world, host](const std::string& path) { return fs::text_at(world, host, Name(path)); },
      [&world, host](const std::string& folder) {
        std::vector<std::string> names;
        for (Name name : fs::list_at(world, host, Name(folder))) names.push_back(name.str());
        std::sort(names.begin(), names.end());
        return names;
      },
      [&world, host](const std::string& path) {
        const fs::Place place = fs::place_of(world, host, Name(path));
        return place.error == fs::PathError::none && place.mount == fs::Place::kRoot ? place.path.str()
                                                                                     : path;
      },
  };
}

}  // namespace rehearse::drbd
