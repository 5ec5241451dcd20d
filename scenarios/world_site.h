// Where a world is being built: the host whose commands are played now, and the place in the file that asks
// for them, so that whatever is refused is told there.
#pragma once

#include "model/usage.h"
#include "scenarios/world_doc.h"
#include "scenarios/world_file.h"

namespace rehearse {

/// Keys that lead to a place in a file.
using Keys = std::vector<std::string>;
inline Keys operator/(Keys keys, std::string_view step) {
  keys.emplace_back(step);
  return keys;
}

struct Site {
  World world;
  Name host;
  std::string file;
  InputError error;

  const Host& here() const { return *world.hosts.find(host); }
  Host& edit() { return world.hosts.edit(host); }
  /// Notes the error. Always false.
  bool fail(const Keys& keys, std::string what);
  /// Plays a command on the host; a refusal is an error at these keys.
  bool run(const Keys& keys, const Words& words);
  bool put_files(fs::Tree& tree, const shape::Named<shape::FileDoc>& files, const Keys& keys);
};

fs::File file_of(std::string_view path, const shape::FileDoc& doc);

}  // namespace rehearse
