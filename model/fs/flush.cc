#include "model/fs/flush.h"

#include <algorithm>
#include <set>

#include "model/fs/ext4.h"
#include "model/fs/kernel.h"
#include "model/fs/probe.h"
#include "model/fs/walk.h"

namespace rehearse::fs {
namespace {

// A change of files is one transaction in the journal: a descriptor, a commit block, and between them the
// metadata that changed: directory, inode table and group descriptor; the inode bitmap if files came or went,
// the block bitmap if blocks did, the list of orphans if files went. The first after mounting also starts the
// journal and touches bitmaps for the first time; a file system of 1 KiB blocks needs some more. Counted on
// Linux 6.1 by the 4 KiB chunks that a snapshot set aside, beside the data, which are exact
// (integration/recordings/fs/cow-large.rec and cow-small.rec): 4 KiB blocks: 14 for the first, then 6
// (touch), 7 (a file), 8 (rm); 1 KiB blocks: 9 for the first, then 2, 3, 3; each with one for the superblock
// when mounting. Data written over in place: 1 (cow-mounted.rec). What was written once since the snapshot
// was taken costs nothing.
std::uint64_t transaction_blocks(const Superblock& super, const Tree& before, const Tree& after) {
  bool came = false;
  bool went = false;
  bool resized = false;
  std::uint64_t rewritten = 0;  // blocks of files that are there with another text
  std::set<Name> folders;
  for (const File& file : after.files) {
    const File* old = before.find(file.path);
    came = came || !old;
    if (old && file.kind == FileKind::regular && !(file.text == old->text)) {
      rewritten += blocks_for(super, file);
      folders.insert(folder_of(file.path));
    }
    resized = resized || (old ? blocks_for(super, *old) : 0) != blocks_for(super, file);
  }
  for (const File& file : before.files) {
    if (after.find(file.path)) continue;
    went = true;
    resized = resized || blocks_for(super, file) > 0;
  }
  // A text is not written in place: the file gets other blocks, and often another inode and name.
  if (rewritten > 0) {
    resized = true;
    rewritten += 2 * (folders.size() - 1);
  }
  if (!came && !went && !resized) return 3;
  const bool small = super.block_size < 4096;
  const std::uint64_t first = super.journal_next == 0 ? (small ? 20 : 6) : 0;
  return first + 5 + (came || went) + resized + went + (small ? 3 : 0) + rewritten;
}

IoError write_transaction(World& world, Name host, Mount& mount, std::uint64_t blocks_wanted) {
  Superblock& super = mount.super.edit();
  std::uint64_t left = std::min(blocks_wanted, super.journal_blocks);
  const Sectors unit = super.block_size / kSector;
  Patch patch;
  std::uint64_t passed = 0;
  for (const Range& range : journal_of(super)) {
    const std::uint64_t blocks = range.count / unit;
    if (left > 0 && super.journal_next < passed + blocks) {
      const std::uint64_t from = super.journal_next - passed;
      const std::uint64_t some = std::min(left, blocks - from);
      patch.push_back(Run{range.first + from * unit, some * unit, {}, 0, {}});
      left -= some;
      super.journal_next += some;
    }
    passed += blocks;
  }
  if (super.journal_next >= passed) super.journal_next = 1;  // it is a ring; block 0 is its own superblock
  normalise(patch);
  return write_held(world, host, mount.device, patch);
}

IoError write_tree(World& world, Name host, Mount& mount, Part<Tree> tree) {
  const Part<Tree> there = tree_on(world, host, mount.device);
  // Another kernel wrote here meanwhile: what is on the disk now is neither's.
  if (!there || !(there == mount.written)) {
    tree.edit().mixed = true;
    mount.tree.edit().mixed = true;
  }
  const std::uint64_t blocks = transaction_blocks(*mount.super, *mount.written, *tree);
  const IoError error = write_held(world, host, mount.device, block_at(kTreeAt, Block{kTreeRoom, tree}));
  if (error != IoError::none) return error;
  mount.written = tree;
  return write_transaction(world, host, mount, blocks);
}

// Calls f(mount) for each mount of the host's own kernel on this device (or on any).
template <class F>
void for_mounts(World& world, Name host, Name device, F f) {
  const Host* at = world.hosts.find(host);
  if (!at || !at->powered || !at->mounts) return;
  const std::size_t count = at->mounts->size();
  for (std::size_t i = 0; i < count; ++i) {
    const Mount& row = (*world.hosts.find(host)->mounts)[i];
    if (row.device.empty() || (!device.empty() && row.device != device)) continue;
    with_mount(world, host, i, [&](Mount& mount) {
      f(mount);
      return 0;
    });
  }
}

template <class F>
void for_domains(World& world, Name host, F f) {
  const Host* at = world.hosts.find(host);
  if (!at || !at->powered || !at->domains) return;
  for (std::size_t i = 0; i < at->domains->size(); ++i) {
    const std::size_t count = (*world.hosts.find(host)->domains)[i].mounts.size();
    for (std::size_t k = 0; k < count; ++k) {
      Mount mount = (*world.hosts.find(host)->domains)[i].mounts[k];
      f(mount);
      if (!(mount == (*world.hosts.find(host)->domains)[i].mounts[k])) {
        world.hosts.edit(host).domains.edit()[i].mounts[k] = std::move(mount);
      }
    }
  }
}

void zero_tables(World& world, Name host, Mount& mount) {
  if (mount.read_only || mount.device.empty() || !mount.super || mount.super->tables_zeroed) return;
  Patch patch;
  for (const Range& range : tables_of(*mount.super))
    patch.push_back(Run{range.first, range.count, {}, 0, {}});
  if (write_held(world, host, mount.device, patch) != IoError::none) return;
  mount.super.edit().tables_zeroed = true;
  write_transaction(world, host, mount, 8);
}

void write_state(World& world, Name host, Mount& mount, State state) {
  if (mount.read_only || !mount.super) return;
  Superblock super = *mount.super;
  super.state = super.state == State::has_errors ? super.state : state;
  super.journal_next = 0;
  put_held(world, host, mount.device, super);
}

IoError write_all(World& world, Name host, Mount& mount) {
  IoError error = write_held(world, host, mount.device, mount.pending);
  if (error == IoError::none && !(mount.tree == mount.written))
    error = write_tree(world, host, mount, mount.tree);
  if (error != IoError::none) {
    mount.read_only = true;  // the journal is aborted
    return error;
  }
  mount.pending.clear();
  mount.dirty = false;
  return IoError::none;
}

IoError write_one(World& world, Name host, Mount& mount, Name path) {
  // The journal commits all names, but new files whose data are not allocated yet are empty on the disk.
  Part<Tree> tree = mount.tree;
  Patch kept;
  Patch ready = mount.pending;
  for (File& file : tree.edit().files) {
    if (file.path == path || file.kind != FileKind::regular) continue;
    const File* there = mount.written->find(file.path);
    if (there && there->size > 0) continue;
    for (const Range& range : covered(file.data)) {
      for (Run& run : cut(mount.pending, range, range.first)) kept.push_back(std::move(run));
      std::erase_if(ready,
                    [&](const Run& run) { return run.first >= range.first && run.end() <= range.end(); });
    }
    file.size = 0;
    file.text = {};
    file.data.clear();
  }
  normalise(kept);
  IoError error = write_held(world, host, mount.device, ready);
  if (error == IoError::none && !(tree == mount.written)) error = write_tree(world, host, mount, tree);
  if (error != IoError::none) {
    mount.read_only = true;
    return error;
  }
  mount.pending = std::move(kept);
  mount.dirty = !mount.pending.empty() || !(mount.tree == mount.written);
  return IoError::none;
}

// On a disk that hangs it stays in memory.
template <class F>
IoError write_back(World& world, Mount& mount, F write) {
  if (!mount.dirty || mount.device.empty()) return IoError::none;
  Mount before = mount;
  IoError error = IoError::none;
  if (unless_it_waits(world, [&] { error = write(); })) return error;
  mount = std::move(before);
  return IoError::suspended;
}

}  // namespace

IoError flush_mount(World& world, Name host, Mount& mount) {
  return write_back(world, mount, [&] { return write_all(world, host, mount); });
}

IoError flush_file(World& world, Name host, Mount& mount, Name path) {
  return write_back(world, mount, [&] { return write_one(world, host, mount, path); });
}

void flush_path(World& world, const Place& place) {
  if (place.error != PathError::none || place.mount == Place::kRoot) return;
  with_mount(world, place.host, place.mount,
             [&](Mount& mount) { return flush_file(world, place.host, mount, place.path); });
}

void flush(World& world, Name host, Name device) {
  for_mounts(world, host, device, [&](Mount& mount) { return flush_mount(world, host, mount); });
}

void flush_all(World& world, Name host) {
  flush(world, host, {});
  for_mounts(world, host, {}, [&](Mount& mount) {
    if (!mount.read_only) flush_caches(world, host, mount.device);
  });
  const Host* at = world.hosts.find(host);
  if (at && at->powered && !(at->disk_root == at->root)) world.hosts.edit(host).disk_root = at->root;
}

void freeze(World& world, Name host, Name device) {
  for_mounts(world, host, device, [&](Mount& mount) {
    flush_mount(world, host, mount);
    write_state(world, host, mount, State::clean);
  });
}

void thaw(World& world, Name host, Name device) {
  for_mounts(world, host, device, [&](Mount& mount) { write_state(world, host, mount, State::in_use); });
}

void pass_time(World& world, Name host, std::uint64_t seconds) {
  if (seconds >= 30) {
    flush_all(world, host);
    for_domains(world, host, [&](Mount& mount) { flush_mount(world, host, mount); });
  }
  if (seconds >= 10) {
    for_mounts(world, host, {}, [&](Mount& mount) { zero_tables(world, host, mount); });
    for_domains(world, host, [&](Mount& mount) { zero_tables(world, host, mount); });
  }
}

}  // namespace rehearse::fs
