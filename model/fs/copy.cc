#include "model/fs/copy.h"

#include "model/fs/kernel.h"
#include "model/fs/space.h"

namespace rehearse::fs {

Contents contents_of(const World& world, const Place& place) {
  const File* file = file_at(world, place);
  if (!file) return {IoError::no_device, {}};
  if (place.mount == Place::kRoot) return {IoError::none, file->data};
  const Mount& mount = (*world.hosts.find(place.host)->mounts)[place.mount];
  Contents contents;
  Sectors done = 0;
  for (const Range& range : covered(file->data)) {
    ReadResult there = read(world, place.host, mount.device, range);
    if (there.error != IoError::none) {
      contents.error = there.error;
      return contents;
    }
    append(contents.data, cut(overlaid(there.data, mount.pending), range, done));
    done += range.count;
  }
  return contents;
}

PathError write_contents(World& world, const Place& place, File file, const Patch& content) {
  if (content.empty()) {
    file.data.clear();
    return put_file(world, place, std::move(file));
  }
  if (place.error != PathError::none) return place.error;
  if (place.path == Name("/") || directory_at(world, place)) return PathError::is_a_directory;
  if (place.read_only) return PathError::read_only;
  file.path = place.path;
  if (place.mount == Place::kRoot) {
    file.data = content;
    world.hosts.edit(place.host).root.edit().put(std::move(file));
    return PathError::none;
  }
  return with_mount(world, place.host, place.mount,
                    [&](Mount& mount) { return store_data(mount, std::move(file), content); });
}

PathError copy_file(World& world, const Place& from, const Place& to) {
  const File* file = file_at(world, from);
  if (!file) return PathError::not_found;
  const Contents contents = contents_of(world, from);
  if (contents.error != IoError::none) return PathError::failed;
  return write_contents(world, to, *file, contents.data);
}

}  // namespace rehearse::fs
