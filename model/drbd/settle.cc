#include "model/drbd/settle.h"

#include "model/drbd/node.h"
#include "model/drbd/progress.h"
#include "model/net/link.h"

namespace rehearse::drbd {
namespace {

using enum Connection;

bool runs(const World& world, Name host) {
  const Host& at = *world.hosts.find(host);
  return at.powered && !at.hung && at.drbd;
}

std::vector<Name> resources_of(const World& world, Name host) {
  std::vector<Name> names;
  for (const Resource& row : world.hosts.find(host)->drbd->resources) names.push_back(row.name);
  return names;
}

// A round trip that takes as long as ping-timeout is as good as none.
bool reaches(const World& world, Name host, const Resource& resource, Name other) {
  return net::connected(world, host, other) &&
         net::round_trip(world, host, other) < resource.net->options.ping_timeout * 100;
}

bool notice_loss(Node& node) {
  const Resource& mine = node.see();
  if (mine.conn < wf_report_params || mine.peer_host.empty()) return false;
  const bool closed = !mine.inbox.empty() && mine.inbox.back().kind == Packet::Kind::closed;
  if (reaches(node.world(), node.host(), mine, mine.peer_host)) {
    if (node.peer() || closed) return false;
    node.lost(network_failure, "meta connection shut down by peer.");
    return true;
  }
  node.lost(network_failure, "PingAck did not arrive in time.");
  return true;
}

bool take_packet(Node& node) {
  if (node.see().inbox.empty() || node.see().peer_host.empty()) return false;
  const net::Direction way = net::way(node.world(), node.see().peer_host, node.host());
  if (node.see().inbox.front().large && way.loses_large) {
    // That the peer has closed its other socket is seen nevertheless.
    if (node.see().inbox.back().kind != Packet::Kind::closed) return false;
    auto& inbox = node.resource().inbox;
    inbox.erase(inbox.begin(), inbox.end() - 1);
  }
  const Packet packet = node.see().inbox.front();
  if (packet.kind == Packet::Kind::data && way.delay_ms > 0 && packet.fresh) return false;
  auto& inbox = node.resource().inbox;
  inbox.erase(inbox.begin());
  node.receive(packet);
  return true;
}

std::optional<Node> find_peer(Node& node) {
  const Resource& mine = node.see();
  World& world = node.world();
  for (const Name other : world.hosts.names()) {
    if (other == node.host() || !runs(world, other)) continue;
    for (const Resource& row : world.hosts.find(other)->drbd->resources) {
      if (row.conn != wf_connection || !row.net || row.net->local != mine.net->peer ||
          row.net->peer != mine.net->local) {
        continue;
      }
      if (reaches(world, node.host(), mine, other) && reaches(world, node.host(), row, other))
        return Node(world, other, row.name, node.report());
    }
  }
  return std::nullopt;
}

// A resync of nothing ends as it begins, and what waited for another device may go on.
bool finish_empty(Node& node) {
  for (const std::uint32_t volume : node.volumes()) {
    const Device& row = node.see(volume);
    if (row.state.conn == sync_target && row.out_of_sync() == 0 && resync_step(node, volume)) return true;
  }
  return false;
}

bool give_up_disks(Node& node) {
  for (const std::uint32_t volume : node.volumes()) {
    if (node.give_up_unwritten(volume)) return true;
  }
  return false;
}

bool move(Node& node) {
  if (give_up_disks(node)) return true;
  if (notice_loss(node)) return true;
  if (node.see().conn == unconnected) {
    node.to_unconnected();
    return true;
  }
  if (take_packet(node)) return true;
  if (node.see().conn == wf_connection) {
    if (std::optional<Node> other = find_peer(node)) {
      Node::establish(node, *other);
      return true;
    }
  }
  return finish_empty(node);
}

void age_packets(World& world) {
  for (const Name host : world.hosts.names()) {
    if (!runs(world, host)) continue;
    for (const Name name : resources_of(world, host)) {
      const Resource& row = *world.hosts.find(host)->drbd->resource(name);
      if (row.inbox.empty()) continue;
      Report muted;
      muted.muted = true;
      for (Packet& packet : Node(world, host, name, muted).resource().inbox) packet.fresh = false;
    }
  }
}

}  // namespace

void settle(World& world, Report& report) {
  constexpr int kRounds = 10000;
  for (int round = 0; round < kRounds; ++round) {
    bool moved = false;
    for (const Name host : world.hosts.names()) {
      if (!runs(world, host)) continue;
      for (const Name name : resources_of(world, host)) {
        if (!world.hosts.find(host)->drbd->resource(name)) continue;
        Node node(world, host, name, report);
        moved = move(node) || moved;
      }
    }
    if (!moved) break;
  }
  age_packets(world);
}

void progress(World& world, bool all, Report& report) {
  bool again = true;  // one that waited for another goes on when that has ended
  while (again) {
    again = false;
    for (const Name host : world.hosts.names()) {
      if (!runs(world, host)) continue;
      for (const Name name : resources_of(world, host)) {
        Node node(world, host, name, report);
        for (const std::uint32_t volume : node.volumes()) {
          while (resync_step(node, volume) && all) again = true;
        }
      }
    }
    settle(world, report);
  }
}

}  // namespace rehearse::drbd
