// Promotion and demotion (drbd_nl.c drbd_set_role).
#include "model/drbd/node.h"

namespace rehearse::drbd {

Answer Node::set_role(std::uint32_t volume, Role role, bool force) {
  constexpr int kTries = 4;
  Change wanted;
  wanted.role = role;
  bool forced = false;
  Code rv = Code::unknown_error;
  for (int tries = 0; tries++ < kTries;) {
    rv = request(volume, wanted, kSoft);
    if (rv == Code::in_transient_state) return {rv, {}, true};
    const Disk disk = see(volume).state.disk;
    if (rv == Code::cw_failed_by_peer && wanted.pdsk) {
      wanted.pdsk.reset();
      continue;
    }
    if (rv == Code::no_up_to_date_disk && force && disk < Disk::up_to_date && disk >= Disk::inconsistent) {
      wanted.disk = Disk::up_to_date;
      forced = true;
      continue;
    }
    if (rv == Code::no_up_to_date_disk && disk == Disk::consistent && !wanted.pdsk) {
      if (try_outdate_peer()) wanted.disk = Disk::up_to_date;
      continue;
    }
    if (rv == Code::nothing_to_do) return {rv, {}};
    if (rv == Code::primary_nop && !wanted.pdsk) {
      if (!try_outdate_peer() && force) {
        log_of(volume, "Forced into split brain situation!");
        wanted.pdsk = Disk::outdated;
      }
      continue;
    }
    if (rv == Code::two_primaries && tries < kTries - 1) {
      tries = kTries - 1;  // once more, after the time of a ping
      continue;
    }
    if (failed(rv)) rv = request(volume, wanted, kVerbose);
    break;
  }
  if (failed(rv)) return {rv, {}};
  if (forced) log_of(volume, "Forced to consider local data as UpToDate!");
  if (see().net && role == Role::primary) resource().net->discard_my_data = false;
  const bool disk = see(volume).backing && see(volume).state.disk >= Disk::inconsistent;
  if (role == Role::primary) {
    device(volume).flags.discard_my_data = false;
    const State& state = see(volume).state;
    const bool alone = state.conn < Connection::connected || state.pdsk <= Disk::failed;
    if (disk && ((alone && see(volume).backing->super.uuids.bitmap == 0) || forced)) new_current_uuid(volume);
  }
  if (disk) mark_role(volume);
  if (see(volume).state.conn >= Connection::wf_report_params) {
    if (forced) send_uuids(volume);
    send_state(volume);
  }
  sync_md(volume);
  return {rv, {}};
}

}  // namespace rehearse::drbd
