// The local disk of a device: its metadata, bitmap and activity log, its size, its errors (drbd_actlog.c,
// drbd_bitmap.c, drbd_nl.c).
#include <algorithm>
#include <utility>

#include "model/drbd/meta_calls.h"
#include "model/drbd/node.h"
#include "model/io.h"

namespace rehearse::drbd {

Place Node::place(std::uint32_t volume) const {
  const Backing& backing = *see(volume).backing;
  return {backing.meta_device, backing.layout};
}

// What a kernel has written, only drbdmeta makes clean again. A new mark of its role goes with whatever is
// written next, but is no reason to write.
void Node::sync_md(std::uint32_t volume, bool with_mark) {
  if (!see(volume).backing) return;
  Backing& backing = *device(volume).backing;
  backing.super.clean = false;
  backing.super.al_extents = backing.options.al_extents;
  const Superblock super = see(volume).backing->super;
  const Place where = place(volume);
  if (auto there = read_super(world_, host_, where)) {
    if (!with_mark) there->uuids.current ^= (there->uuids.current ^ super.uuids.current) & 1;
    if (*there == super) return;
  }
  if (write_super(world_, host_, where, super) != IoError::none)
    device(volume).flags.unwritten = Unwritten::superblock;
}

// Without its metadata a disk is of no use, whatever on-io-error says.
bool Node::give_up_unwritten(std::uint32_t volume) {
  const Unwritten what = std::exchange(device(volume).flags.unwritten, Unwritten::none);
  if (what == Unwritten::none || !see(volume).backing) return false;
  if (what == Unwritten::superblock) log_of(volume, "meta data update failed!");
  if (what == Unwritten::bitmap) log_of(volume, "we had at least one MD IO ERROR during bitmap IO");
  local_io_error(volume, what == Unwritten::superblock ? Io::superblock
                         : what == Unwritten::bitmap   ? Io::bitmap
                                                       : Io::log);
  return true;
}

void Node::write_bitmap(std::uint32_t volume, bool say) {
  if (!see(volume).backing) return;
  const Bitmap bitmap = see(volume).bitmap;
  if (!see(volume).flags.bitmap_written &&
      drbd::write_bitmap(world_, host_, place(volume), bitmap) != IoError::none) {
    device(volume).flags.unwritten = Unwritten::bitmap;
  }
  device(volume).flags.bitmap_written = true;
  if (!say) return;
  const std::uint64_t bits = bitmap.weight();
  log_of(volume, "{} ({} bits) marked out-of-sync by on disk bit-map.", pretty(bits * 4), bits);
}

void Node::set_all_bits(std::uint32_t volume, bool suspend_al) {
  device(volume).backing->super.flags.full_sync = true;
  sync_md(volume);
  Device& row = device(volume);
  row.bitmap = {};
  row.bitmap.set({0, bits_of(row.size)});
  row.flags.bitmap_written = false;
  write_bitmap(volume);
  device(volume).backing->super.flags.full_sync = false;
  sync_md(volume);
  if (suspend_al && !see(volume).flags.al_suspended) {
    device(volume).flags.al_suspended = true;
    log_of(volume, "Suspended AL updates");
  }
}

void Node::set_out_of_sync(std::uint32_t volume, Range sectors) {
  Device& row = device(volume);
  if (!row.backing || row.state.disk < Disk::inconsistent) return;
  row.bitmap.set(bits_touched(sectors));
  row.flags.bitmap_written = false;
}

void Node::set_in_sync(std::uint32_t volume, Range sectors) {
  Range bits = bits_covered(sectors);
  Device& row = device(volume);
  if (sectors.end() >= row.size) bits.count = bits_of(row.size) - bits.first;  // the last block may be short
  if (!row.bitmap.any(bits)) return;
  row.bitmap.clear(bits);
  row.flags.bitmap_written = false;
}

// drbd_al_begin_io: extents in the order of their use; the one that falls out takes its bits to the disk.
void Node::activate(std::uint32_t volume, Range sectors) {
  if (sectors.count == 0) return;
  Device& row = device(volume);
  bool fresh = false;
  bool evicted = false;
  for (Sectors at = sectors.first / kAlExtent; at <= (sectors.end() - 1) / kAlExtent; ++at) {
    const auto extent = static_cast<std::uint32_t>(at);
    const auto found = std::find(row.active.begin(), row.active.end(), extent);
    fresh = fresh || found == row.active.end();
    if (found != row.active.end()) row.active.erase(found);
    row.active.push_back(extent);
    if (row.active.size() > row.backing->options.al_extents) {
      row.active.erase(row.active.begin());
      evicted = true;
    }
  }
  if (!fresh || row.flags.al_suspended || !row.backing->options.al_updates) return;
  ++row.counters.log_writes;
  const ActivityLog log{row.active, true};
  if (evicted) write_bitmap(volume, false);
  if (write_log(world_, host_, place(volume), log) != IoError::none)
    device(volume).flags.unwritten = Unwritten::log;
}

Layout Node::layout_now(std::uint32_t volume) const {
  const Backing& backing = *see(volume).backing;
  const auto room = [&](Name name) {
    const rehearse::Device* row = world_.hosts.find(host_)->device(name);
    return row ? row->size : 0;
  };
  return layout_of(room(backing.device), room(backing.meta_device), backing.index,
                   log_room(backing.super.al_stripes, backing.super.al_stripe_kib));
}

// drbd_new_dev_size.
Sectors Node::new_size(std::uint32_t volume, Sectors user_size, bool assume_peer_has_space) const {
  const Device& row = see(volume);
  const Sectors mine = layout_now(volume).usable;
  const Sectors agreed = row.backing->super.agreed_size;
  Sectors theirs = row.peer_max_size;
  if (row.state.conn < Connection::connected && assume_peer_has_space) theirs = mine;
  Sectors size = 0;
  if (theirs && mine) {
    size = std::min(theirs, mine);
  } else if (agreed) {
    size = agreed;
    if (mine && mine < size) size = mine;
    if (theirs && theirs < size) size = theirs;
  } else {
    size = mine ? mine : theirs;
  }
  return user_size && user_size <= size ? user_size : size;
}

void Node::publish_size(std::uint32_t volume, Sectors size) {
  device(volume).size = size;
  Host& at = world_.hosts.edit(host_);
  rehearse::Device row;
  row.name = see(volume).name();
  row.size = size;
  row.minor = see(volume).minor;
  row.map = DrbdDevice{};
  at.put(std::move(row));
}

Node::Sized Node::determine_size(std::uint32_t volume, bool assume_peer_has_space, bool assume_clean,
                                 const NewLog* log) {
  const Backing was = *see(volume).backing;
  const Sectors before = was.super.agreed_size;
  const Sectors wanted = was.options.size;
  const Sectors known = see(volume).size;
  if (log) {
    Superblock& super = device(volume).backing->super;
    super.al_stripes = log->stripes;
    super.al_stripe_kib = log->stripe_kib;
  }
  const Sectors size = new_size(volume, wanted, assume_peer_has_space);
  if (size < before && (wanted > size || (log && wanted == 0))) {
    device(volume).backing = was;
    if (wanted > size) return Sized::does_not_fit;
    log_of(volume, "Implicit shrink not allowed. Use --size={}s for explicit shrink.", size);
    return Sized::would_shrink;
  }
  if (known != size) {
    publish_size(volume, size);
    log_of(volume, "size = {} ({} KB)", pretty(size / 2), size / 2);
  }
  Device& row = device(volume);
  row.backing->super.agreed_size = size;
  // Of a disk that has grown internal metadata move to the new end.
  const Layout layout = layout_now(volume);
  const bool moved = !(was.layout == layout);
  row.backing->layout = layout;
  if (before == size && !moved) return Sized::done;
  // The bitmap in memory outlives the disk it was for: only what it was too small for is new.
  const std::uint64_t old_bits = bits_of(std::max(before, known));
  const std::uint64_t bits = bits_of(size);
  if (bits > old_bits && !assume_clean) row.bitmap.set({old_bits, bits - old_bits});
  if (bits < old_bits) row.bitmap.clear({bits, old_bits - bits});
  row.flags.bitmap_written = false;
  row.active.clear();
  row.counters.log_writes += row.backing->layout.log.count / kBit;  // written anew, a block of 4 KiB each
  log_of(volume, "Writing the whole bitmap, {}",
         before == size ? "md moved"
         : moved        ? "size changed and md moved"
                        : "size changed");
  if (log && row.backing->index != kInternal) {
    // The kernel takes metadata apart for unmoved and writes nothing to the bitmap's new place: whoever reads
    // it there finds no bit set.
    drbd::write_bitmap(world_, host_, place(volume), {});
    row.flags.bitmap_written = true;
  }
  write_bitmap(volume);
  if (write_log(world_, host_, place(volume), {{}, true}) != IoError::none)
    device(volume).flags.unwritten = Unwritten::log;
  sync_md(volume);
  if (log) {
    log_of(volume, "Changed AL layout to al-stripes = {}, al-stripe-size-kB = {}", log->stripes,
           log->stripe_kib);
  }
  return Sized::done;
}

// __drbd_chk_io_error; the log names the function that noticed.
void Node::local_io_error(std::uint32_t volume, Io what) {
  if (!see(volume).backing) return;
  const OnIoError policy = see(volume).backing->options.on_io_error;
  const Disk disk = see(volume).state.disk;
  const std::string_view where = what == Io::peer_write   ? "drbd_endio_write_sec_final"
                                 : what == Io::superblock ? "drbd_md_write"
                                 : what == Io::bitmap     ? "bm_rw"
                                 : what == Io::log        ? "__al_write_transaction"
                                 : what == Io::forced     ? "drbd_force_detach"
                                                          : "__req_mod";
  const bool of_data = what == Io::read || what == Io::write || what == Io::peer_write;
  if (policy == OnIoError::pass_on && of_data) {
    log_of(volume, "Local IO failed in {}.", where);
    if (disk > Disk::inconsistent) change(volume, {.disk = Disk::inconsistent}, kHard);
    return;
  }
  if (disk <= Disk::failed) return;
  io_error_ = what != Io::forced;
  set_state(volume, Change{.disk = Disk::failed}.onto(see(volume).state), kHard);
  log_of(volume, "Local IO failed in {}. Detaching...", where);
  work();
  io_error_ = false;
}

}  // namespace rehearse::drbd
