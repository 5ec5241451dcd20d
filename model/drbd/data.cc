#include "model/drbd/data.h"

#include <algorithm>
#include <utility>

#include "model/drbd/call.h"
#include "model/drbd/settle.h"
#include "model/net/link.h"

namespace rehearse::drbd {
namespace {

thread_local UnreadBlocks* innermost = nullptr;

using enum Connection;

Kernel::Found find(const World& world, Name host, std::uint32_t minor) {
  const Part<Kernel>& kernel = world.hosts.find(host)->drbd;
  return kernel ? kernel->minor(minor) : Kernel::Found{};
}

// drbd_should_do_remote, drbd_should_send_out_of_sync.
bool mirrors(const State& state) {
  return state.pdsk == Disk::up_to_date ||
         (state.pdsk >= Disk::inconsistent && state.conn >= wf_bitmap_t && state.conn < ahead);
}
bool tells_out_of_sync(const State& state) { return state.conn == ahead || state.conn == wf_bitmap_s; }

const Device* peer_device(const World& world, Name host, const Resource& resource, std::uint32_t volume) {
  if (resource.peer_host.empty() || !net::connected(world, host, resource.peer_host)) return nullptr;
  const Part<Kernel>& kernel = world.hosts.find(resource.peer_host)->drbd;
  if (!kernel) return nullptr;
  for (const Resource& row : kernel->resources) {
    if (row.peer_host == host && row.net && resource.net && row.net->local == resource.net->peer)
      return row.volume(volume);
  }
  return nullptr;
}

ReadResult read_disk(const World& world, Name host, const Device& row, Range range) {
  ReadResult result = rehearse::read(world, host, row.backing->device, range);
  if (result.error == IoError::failed) UnreadBlocks::note(host, row.minor, range);
  return result;
}

// The blocks of a range that cannot be read, each by itself.
void unreadable(const World& world, Name host, Name device, Range blocks, std::vector<Range>& into) {
  const Range sectors{blocks.first * kBit, blocks.count * kBit};
  if (rehearse::read(world, host, device, sectors).error != IoError::failed) return;
  if (blocks.count == 1) return into.push_back(sectors);
  const std::uint64_t half = blocks.count / 2;
  unreadable(world, host, device, {blocks.first, half}, into);
  unreadable(world, host, device, {blocks.first + half, blocks.count - half}, into);
}

// Sends a write; whether the peer has it as safely as the protocol asks.
bool mirror(Node& node, std::uint32_t volume, const Patch& patch) {
  std::optional<Node> there = node.peer();
  if (!there || !there->see().volume(volume)) return false;
  node.device(volume).counters.sent += divide_up(size_of(patch), 2);
  const net::Direction way = net::way(node.world(), node.host(), there->host());
  const bool large = net::is_large(kPacketHeader + size_of(patch) * kSector);
  if (way.loses_large && large) {
    // It is sent again and again, until ko-count times timeout have passed.
    node.lost(timeout, "Remote failed to finish a request within ko-count * timeout");
    return false;
  }
  const Connection conn = node.see(volume).state.conn;
  const bool syncs = conn >= sync_source && conn <= paused_sync_t;
  if (way.delay_ms > 0 && node.see().net->options.protocol == Protocol::a) {
    Packet packet;
    packet.kind = Packet::Kind::data;
    packet.volume = volume;
    packet.data = patch;
    packet.bits = syncs;
    packet.large = large;
    node.send(std::move(packet));
    return true;  // on its way is enough
  }
  if (!there->receive_data(volume, patch, syncs)) return false;
  return true;
}

}  // namespace

IoError may_open(const World& world, Name host, std::uint32_t minor, bool to_write) {
  const Kernel::Found found = find(world, host, minor);
  if (!found) return IoError::no_device;
  if (found.device->state.role == Role::primary) return IoError::none;
  return to_write ? IoError::not_primary : IoError::wrong_medium;
}

ReadResult read(const World& world, Name host, std::uint32_t minor, Range range) {
  if (const IoError closed = may_open(world, host, minor, false); closed != IoError::none)
    return {closed, {}};
  const Kernel::Found found = find(world, host, minor);
  const Device& row = *found.device;
  if (!row.state.takes_io()) return {IoError::suspended, {}};
  const Device* peer =
      row.state.pdsk == Disk::up_to_date ? peer_device(world, host, *found.resource, row.volume) : nullptr;
  ReadResult result;
  // Blocks out of sync are read from the peer, the others here if there is a disk.
  for (Sectors at = range.first; at < range.end() && result.error == IoError::none;) {
    const bool local_disk = row.backing && row.state.disk >= Disk::inconsistent;
    bool local = local_disk && row.state.disk == Disk::up_to_date;
    Sectors end = range.end();
    if (local_disk && !local && row.state.disk == Disk::inconsistent) {
      const Range block{at / kBit, 1};
      local = !row.bitmap.any(block);
      for (const Range& run : row.bitmap.runs) {
        for (const Sectors edge : {run.first * kBit, run.end() * kBit}) {
          if (edge > at) end = std::min(end, edge);
        }
      }
    }
    ReadResult piece{IoError::failed, {}};
    const Range part{at, end - at};
    if (local) piece = read_disk(world, host, row, part);
    if (piece.error != IoError::none && peer && peer->backing)
      piece = read_disk(world, found.resource->peer_host, *peer, part);
    result.error = piece.error;
    append(result.data, piece.data);
    at = end;
  }
  return result;
}

UnreadBlocks::UnreadBlocks() : outer_(innermost) { innermost = this; }
UnreadBlocks::~UnreadBlocks() { innermost = outer_; }
void UnreadBlocks::note(Name host, std::uint32_t minor, Range range) {
  if (innermost != nullptr) innermost->places_.push_back({host, minor, range});
}

void UnreadBlocks::take_effect(World& world, Report& report) {
  for (const auto& [host, minor, range] : std::exchange(places_, {})) {
    auto call = Call::of(world, host, minor, report);
    if (!call || !call->see().backing) continue;
    std::vector<Range> blocks;
    unreadable(world, host, call->see().backing->device, bits_touched(range), blocks);
    if (call->see().state.role == Role::primary) {
      for (const Range& block : blocks) call->node.set_out_of_sync(call->volume, block);
    }
    if (!blocks.empty()) call->node.local_io_error(call->volume, Node::Io::read);
  }
}

IoError write(World& world, Name host, std::uint32_t minor, const Patch& patch) {
  if (const IoError closed = may_open(world, host, minor, true); closed != IoError::none) return closed;
  Report muted;
  muted.muted = true;
  Call call = *Call::of(world, host, minor, muted);
  Node& node = call.node;
  const std::uint32_t volume = call.volume;
  const State state = call.see().state;
  if (!state.takes_io()) {
    ++node.device(volume).counters.waiting;
    return IoError::suspended;
  }
  if (state.disk != Disk::up_to_date && state.pdsk != Disk::up_to_date) return IoError::failed;
  const std::vector<Range> ranges = covered(patch);
  bool local = call.see().backing && state.disk >= Disk::inconsistent;
  const bool had_disk = local;
  if (local) {
    for (const Range& range : ranges) node.activate(volume, range);
    if (node.give_up_unwritten(volume)) {
      // Before anything of it was written or sent: the peer knows of it first.
      settle(world, muted);
      return write(world, host, minor, patch);
    }
    if (rehearse::write(world, host, call.see().backing->device, patch) == IoError::none) {
      node.device(volume).counters.written += divide_up(size_of(patch), 2);
    } else {
      local = false;
    }
  }
  const bool remote = mirrors(state) && mirror(node, volume, patch);
  if (had_disk && !(local && remote)) {
    for (const Range& range : ranges) node.set_out_of_sync(volume, range);
  }
  if (had_disk && !local) node.local_io_error(volume, Node::Io::write);
  if (local && remote && state.conn >= sync_source && state.conn <= paused_sync_t) {
    for (const Range& range : ranges) node.set_in_sync(volume, range);
  }
  if (tells_out_of_sync(state)) {
    Packet packet;
    packet.kind = Packet::Kind::out_of_sync;
    packet.volume = volume;
    packet.data = patch;
    node.send(std::move(packet));
  }
  return local || remote ? IoError::none : IoError::failed;
}

}  // namespace rehearse::drbd
