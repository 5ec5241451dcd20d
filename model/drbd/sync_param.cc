// What both sides of a resync or a verification go by: its rates and algorithms. Whoever told last is
// followed (drbd_main.c drbd_send_sync_param, drbd_receiver.c receive_SyncParam).
#include "model/drbd/node.h"

namespace rehearse::drbd {

namespace {

bool has_disk(const Device& device) { return device.backing && device.state.disk >= Disk::inconsistent; }

void take_rates(DiskOptions& to, const DiskOptions& from) {
  to.resync_rate = from.resync_rate;
  to.c_plan_ahead = from.c_plan_ahead;
  to.c_delay_target = from.c_delay_target;
  to.c_fill_target = from.c_fill_target;
  to.c_max_rate = from.c_max_rate;
}

}  // namespace

Node::SyncParam Node::sync_param(std::uint32_t volume) const {
  SyncParam told{{}, see().net->options.verify_alg, see().net->options.csums_alg};
  if (has_disk(see(volume))) told.rates = see(volume).backing->options;
  return told;
}

bool Node::receive_sync_param(std::uint32_t volume, const SyncParam& told) {
  NetOptions& mine = resource().net->options;
  const bool connecting = see(volume).state.conn == Connection::wf_report_params;
  const auto follow = [&](std::string_view option, Name& own, Name theirs) {
    if (own == theirs) return true;
    if (connecting) {
      log_of(volume, "Different {} settings. me=\"{}\" peer=\"{}\"", option, own.str(), theirs.str());
      return false;
    }
    if (theirs.empty()) return true;
    log_of(volume, "using {}: \"{}\"", option, theirs.str());
    own = theirs;
    return true;
  };
  if (!follow("verify-alg", mine.verify_alg, told.verify_alg)) return false;
  if (!follow("csums-alg", mine.csums_alg, told.csums_alg)) return false;
  if (has_disk(see(volume))) take_rates(device(volume).backing->options, told.rates);
  return true;
}

void Node::send_sync_param(std::uint32_t volume) {
  std::optional<Node> there = peer();
  if (there && there->see().volume(volume)) there->receive_sync_param(volume, sync_param(volume));
}

}  // namespace rehearse::drbd
