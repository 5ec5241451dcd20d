#include "scenarios/migrate/drbd_site.h"

#include "model/drbd/kernel.h"

namespace rehearse::migrate {
namespace {

struct Replicated : testing::Test {
  std::string run(Name host, const Words& words, int status = 0) {
    std::string odd;
    const Report report = programs.run(host, words, odd);
    std::string text = odd;
    for (const Line& line : report.lines) text += line.text + "\n";
    EXPECT_EQ(odd, "");
    EXPECT_EQ(report.status, status) << text;
    return text;
  }
  std::string step(const Step& step) {
    Report report = model.play(step).report;
    programs.after(step, report);
    std::string text;
    for (const Line& line : report.lines) text += line.text + "\n";
    return text;
  }
  drbd::Role role(Name host) const {
    return model.world().hosts.find(host)->drbd->minor(0).device->state.role;
  }
  ModelBackend model{drbd_site()};
  Modelled programs{model};
};

TEST_F(Replicated, guests_start_move_and_come_back_with_their_disks) {
  EXPECT_EQ(run("trolls", {"xen-drbd-auto", "start"}), "echelon: was started (r0 Primary/Secondary)\n");
  EXPECT_EQ(running_on(model.world()), std::vector<Name>{"trolls"});
  EXPECT_EQ(run("perceval", {"xen-drbd-auto", "start"}),
            "echelon: must not be started, the peer is primary (r0 Secondary/Primary)\n");
  EXPECT_EQ(run("trolls", {"xen-migrate", "migrate", "echelon"}), "echelon runs on perceval\n");
  EXPECT_EQ(role("trolls"), drbd::Role::secondary);
  EXPECT_EQ(role("perceval"), drbd::Role::primary);
  EXPECT_FALSE(model.play(GuestWrite{"echelon", 4096, "/etc"}).why);
  const std::string back = run("trolls", {"xen-migrate", "reverse", "echelon"});
  EXPECT_NE(back.find("echelon runs on trolls\n"), std::string::npos) << back;
  EXPECT_EQ(role("perceval"), drbd::Role::secondary);
}

TEST_F(Replicated, guests_that_are_away_are_not_started_by_a_dom0_that_comes_back) {
  run("trolls", {"xen-drbd-auto", "start"});
  run("trolls", {"xen-migrate", "migrate", "echelon"});
  step(Pass{60});
  step(PowerOff{"trolls"});
  EXPECT_NE(step(PowerOn{"trolls"}).find("echelon: is migrated away (at perceval)"), std::string::npos);
  EXPECT_EQ(running_on(model.world()), std::vector<Name>{"perceval"});
}

// Nobody wrote down that the guest is elsewhere: it was moved by hand.
TEST_F(Replicated, guests_are_looked_at_again_until_the_peer_is_known) {
  run("trolls", {"xen-drbd-auto", "start"});
  must(model, "perceval", "drbdadm primary r0");
  must(model, "trolls", "xl migrate echelon perceval");
  step(PowerOff{"trolls"});
  EXPECT_NE(step(PowerOn{"trolls"}).find("echelon: undetermined"), std::string::npos);
  EXPECT_NE(step(Pass{360}).find("trolls: xen-drbd-auto: echelon.cfg: "), std::string::npos);
  must(model, "trolls", "drbdadm up r0");
  EXPECT_NE(step(Pass{360}).find("r0 Secondary/Primary"), std::string::npos);
  EXPECT_TRUE(programs.tasks("trolls").all().empty()) << "what is certain is not waited for";
  EXPECT_EQ(running_on(model.world()), std::vector<Name>{"perceval"});
}

TEST_F(Replicated, guests_start_by_themselves_as_soon_as_the_peer_is_back) {
  step(PowerOff{"perceval"});
  EXPECT_NE(run("trolls", {"xen-drbd-auto", "start"}).find("r0 Secondary/Unknown"), std::string::npos);
  step(Pass{360});
  EXPECT_TRUE(running_on(model.world()).empty());
  step(PowerOn{"perceval"});
  must(model, "perceval", "drbdadm up r0");
  step(Pass{360});
  EXPECT_EQ(running_on(model.world()).size(), 1u) << "both waited for it, and one of them came first";
}

TEST_F(Replicated, resources_come_up_at_boot_and_guests_of_etc_xen_auto_wait_for_them) {
  for (const char* line : {"touch /etc/rc2.d/S20drbd", "mkdir -p /etc/xen/auto",
                           "cp /etc/xen/drbd-auto/echelon.cfg /etc/xen/auto/echelon",
                           "sed -i 's/phy:.dev.drbd0/drbd:r0/' /etc/xen/auto/echelon",
                           "rm /etc/rc2.d/S99xen-drbd-auto", "sync"}) {
    must(model, "trolls", line);
  }
  step(PowerOff{"trolls"});
  step(PowerOn{"trolls"});
  EXPECT_EQ(running_on(model.world()), std::vector<Name>{"trolls"});
  EXPECT_EQ(role("trolls"), drbd::Role::primary);
  step(PowerOff{"trolls"});
  step(PowerOff{"perceval"});
  EXPECT_NE(step(PowerOn{"trolls"}).find("the boot of trolls waits for a peer (wfc-timeout 0)"),
            std::string::npos);
  EXPECT_EQ(running_on(model.world()), std::vector<Name>());
  must(model, "trolls", "sed -i 's/protocol C;/protocol C; startup { wfc-timeout 15; }/' /etc/drbd.conf");
  must(model, "trolls", "sync");
  step(PowerOff{"trolls"});
  step(PowerOn{"trolls"});
  EXPECT_EQ(running_on(model.world()), std::vector<Name>{"trolls"});
}

TEST_F(Replicated, guests_do_not_move_while_the_resource_is_not_whole) {
  run("trolls", {"xen-drbd-auto", "start"});
  must(model, "perceval", "drbdadm disconnect r0");
  EXPECT_NE(run("trolls", {"xen-migrate", "migrate", "echelon"}, 1).find("they are connected and up to date"),
            std::string::npos);
  EXPECT_EQ(running_on(model.world()), std::vector<Name>{"trolls"});
}

TEST_F(Replicated, disks_named_by_their_resource_are_promoted_by_their_script) {
  for (const char* host : {"trolls", "perceval"}) {
    must(model, host,
         "echo 'name=\"echelon\"' > /etc/xen/e.cfg; echo 'memory=256' >> /etc/xen/e.cfg; "
         "echo 'disk=[\"drbd:r0,xvda1,w\"]' >> /etc/xen/e.cfg");
  }
  must(model, "trolls", "xl create /etc/xen/e.cfg");
  EXPECT_EQ(role("trolls"), drbd::Role::primary);
  must(model, "trolls", "xl migrate echelon perceval");
  EXPECT_EQ(role("trolls"), drbd::Role::secondary);
  EXPECT_EQ(role("perceval"), drbd::Role::primary);
  must(model, "perceval", "xl destroy echelon");
  EXPECT_EQ(role("perceval"), drbd::Role::secondary);
}

TEST_F(Replicated, guests_on_a_device_that_is_secondary_there_do_not_move_on) {
  run("trolls", {"xen-drbd-auto", "start"});
  must(model, "trolls", "xl migrate echelon perceval");  // by hand, and nobody promoted
  EXPECT_EQ(model.world().hosts.find("perceval")->domain("echelon")->state, domain::State::frozen);
}

}  // namespace
}  // namespace rehearse::migrate
