// Fencing: the peer's disk is declared outdated by a program that can reach it in another way (drbd_nl.c
// conn_try_outdate_peer).
#include <algorithm>

#include "model/drbd/handler.h"
#include "model/drbd/node.h"

namespace rehearse::drbd {
namespace {

struct Verdict {
  bool known = true;
  Change change;
  std::string_view meaning;
};

Verdict verdict_of(int status, Disk highest) {
  switch (status) {
    case 3:
      return {true, {.pdsk = Disk::inconsistent}, "peer is inconsistent or worse"};
    case 4:
      return {true, {.pdsk = Disk::outdated}, "peer was fenced"};
    case 5:
      if (highest == Disk::up_to_date)
        return {true, {.pdsk = Disk::outdated}, "peer is unreachable, assumed to be dead"};
      return {true, {}, "peer unreachable, doing nothing since disk != UpToDate"};
    case 6:
      return {true, {.disk = Disk::outdated}, "peer is active"};
    case 7:
      return {true, {.pdsk = Disk::outdated}, "peer was stonithed"};
    default:
      return {false, {}, {}};
  }
}

}  // namespace

bool Node::try_outdate_peer() {
  if (see().conn >= Connection::wf_report_params) {
    log("Expected cstate < C_WF_REPORT_PARAMS");
    return false;
  }
  const auto fenced = [&] {
    const auto& rows = see().devices;
    return std::all_of(rows.begin(), rows.end(),
                       [](const Device& row) { return row.state.pdsk <= Disk::outdated; });
  };
  std::optional<Fencing> policy;
  Disk highest = Disk::diskless;
  for (const Device& row : see().devices) {
    highest = std::max(highest, row.state.disk);
    if (!row.backing || row.state.disk < Disk::consistent) continue;
    policy = std::max(policy.value_or(Fencing::dont_care), row.backing->options.fencing);
  }
  if (!policy) {
    log("Not fencing peer, I'm not even Consistent myself.");
    request_all({.susp_fen = false}, kVerbose);
    return fenced();
  }
  if (*policy == Fencing::dont_care) return true;
  log("helper command: /sbin/drbdadm fence-peer {}", see().name.str());
  const int status = run_handler(world_, host_, see().name, std::nullopt, "fence-peer", report_);
  log("helper command: /sbin/drbdadm fence-peer {} exit code {} (0x{:x})", see().name.str(), status,
      status << 8);
  const Verdict verdict = verdict_of(status, highest);
  if (!verdict.known) {
    log("fence-peer helper broken, returned {}", status);
    return false;
  }
  if (status == 6) log("Peer is primary, outdating myself.");
  if (status == 7 && *policy != Fencing::resource_and_stonith)
    log("fence-peer() = 7 && fencing != Stonith !!!");
  log("fence-peer helper returned {} ({})", status, verdict.meaning);
  if (see().conn < Connection::wf_report_params) {
    request_all(verdict.change, kVerbose);
  } else {
    log("Ignoring fence-peer exit code");
  }
  return fenced();
}

void Node::unfence_peer() {
  const Name name = see().name;
  log("helper command: /sbin/drbdadm unfence-peer {}", name.str());
  const int status = run_handler(world_, host_, name, std::nullopt, "unfence-peer", report_);
  log("helper command: /sbin/drbdadm unfence-peer {} exit code {} (0x{:x})", name.str(), status, status << 8);
}

}  // namespace rehearse::drbd
