// What a node sends (drbd_main.c).
#include <algorithm>

#include "model/drbd/bitmap_code.h"
#include "model/drbd/node.h"
#include "model/net/link.h"

namespace rehearse::drbd {

void Node::send(Packet packet) {
  std::optional<Node> there = peer();
  if (!there || net::way(world_, host_, there->host()).cut) return;
  there->resource().inbox.push_back(std::move(packet));
}

void Node::send_sizes(std::uint32_t volume, bool assume_clean) {
  const Device& row = see(volume);
  Packet packet;
  packet.kind = Packet::Kind::sizes;
  packet.volume = volume;
  packet.size = row.size;
  packet.bits = assume_clean;
  if (row.backing && row.state.disk >= Disk::negotiating) {
    packet.max_size = layout_now(volume).usable;
    packet.user_size = row.backing->options.size;
  }
  send(std::move(packet));
}

void Node::send_uuids(std::uint32_t volume, std::uint32_t more_flags) {
  const Device& row = see(volume);
  if (!row.backing || row.state.disk < Disk::negotiating) return;
  Packet packet;
  packet.kind = Packet::Kind::uuids;
  packet.volume = volume;
  packet.uuids = row.backing->super.uuids;
  packet.bits = row.out_of_sync();
  packet.flags = more_flags;
  if (row.flags.discard_my_data) packet.flags |= kDiscardMyData;
  if (row.flags.crashed_primary) packet.flags |= kCrashedPrimary;
  if (row.negotiated_disk == Disk::inconsistent) packet.flags |= kWasInconsistent;
  send(std::move(packet));
}

void Node::send_state(std::uint32_t volume) {
  Packet packet;
  packet.kind = Packet::Kind::state;
  packet.volume = volume;
  packet.state = see(volume).state;
  send(std::move(packet));
}

void Node::send_bitmap(std::uint32_t volume) {
  const Device& row = see(volume);
  Packet packet;
  packet.kind = Packet::Kind::bitmap;
  packet.volume = volume;
  packet.bitmap = row.bitmap;
  packet.large = net::is_large(longest_packet(row.bitmap, bits_of(row.size), see().net->options.use_rle));
  send(std::move(packet));
}

bool Node::talks_to_a_wall() const {
  const std::optional<Node> there = peer();
  if (!there || !net::way(world_, host_, there->host()).loses_large) return false;
  const auto& inbox = there->see().inbox;
  const auto& devices = see().devices;
  return std::any_of(inbox.begin(), inbox.end(), [](const Packet& packet) { return packet.large; }) ||
         std::any_of(devices.begin(), devices.end(), [](const Device& row) {
           const Connection conn = row.state.conn;
           return (conn == Connection::sync_source && row.out_of_sync() > 0) ||
                  conn == Connection::verify_s || conn == Connection::verify_t;
         });
}

}  // namespace rehearse::drbd
