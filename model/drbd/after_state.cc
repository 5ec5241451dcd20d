// What follows from a change of state once it has happened: the kernel's worker does it (drbd_state.c
// after_state_ch, w_after_conn_state_ch).
#include <algorithm>

#include "model/drbd/node.h"

namespace rehearse::drbd {
namespace {

using enum Connection;

// lost_contact_to_peer_data
bool lost_peer_data(Disk os, Disk ns) {
  if (os >= Disk::inconsistent && os != Disk::d_unknown && os != Disk::outdated &&
      (ns < Disk::inconsistent || ns == Disk::d_unknown || ns == Disk::outdated)) {
    return true;
  }
  return os == Disk::d_unknown && (ns == Disk::diskless || ns == Disk::failed || ns == Disk::outdated);
}

bool usable(const Device& row) { return row.backing && row.state.disk >= Disk::inconsistent; }

}  // namespace

void Node::work() {
  if (working_) return;
  working_ = true;
  while (!done_.empty()) {
    const Done next = done_.front();
    done_.pop_front();
    if (see().volume(next.volume)) after(next);
  }
  working_ = false;
}

void Node::after(const Done& done) {
  const auto& [volume, os, ns] = done;
  if ((os.disk != Disk::up_to_date || os.pdsk != Disk::up_to_date) && ns.disk == Disk::up_to_date &&
      ns.pdsk == Disk::up_to_date) {
    Device& row = device(volume);
    row.flags.crashed_primary = false;
    if (row.peer_uuids) row.peer_uuids->flags &= ~kCrashedPrimary;
  }
  if (!os.no_data() && ns.no_data()) helper(volume, "pri-on-incon-degr");
  after_suspension(done);
  after_sync(done);
  after_loss_of_peer_data(done);
  if (os.role == Role::primary && ns.role == Role::secondary && see(volume).state.conn <= connected &&
      usable(see(volume))) {
    write_bitmap(volume);  // on demotion
  }
  if (ns.conn >= connected && os.disk == Disk::attaching && ns.disk == Disk::negotiating) {
    send_sizes(volume);
    send_uuids(volume);
    send_state(volume);
  }
  const auto paused = [](const State& state) { return state.aftr_isp || state.peer_isp || state.user_isp; };
  if (!paused(os) && paused(ns)) pause_or_resume(true);
  if (ns.conn >= connected && (os.aftr_isp != ns.aftr_isp || os.user_isp != ns.user_isp)) send_state(volume);
  if (os.conn == wf_report_params && ns.conn >= connected) send_state(volume);
  if (os.conn != starting_sync_t && ns.conn == starting_sync_t) {
    set_all_bits(volume);
    request(volume, {.conn = wf_sync_uuid});
  }
  if (os.conn != starting_sync_s && ns.conn == starting_sync_s) {
    set_all_bits(volume);
    start_resync(volume, sync_source);
  }
  after_disk(done);
  const bool ended = os.conn > connected && ns.conn <= connected;
  const bool given_up = ns.disk == Disk::diskless && ns.conn == stand_alone && ns.role == Role::secondary &&
                        os.aftr_isp != ns.aftr_isp;
  if (ended || given_up || (os.peer_isp && !ns.peer_isp) || (os.user_isp && !ns.user_isp))
    pause_or_resume(false);
  // The target is done: it says so, though the source should know.
  if (os.disk < Disk::up_to_date && os.conn >= sync_source && ns.conn == connected) send_state(volume);
  if (os.conn == verify_s && ns.conn == connected) send_state(volume);
  if (os.conn > connected && os.conn < ahead && (ns.conn == connected || ns.conn >= ahead) &&
      usable(see(volume))) {
    write_bitmap(volume, false);
  }
  sync_md(volume);
}

// What a side that becomes the source sends.
void Node::after_sync(const Done& done) {
  const auto& [volume, os, ns] = done;
  const auto source = [](Connection conn) { return conn == sync_source || conn == paused_sync_s; };
  if (!source(os.conn) && source(ns.conn) && usable(see(volume))) {
    // drbd_gen_and_send_sync_uuid
    const std::uint64_t before = see(volume).backing->super.uuids.bitmap;
    const std::uint64_t sync =
        before != 0 && before != kJustCreated ? before + 0x0001000000000000 : random(volume, 3);
    rotate_uuid(volume, &Uuids::bitmap, sync);
    say_uuids(volume, "updated sync UUID");
    sync_md(volume);
    Packet packet;
    packet.kind = Packet::Kind::sync_uuid;
    packet.volume = volume;
    packet.uuids.current = sync;
    send(packet);
  }
  if (os.pdsk == Disk::diskless && ns.pdsk > Disk::diskless && ns.pdsk != Disk::d_unknown) {
    device(volume).sync = {};
    send_uuids(volume);
    send_state(volume);
  }
  if (os.conn != wf_bitmap_s && ns.conn == wf_bitmap_s && see(volume).state.conn == wf_bitmap_s) {
    send_bitmap(volume);
  }
}

// IO that waited for data or for fencing goes on when the peer is back.
void Node::after_suspension(const Done& done) {
  const auto& [volume, os, ns] = done;
  const auto lowest_conn = [&] {
    Connection lowest = behind;
    for (const Device& row : see().devices) lowest = std::min(lowest, row.state.conn);
    return lowest;
  };
  if (ns.susp_nod && see(volume).state.susp_nod) {
    const bool back = os.conn < connected && lowest_conn() >= connected;
    const bool attached =
        (os.disk == Disk::attaching || os.disk == Disk::negotiating) && ns.disk == Disk::up_to_date;
    if (back || attached) request_all({.susp_nod = false}, kVerbose);
  }
  if (ns.susp_fen && see(volume).state.susp_fen && lowest_conn() >= connected) {
    for (const std::uint32_t each : volumes()) device(each).flags.new_current_uuid = false;
    request_all({.susp_fen = false}, kVerbose);
  }
}

void Node::after_loss_of_peer_data(const Done& done) {
  const auto& [volume, os, ns] = done;
  // clang 14 captures no structured bindings but by name.
  const auto fresh_generation = [this, &volume = volume, &ns = ns] {
    return usable(see(volume)) && see(volume).backing->super.uuids.bitmap == 0 && ns.disk >= Disk::up_to_date;
  };
  if (lost_peer_data(os.pdsk, ns.pdsk) && (ns.role == Role::primary || ns.peer == Role::primary) &&
      fresh_generation()) {
    if (see(volume).state.suspended()) {
      device(volume).flags.new_current_uuid = true;
    } else {
      new_current_uuid(volume);
      send_uuids(volume);
    }
  }
  if (ns.pdsk >= Disk::inconsistent || !usable(see(volume))) return;
  if (os.peer != Role::primary && ns.peer == Role::primary && fresh_generation()) {
    new_current_uuid(volume);
    send_uuids(volume);
  }
  if (os.peer == Role::primary && ns.peer == Role::secondary) write_bitmap(volume);
}

void Node::after_disk(const Done& done) {
  const auto& [volume, os, ns] = done;
  if (os.disk != Disk::failed && ns.disk == Disk::failed) {
    if (io_error_ && see(volume).backing &&
        see(volume).backing->options.on_io_error == OnIoError::call_local_io_error) {
      helper(volume, "local-io-error");
    }
    if (ns.conn >= connected) send_state(volume);
    sync_md(volume);
    go_diskless(volume);
  }
  if (os.disk != Disk::diskless && ns.disk == Disk::diskless) {
    if (ns.conn >= connected) send_state(volume);
    Device& row = device(volume);
    row.backing.reset();
    row.flags.unwritten = Unwritten::none;
    row.active.clear();
    row.bitmap = {};
  }
  if (os.disk == Disk::up_to_date && ns.disk == Disk::inconsistent && ns.conn >= connected)
    send_state(volume);
  if (ns.disk > Disk::negotiating && ns.pdsk > Disk::negotiating && see(volume).flags.resync_after_neg) {
    device(volume).flags.resync_after_neg = false;
    if (ns.conn == connected) send_state(volume);
  }
}

// The last reference to the disk is gone: the bitmap is written while it can be.
void Node::go_diskless(std::uint32_t volume) {
  if (see(volume).backing) write_bitmap(volume);
  change(volume, {.disk = Disk::diskless}, kHard);
}

void Node::after_all(Connection oc) {
  if (oc == disconnecting && see().conn == stand_alone) resource().net.reset();
  const auto& rows = see().devices;
  const bool fenced = !rows.empty() && rows.front().state.susp_fen &&
                      std::all_of(rows.begin(), rows.end(),
                                  [](const Device& row) { return row.state.pdsk <= Disk::outdated; });
  if (!fenced) return;
  for (const std::uint32_t volume : volumes()) {
    if (!see(volume).flags.new_current_uuid) continue;
    new_current_uuid(volume);
    device(volume).flags.new_current_uuid = false;
    sync_md(volume);
  }
  request_all({.susp_fen = false}, kVerbose);
}

}  // namespace rehearse::drbd
