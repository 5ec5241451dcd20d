#include "model/fs/flush.h"

#include "model/fs/ext4.h"
#include "model/fs/kernel.h"
#include "model/fs/probe.h"

namespace rehearse::fs {
namespace {

// A change of files is one transaction in the journal: a descriptor, a commit block and the changed metadata
// between them; the first after mounting also starts the journal and touches bitmaps for the first time.
// Their number is approximated. Recorded on Linux 6.1 with 4 KiB chunks
// (integration/recordings/fs/cow-*.rec), beside the data, which are exact: 4 KiB blocks: 14 chunks for the
// first, then 6 (touch), 7 (a small file), 8 (rm); 1 KiB blocks: 9 for the first, then 2, 3, 3. Mounting
// writes the superblock: 1 chunk. What was written once since the snapshot was taken costs nothing.
constexpr std::uint64_t kFirstTransaction = 13;
constexpr std::uint64_t kTransaction = 7;

IoError write_transaction(World& world, Name host, Mount& mount) {
  Superblock& super = mount.super.edit();
  std::uint64_t left = super.journal_next == 0 ? kFirstTransaction : kTransaction;
  left = std::min(left, super.journal_blocks);
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
  return write(world, host, mount.device, patch);
}

IoError write_tree(World& world, Name host, Mount& mount) {
  const Part<Tree> there = tree_on(world, host, mount.device);
  // Another kernel wrote here meanwhile: what is on the disk now is neither's.
  if (!there || !(there == mount.written)) mount.tree.edit().mixed = true;
  if (const IoError error = put_tree(world, host, mount.device, mount.tree); error != IoError::none)
    return error;
  mount.written = mount.tree;
  return write_transaction(world, host, mount);
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
  if (write(world, host, mount.device, patch) == IoError::none) mount.super.edit().tables_zeroed = true;
}

void write_state(World& world, Name host, Mount& mount, State state) {
  if (mount.read_only || !mount.super) return;
  Superblock super = *mount.super;
  super.state = super.state == State::has_errors ? super.state : state;
  super.journal_next = 0;
  put_superblock(world, host, mount.device, super);
}

}  // namespace

IoError flush_mount(World& world, Name host, Mount& mount) {
  if (!mount.dirty || mount.device.empty()) return IoError::none;
  IoError error = write(world, host, mount.device, mount.pending);
  if (error == IoError::none && !(mount.tree == mount.written)) error = write_tree(world, host, mount);
  if (error != IoError::none) {
    mount.read_only = true;  // the journal is aborted
    return error;
  }
  mount.pending.clear();
  mount.dirty = false;
  return IoError::none;
}

void flush(World& world, Name host, Name device) {
  for_mounts(world, host, device, [&](Mount& mount) { return flush_mount(world, host, mount); });
}

void flush_all(World& world, Name host) {
  flush(world, host, {});
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
