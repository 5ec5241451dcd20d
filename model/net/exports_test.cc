#include "model/net/exports.h"

#include "model/domain/testing.h"

namespace rehearse::net {
namespace {

using Exports = domain::Site;

TEST_F(Exports, are_seen_by_every_other_host) {
  EXPECT_EQ(reads("perceval", "etherd/e3.4"), IoError::none);
  EXPECT_EQ(reads("galaad", "etherd/e3.4"), IoError::none);
  EXPECT_EQ(host("perceval").device("etherd/e3.4")->size, 200 * kMiB / kSector);
  EXPECT_FALSE(host("trolls").device("etherd/e3.4")) << "a server does not hear itself";
  EXPECT_EQ(open_count(host("trolls"), "mapper/vg1-echelon"), 1u);
}

TEST_F(Exports, follow_inittab_when_init_reads_it_again) {
  put("trolls", "/etc/inittab",
      std::string(kInittab) + "v5:2:respawn:/usr/sbin/vblade 3 5 eth0 /dev/vg1/spare\n");
  EXPECT_EQ(reads("perceval", "etherd/e3.5"), IoError::no_device) << "the file alone does nothing";
  EXPECT_FALSE(run("trolls", {"init", "q"}));
  EXPECT_EQ(reads("perceval", "etherd/e3.5"), IoError::none);
  put("trolls", "/etc/inittab", "v5:2:respawn:/usr/sbin/vblade 3 5 eth0 /dev/vg1/spare\n");
  EXPECT_FALSE(run("trolls", {"telinit", "q"}));
  EXPECT_EQ(reads("perceval", "etherd/e3.4"), IoError::failed);
  EXPECT_EQ(open_count(host("trolls"), "mapper/vg1-echelon"), 0u);
}

TEST_F(Exports, go_on_as_they_are_when_only_their_command_line_changed) {
  put("trolls", "/etc/inittab", "v4:23:respawn:/usr/sbin/vblade 3 4 eth0 /dev/vg1/spare\n");
  run("trolls", {"init", "q"});
  ASSERT_EQ(host("trolls").exports->size(), 1u);
  EXPECT_EQ(host("trolls").exports->front().device, Name("mapper/vg1-echelon"));
  step(PowerOff{"trolls"});
  step(PowerOn{"trolls"});
  EXPECT_EQ(host("trolls").exports->front().device, Name("mapper/vg1-spare"));
}

TEST_F(Exports, of_a_device_that_is_not_there_yet_start_when_init_tries_again) {
  put("trolls", "/etc/inittab", std::string(kInittab) + "v6:2:respawn:/usr/sbin/vblade 3 6 eth0 /dev/sdb\n");
  run("trolls", {"init", "q"});
  EXPECT_FALSE(host("perceval").device("etherd/e3.6"));
  Device device;
  device.name = "sdb";
  device.size = 2048;
  device.map = ErrorMap{};
  world.hosts.edit("trolls").put(device);
  step(Pass{1});
  EXPECT_TRUE(host("perceval").device("etherd/e3.6"));
}

TEST_F(Exports, fail_with_their_server_and_come_back_with_it) {
  EXPECT_FALSE(step(PowerOff{"trolls"}));
  EXPECT_EQ(reads("perceval", "etherd/e3.4"), IoError::failed);
  EXPECT_FALSE(step(PowerOn{"trolls"})) << said();
  EXPECT_EQ(reads("perceval", "etherd/e3.4"), IoError::none);
}

TEST_F(Exports, are_found_again_by_a_host_that_boots) {
  step(PowerOff{"perceval"});
  EXPECT_FALSE(host("perceval").device("etherd/e3.4"));
  step(PowerOn{"perceval"});
  EXPECT_EQ(reads("perceval", "etherd/e3.4"), IoError::none);
  step(PowerOff{"perceval"});
  step(PowerOff{"trolls"});
  step(PowerOn{"perceval"});
  EXPECT_FALSE(host("perceval").device("etherd/e3.4"));
  step(PowerOn{"trolls"});
  EXPECT_TRUE(host("perceval").device("etherd/e3.4")) << "its vblade announced itself";
}

TEST_F(Exports, started_by_hand_are_none_of_init_s_business) {
  EXPECT_FALSE(run("trolls", {"vblade", "3", "5", "eth0", "/dev/vg1/spare"}));
  EXPECT_EQ(said(), "pid 2000: e3.5, 409600 sectors O_RDWR\n");
  run("trolls", {"init", "q"});
  EXPECT_EQ(host("trolls").exports->size(), 2u);
  EXPECT_EQ(run("trolls", {"vblade", "3", "7", "eth0", "/dev/none"}).why, Refusal::exported_device_missing);
  EXPECT_EQ(said(), "open: No such file or directory\n");
  EXPECT_FALSE(run("trolls", {"vbladed", "3", "7", "eth0", "/dev/none"})) << "it fails where nobody looks";
  EXPECT_EQ(host("trolls").exports->size(), 2u);
}

TEST_F(Exports, can_be_asked_for_where_the_kernel_knows_aoe) {
  EXPECT_EQ(run("trolls", {"aoe-discover"}).why, Refusal::aoe_not_loaded);
  EXPECT_FALSE(run("galaad", {"aoe-discover"}));
}

}  // namespace
}  // namespace rehearse::net
