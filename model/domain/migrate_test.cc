#include "model/domain/migrate.h"

#include "model/domain/testing.h"
#include "model/net/link.h"

namespace rehearse::domain {
namespace {

struct Migration : Site {
  Migration() {
    EXPECT_FALSE(run("perceval", {"xl", "create", "/etc/xen/echelon.cfg"})) << said();
    step(GuestWrite{"echelon", 64 * kKiB, "/var/log", false, false});
  }
  Refused migrate(Stage until) {
    MigrateDomain op;
    op.domain = "echelon";
    op.host = "galaad";
    op.until = until;
    return step(Command{"perceval", domain::Op(op)});
  }
  const Domain* at(Name host, Name domain) const { return world.hosts.find(host)->domain(domain); }
};

TEST_F(Migration, carries_a_guest_with_its_memory_to_another_host) {
  const Domain before = *echelon();
  ASSERT_FALSE(run("perceval", {"xl", "migrate", "--live", "echelon", "galaad"})) << said();
  EXPECT_TRUE(said().ends_with("Migration successful.\n")) << said();
  EXPECT_TRUE(host("perceval").domains->empty());
  ASSERT_TRUE(echelon("galaad"));
  EXPECT_EQ(echelon("galaad")->state, State::running);
  EXPECT_EQ(echelon("galaad")->mounts, before.mounts) << "what was not written yet came along";
  EXPECT_FALSE(step(GuestWrite{"echelon", 4096, "/var/log"})) << said();
  EXPECT_FALSE(run("galaad", {"xm", "migrate", "-l", "echelon", "perceval"})) << said();
  EXPECT_EQ(said(), "");
  EXPECT_EQ(echelon()->id, 2u);
}

TEST_F(Migration, that_breaks_off_leaves_at_most_one_copy_that_runs) {
  const World whole = world;
  for (const Stage until : {Stage::sending, Stage::acknowledged, Stage::permitted}) {
    world = whole;
    ASSERT_FALSE(migrate(until)) << said();
    EXPECT_EQ(report.status, 1);
    int running = 0;
    for (const char* name : {"perceval", "galaad"}) {
      for (const Domain& row : *host(name).domains) running += row.state == State::running;
    }
    EXPECT_EQ(running, until == Stage::acknowledged ? 0 : 1);
    EXPECT_EQ(at("galaad", "echelon--incoming") != nullptr, until < Stage::permitted);
    EXPECT_EQ(at("perceval", "echelon--migratedaway") != nullptr, until > Stage::sending);
  }
}

TEST_F(Migration, that_was_acknowledged_can_be_ended_by_hand) {
  ASSERT_FALSE(migrate(Stage::acknowledged));
  ASSERT_FALSE(run("perceval", {"xl", "unpause", "echelon--migratedaway"}));
  EXPECT_EQ(at("perceval", "echelon--migratedaway")->state, State::suspended);
  ASSERT_FALSE(run("perceval", {"xl", "destroy", "echelon--migratedaway"}));
  ASSERT_FALSE(run("galaad", {"xl", "rename", "echelon--incoming", "echelon"}));
  ASSERT_FALSE(run("galaad", {"xl", "unpause", "echelon"}));
  EXPECT_FALSE(step(GuestWrite{"echelon", 4096, "/var/log"})) << said();
}

TEST_F(Migration, is_refused_where_the_other_host_is_not_reached) {
  const World before = world;
  const auto refused = [&](const char* to) { return run("perceval", {"xl", "migrate", "echelon", to}).why; };
  EXPECT_EQ(refused("lancelot"), Refusal::migration_no_way);
  EXPECT_TRUE(said().starts_with("ssh: Could not resolve hostname lancelot")) << said();
  EXPECT_EQ(refused("trolls"), Refusal::migration_no_way) << "it has no hypervisor";
  EXPECT_EQ(refused("perceval"), Refusal::migration_to_itself);
  net::set_way(world, "perceval", "galaad", {.cut = true});
  EXPECT_EQ(refused("galaad"), Refusal::migration_no_way);
  net::set_way(world, "perceval", "galaad", {});
  EXPECT_EQ(world, before);
}

TEST_F(Migration, is_refused_where_the_guest_cannot_be_created) {
  const auto refused = [&] { return run("perceval", {"xl", "migrate", "echelon", "galaad"}).why; };
  const World before = world;
  world.hosts.edit("galaad").hardware.edit().memory_mib = 300;
  EXPECT_EQ(refused(), Refusal::migration_target_failed);
  EXPECT_NE(said().find("failed to free memory for the domain"), std::string::npos) << said();
  world = before;
  world.hosts.edit("galaad").drop_device("etherd/e3.4");
  EXPECT_EQ(refused(), Refusal::migration_target_failed);
  EXPECT_NE(said().find("failed to stat: /dev/etherd/e3.4"), std::string::npos) << said();
  world = before;
  run("galaad", {"xl", "create", "/etc/xen/echelon.cfg"});
  EXPECT_EQ(refused(), Refusal::migration_target_failed) << "its disk is in use";
  EXPECT_EQ(run("perceval", {"xl", "migrate", "mercure", "galaad"}).why, Refusal::invalid_domain);
  world = before;
  run("perceval", {"xl", "pause", "echelon"});
  EXPECT_EQ(refused(), Refusal::migration_not_suspended);
}

TEST_F(Migration, gives_the_guest_back_when_its_name_is_taken_there) {
  world.hosts.edit("galaad").domains.edit().push_back(
      {.id = 9,
       .config = {.name = "echelon", .memory_mib = 64, .disks = {}, .interfaces = {}},
       .hostname = "other",
       .mounts = {},
       .stopped = {}});
  EXPECT_EQ(run("perceval", {"xl", "migrate", "echelon", "galaad"}).why, Refusal::migration_name_taken);
  EXPECT_EQ(echelon()->state, State::running);
}

TEST_F(Migration, to_an_older_hypervisor_leaves_a_guest_that_does_not_move) {
  put("galaad", "/sys/hypervisor/version/major", "4\n");
  put("galaad", "/sys/hypervisor/version/minor", "14\n");
  ASSERT_FALSE(run("perceval", {"xl", "migrate", "echelon", "galaad"})) << said();
  EXPECT_EQ(echelon("galaad")->state, State::frozen);
  EXPECT_EQ(step(GuestWrite{"echelon", 4096, "/var/log"}).why, Refusal::guest_frozen);
}

TEST_F(Migration, back_to_an_older_hypervisor_is_well_for_a_guest_that_was_started_there) {
  put("perceval", "/sys/hypervisor/version/major", "4\n");
  put("perceval", "/sys/hypervisor/version/minor", "14\n");
  run("perceval", {"xl", "destroy", "echelon"});
  run("perceval", {"xl", "create", "/etc/xen/echelon.cfg"});
  ASSERT_FALSE(run("perceval", {"xl", "migrate", "echelon", "galaad"})) << said();
  EXPECT_EQ(echelon("galaad")->state, State::running);
  ASSERT_FALSE(run("galaad", {"xl", "migrate", "echelon", "perceval"})) << said();
  EXPECT_EQ(echelon()->state, State::running);
}

}  // namespace
}  // namespace rehearse::domain
