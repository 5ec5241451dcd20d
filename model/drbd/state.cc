#include "model/drbd/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rehearse::drbd {
namespace {

// drivers/block/drbd/drbd_strings.c
constexpr std::array<std::string_view, 3> kRoles = {"Unknown", "Primary", "Secondary"};
constexpr std::array<std::string_view, 24> kConnections = {
    "StandAlone",    "Disconnecting", "Unconnected",  "Timeout",        "BrokenPipe", "NetworkFailure",
    "ProtocolError", "TearDown",      "WFConnection", "WFReportParams", "Connected",  "StartingSyncS",
    "StartingSyncT", "WFBitMapS",     "WFBitMapT",    "WFSyncUUID",     "SyncSource", "SyncTarget",
    "VerifyS",       "VerifyT",       "PausedSyncS",  "PausedSyncT",    "Ahead",      "Behind"};
constexpr std::array<std::string_view, 9> kDisks = {"Diskless",    "Attaching",    "Failed",
                                                    "Negotiating", "Inconsistent", "Outdated",
                                                    "DUnknown",    "Consistent",   "UpToDate"};

template <class Value, std::size_t N>
std::optional<Value> named(const std::array<std::string_view, N>& names, std::string_view text) {
  const auto at = std::find(names.begin(), names.end(), text);
  if (at == names.end()) return std::nullopt;
  return static_cast<Value>(at - names.begin());
}

Connection mirrored(Connection conn) {
  switch (conn) {
    case Connection::starting_sync_s:
      return Connection::starting_sync_t;
    case Connection::starting_sync_t:
      return Connection::starting_sync_s;
    case Connection::disconnecting:
      return Connection::tear_down;
    case Connection::verify_s:
      return Connection::verify_t;
    default:
      return conn;
  }
}

}  // namespace

std::string_view name_of(Role role) { return kRoles[static_cast<std::size_t>(role)]; }
std::string_view name_of(Connection conn) { return kConnections[static_cast<std::size_t>(conn)]; }
std::string_view name_of(Disk disk) { return kDisks[static_cast<std::size_t>(disk)]; }

std::optional<Role> role_named(std::string_view text) { return named<Role>(kRoles, text); }
std::optional<Connection> connection_named(std::string_view text) {
  return named<Connection>(kConnections, text);
}
std::optional<Disk> disk_named(std::string_view text) { return named<Disk>(kDisks, text); }

std::string log_text(const State& state) {
  return fmt::format("cs:{} ro:{}/{} ds:{}/{} {}{}{}{}{}{}", name_of(state.conn), name_of(state.role),
                     name_of(state.peer), name_of(state.disk), name_of(state.pdsk),
                     state.suspended() ? 's' : 'r', state.aftr_isp ? 'a' : '-', state.peer_isp ? 'p' : '-',
                     state.user_isp ? 'u' : '-', state.susp_fen ? 'F' : '-', state.susp_nod ? 'N' : '-');
}

bool State::takes_io() const {
  return !suspended() && conn != Connection::wf_bitmap_t && conn != Connection::wf_sync_uuid &&
         disk != Disk::attaching && disk != Disk::negotiating;
}

std::string flag_letters(const State& state, bool al_suspended) {
  return fmt::format("{}{}{}{}-{}", state.suspended() ? 's' : 'r', state.aftr_isp ? 'a' : '-',
                     state.peer_isp ? 'p' : '-', state.user_isp ? 'u' : '-', al_suspended ? 's' : '-');
}

State mirrored(const State& state) {
  State seen;
  seen.role = state.peer;
  seen.peer = state.role;
  seen.conn = mirrored(state.conn);
  seen.disk = state.pdsk;
  seen.pdsk = state.disk;
  seen.peer_isp = state.aftr_isp || state.user_isp;
  return seen;
}

}  // namespace rehearse::drbd
