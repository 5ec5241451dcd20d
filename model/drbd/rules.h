// The rules that every proposed state passes (drivers/block/drbd/drbd_state.c): what follows from it by
// itself, whether it is a valid one, and whether one may come from the other.
#pragma once

#include <optional>

#include "model/drbd/kernel_calls.h"

namespace rehearse::drbd {

/// What the rules ask of a device besides its state.
struct Circumstances {
  Fencing fencing = Fencing::dont_care;  // of the local disk; without one nobody cares
  bool has_net = false;
  bool two_primaries = false;
  bool other_peer_primary = false;  // another volume's peer is primary
  bool open = false;
  bool verify_alg = false;
  bool suspend_without_data = false;
  bool state_sent = false;  // a handshake is under way, and the own part of it is done
  bool exposed_is_current = false;
  Disk negotiated_disk = Disk::diskless;
  Disk negotiated_pdsk = Disk::d_unknown;
};

enum class Warning : std::uint8_t {
  none,
  aborted_verify,
  aborted_resync,
  lost_negotiating,
  upgraded_disk,
  upgraded_pdsk,
};

inline bool failed(Code code) { return static_cast<int>(code) < static_cast<int>(Code::success); }

/// sanitize_state: the state that `ns` comes to.
State sanitised(const Circumstances&, const State& os, State ns, Warning* warning = nullptr);
/// is_valid_state: success, or the first rule that it breaks.
Code valid_state(const Circumstances&, const State&);
/// is_valid_soft_transition.
Code valid_soft_transition(const Circumstances&, const State& os, const State& ns);
/// is_valid_conn_transition and is_valid_transition.
Code valid_conn_transition(Connection oc, Connection nc);
Code valid_transition(const State& os, const State& ns);
/// cl_wide_st_chg: the peer has to agree.
bool cluster_wide(const State& os, const State& ns);

/// drbd_set_st_err_str.
std::string_view words_of(Code);

}  // namespace rehearse::drbd
