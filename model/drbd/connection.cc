// How a connection comes and goes (drbd_receiver.c conn_connect, receive_protocol, conn_disconnect).
#include <algorithm>

#include "model/drbd/node.h"
#include "model/net/link.h"

namespace rehearse::drbd {
namespace {

using enum Connection;

// The setting that keeps the two apart, or none.
std::string_view incompatible(const Net& mine, const Net& theirs) {
  const NetOptions& a = mine.options;
  const NetOptions& b = theirs.options;
  if (a.protocol != b.protocol) return "protocol";
  if (as_seen_there(b.after_sb_0pri) != a.after_sb_0pri) return "after-sb-0pri";
  if (as_seen_there(b.after_sb_1pri) != a.after_sb_1pri) return "after-sb-1pri";
  if (as_seen_there(b.after_sb_2pri) != a.after_sb_2pri) return "after-sb-2pri";
  if (mine.discard_my_data && theirs.discard_my_data) return "discard-my-data";
  if (a.allow_two_primaries != b.allow_two_primaries) return "allow-two-primaries";
  if (a.data_integrity_alg != b.data_integrity_alg) return "data-integrity-alg";
  return {};
}

bool authentic(const Net& mine, const Net& theirs) {
  if (mine.options.cram_hmac_alg.empty()) return true;
  return mine.options.cram_hmac_alg == theirs.options.cram_hmac_alg &&
         mine.options.shared_secret == theirs.options.shared_secret;
}

// Each tells before it looks, so that what differs changes sides.
bool exchange_sync_params(Node& one, Node& other) {
  for (const std::uint32_t volume : one.volumes()) {
    if (!other.see().volume(volume)) continue;
    const Node::SyncParam told = one.sync_param(volume);
    const bool fits_one = one.receive_sync_param(volume, other.sync_param(volume));
    const bool fits_other = other.receive_sync_param(volume, told);
    if (!fits_one || !fits_other) return false;
  }
  return true;
}

bool breaks_ties(const Node& one, const Node& other) {
  const auto said = [](const Node& node) { return node.world().hosts.find(node.host())->drbd->breaks_ties; };
  return said(one) != said(other) ? said(one) : one.host() < other.host();
}

}  // namespace

AfterSb as_seen_there(AfterSb policy) {
  if (policy == AfterSb::discard_local) return AfterSb::discard_remote;
  if (policy == AfterSb::discard_remote) return AfterSb::discard_local;
  return policy;
}

void Node::establish(Node& one, Node& other) {
  const Net mine = *one.see().net;
  const Net theirs = *other.see().net;
  // The kernel gives this to the side whose listening socket was reached second: to either, by chance.
  const Node& breaks = breaks_ties(one, other) ? one : other;
  for (Node* node : {&one, &other}) {
    node->resource().peer_host = node == &one ? other.host() : one.host();
    node->resource().resolve_conflicts = node == &breaks;
    node->resource().inbox.clear();
    node->log("Handshake successful: Agreed network protocol version 101");
    node->log("Feature flags enabled on protocol level: 0xf TRIM THIN_RESYNC WRITE_SAME WRITE_ZEROES.");
  }
  if (!authentic(mine, theirs) || !authentic(theirs, mine)) {
    for (Node* node : {&one, &other}) {
      node->log("Authentication of peer failed");
      node->log("Discarding network configuration.");
      node->request_all({.conn = disconnecting}, kHard);
      node->disconnected();
    }
    return;
  }
  for (Node* node : {&one, &other}) {
    const bool discard = node->see().net->discard_my_data;
    for (const std::uint32_t volume : node->volumes()) node->device(volume).flags.discard_my_data = discard;
    node->request_all({.conn = wf_report_params}, kVerbose);
  }
  const auto give_up = [&] {
    for (Node* node : {&one, &other}) {
      node->request_all({.conn = disconnecting}, kHard);
      node->disconnected();
    }
  };
  const std::string_view wrong = incompatible(mine, theirs);
  if (!wrong.empty()) {
    for (Node* node : {&one, &other}) node->log("incompatible {} settings", wrong);
    return give_up();
  }
  if (!exchange_sync_params(one, other)) return give_up();
  for (Node* node : {&one, &other}) {
    for (const std::uint32_t volume : node->volumes()) {
      node->send_sizes(volume);
      node->send_uuids(volume);
      node->send_state(volume);
      node->device(volume).flags.use_degr_wfc = false;
    }
    node->resource().net->discard_my_data = false;
  }
}

// Whatever was under way to this side is gone; what the peer has not looked at yet it still gets, and after
// that the end.
void Node::close_sockets() {
  Packet end;
  end.kind = Packet::Kind::closed;
  send(std::move(end));
  Resource& mine = resource();
  mine.peer_host = {};
  mine.inbox.clear();
}

void Node::disconnected() {
  if (see().conn == stand_alone) return;
  request_all({.conn = network_failure}, kHard);
  if (std::optional<Node> there = peer(); there && !net::connected(world_, host_, there->host())) {
    // Mirrored writes that did not arrive.
    auto& inbox = there->resource().inbox;
    std::vector<Packet> lost;
    for (const Packet& packet : inbox) {
      if (packet.kind == Packet::Kind::data) lost.push_back(packet);
    }
    std::erase_if(inbox, [](const Packet& packet) { return packet.kind != Packet::Kind::closed; });
    for (const Packet& packet : lost) {
      for (const Range& range : covered(packet.data)) set_out_of_sync(packet.volume, range);
    }
  }
  log("ack_receiver terminated");
  log("Terminating drbd_a_{}", see().name.str());
  close_sockets();
  for (const std::uint32_t volume : volumes()) {
    Device& row = device(volume);
    row.sync = {};
    row.peer_uuids.reset();
    sync_md(volume);
    write_bitmap(volume, false);
  }
  log("Connection closed");
  Role role = Role::secondary;
  Disk pdsk = Disk::diskless;
  for (const Device& row : see().devices) {
    if (row.state.role == Role::primary) role = Role::primary;
    pdsk = std::max(pdsk, row.state.pdsk);
  }
  const Connection oc = see().conn;
  if (oc >= unconnected) request_all({.conn = unconnected}, kVerbose);
  if (oc == disconnecting) request_all({.conn = stand_alone}, kVerbose | kHard);
  log("receiver terminated");
  if (oc == disconnecting) log("Terminating drbd_r_{}", see().name.str());
  if (oc != disconnecting) to_unconnected();
  // The kernel does this beside the rest.
  if (role == Role::primary && pdsk >= Disk::d_unknown) try_outdate_peer();
}

void Node::lost(Connection reason, std::string_view words) {
  log("{}", words);
  request_all({.conn = reason}, kHard);
  disconnected();
}

void Node::to_unconnected() {
  if (see().conn != unconnected) return;
  log("Restarting receiver thread");
  log("receiver (re)started");
  request_all({.conn = wf_connection}, kVerbose);
}

}  // namespace rehearse::drbd
