#include "model/drbd/node.h"

#include <algorithm>
#include <cassert>

#include "model/drbd/handler.h"

namespace rehearse::drbd {

State Change::onto(State state) const {
  if (role) state.role = *role;
  if (peer) state.peer = *peer;
  if (conn) state.conn = *conn;
  if (disk) state.disk = *disk;
  if (pdsk) state.pdsk = *pdsk;
  if (susp) state.susp = *susp;
  if (susp_nod) state.susp_nod = *susp_nod;
  if (susp_fen) state.susp_fen = *susp_fen;
  if (aftr_isp) state.aftr_isp = *aftr_isp;
  if (peer_isp) state.peer_isp = *peer_isp;
  if (user_isp) state.user_isp = *user_isp;
  return state;
}

Change Change::mirrored() const {
  const State seen = drbd::mirrored(onto({}));
  Change there;
  if (role) there.peer = seen.peer;
  if (peer) there.role = seen.role;
  if (conn) there.conn = seen.conn;
  if (disk) there.pdsk = seen.pdsk;
  if (pdsk) there.disk = seen.disk;
  return there;
}

const Resource& Node::see() const {
  const Resource* found = world_.hosts.find(host_)->drbd->resource(name_);
  assert(found);
  return *found;
}

Resource& Node::resource() {
  for (Resource& row : world_.hosts.edit(host_).drbd.edit().resources) {
    if (row.name == name_) return row;
  }
  assert(!"the resource is there");
  std::abort();
}

const Device& Node::see(std::uint32_t volume) const {
  const Device* found = see().volume(volume);
  assert(found);
  return *found;
}

Device& Node::device(std::uint32_t volume) {
  for (Device& row : resource().devices) {
    if (row.volume == volume) return row;
  }
  assert(!"the volume is there");
  std::abort();
}

std::vector<std::uint32_t> Node::volumes() const {
  std::vector<std::uint32_t> all;
  for (const Device& row : see().devices) all.push_back(row.volume);
  return all;
}

std::optional<Node> Node::peer() const {
  const Resource& mine = see();
  if (mine.peer_host.empty() || !mine.net) return std::nullopt;
  const Host* there = world_.hosts.find(mine.peer_host);
  if (!there || !there->drbd) return std::nullopt;
  for (const Resource& row : there->drbd->resources) {
    if (row.peer_host == host_ && row.net && row.net->local == mine.net->peer &&
        row.net->peer == mine.net->local) {
      return Node(world_, mine.peer_host, row.name, report_);
    }
  }
  return std::nullopt;
}

int Node::helper(std::uint32_t volume, std::string_view name) {
  const std::uint32_t minor = see(volume).minor;
  log_of(volume, "helper command: /sbin/drbdadm {} minor-{}", name, minor);
  const int status = run_handler(world_, host_, name_, minor, name, report_);
  log_of(volume, "helper command: /sbin/drbdadm {} minor-{} exit code {} (0x{:x})", name, minor, status,
         status << 8);
  return status;
}

std::string pretty(std::uint64_t kib) {
  static constexpr char kUnits[] = {'K', 'M', 'G', 'T', 'P', 'E'};
  std::size_t unit = 0;
  while (kib >= 10000 && unit + 1 < sizeof kUnits) {
    kib = (kib >> 10) + ((kib & (1u << 9)) != 0);
    ++unit;
  }
  return fmt::format("{} {}B", kib, kUnits[unit]);
}

}  // namespace rehearse::drbd
