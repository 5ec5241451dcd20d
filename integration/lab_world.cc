#include "integration/lab_world.h"

namespace rehearse {

World lab_world(std::size_t disks, Bytes disk_size) {
  World world;
  std::vector<BlankDisk> blank;
  for (std::size_t i = 0; i < disks; ++i) {
    blank.push_back({Name("vd" + std::string(1, static_cast<char>('a' + i))), disk_size});
  }
  add_host(world, "alpha", blank);
  fs::Tree tree;
  for (const char* path : {"/etc", "/mnt", "/root", "/run", "/tmp", "/var"}) {
    fs::File directory;
    directory.path = path;
    directory.kind = fs::FileKind::directory;
    tree.put(directory);
  }
  Host& host = world.hosts.edit("alpha");
  host.root = tree;
  host.disk_root = tree;
  return world;
}

}  // namespace rehearse
