// What a node does with what its peer sends (drbd_receiver.c).
#include <algorithm>

#include "model/drbd/node.h"
#include "model/io.h"

namespace rehearse::drbd {
namespace {

using enum Connection;

}  // namespace

void Node::receive(const Packet& packet) {
  if (packet.kind == Packet::Kind::closed) {
    if (see().conn > tear_down) {
      log("meta connection shut down by peer.");
      request_all({.conn = network_failure}, kHard);
    }
    disconnected();
    to_unconnected();
    return;
  }
  if (!see().volume(packet.volume)) return;
  switch (packet.kind) {
    case Packet::Kind::sizes:
      return receive_sizes(packet);
    case Packet::Kind::uuids:
      return receive_uuids(packet);
    case Packet::Kind::state:
      return receive_state(packet);
    case Packet::Kind::sync_uuid:
      return receive_sync_uuid(packet);
    case Packet::Kind::bitmap:
      return receive_bitmap(packet);
    case Packet::Kind::out_of_sync:
      for (const Range& range : covered(packet.data)) set_out_of_sync(packet.volume, range);
      return;
    case Packet::Kind::data:
      receive_data(packet.volume, packet.data, packet.bits != 0);
      return;
    case Packet::Kind::closed:
      return;
  }
}

void Node::receive_sizes(const Packet& packet) {
  const std::uint32_t volume = packet.volume;
  device(volume).peer_max_size = packet.max_size;
  const bool disk = see(volume).backing && see(volume).state.disk >= Disk::negotiating;
  if (!disk) {
    const Sectors size = packet.size ? packet.size : packet.user_size ? packet.user_size : packet.max_size;
    if (see(volume).size != size) publish_size(volume, size);
    return;
  }
  constexpr Sectors kAtOnce = 2048;  // 1 MiB, which every peer of this protocol takes
  device(volume).backing->super.max_bio_size = kAtOnce;
  Sectors user = packet.user_size;
  const Sectors mine = see(volume).backing->options.size;
  if (see(volume).state.conn == wf_report_params) {
    user = mine == 0 ? user : user == 0 ? mine : std::min(mine, user);
  }
  const Sectors size = new_size(volume, user);
  const bool usable = see(volume).state.disk >= Disk::outdated && see(volume).state.conn < connected;
  if (usable && size < see(volume).size) {  // a connection never cuts off usable data
    log_of(volume, "The peer's disk size is too small! ({} < {} sectors)", size, see(volume).size);
    request_all({.conn = disconnecting}, kHard);
    return disconnected();
  }
  device(volume).backing->options.size = user;
  const Sectors before = see(volume).size;
  const bool assume_clean = packet.bits != 0;
  determine_size(volume, false, assume_clean);
  sync_md(volume);
  if (see(volume).state.conn <= wf_report_params) return;
  if (packet.size != see(volume).size) send_sizes(volume, assume_clean);
  if (see(volume).size > before && before != 0 && see(volume).state.conn == connected) {
    if (assume_clean) {
      log_of(volume, "Resync of new storage suppressed with --assume-clean");
      return;
    }
    if (see(volume).state.pdsk >= Disk::inconsistent && see(volume).state.disk >= Disk::inconsistent) {
      resync_after_grow(volume);
    } else {
      device(volume).flags.resync_after_neg = true;
    }
  }
}

void Node::receive_uuids(const Packet& packet) {
  const std::uint32_t volume = packet.volume;
  device(volume).peer_uuids = PeerUuids{packet.uuids, packet.bits, packet.flags};
  const State state = see(volume).state;
  const bool other_data = (see(volume).exposed_uuid | 1) != (packet.uuids.current | 1);
  const bool diskless_primary = state.disk < Disk::inconsistent && state.role == Role::primary;
  if (state.conn < connected && diskless_primary && other_data) {
    log_of(volume, "Can only connect to data with current UUID={:016X}", see(volume).exposed_uuid);
    request_all({.conn = disconnecting}, kHard);
    return disconnected();
  }
  bool updated = false;
  if (see(volume).backing && state.disk >= Disk::inconsistent) {
    if (state.conn == connected && see(volume).backing->super.uuids.current == kJustCreated &&
        (packet.flags & kSkipInitialSync)) {
      log_of(volume, "Accepted new current UUID, preparing to skip initial sync");
      device(volume).bitmap = {};
      device(volume).flags.bitmap_written = false;
      write_bitmap(volume);
      set_uuid(volume, &Uuids::current, packet.uuids.current);
      set_uuid(volume, &Uuids::bitmap, 0);
      change(volume, {.disk = Disk::up_to_date, .pdsk = Disk::up_to_date}, kVerbose);
      sync_md(volume);
      updated = true;
    }
  } else if (state.disk < Disk::inconsistent && (state.role == Role::primary || state.conn >= connected)) {
    updated = see(volume).exposed_uuid != packet.uuids.current;
    device(volume).exposed_uuid = packet.uuids.current;
  }
  if (updated) say_uuids(volume, "receiver updated UUIDs to");
}

// What the peer's disk counts as, where it says less than it means; nothing: the packet ended a resync or a
// verify, and there is no more to it.
std::optional<Disk> Node::real_peer_disk(std::uint32_t volume, const State& there) {
  Disk disk = there.disk;
  if (disk == Disk::negotiating) {
    const auto& uuids = see(volume).peer_uuids;
    disk = uuids && (uuids->flags & kWasInconsistent) ? Disk::inconsistent : Disk::consistent;
    log_of(volume, "real peer disk state = {}", name_of(disk));
  }
  const State os = see(volume).state;
  const bool becomes_source = (os.pdsk == Disk::inconsistent || os.pdsk == Disk::consistent) &&
                              os.conn > connected && os.disk == Disk::up_to_date;
  if (becomes_source && disk == Disk::up_to_date) {
    if (there.conn > connected && there.conn < sync_source) return Disk::inconsistent;
    if (os.conn >= sync_source && there.conn == connected) {
      if (see(volume).out_of_sync() <= see(volume).sync.failed) resync_finished(volume);
      return std::nullopt;
    }
  }
  const bool verified = os.conn == verify_t && os.disk == Disk::up_to_date;
  if (verified && there.conn == connected && disk == Disk::up_to_date) {
    resync_finished(volume);
    return std::nullopt;
  }
  const bool behind_the_times = os.pdsk == Disk::up_to_date && os.conn == connected;
  if (behind_the_times && disk == Disk::inconsistent && there.conn > sync_source) return Disk::up_to_date;
  return disk;
}

// Runs the handshake if the packet calls for one. False: the connection is gone.
bool Node::negotiate(std::uint32_t volume, State& there, Disk& peer_disk, State& ns) {
  const State os = see(volume).state;
  const bool both_disks =
      there.disk >= Disk::negotiating && see(volume).backing && os.disk >= Disk::negotiating;
  if (!both_disks || !see(volume).peer_uuids) return true;
  const bool attaches = there.disk == Disk::negotiating || os.disk == Disk::negotiating;
  const bool asked = there.conn >= starting_sync_s && there.conn <= wf_bitmap_t;
  const bool consider = os.conn < connected || see(volume).flags.consider_resync ||
                        (os.conn == connected && (attaches || asked));
  if (!consider) return true;
  const std::optional<Connection> side = handshake(volume, there.role, peer_disk);
  ns = see(volume).state;  // it may have demoted this side
  ns.conn = side ? *side : ns.conn == wf_report_params ? connected : ns.conn;
  if (side) return true;
  if (see(volume).state.disk == Disk::negotiating) {
    change(volume, {.disk = Disk::failed}, kHard);
    ns = see(volume).state;
    return true;
  }
  if (there.disk == Disk::negotiating) {
    log_of(volume, "Disk attach process on the peer node was aborted.");
    there.disk = peer_disk = Disk::diskless;
    return true;
  }
  give_up();
  return false;
}

void Node::give_up() {
  request_all({.conn = disconnecting}, kHard);
  log("error receiving ReportState, e: -5 l: 0!");
  disconnected();
}

void Node::receive_state(const Packet& packet) {
  const std::uint32_t volume = packet.volume;
  State there = packet.state;
  const State os = see(volume).state;
  if (os.conn <= tear_down) return;
  const std::optional<Disk> told = real_peer_disk(volume, there);
  if (!told) return;
  Disk peer_disk = *told;
  State ns = os;
  if (ns.conn == wf_report_params) ns.conn = connected;
  if (!negotiate(volume, there, peer_disk, ns)) return;
  device(volume).flags.consider_resync = false;
  ns.peer = there.role;
  ns.pdsk = peer_disk;
  ns.peer_isp = there.aftr_isp || there.user_isp;
  if ((ns.conn == connected || ns.conn == wf_bitmap_s) && ns.disk == Disk::negotiating)
    ns.disk = see(volume).negotiated_disk;
  const bool fresh_link = os.conn < connected && ns.conn >= connected;
  const bool frozen = ns.suspended() && see(volume).flags.new_current_uuid;
  if (frozen && ns.pdsk == Disk::consistent && ns.conn == connected && os.conn < connected) {
    log_of(volume, "Aborting Connect, can not thaw IO with an only Consistent peer");
    new_current_uuid(volume);
    device(volume).flags.new_current_uuid = false;
    request_all({.conn = protocol_error, .susp = false, .susp_fen = false}, kHard);
    return disconnected();
  }
  const Code rv = set_state(volume, ns, kVerbose | (fresh_link ? 0u : kHard));
  work();
  if (failed(rv)) return give_up();
  const bool undecided = there.conn <= connected && there.disk != Disk::negotiating;
  if (os.conn > wf_report_params && see(volume).state.conn > connected && undecided) {
    send_uuids(volume);  // this side wants a resync, and the peer has not decided yet
    send_state(volume);
  }
  device(volume).flags.discard_my_data = false;
  sync_md(volume);
}

void Node::receive_sync_uuid(const Packet& packet) {
  const std::uint32_t volume = packet.volume;
  if (!see(volume).backing || see(volume).state.disk < Disk::negotiating) {
    log_of(volume, "Ignoring SyncUUID packet!");
    return;
  }
  set_uuid(volume, &Uuids::current, packet.uuids.current);
  set_uuid(volume, &Uuids::bitmap, 0);
  say_uuids(volume, "updated sync uuid");
  sync_md(volume);
  start_resync(volume, sync_target);
}

void Node::receive_bitmap(const Packet& packet) {
  const std::uint32_t volume = packet.volume;
  if (!see(volume).backing) return;
  device(volume).bitmap.set(packet.bitmap);
  device(volume).flags.bitmap_written = false;
  if (see(volume).state.conn == wf_bitmap_t) {
    send_bitmap(volume);
    request(volume, {.conn = wf_sync_uuid});
  } else if (see(volume).state.conn == wf_bitmap_s) {
    start_resync(volume, sync_source);
  } else {
    log_of(volume, "unexpected cstate ({}) in receive_bitmap", name_of(see(volume).state.conn));
  }
}

bool Node::receive_data(std::uint32_t volume, const Patch& patch, bool may_set_in_sync) {
  const std::uint64_t kib = divide_up(size_of(patch), 2);
  if (!see(volume).backing || see(volume).state.disk < Disk::inconsistent) return false;
  const bool only_disk = see(volume).state.pdsk < Disk::inconsistent;
  if (only_disk) {
    // The peer has none: what it writes is out of sync from now on.
    for (const Range& range : covered(patch)) {
      set_out_of_sync(volume, range);
      activate(volume, range);
    }
    if (give_up_unwritten(volume)) return false;
  }
  {
    Device& row = device(volume);
    row.counters.received += kib;
    row.counters.written += kib;
  }
  if (rehearse::write(world_, host_, see(volume).backing->device, patch) != IoError::none) {
    for (const Range& range : covered(patch)) set_out_of_sync(volume, range);
    local_io_error(volume, Io::peer_write);
    return false;
  }
  const Connection conn = see(volume).state.conn;
  if (may_set_in_sync && !only_disk && conn >= sync_source && conn <= paused_sync_t) {
    for (const Range& range : covered(patch)) set_in_sync(volume, range);
  }
  return true;
}

}  // namespace rehearse::drbd
