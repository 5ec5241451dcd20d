// The state of a replicated device, as DRBD 8.4 keeps it (include/linux/drbd.h): the enumerators have the
// kernel's numbers, because its rules compare them with < and >.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/hash.h"

namespace rehearse::drbd {

enum class Role : std::uint8_t { unknown, primary, secondary };

enum class Connection : std::uint8_t {
  stand_alone,
  disconnecting,
  unconnected,
  timeout,
  broken_pipe,
  network_failure,
  protocol_error,
  tear_down,
  wf_connection,
  wf_report_params,
  connected,
  starting_sync_s,
  starting_sync_t,
  wf_bitmap_s,
  wf_bitmap_t,
  wf_sync_uuid,
  sync_source,
  sync_target,
  verify_s,
  verify_t,
  paused_sync_s,
  paused_sync_t,
  ahead,
  behind,
};

enum class Disk : std::uint8_t {
  diskless,
  attaching,
  failed,
  negotiating,
  inconsistent,
  outdated,
  d_unknown,  // the peer's only
  consistent,
  up_to_date,
};

struct State {
  Role role = Role::secondary;
  Role peer = Role::unknown;
  Connection conn = Connection::stand_alone;
  Disk disk = Disk::diskless;
  Disk pdsk = Disk::d_unknown;
  bool susp = false;      // the administrator suspended IO
  bool susp_nod = false;  // suspended: no data to be had
  bool susp_fen = false;  // suspended: the peer is being fenced
  bool aftr_isp = false;  // the resync waits for that of another device
  bool peer_isp = false;  // the peer has paused it
  bool user_isp = false;  // the administrator has

  bool suspended() const { return susp || susp_nod || susp_fen; }
  /// New IO waits while it is suspended, and between two states (drbd_int.h drbd_state_is_stable).
  bool takes_io() const;
  /// Written to, and neither side has all of the data.
  bool no_data() const { return role == Role::primary && disk < Disk::up_to_date && pdsk < Disk::up_to_date; }
  friend auto fields(const State& state) {
    const auto& [role, peer, conn, disk, pdsk, susp, susp_nod, susp_fen, aftr_isp, peer_isp, user_isp] =
        state;
    return std::tie(role, peer, conn, disk, pdsk, susp, susp_nod, susp_fen, aftr_isp, peer_isp, user_isp);
  }
  bool operator==(const State&) const = default;
};

/// As printed: "Primary", "WFConnection", "UpToDate".
std::string_view name_of(Role);
std::string_view name_of(Connection);
std::string_view name_of(Disk);
std::optional<Role> role_named(std::string_view);
std::optional<Connection> connection_named(std::string_view);
std::optional<Disk> disk_named(std::string_view);

/// "cs:WFConnection ro:Primary/Unknown ds:UpToDate/DUnknown r-----", as the kernel's log prints it of a
/// refused change; the last two letters are F and N for IO suspended by fencing and for want of data.
std::string log_text(const State&);
/// The six letters of /proc/drbd: r or s, a, p, u, always -, and s while the activity log is suspended.
std::string flag_letters(const State&, bool al_suspended);

/// The same state as the peer sees it (drbd_receiver.c convert_state).
State mirrored(const State&);

}  // namespace rehearse::drbd
