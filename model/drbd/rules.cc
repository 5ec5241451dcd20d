#include "model/drbd/rules.h"

namespace rehearse::drbd {
namespace {

using enum Connection;

struct Clamp {
  Disk disk_min = Disk::diskless;
  Disk disk_max = Disk::up_to_date;
  Disk pdsk_min = Disk::inconsistent;
  Disk pdsk_max = Disk::d_unknown;
};

Clamp clamp_of(Connection conn) {
  switch (conn) {
    case connected:
      return {Disk::diskless, Disk::up_to_date, Disk::diskless, Disk::up_to_date};
    case wf_bitmap_t:
    case paused_sync_t:
    case starting_sync_t:
    case wf_sync_uuid:
    case behind:
      return {Disk::inconsistent, Disk::outdated, Disk::up_to_date, Disk::up_to_date};
    case wf_bitmap_s:
    case paused_sync_s:
    case starting_sync_s:
    case ahead:
      return {Disk::up_to_date, Disk::up_to_date, Disk::inconsistent, Disk::consistent};
    case sync_target:
      return {Disk::inconsistent, Disk::inconsistent, Disk::up_to_date, Disk::up_to_date};
    case sync_source:
      return {Disk::up_to_date, Disk::up_to_date, Disk::inconsistent, Disk::inconsistent};
    case verify_s:
    case verify_t:
      return {Disk::up_to_date, Disk::up_to_date, Disk::up_to_date, Disk::up_to_date};
    default:
      return {};
  }
}

// Primary, alone, and the peer may have newer data: IO waits for the peer to be fenced.
bool peer_lost(const State& state) {
  return state.role == Role::primary && state.conn < connected && state.pdsk > Disk::outdated;
}

bool verifies(Connection conn) { return conn == verify_s || conn == verify_t; }
bool starts_sync(Connection conn) { return conn == starting_sync_s || conn == starting_sync_t; }

void follow_connection(const Circumstances& setting, State& ns, Warning& warning) {
  if (ns.conn < connected) {
    ns.peer_isp = false;
    ns.peer = Role::unknown;
    if (ns.pdsk > Disk::d_unknown || ns.pdsk < Disk::inconsistent) ns.pdsk = Disk::d_unknown;
  }
  if (ns.conn == stand_alone && ns.disk == Disk::diskless && ns.role == Role::secondary) ns.aftr_isp = false;
  if (ns.conn > connected && (ns.disk <= Disk::failed || ns.pdsk <= Disk::failed)) {
    warning = verifies(ns.conn) ? Warning::aborted_verify : Warning::aborted_resync;
    ns.conn = connected;
  }
  if (ns.conn < connected && ns.disk == Disk::negotiating) {
    if (setting.exposed_is_current) {
      ns.disk = setting.negotiated_disk;
      ns.pdsk = setting.negotiated_pdsk;
    } else {
      warning = Warning::lost_negotiating;
      ns.disk = Disk::diskless;
      ns.pdsk = Disk::d_unknown;
    }
  }
}

void follow_disks(State& ns, Warning& warning) {
  if (ns.conn >= connected && ns.conn < ahead) {
    for (Disk* disk : {&ns.disk, &ns.pdsk}) {
      if (*disk == Disk::consistent || *disk == Disk::outdated) *disk = Disk::up_to_date;
    }
  }
  const Clamp clamp = clamp_of(ns.conn);
  if (ns.disk > clamp.disk_max) ns.disk = clamp.disk_max;
  if (ns.disk < clamp.disk_min) {
    warning = Warning::upgraded_disk;
    ns.disk = clamp.disk_min;
  }
  if (ns.pdsk > clamp.pdsk_max) ns.pdsk = clamp.pdsk_max;
  if (ns.pdsk < clamp.pdsk_min) {
    warning = Warning::upgraded_pdsk;
    ns.pdsk = clamp.pdsk_min;
  }
}

}  // namespace

State sanitised(const Circumstances& setting, const State& os, State ns, Warning* warning) {
  Warning said = Warning::none;
  follow_connection(setting, ns, said);
  follow_disks(ns, said);
  if (setting.fencing == Fencing::resource_and_stonith && peer_lost(ns) && !peer_lost(os)) ns.susp_fen = true;
  if (setting.suspend_without_data && ns.no_data() && !os.no_data()) ns.susp_nod = true;
  const bool paused = ns.aftr_isp || ns.peer_isp || ns.user_isp;
  if (paused && ns.conn == sync_source) ns.conn = paused_sync_s;
  if (paused && ns.conn == sync_target) ns.conn = paused_sync_t;
  if (!paused && ns.conn == paused_sync_s) ns.conn = sync_source;
  if (!paused && ns.conn == paused_sync_t) ns.conn = sync_target;
  if (warning) *warning = said;
  return ns;
}

Code valid_state(const Circumstances& setting, const State& ns) {
  const bool primary = ns.role == Role::primary;
  if (setting.has_net && !setting.two_primaries && primary) {
    if (ns.peer == Role::primary) return Code::two_primaries;
    if (setting.other_peer_primary) return Code::o_vol_peer_pri;
  }
  if (ns.role == Role::secondary && setting.open) return Code::device_in_use;
  if (primary && ns.conn < connected && ns.disk < Disk::up_to_date) return Code::no_up_to_date_disk;
  if (setting.fencing >= Fencing::resource_only && primary && ns.conn < connected &&
      ns.pdsk >= Disk::d_unknown) {
    return Code::primary_nop;
  }
  if (primary && ns.disk <= Disk::inconsistent && ns.pdsk <= Disk::inconsistent)
    return Code::no_up_to_date_disk;
  if (ns.conn > connected && ns.disk < Disk::inconsistent) return Code::no_local_disk;
  if (ns.conn > connected && ns.pdsk < Disk::inconsistent) return Code::no_remote_disk;
  if (ns.conn > connected && ns.disk < Disk::up_to_date && ns.pdsk < Disk::up_to_date)
    return Code::no_up_to_date_disk;
  if ((ns.conn == connected || ns.conn == wf_bitmap_s || ns.conn == sync_source ||
       ns.conn == paused_sync_s) &&
      ns.disk == Disk::outdated) {
    return Code::connected_outdates;
  }
  if (verifies(ns.conn) && !setting.verify_alg) return Code::no_verify_alg;
  if (ns.no_data()) return Code::no_up_to_date_disk;
  if (starts_sync(ns.conn) && ns.pdsk == Disk::d_unknown) return Code::need_connection;
  if (ns.conn >= connected && ns.pdsk == Disk::d_unknown) return Code::connected_outdates;
  return Code::success;
}

// Each rule overrules those before it.
Code valid_soft_transition(const Circumstances& setting, const State& os, const State& ns) {
  Code rv = Code::success;
  if (starts_sync(ns.conn) && os.conn > connected) rv = Code::resync_running;
  if (ns.conn == disconnecting && os.conn == stand_alone) rv = Code::already_standalone;
  if (ns.disk > Disk::attaching && os.disk == Disk::diskless) rv = Code::is_diskless;
  if (ns.conn == wf_connection && os.conn < unconnected) rv = Code::no_net_config;
  if (ns.disk == Disk::outdated && os.disk < Disk::outdated && os.disk != Disk::attaching)
    rv = Code::lower_than_outdated;
  if (ns.conn == disconnecting && os.conn == unconnected) rv = Code::in_transient_state;
  // While the handshake is under way only its own steps may happen.
  if (setting.state_sent && !((ns.conn == wf_report_params && os.conn == wf_connection) ||
                              (ns.conn >= connected && os.conn == wf_report_params))) {
    rv = Code::in_transient_state;
  }
  // Do not promote during a resync handshake that is about to make this side its target.
  if (ns.role == Role::primary && os.role != Role::primary && ns.pdsk == Disk::up_to_date &&
      ns.disk != Disk::up_to_date && ns.disk != Disk::diskless &&
      (ns.conn <= wf_sync_uuid || ns.conn != os.conn)) {
    rv = Code::in_transient_state;
  }
  if (verifies(ns.conn) && os.conn < connected) rv = Code::need_connection;
  if (verifies(ns.conn) && ns.conn != os.conn && os.conn > connected) rv = Code::resync_running;
  if (starts_sync(ns.conn) && os.conn < connected) rv = Code::need_connection;
  if ((ns.conn == sync_target || ns.conn == sync_source) && os.conn < wf_report_params)
    rv = Code::need_connection;
  if (ns.conn == disconnecting && ns.pdsk == Disk::outdated && os.conn < connected &&
      os.pdsk > Disk::outdated) {
    rv = Code::outdate_wo_conn;
  }
  return rv;
}

Code valid_conn_transition(Connection oc, Connection nc) {
  if (oc == nc) return Code::nothing_to_do;
  if (oc == stand_alone && nc == disconnecting) return Code::already_standalone;
  if (oc == stand_alone && nc != unconnected) return Code::need_connection;
  if (oc < wf_report_params && nc >= connected) return Code::need_connection;
  if (oc >= timeout && oc <= tear_down && nc != unconnected && nc != disconnecting)
    return Code::in_transient_state;
  if (oc == disconnecting && nc != stand_alone) return Code::in_transient_state;
  return Code::success;
}

Code valid_transition(const State& os, const State& ns) {
  const Code rv = valid_conn_transition(os.conn, ns.conn);
  if (ns.disk == Disk::failed && os.disk == Disk::diskless) return Code::is_diskless;
  return rv == Code::nothing_to_do ? Code::success : rv;
}

bool cluster_wide(const State& os, const State& ns) {
  if (os.conn >= connected && ns.conn >= connected) {
    if (os.role != Role::primary && ns.role == Role::primary) return true;
    if (os.conn != starting_sync_t && ns.conn == starting_sync_t) return true;
    if (os.conn != starting_sync_s && ns.conn == starting_sync_s) return true;
    if (os.disk != Disk::failed && ns.disk == Disk::failed) return true;
  }
  return (os.conn >= connected && ns.conn == disconnecting) ||
         (os.conn == connected && ns.conn == verify_s) ||
         (os.conn == connected && ns.conn == wf_report_params);
}

std::string_view words_of(Code code) {
  switch (code) {
    case Code::two_primaries:
      return "Multiple primaries not allowed by config";
    case Code::no_up_to_date_disk:
      return "Need access to UpToDate data";
    case Code::no_local_disk:
      return "Can not resync without local disk";
    case Code::no_remote_disk:
      return "Can not resync without remote disk";
    case Code::connected_outdates:
      return "Refusing to be Outdated while Connected";
    case Code::primary_nop:
      return "Refusing to be Primary while peer is not outdated";
    case Code::resync_running:
      return "Can not start OV/resync since it is already active";
    case Code::already_standalone:
      return "Can not disconnect a StandAlone device";
    case Code::cw_failed_by_peer:
      return "State change was refused by peer node";
    case Code::is_diskless:
      return "Device is diskless, the requested operation requires a disk";
    case Code::device_in_use:
      return "Device is held open by someone";
    case Code::no_net_config:
      return "Have no net/connection configuration";
    case Code::no_verify_alg:
      return "Need a verify algorithm to start online verify";
    case Code::need_connection:
      return "Need a connection to start verify or resync";
    case Code::lower_than_outdated:
      return "Disk state is lower than outdated";
    case Code::not_supported:
      return "Peer does not support protocol";
    case Code::in_transient_state:
      return "In transient state, retry after next state change";
    case Code::concurrent_st_chg:
      return "Concurrent state changes detected and aborted";
    case Code::o_vol_peer_pri:
      return "Other vol primary on peer not allowed by config";
    case Code::outdate_wo_conn:
      return "Need a connection for a graceful disconnect/outdate peer";
    default:
      return "unknown error";
  }
}

}  // namespace rehearse::drbd
