// Whatever happens to two dom0s, xen-drbd-auto starts no guest whose peer is primary, and nobody who starts
// and moves a guest by the two programs alone ever runs it twice.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/drbd/kernel.h"
#include "scenarios/migrate/drbd_site.h"

namespace rehearse::migrate {
namespace {

const World& fresh() {
  static const World world = drbd_site();
  return world;
}

enum class Act {
  start,
  reload,
  migrate,
  reverse,
  cut,
  heal,
  power_off,
  power_on,
  pass,
  up,
  down,
  connect,
  disconnect,
  shut_down
};
constexpr int kActs = static_cast<int>(Act::shut_down) + 1;

bool primary_at(const World& world, Name host) {
  const Host& at = *world.hosts.find(host);
  if (!at.powered || !at.drbd) return false;
  const auto found = at.drbd->minor(0);
  return found && found.device->state.role == drbd::Role::primary;
}

class Site {
 public:
  void act(Act act, Name host, Name other) {
    const World before = model_.world();
    by_programs(act, host);
    by_hand(act, host, other);
    // Who runs the guest now and did not before, is the only one who may write.
    for (const Name name : running_on(model_.world())) {
      const std::vector<Name> had = running_on(before);
      const bool fresh_copy = std::find(had.begin(), had.end(), name) == had.end();
      const bool started =
          act == Act::start || act == Act::reload || act == Act::pass || act == Act::power_on;
      if (fresh_copy && started) RC_ASSERT_FALSE(primary_at(before, name == host ? other : host));
    }
    RC_ASSERT(running_on(model_.world()).size() <= 1);
  }

 private:
  void by_programs(Act act, Name host) {
    std::string odd;
    const auto run = [&](const Words& words) {
      if (model_.world().hosts.find(host)->powered) programs_.run(host, words, odd);
    };
    if (act == Act::start) run({"xen-drbd-auto", "start"});
    if (act == Act::reload) run({"xen-drbd-auto", "reload"});
    if (act == Act::migrate) run({"xen-migrate", "migrate", "ALL"});
    if (act == Act::reverse) run({"xen-migrate", "reverse", "ALL"});
  }
  void by_hand(Act act, Name host, Name other) {
    if (act == Act::cut) step(LinkEvent{host, other, false, LinkFault::cut, 0});
    if (act == Act::heal) step(LinkEvent{host, other, false, LinkFault::healed, 0});
    if (act == Act::power_off) step(PowerOff{host});
    if (act == Act::power_on) step(PowerOn{host});
    if (act == Act::pass) step(Pass{360});
    if (act == Act::up) model_.run_line(host, "drbdadm up r0");
    if (act == Act::down) model_.run_line(host, "drbdadm down r0");
    if (act == Act::connect) model_.run_line(host, "drbdadm connect r0");
    if (act == Act::disconnect) model_.run_line(host, "drbdadm disconnect r0");
    if (act == Act::shut_down) model_.run_line(host, "xl shutdown echelon");
  }
  void step(const Step& step) {
    Report report;
    if (!model_.play(step).why) programs_.after(step, report);
  }

  ModelBackend model_{fresh()};
  Modelled programs_{model_};
};

RC_GTEST_PROP(DrbdAutoLaws, no_script_starts_a_guest_whose_peer_is_primary, ()) {
  Site site;
  const auto acts = *rc::gen::container<std::vector<std::pair<int, bool>>>(
      rc::gen::pair(rc::gen::inRange(0, kActs), rc::gen::arbitrary<bool>()));
  for (std::size_t i = 0; i < std::min<std::size_t>(acts.size(), 25); ++i) {
    const auto& [act, first] = acts[i];
    site.act(static_cast<Act>(act), first ? "trolls" : "perceval", first ? "perceval" : "trolls");
  }
}

}  // namespace
}  // namespace rehearse::migrate
