// Connections, and taking a resource down (drbd_nl.c drbd_adm_connect, drbd_adm_disconnect, drbd_adm_down).
#include <algorithm>
#include <array>

#include "model/drbd/call.h"

namespace rehearse::drbd {
namespace {

// alloc_crypto: what Debian's kernel has, built in or as a module.
Code algorithms(const NetOptions& options) {
  static constexpr std::array<std::string_view, 18> kHashes = {
      "md4",    "md5",         "sha1",        "sha224",   "sha256",   "sha384",
      "sha512", "sha3-224",    "sha3-256",    "sha3-384", "sha3-512", "rmd160",
      "wp512",  "blake2b-256", "blake2b-512", "crc32",    "crc32c",   "xxhash64"};
  constexpr std::size_t kCheckSums = 3;  // the last ones: they are no digests, which an HMAC takes
  const auto unknown = [](Name name, std::size_t without = 0) {
    const auto end = kHashes.end() - static_cast<std::ptrdiff_t>(without);
    return !name.empty() && std::find(kHashes.begin(), end, name.str()) == end;
  };
  if (unknown(options.csums_alg)) return Code::csums_alg;
  if (unknown(options.verify_alg)) return Code::verify_alg;
  if (unknown(options.data_integrity_alg)) return Code::integrity_alg;
  return unknown(options.cram_hmac_alg, kCheckSums) ? Code::auth_alg : Code::no_error;
}

// A text of the kernel's has its room (drbd_limits.h SHARED_SECRET_MAX).
bool has_room(const NetOptions& options) {
  constexpr std::size_t kRoom = 64;
  return std::max({options.cram_hmac_alg.str().size(), options.shared_secret.str().size(),
                   options.data_integrity_alg.str().size(), options.verify_alg.str().size(),
                   options.csums_alg.str().size()}) < kRoom;
}

// _check_net_options.
Code check(const Node& node, const NetOptions& options, bool discard_my_data) {
  bool both_primary = false;
  for (const Device& row : node.see().devices)
    both_primary = both_primary || (row.state.role == Role::primary && row.state.peer == Role::primary);
  if (node.see().net && !options.allow_two_primaries && both_primary) return Code::need_allow_two_pri;
  if (options.allow_two_primaries && options.protocol != Protocol::c) return Code::not_proto_c;
  for (const Device& row : node.see().devices) {
    if (row.backing && options.protocol == Protocol::a &&
        row.backing->options.fencing == Fencing::resource_and_stonith) {
      return Code::stonith_and_prot_a;
    }
    if (row.state.role == Role::primary && discard_my_data) return Code::discard_impossible;
  }
  if (options.on_congestion != OnCongestion::block && options.protocol != Protocol::a)
    return Code::cong_not_proto_a;
  return Code::no_error;
}

bool some_volume(const Node& node, Connection first, Connection last) {
  const auto& rows = node.see().devices;
  return std::any_of(rows.begin(), rows.end(),
                     [&](const Device& row) { return row.state.conn >= first && row.state.conn <= last; });
}

// What is in use is not changed.
Code may_change(const Node& node, const NetOptions& old, const NetOptions& options) {
  const bool resync = some_volume(node, Connection::sync_source, Connection::sync_target) ||
                      some_volume(node, Connection::paused_sync_s, Connection::paused_sync_t);
  if (resync && options.csums_alg != old.csums_alg) return Code::csums_while_resyncing;
  const bool verify = some_volume(node, Connection::verify_s, Connection::verify_t);
  if (verify && options.verify_alg != old.verify_alg) return Code::verify_while_verifying;
  return Code::no_error;
}

std::optional<Node> by_addresses(World& world, Name host, Name local, Name peer, Report& report) {
  const Part<Kernel>& kernel = world.hosts.find(host)->drbd;
  if (!kernel) return std::nullopt;
  for (const Resource& row : kernel->resources) {
    if (row.net && row.net->local == local && row.net->peer == peer)
      return Node(world, host, row.name, report);
  }
  return std::nullopt;
}

// conn_try_disconnect.
Code try_disconnect(Node& node, bool force) {
  Code rv = node.request_all({.conn = Connection::disconnecting}, force ? kHard : kSoft);
  if (rv == Code::already_standalone) return Code::success;
  if (rv == Code::primary_nop) {
    // The rules want to see the peer outdated.
    rv = node.request_all({.conn = Connection::disconnecting, .pdsk = Disk::outdated}, kSoft);
    if (rv == Code::outdate_wo_conn) rv = node.request_all({.conn = Connection::disconnecting}, kVerbose);
  } else if (rv == Code::cw_failed_by_peer) {
    // The peer probably wants to see this side outdated.
    rv = node.request_all({.conn = Connection::disconnecting, .disk = Disk::outdated}, kSoft);
    if (rv == Code::is_diskless || rv == Code::lower_than_outdated)
      rv = node.request_all({.conn = Connection::disconnecting}, kHard);
  }
  if (!failed(rv)) node.disconnected();
  return rv;
}

// The question to the peer did not get through, and goes on waiting.
bool unheard(const Node& node, Code rv) { return rv == Code::in_transient_state && node.talks_to_a_wall(); }

}  // namespace

Answer connect(World& world, Name host, Name resource, const ConnectWith& with, Report& report) {
  if (!knows(world, host, resource)) return {Code::res_not_known, "unknown resource"};
  for (const Resource& row : world.hosts.find(host)->drbd->resources) {
    if (row.net && row.net->local == with.local) return {Code::local_addr, {}};
    if (row.net && row.net->peer == with.peer) return {Code::peer_addr, {}};
  }
  Node node(world, host, resource, report);
  if (node.see().conn > Connection::stand_alone) return {Code::net_configured, {}};
  if (!has_room(with.options)) return {Code::mandatory_tag, "invalid attribute value"};
  if (const Code bad = check(node, with.options, with.discard_my_data); bad != Code::no_error)
    return {bad, {}};
  if (const Code bad = algorithms(with.options); bad != Code::no_error) return {bad, {}};
  for (Device& row : node.resource().devices) row.counters.sent = row.counters.received = 0;
  node.resource().net = Net{with.local, with.peer, with.options, with.discard_my_data, with.tentative};
  const Code rv = node.request_all({.conn = Connection::unconnected}, kVerbose);
  if (failed(rv)) {
    node.resource().net.reset();
    return {rv, {}};
  }
  node.log("Starting receiver thread (from drbd_w_{})", resource.str());
  node.log("receiver (re)started");
  node.request_all({.conn = Connection::wf_connection}, kVerbose);
  return {};
}

Answer disconnect(World& world, Name host, Name local, Name peer, bool force, Report& report) {
  auto node = by_addresses(world, host, local, peer, report);
  if (!node) return {Code::invalid_request, "unknown connection"};
  const Code rv = try_disconnect(*node, force);
  return failed(rv) ? Answer{rv, {}, unheard(*node, rv)} : Answer{};
}

// A change of what both must agree on is told to the peer while they are connected (P_PROTOCOL_UPDATE).
Answer net_options(World& world, Name host, Name local, Name peer, const NetOptions& options,
                   Report& report) {
  auto node = by_addresses(world, host, local, peer, report);
  if (!node) return {Code::invalid_request, "unknown connection"};
  if (!has_room(options)) return {Code::mandatory_tag, "invalid attribute value"};
  if (const Code bad = check(*node, options, false); bad != Code::no_error) return {bad, {}};
  if (const Code bad = may_change(*node, node->see().net->options, options); bad != Code::no_error)
    return {bad, {}};
  if (const Code bad = algorithms(options); bad != Code::no_error) return {bad, {}};
  node->resource().net->options = options;
  if (auto there = node->peer(); there && node->see().conn >= Connection::wf_report_params) {
    NetOptions& theirs = there->resource().net->options;
    theirs.protocol = options.protocol;
    theirs.allow_two_primaries = options.allow_two_primaries;
    theirs.data_integrity_alg = options.data_integrity_alg;
    theirs.after_sb_0pri = as_seen_there(options.after_sb_0pri);
    theirs.after_sb_1pri = as_seen_there(options.after_sb_1pri);
    theirs.after_sb_2pri = as_seen_there(options.after_sb_2pri);
    for (const std::uint32_t volume : node->volumes()) node->send_sync_param(volume);
  }
  return {};
}

Answer primary(World& world, Name host, std::uint32_t minor, bool force, Report& report) {
  auto call = Call::of(world, host, minor, report);
  return call ? call->node.set_role(call->volume, Role::primary, force) : no_minor();
}

Answer secondary(World& world, Name host, std::uint32_t minor, Report& report) {
  auto call = Call::of(world, host, minor, report);
  return call ? call->node.set_role(call->volume, Role::secondary, false) : no_minor();
}

Answer down(World& world, Name host, Name resource, Report& report) {
  if (!knows(world, host, resource)) return {Code::res_not_known, "unknown resource"};
  Node node(world, host, resource, report);
  for (const std::uint32_t volume : node.volumes()) {
    const Answer demoted = node.set_role(volume, Role::secondary, false);
    if (demoted.never_ends || failed(demoted.code))
      return {demoted.code, "failed to demote", demoted.never_ends};
  }
  if (node.see().conn != Connection::stand_alone) {
    if (const Code rv = try_disconnect(node, false); failed(rv))
      return {rv, "failed to disconnect", unheard(node, rv)};
  }
  for (const std::uint32_t volume : node.volumes()) {
    const Answer gone = detach(world, host, node.see(volume).minor, false, report);
    if (failed(gone.code)) return {gone.code, "failed to detach"};
  }
  for (const std::uint32_t volume : node.volumes()) {
    const Answer gone = del_minor(world, host, node.see(volume).minor, report);
    if (gone.code != Code::no_error) return {gone.code, "failed to delete volume"};
  }
  return del_resource(world, host, resource, report);
}

}  // namespace rehearse::drbd
