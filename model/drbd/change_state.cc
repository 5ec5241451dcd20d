// Changing the state of a device, or of all devices of a resource (drbd_state.c).
#include <algorithm>

#include "model/drbd/node.h"
#include "model/io.h"
#include "model/net/link.h"

namespace rehearse::drbd {
namespace {

std::string changes(const State& os, const State& ns, const State* common_os, const State* common_ns) {
  std::string text;
  // With a common part, only what differs from it is told of a device.
  const auto tell = [&](std::string_view what, auto State::*part) {
    if (os.*part == ns.*part) return;
    if (common_os && common_os->*part == os.*part && common_ns->*part == ns.*part) return;
    text += fmt::format("{}( {} -> {} ) ", what, name_of(os.*part), name_of(ns.*part));
  };
  tell("role", &State::role);
  tell("peer", &State::peer);
  tell("conn", &State::conn);
  tell("disk", &State::disk);
  tell("pdsk", &State::pdsk);
  return text;
}

std::string paused(const State& os, const State& ns) {
  std::string text;
  const auto tell = [&](std::string_view what, bool State::*part) {
    if (os.*part != ns.*part) text += fmt::format("{}( {:d} -> {:d} ) ", what, os.*part, ns.*part);
  };
  tell("aftr_isp", &State::aftr_isp);
  tell("peer_isp", &State::peer_isp);
  tell("user_isp", &State::user_isp);
  return text;
}

}  // namespace

Circumstances Node::circumstances(std::uint32_t volume) const {
  const Resource& mine = see();
  const Device& row = see(volume);
  Circumstances setting;
  if (row.backing && row.state.disk >= Disk::inconsistent) setting.fencing = row.backing->options.fencing;
  setting.has_net = mine.net.has_value();
  if (mine.net) {
    setting.two_primaries = mine.net->options.allow_two_primaries;
    setting.verify_alg = !mine.net->options.verify_alg.empty();
  }
  setting.other_peer_primary = std::any_of(
      mine.devices.begin(), mine.devices.end(),
      [&](const Device& other) { return other.volume != volume && other.state.peer == Role::primary; });
  setting.open = open_count(*world_.hosts.find(host_), row.name()) > 0;
  setting.suspend_without_data = mine.options.on_no_data_accessible == OnNoData::suspend_io;
  setting.state_sent = row.state.conn == Connection::wf_report_params;
  setting.exposed_is_current = row.backing && row.backing->super.uuids.current == row.exposed_uuid;
  setting.negotiated_disk = row.negotiated_disk;
  setting.negotiated_pdsk = row.negotiated_pdsk;
  return setting;
}

void Node::say_refused(std::uint32_t volume, const State& os, const State& ns, Code code) {
  if (code == Code::in_transient_state) return;
  log_of(volume, "State change failed: {}", words_of(code));
  log_of(volume, "  state = {{ {} }}", log_text(os));
  log_of(volume, " wanted = {{ {} }}", log_text(ns));
}

// _drbd_set_state, up to where the worker takes over.
Code Node::set_state(std::uint32_t volume, State ns, unsigned force) {
  const State os = see(volume).state;
  const Circumstances rules = circumstances(volume);
  Warning warning = Warning::none;
  ns = sanitised(rules, os, ns, &warning);
  if (ns == os) return Code::nothing_to_do;
  Code rv = valid_transition(os, ns);
  if (failed(rv)) return rv;
  if (!(force & kHard)) {
    rv = valid_state(rules, ns);
    // What was wrong already may stay wrong.
    if (!failed(rv) || valid_state(rules, os) == rv) rv = valid_soft_transition(rules, os, ns);
  }
  if (failed(rv)) {
    if (force & kVerbose) say_refused(volume, os, ns, rv);
    return rv;
  }
  static constexpr std::string_view kWarnings[] = {"",
                                                   "Online-verify aborted.",
                                                   "Resync aborted.",
                                                   "Connection lost while negotiating, no data!",
                                                   "Implicitly upgraded disk",
                                                   "Implicitly upgraded pdsk"};
  if (warning != Warning::none) log_of(volume, "{}", kWarnings[static_cast<int>(warning)]);
  if (!(force & kQuiet)) {
    const std::string text = changes(os, ns, nullptr, nullptr) + paused(os, ns);
    if (!text.empty()) log_of(volume, "{}", text);
    if (os.suspended() != ns.suspended()) log("susp( {:d} -> {:d} ) ", os.suspended(), ns.suspended());
  }
  device(volume).state = ns;
  for (Device& row : resource().devices) {  // of the whole resource
    row.state.susp = ns.susp;
    row.state.susp_nod = ns.susp_nod;
    row.state.susp_fen = ns.susp_fen;
  }
  recompute_flags(volume, os, ns);
  done_.push_back({volume, os, ns});
  return Code::success;
}

void Node::recompute_flags(std::uint32_t volume, const State& os, const State& ns) {
  Device& row = device(volume);
  if (os.disk == Disk::attaching && ns.disk >= Disk::negotiating && row.backing)
    say_uuids(volume, "attached to UUIDs");
  if ((os.conn == Connection::verify_s || os.conn == Connection::verify_t) &&
      ns.conn <= Connection::connected && row.sync.position < bits_of(row.size) && os.disk == ns.disk &&
      ns.conn < Connection::connected) {
    log_of(volume, "Online Verify reached sector {}", row.sync.position * kBit);
  }
  const auto pauses = [](Connection conn) {
    return conn == Connection::paused_sync_s || conn == Connection::paused_sync_t;
  };
  const auto runs = [](Connection conn) {
    return conn == Connection::sync_source || conn == Connection::sync_target;
  };
  if (pauses(os.conn) && runs(ns.conn)) log_of(volume, "Syncer continues.");
  if (runs(os.conn) && pauses(ns.conn)) log_of(volume, "Resync suspended");
  if (os.conn == Connection::connected && ns.conn == Connection::verify_s)
    log_of(volume, "Starting Online Verify from sector {}", row.sync.position * kBit);
  if (row.backing && ns.disk >= Disk::inconsistent) {
    MetaFlags& flags = row.backing->super.flags;
    flags.crashed_primary = row.flags.crashed_primary;
    flags.primary = ns.role == Role::primary || (ns.pdsk < Disk::inconsistent && ns.peer == Role::primary);
    flags.connected = ns.conn > Connection::wf_report_params;
    flags.consistent = ns.disk > Disk::inconsistent;
    flags.was_up_to_date = ns.disk > Disk::outdated;
    flags.peer_outdated = ns.pdsk <= Disk::outdated && ns.pdsk >= Disk::inconsistent;
    if (os.disk < Disk::consistent && ns.disk >= Disk::consistent)
      row.exposed_uuid = row.backing->super.uuids.current;
  }
  // The peer was forced to be primary and up to date: its next state starts a handshake.
  if (os.disk == Disk::inconsistent && os.pdsk == Disk::inconsistent && os.peer == Role::secondary &&
      ns.peer == Role::primary) {
    row.flags.consider_resync = true;
  }
  if (os.conn < Connection::connected && ns.conn >= Connection::connected && row.flags.al_suspended) {
    row.flags.al_suspended = false;
    log_of(volume, "Resumed AL updates");
  }
}

Code Node::change(std::uint32_t volume, const Change& change, unsigned force) {
  const Code rv = set_state(volume, change.onto(see(volume).state), force);
  work();
  return rv;
}

// drbd_req_state.
Code Node::request(std::uint32_t volume, const Change& wanted, unsigned force) {
  const State os = see(volume).state;
  const Circumstances rules = circumstances(volume);
  const State ns = sanitised(rules, os, wanted.onto(os));
  if ((force & kHard) || !cluster_wide(os, ns)) return change(volume, wanted, force);
  Code rv = valid_state(rules, ns);
  if (!failed(rv)) rv = valid_soft_transition(rules, os, ns);
  if (failed(rv)) {
    if (force & kVerbose) say_refused(volume, os, ns, rv);
    return rv;
  }
  std::optional<Node> there = peer();
  if (talks_to_a_wall()) return Code::in_transient_state;
  const Code answer = there && there->see().volume(volume)
                          ? there->change(volume, wanted.mirrored(), kVerbose)
                          : Code::cw_failed_by_peer;
  if (failed(answer)) {
    log_of(volume, "Requested state change failed by peer: {} ({})", words_of(answer),
           static_cast<int>(answer));
    if (force & kVerbose) say_refused(volume, os, ns, Code::cw_failed_by_peer);
    return Code::cw_failed_by_peer;
  }
  return change(volume, wanted, force);
}

// conn_is_valid_transition.
Code Node::may_change_all(const Change& wanted, unsigned force) {
  for (const std::uint32_t volume : volumes()) {
    const State os = see(volume).state;
    const Circumstances rules = circumstances(volume);
    State ns = sanitised(rules, os, wanted.onto(os));
    if ((force & kKeepDisk) && ns.disk == Disk::outdated && os.disk < Disk::outdated) ns.disk = os.disk;
    if (ns == os) continue;
    Code rv = valid_transition(os, ns);
    if (!failed(rv) && !(force & kHard)) {
      rv = valid_state(rules, ns);
      if (!failed(rv) || valid_state(rules, os) == rv) rv = valid_soft_transition(rules, os, ns);
    }
    if (failed(rv)) {
      if (force & kVerbose) say_refused(volume, os, ns, rv);
      return rv;
    }
  }
  return Code::success;
}

// _conn_request_state.
Code Node::request_all(const Change& wanted, unsigned force) {
  const Connection oc = see().conn;
  Code rv = wanted.conn ? valid_conn_transition(oc, *wanted.conn) : Code::success;
  if (!failed(rv)) rv = may_change_all(wanted, force);
  if (!failed(rv) && oc == Connection::wf_report_params && wanted.conn == Connection::disconnecting &&
      !(force & (kLocalOnly | kHard))) {
    if (talks_to_a_wall()) return Code::in_transient_state;
    std::optional<Node> there = peer();
    const Code answer = there ? there->request_all(wanted.mirrored(), kVerbose | kLocalOnly | kKeepDisk)
                              : Code::cw_failed_by_peer;
    if (failed(answer)) {
      log("Requested state change failed by peer: {} ({})", words_of(answer), static_cast<int>(answer));
      rv = Code::cw_failed_by_peer;
    } else {
      rv = may_change_all(wanted, 0);
    }
  }
  if (failed(rv)) {
    if (force & kVerbose) {
      log("State change failed: {}", words_of(rv));
      if (wanted.conn) log(" old_conn:{} wanted_conn:{}", name_of(oc), name_of(*wanted.conn));
    }
    return rv;
  }
  if (wanted.conn) resource().conn = *wanted.conn;
  std::vector<std::pair<State, State>> all;
  for (const std::uint32_t volume : volumes()) {
    const State os = see(volume).state;
    State ns = sanitised(circumstances(volume), os, wanted.onto(os));
    if ((force & kKeepDisk) && ns.disk == Disk::outdated && os.disk < Disk::outdated) ns.disk = os.disk;
    set_state(volume, ns, kHard | kQuiet);
    all.emplace_back(os, see(volume).state);
  }
  State common_os;
  State common_ns;
  common_os.conn = oc;
  common_ns.conn = wanted.conn.value_or(oc);
  if (!all.empty()) std::tie(common_os, common_ns) = all.front();
  // What is the same for all volumes is told once.
  std::string text;
  if (std::all_of(all.begin(), all.end(), [&](const auto& row) { return row.first == common_os; }))
    text = changes(common_os, common_ns, nullptr, nullptr);
  std::size_t next = 0;
  for (const std::uint32_t volume : volumes()) {
    const auto& [os, ns] = all[next++];
    const std::string own =
        changes(os, ns, text.empty() ? nullptr : &common_os, text.empty() ? nullptr : &common_ns) +
        paused(os, ns);
    if (!own.empty()) log_of(volume, "{}", own);
  }
  if (common_os.suspended() != common_ns.suspended())
    text += fmt::format("susp( {:d} -> {:d} ) ", common_os.suspended(), common_ns.suspended());
  if (!text.empty()) log("{}", text);
  work();
  after_all(oc);
  return Code::success;
}

}  // namespace rehearse::drbd
