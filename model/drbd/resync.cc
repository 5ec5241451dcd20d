// Resync and verify: their start, their steps and their end (drbd_worker.c).
#include <algorithm>

#include "model/drbd/node.h"
#include "model/drbd/progress.h"
#include "model/io.h"
#include "model/net/link.h"

namespace rehearse::drbd {
namespace {

using enum Connection;

bool active(Connection conn) { return conn >= sync_source && conn <= paused_sync_t; }

// _drbd_may_sync_now: not while one of those that it comes after is at it, or paused.
bool may_resync(const Kernel& kernel, const Device* device) {
  while (device->backing && device->state.disk != Disk::diskless) {
    const std::int64_t after = device->backing->options.resync_after;
    const Kernel::Found other = after < 0 ? Kernel::Found{} : kernel.minor(static_cast<std::uint32_t>(after));
    if (!other) return true;
    device = other.device;
    const State& state = device->state;
    if (active(state.conn) || state.aftr_isp || state.peer_isp || state.user_isp) return false;
  }
  return true;
}

}  // namespace

void Node::start_resync(std::uint32_t volume, Connection side) {
  if (active(see(volume).state.conn)) {
    log_of(volume, "Resync already running!");
    return;
  }
  const int status = helper(volume, side == sync_target ? "before-resync-target" : "before-resync-source");
  if (status > 0 && (side == sync_target || status != 3)) {
    log_of(volume, "before-resync-{} handler returned {}, dropping connection.",
           side == sync_target ? "target" : "source", status);
    request_all({.conn = disconnecting}, kHard);
    return disconnected();
  }
  if (see(volume).state.conn < connected || !see(volume).backing) return;
  State ns = see(volume).state;
  ns.conn = side;
  (side == sync_target ? ns.disk : ns.pdsk) = Disk::inconsistent;
  ns.aftr_isp = !may_resync_now(volume);
  const Code rv = set_state(volume, ns, kVerbose);
  if (!failed(rv) && see(volume).state.conn >= connected) {
    Device& row = device(volume);
    row.sync = {};
    row.sync.total = row.out_of_sync();
    row.failed_bits = {};
    log_of(volume, "Began resync as {} (will sync {} KB [{} bits set]).", name_of(see(volume).state.conn),
           row.sync.total * 4, row.sync.total);
    sync_md(volume);
    pause_or_resume(true);
  }
  work();
}

bool Node::may_resync_now(std::uint32_t volume) const {
  return may_resync(*world_.hosts.find(host_)->drbd, &see(volume));
}

// drbd_pause_after and drbd_resume_next: all devices of the host, of whatever resource.
bool Node::pause_or_resume(bool pause) {
  const auto kernel = [this]() -> const Kernel& { return *world_.hosts.find(host_)->drbd; };
  std::vector<std::pair<Name, std::uint32_t>> all;
  for (const Resource& row : kernel().resources) {
    for (const Device& device : row.devices) {
      const bool in_use = device.state.conn != stand_alone || device.state.disk != Disk::diskless;
      if (in_use) all.emplace_back(row.name, device.volume);
    }
  }
  bool changed = false;
  for (const auto& [name, volume] : all) {
    const Resource* row = kernel().resource(name);
    const Device* device = row ? row->volume(volume) : nullptr;
    if (!device || device->state.aftr_isp == pause || may_resync(kernel(), device) == pause) continue;
    const Change wanted{.aftr_isp = pause};
    const Code rv = name == name_ ? change(volume, wanted, kHard)
                                  : Node(world_, host_, name, report_).change(volume, wanted, kHard);
    changed = changed || rv != Code::nothing_to_do;
  }
  return changed;
}

void Node::resync_after_changed() {
  bool changed = true;
  while (changed) {
    changed = pause_or_resume(true);
    changed = pause_or_resume(false) || changed;
  }
}

void Node::resync_finished(std::uint32_t volume) {
  const State os = see(volume).state;
  if (os.conn <= connected) return;
  const bool verify = os.conn == verify_s || os.conn == verify_t;
  const bool target = os.conn == sync_target || os.conn == paused_sync_t;
  log_of(volume, "{} done (total 1 sec; paused 0 sec; {} K/sec)", verify ? "Online verify" : "Resync",
         see(volume).sync.total * 4);
  std::string_view handler;
  if (verify) {
    if (see(volume).out_of_sync() > 0) {
      log_of(volume, "Online verify found {} 4k block out of sync!", see(volume).out_of_sync());
      handler = "out-of-sync";
    }
  } else if (target) {
    handler = "after-resync-target";
  }
  State ns = os;
  ns.conn = connected;
  if (see(volume).sync.failed > 0) {
    log_of(volume, "            {} failed blocks", see(volume).sync.failed);
    ns.disk = target ? Disk::inconsistent : Disk::up_to_date;
    ns.pdsk = target ? Disk::up_to_date : Disk::inconsistent;
  } else {
    ns.disk = ns.pdsk = Disk::up_to_date;
    if (target && see(volume).peer_uuids) {
      const Uuids peer = see(volume).peer_uuids->uuids;
      Uuids& own = device(volume).backing->super.uuids;
      own.bitmap = peer.bitmap;
      own.younger = peer.younger;
      own.older = peer.older;
      rotate_uuid(volume, &Uuids::bitmap, see(volume).backing->super.uuids.current);
      set_uuid(volume, &Uuids::current, peer.current);
    }
    if (!verify) {
      clear_bitmap_uuid(volume);
      say_uuids(volume, "updated UUIDs");
      Device& row = device(volume);
      if (row.peer_uuids) row.peer_uuids->uuids = row.backing->super.uuids;
    }
  }
  set_state(volume, ns, kVerbose);
  device(volume).sync = {};
  work();
  sync_md(volume);
  if (!handler.empty()) helper(volume, handler);
  const auto all_well = [](const Device& row) {
    return row.state.disk == Disk::up_to_date && row.state.pdsk == Disk::up_to_date;
  };
  const auto& rows = see().devices;
  const auto& backing = see(volume).backing;
  const bool fences = backing && backing->options.fencing != Fencing::dont_care;
  if (os.conn == sync_source && fences && std::all_of(rows.begin(), rows.end(), all_well)) unfence_peer();
}

// resync_after_online_grow.
void Node::resync_after_grow(std::uint32_t volume) {
  log_of(volume, "Resync of new storage after online grow");
  const State& state = see(volume).state;
  const bool source = state.role != state.peer ? state.role == Role::primary : see().resolve_conflicts;
  if (source) {
    start_resync(volume, sync_source);
  } else {
    request(volume, {.conn = wf_sync_uuid}, kVerbose | kQuiet);
  }
}

namespace {

// The next run of blocks out of sync, within one extent of 16 MiB.
Range next_run(const Bitmap& bitmap, std::uint64_t from) {
  constexpr std::uint64_t kBits = kSyncExtent / kBit;
  for (const Range& run : bitmap.runs) {
    if (run.end() <= from) continue;
    const std::uint64_t first = std::max(run.first, from);
    return {first, std::min(run.end(), (first / kBits + 1) * kBits) - first};
  }
  return {};
}

Range sectors_of_bits(Range bits, Sectors size) {
  const Sectors first = bits.first * kBit;
  return {first, std::min(bits.end() * kBit, size) - first};
}

// What the target asks for at once: up to a megabyte, each doubling of it aligned (make_resync_request).
Range first_request(Range run) {
  constexpr std::uint64_t kMost = 256;
  Range bits{run.first, 1};
  for (unsigned align = 1; bits.count < std::min(kMost, run.count); ++bits.count) {
    if (bits.first % (std::uint64_t{1} << align) != 0) break;
    if ((std::uint64_t{1} << align) <= bits.count + 1) ++align;
  }
  return bits;
}

enum class Copied : std::uint8_t { all, unread, unwritten };

Copied copy(Node& target, Node& source, std::uint32_t volume, Range sectors) {
  const ReadResult found = read(source.world(), source.host(), source.see(volume).backing->device, sectors);
  if (found.error != IoError::none) return Copied::unread;
  const Name device = target.see(volume).backing->device;
  const bool written = write(target.world(), target.host(), device, found.data) == IoError::none;
  return written ? Copied::all : Copied::unwritten;
}

// One run, from the source's disk to the target's; where something of it fails, one request.
bool pull(Node& target, Node& source, std::uint32_t volume) {
  Range bits = next_run(target.see(volume).bitmap, target.see(volume).sync.position);
  if (bits.count == 0) return false;
  Range sectors = sectors_of_bits(bits, target.see(volume).size);
  Copied copied = copy(target, source, volume, sectors);
  if (copied != Copied::all) {
    bits = first_request(bits);
    sectors = sectors_of_bits(bits, target.see(volume).size);
    copied = copy(target, source, volume, sectors);
  }
  const std::uint64_t kib = divide_up(sectors.count, 2);
  target.device(volume).sync.position = bits.end();
  if (copied != Copied::all) {
    // They stay out of sync; who fails does not give its disk up for it before it has answered.
    target.device(volume).sync.failed += bits.count;
    source.device(volume).sync.failed += bits.count;
    if (copied == Copied::unread) source.local_io_error(volume, Node::Io::read);
    if (copied == Copied::unwritten) target.local_io_error(volume, Node::Io::peer_write);
    return true;
  }
  Device& from = source.device(volume);
  from.counters.sent += kib;
  from.counters.read += kib;
  Device& to = target.device(volume);
  to.counters.received += kib;
  to.counters.written += kib;
  target.set_in_sync(volume, sectors);
  source.set_in_sync(volume, sectors);
  return true;
}

// Two contents of the same place, run by run: where they differ.
std::vector<Range> differences(const Patch& one, const Patch& other, Range range) {
  std::vector<Range> found;
  std::size_t a = 0;
  std::size_t b = 0;
  for (Sectors at = range.first; at < range.end();) {
    while (a < one.size() && one[a].end() <= at) ++a;
    while (b < other.size() && other[b].end() <= at) ++b;
    Sectors end = range.end();
    const auto piece = [&](const Patch& patch, std::size_t i) {
      Run run;
      if (i >= patch.size()) return run;
      if (patch[i].first > at) {
        end = std::min(end, patch[i].first);
        return run;
      }
      end = std::min(end, patch[i].end());
      run = patch[i];
      run.offset += at - run.first;
      return run;
    };
    const Run left = piece(one, a);
    const Run right = piece(other, b);
    const bool same =
        left.blank() && right.blank()
            ? true
            : left.stamp == right.stamp && left.block == right.block && left.offset == right.offset;
    if (!same) found.push_back({at, end - at});
    at = end;
  }
  return found;
}

bool compare_blocks(Node& initiator, Node& other, std::uint32_t volume) {
  const Device& row = initiator.see(volume);
  const std::uint64_t bits = bits_of(row.size);
  const std::uint64_t end = row.sync.stop ? std::min(row.sync.stop, bits) : bits;
  const std::uint64_t first = row.sync.position;
  if (first >= end) return false;
  constexpr std::uint64_t kBits = kSyncExtent / kBit;
  const Range some{first, std::min(end, (first / kBits + 1) * kBits) - first};
  const Range sectors = sectors_of_bits(some, row.size);
  const ReadResult here = read(initiator.world(), initiator.host(), row.backing->device, sectors);
  const ReadResult there = read(other.world(), other.host(), other.see(volume).backing->device, sectors);
  initiator.device(volume).sync.position = some.end();
  if (here.error != IoError::none) initiator.local_io_error(volume, Node::Io::read);
  if (there.error != IoError::none) other.local_io_error(volume, Node::Io::read);
  if (here.error != IoError::none || there.error != IoError::none) return true;
  for (const Range& range : differences(here.data, there.data, sectors)) {
    initiator.set_out_of_sync(volume, range);
    other.set_out_of_sync(volume, range);
  }
  return true;
}

}  // namespace

bool resync_step(Node& node, std::uint32_t volume) {
  const State state = node.see(volume).state;
  std::optional<Node> there = node.peer();
  if (!there || !there->see().volume(volume)) return false;
  // Data fill frames; so do many questions of a verify, and its sums, on their way together.
  const bool no_data = net::way(node.world(), there->host(), node.host()).loses_large;
  if (state.conn == sync_target && there->see(volume).state.conn == sync_source) {
    if (no_data && node.see(volume).out_of_sync() > 0) return false;
    if (pull(node, *there, volume)) return true;
    node.resync_finished(volume);
    return true;
  }
  if (state.conn == verify_s && there->see(volume).state.conn == verify_t) {
    if (no_data || net::way(node.world(), node.host(), there->host()).loses_large) return false;
    if (compare_blocks(node, *there, volume)) return true;
    node.resync_finished(volume);
    return true;
  }
  return false;
}

}  // namespace rehearse::drbd
