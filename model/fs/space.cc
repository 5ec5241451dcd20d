#include "model/fs/space.h"

#include <algorithm>

#include "model/fs/ext4.h"

namespace rehearse::fs {
namespace {

constexpr Sectors kAligned = 8;  // the allocator starts longer stretches on whole 4 KiB

bool sized(const Mount& mount) { return mount.super && mount.super->blocks > 0; }

Sectors unit_of(const Mount& mount) { return mount.super->block_size / kSector; }

std::vector<Range> joined(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  std::vector<Range> all;
  for (const Range& range : ranges) {
    if (!all.empty() && all.back().end() >= range.first) {
      all.back().count = std::max(all.back().end(), range.end()) - all.back().first;
    } else {
      all.push_back(range);
    }
  }
  return all;
}

// All free stretches, lowest first; those that longer files get begin on whole 4 KiB.
std::vector<Range> free_stretches(const Mount& mount, bool aligned) {
  std::vector<Range> taken = metadata_of(*mount.super);
  for (const Range& range : data_of(mount)) taken.push_back(range);
  taken = joined(std::move(taken));
  taken.push_back({mount.super->blocks * unit_of(mount), 1});
  std::vector<Range> found;
  Sectors place = 0;
  for (const Range& range : taken) {
    const Sectors first = aligned ? round_up(place, kAligned) : place;
    if (first < range.first) found.push_back({first, range.first - first});
    place = std::max(place, range.end());
  }
  return found;
}

// Where `count` sectors go: on from `goal` if there is room, else into the first stretch that holds them all,
// else into the largest ones, as the multi-block allocator tries.
std::vector<Range> places_for(const Mount& mount, Sectors goal, Sectors count) {
  if (count == 0) return {};
  std::vector<Range> free = free_stretches(mount, count >= kAligned);
  for (const Range& range : free) {
    if (goal > 0 && range.first == goal && range.count >= count) return {{goal, count}};
  }
  for (const Range& range : free) {
    if (range.count >= count) return {{range.first, count}};
  }
  std::stable_sort(free.begin(), free.end(),
                   [](const Range& a, const Range& b) { return a.count > b.count; });
  std::vector<Range> found;
  for (const Range& range : free) {
    if (count == 0) break;
    found.push_back({range.first, std::min(count, range.count)});
    count -= found.back().count;
  }
  if (count > 0) {  // what alignment left over
    Mount filled = mount;
    File file;
    file.path = "/";
    for (const Range& range : found) file.data.push_back(Run{range.first, range.count, {}, 0, {}});
    normalise(file.data);
    filled.tree.edit().files.push_back(std::move(file));
    for (const Range& range : free_stretches(filled, false)) {
      if (count == 0) break;
      found.push_back({range.first, std::min(count, range.count)});
      count -= found.back().count;
    }
  }
  return joined(std::move(found));
}

// `content` in these stretches, in their order.
Patch laid(const Patch& content, const std::vector<Range>& stretches) {
  Patch data;
  Sectors done = 0;
  for (const Range& stretch : stretches) {
    for (Run& run : cut(content, {done, stretch.count}, stretch.first)) data.push_back(std::move(run));
    done += stretch.count;
  }
  normalise(data);
  return data;
}

// The largest part of `wanted` blocks that root may still take for data; a file of many extents needs a block
// to list them, and the allocator keeps one in hand (a disk filled by dd is left with reserve + 1 free
// blocks).
std::uint64_t fitting(const Mount& mount, std::uint64_t wanted, std::uint64_t given_back) {
  const std::uint64_t left = room(mount) + given_back;
  if (wanted <= left) return wanted;
  return left > 2 ? left - 2 : 0;
}

}  // namespace

std::uint64_t room(const Mount& mount) {
  if (!sized(mount)) return ~std::uint64_t{0} / 2;
  return mount.super->free_blocks > mount.reserve ? mount.super->free_blocks - mount.reserve : 0;
}

std::vector<Range> data_of(const Mount& mount, Name path) {
  const std::string below = path == Name("/") ? "/" : path.str() + "/";
  std::vector<Range> ranges;
  for (const File& file : mount.tree->files) {
    if (file.path != path && !file.path.str().starts_with(below)) continue;
    for (const Range& range : covered(file.data)) ranges.push_back(range);
  }
  return joined(std::move(ranges));
}

Patch overlaid(const Patch& patch, const Patch& over) {
  Patch result;
  Sectors place = 0;
  const auto keep = [&](Sectors end) {
    if (end > place) {
      for (Run& run : cut(patch, {place, end - place}, place)) result.push_back(std::move(run));
    }
  };
  for (const Run& run : over) {
    keep(run.first);
    result.push_back(run);
    place = run.end();
  }
  keep(~Sectors{0});
  normalise(result);
  return result;
}

PathError store(Mount& mount, File file) {
  if (mount.read_only) return PathError::read_only;
  const File* old = mount.tree->find(file.path);
  if (sized(mount)) {
    const std::uint64_t after = blocks_for(*mount.super, file);
    const std::uint64_t before = old ? blocks_for(*mount.super, *old) : 0;
    if (after > before && after - before > room(mount)) return PathError::no_space;
    if (!old && mount.super->free_inodes == 0) return PathError::no_space;
    Superblock& super = mount.super.edit();
    super.free_blocks = super.free_blocks + before - after;
    super.free_inodes -= old ? 0 : 1;
  }
  mount.tree.edit().put(std::move(file));
  mount.dirty = true;
  return PathError::none;
}

namespace {

void leave_one_out(std::vector<Range>& places, Sectors unit) {
  auto longest = std::max_element(places.begin(), places.end(),
                                  [](const Range& a, const Range& b) { return a.count < b.count; });
  if (longest == places.end() || longest->count < 4 * kAligned) return;
  const Range whole = *longest;
  const Sectors half = whole.count / 2 / kAligned * kAligned;
  *longest = {whole.first, half};
  places.insert(longest + 1, {whole.first + half + unit, whole.count - half - unit});
}

}  // namespace

PathError store_data(Mount& mount, File file, const Patch& content) {
  if (mount.read_only) return PathError::read_only;
  if (!sized(mount)) {
    file.data = content;
    return store(mount, std::move(file));
  }
  const std::uint64_t block = mount.super->block_size;
  if (const File* old = mount.tree->find(file.path)) {  // truncated first
    File empty = *old;
    empty.size = 0;
    empty.text = {};
    empty.data.clear();
    empty.format.reset();
    if (const PathError error = store(mount, std::move(empty)); error != PathError::none) return error;
  }
  const std::uint64_t wanted = divide_up(file.size, block);
  const std::uint64_t blocks = fitting(mount, wanted, 0);
  if (blocks < wanted) file.size = blocks * block;
  const Sectors count = blocks * unit_of(mount);
  std::vector<Range> places = places_for(mount, 0, blocks < wanted ? count + unit_of(mount) : count);
  // One that takes the last room is in many pieces, and the block that lists them lies between them.
  if (blocks < wanted) leave_one_out(places, unit_of(mount));
  Patch filled = cut(content, {0, count}, 0);
  const Sectors given = filled.empty() ? 0 : filled.back().end();
  if (given < count) filled.push_back(Run{given, count - given, {}, 0, {}});
  file.data = laid(filled, places);
  mount.pending = overlaid(mount.pending, file.data);
  const PathError error = store(mount, std::move(file));
  return error == PathError::none && blocks < wanted ? PathError::no_space : error;
}

std::vector<File> move_out_of_the_way(Mount& mount) {
  const std::vector<Range> tables = metadata_of(*mount.super);
  const Sectors end = mount.super->blocks * unit_of(mount);
  const auto in_the_way = [&](const Range& range) {
    return range.end() > end || std::any_of(tables.begin(), tables.end(), [&](const Range& table) {
             return table.first < range.end() && range.first < table.end();
           });
  };
  std::vector<File> moved;
  for (File& file : mount.tree.edit().files) {
    const std::vector<Range> ranges = covered(file.data);
    if (std::none_of(ranges.begin(), ranges.end(), in_the_way)) continue;
    moved.push_back(file);
    file.data.clear();
  }
  return moved;
}

void place_again(Mount& mount, Name path, const Patch& content) {
  const Sectors count = content.empty() ? 0 : content.back().end();
  for (File& file : mount.tree.edit().files) {
    if (file.path == path) file.data = laid(content, places_for(mount, 0, count));
  }
}

PathError append_data(Mount& mount, File file, Sectors count, Stamp stamp) {
  if (mount.read_only) return PathError::read_only;
  const Sectors unit = sized(mount) ? unit_of(mount) : 1;
  const std::uint64_t wanted = divide_up(count, unit);
  const std::uint64_t blocks = sized(mount) ? fitting(mount, wanted, 0) : wanted;
  const Sectors start = file.data.empty() ? 0 : file.data.back().end();
  const Patch content = stamped({0, blocks * unit}, stamp);
  Patch fresh = sized(mount) ? laid(content, places_for(mount, start, blocks * unit)) : Patch();
  if (!sized(mount) && blocks > 0) fresh = stamped({start, blocks * unit}, stamp);
  file.size += std::min(blocks * unit, count) * kSector;
  file.data = overlaid(file.data, fresh);
  mount.pending = overlaid(mount.pending, fresh);
  const PathError error = store(mount, std::move(file));
  return error == PathError::none && blocks < wanted ? PathError::no_space : error;
}

void overwrite(Mount& mount, const Patch& patch) {
  Tree& tree = mount.tree.edit();
  for (File& file : tree.files) {
    Patch over;
    for (const Range& range : covered(file.data)) {
      for (Run& run : cut(patch, range, range.first)) over.push_back(std::move(run));
    }
    if (!over.empty()) file.data = overlaid(file.data, over);
  }
  mount.pending = overlaid(mount.pending, patch);
  mount.dirty = true;
}

PathError erase(Mount& mount, Name path) {
  if (mount.read_only) return PathError::read_only;
  const std::string below = path.str() + "/";
  std::uint64_t blocks = 0;
  std::uint64_t inodes = 0;
  std::vector<Range> gone;
  for (const File& file : mount.tree->files) {
    if (file.path != path && !file.path.str().starts_with(below)) continue;
    if (sized(mount)) blocks += blocks_for(*mount.super, file);
    ++inodes;
    for (const Range& range : covered(file.data)) gone.push_back(range);
  }
  if (inodes == 0) return PathError::not_found;
  if (sized(mount)) {
    Superblock& super = mount.super.edit();
    super.free_blocks += blocks;
    super.free_inodes += inodes;
  }
  // Data of a file that is gone are not written back any more.
  for (const Range& range : joined(std::move(gone))) {
    std::erase_if(mount.pending,
                  [&](const Run& run) { return run.first >= range.first && run.end() <= range.end(); });
  }
  mount.tree.edit().erase(path);
  mount.dirty = true;
  return PathError::none;
}

PathError rename(Mount& mount, Name from, Name to) {
  if (mount.read_only) return PathError::read_only;
  const std::string below = from.str() + "/";
  std::vector<File> moved;
  for (const File& file : mount.tree->files) {
    if (file.path != from && !file.path.str().starts_with(below)) continue;
    moved.push_back(file);
    moved.back().path = Name(to.str() + file.path.str().substr(from.str().size()));
  }
  if (moved.empty()) return PathError::not_found;
  if (mount.tree->find(to)) erase(mount, to);
  Tree& tree = mount.tree.edit();
  tree.erase(from);
  for (File& file : moved) tree.put(std::move(file));
  mount.dirty = true;
  return PathError::none;
}

}  // namespace rehearse::fs
