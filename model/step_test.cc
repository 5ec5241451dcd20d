#include "model/step.h"

#include "model/dm/partition.h"
#include "model/domain/testing.h"

namespace rehearse {
namespace {

using Steps = domain::Site;

TEST_F(Steps, of_a_guest_are_acknowledged_under_its_address) {
  run("perceval", {"xm", "create", "echelon"});
  EXPECT_FALSE(step(GuestWrite{"echelon", kMiB, "/var/log"})) << said();
  ASSERT_TRUE(world.ledger.find("echelon"));
  EXPECT_EQ(world.ledger.find("echelon")->writes,
            (std::vector<Write>{{1, kMiB, "/var/log", "192.168.0.12", true}}));
  EXPECT_TRUE(fs::guest_file(world, "perceval", "echelon", "/var/log/echelon.1"));
}

TEST_F(Steps, that_fail_are_not_acknowledged) {
  run("perceval", {"xm", "create", "echelon"});
  EXPECT_EQ(step(GuestWrite{"echelon", kGiB, "/var/log"}).why, Refusal::guest_no_space);
  step(PowerOff{"trolls"});
  EXPECT_FALSE(step(GuestWrite{"echelon", kMiB, "/var/log"})) << "it was tried: " << said();
  EXPECT_EQ(report.status, 1);
  EXPECT_FALSE(world.ledger.find("echelon"));
}

TEST_F(Steps, are_refused_where_they_cannot_be) {
  EXPECT_EQ(step(GuestWrite{"echelon", 1, "/var"}).why, Refusal::guest_not_running);
  run("perceval", {"xl", "create", "-p", "/etc/xen/echelon.cfg"});
  EXPECT_EQ(step(GuestWrite{"echelon", 1, "/var"}).why, Refusal::guest_paused);
  EXPECT_EQ(step(Upgrade{"echelon", "mail", 2}).why, Refusal::guest_paused);
  EXPECT_EQ(step(PowerOn{"perceval"}).why, Refusal::host_has_power);
  EXPECT_EQ(step(PowerOn{"nobody"}).why, Refusal::host_unknown);
  EXPECT_FALSE(step(PowerOff{"perceval"}));
  EXPECT_EQ(run("perceval", {"init", "q"}).why, Refusal::host_without_power);
  EXPECT_EQ(said(), "ssh: connect to host perceval port 22: No route to host\n");
  EXPECT_EQ(report.status, 255);
  EXPECT_EQ(step(DiskEvent{"trolls", "sdx", DiskFault::fails}).why, Refusal::host_disk_missing);
  EXPECT_EQ(step(DiskEvent{"trolls", "sda", DiskFault::plugged}).why, Refusal::host_disk_so_already);
}

TEST_F(Steps, that_take_the_power_drop_what_was_not_flushed) {
  run("perceval", {"xm", "create", "echelon"});
  step(GuestWrite{"echelon", kMiB, "/var/log", false, true});
  step(GuestWrite{"echelon", kMiB, "/var/log", false, false});
  EXPECT_TRUE(fs::guest_file(world, "perceval", "echelon", "/var/log/echelon.2"));
  step(PowerOff{"perceval"});
  step(PowerOn{"perceval"});
  EXPECT_FALSE(echelon());
  run("perceval", {"xm", "create", "echelon"});
  EXPECT_TRUE(fs::guest_file(world, "perceval", "echelon", "/var/log/echelon.1"));
  EXPECT_FALSE(fs::guest_file(world, "perceval", "echelon", "/var/log/echelon.2"));
}

TEST_F(Steps, of_half_a_minute_write_everything_back) {
  run("perceval", {"xm", "create", "echelon"});
  step(GuestWrite{"echelon", kMiB, "/var/log", false, false});
  step(Pass{30});
  run("perceval", {"xl", "destroy", "echelon"});
  run("perceval", {"xm", "create", "echelon"});
  EXPECT_TRUE(fs::guest_file(world, "perceval", "echelon", "/var/log/echelon.1"));
}

TEST_F(Steps, of_days_bring_the_next_check_nearer) {
  step(Pass{3 * 24 * 60 * 60});
  EXPECT_EQ(fs::superblock_on(world, "trolls", "mapper/vg1-echelon")->days_since_check, 3u);
}

TEST_F(Steps, that_give_power_start_the_domains_of_etc_xen_auto) {
  put("perceval", "/etc/xen/auto/echelon", kConfig);
  put("perceval", "/etc/xen/auto/other", "name='other'\ndisk=['phy:/dev/etherd/e3.9,xvda1,w']\n");
  step(PowerOff{"perceval"});
  EXPECT_FALSE(step(PowerOn{"perceval"}));
  ASSERT_TRUE(echelon());
  EXPECT_EQ(echelon()->hostname, Name("echelon"));
  EXPECT_NE(said().find("/dev/etherd/e3.9: No such file or directory"), std::string::npos);
}

TEST_F(Steps, that_give_power_bring_partitions_and_volumes_back) {
  PartitionTable table;
  table.partitions.push_back({1, {2048, 4096}, "83"});
  write(world, "galaad", "sda", block_at(0, Block{1, Part<PartitionTable>(table)}));
  step(PowerOff{"galaad"});
  step(PowerOn{"galaad"});
  ASSERT_TRUE(host("galaad").device("sda1"));
  EXPECT_EQ(host("galaad").device("sda1")->size, 4096u);
  step(PowerOff{"trolls"});
  EXPECT_TRUE(host("trolls").devices->empty());
  step(PowerOn{"trolls"});
  EXPECT_TRUE(host("trolls").device("mapper/vg1-spare"));
}

TEST_F(Steps, that_give_power_mount_what_fstab_says) {
  make_root("mapper/vg1-spare");
  put("trolls", "/srv/README", "not mounted\n");
  put("trolls", "/etc/fstab",
      "/dev/sda1 / ext4 defaults 0 1\n/dev/vg1/spare /srv ext4 defaults 0 2\n/dev/vg1/none /mnt ext4 "
      "defaults 0 2\n");
  step(PowerOff{"trolls"});
  EXPECT_FALSE(step(PowerOn{"trolls"}));
  ASSERT_EQ(host("trolls").mounts->size(), 1u) << said();
  EXPECT_EQ(fs::text_at(world, "trolls", "/srv/etc/hostname"), "echelon\n");
  EXPECT_NE(said().find("/dev/vg1/none"), std::string::npos) << said();
  EXPECT_EQ(report.status, 0);
}

TEST_F(Steps, write_to_a_device_past_all_file_systems) {
  EXPECT_FALSE(step(HostWrite{"trolls", kMiB, "/dev/vg1/spare", true, 0})) << said();
  const ReadResult found = read(world, "trolls", "mapper/vg1-spare", {0, 409600});
  Sectors written = 0;
  for (const rehearse::Run& piece : found.data)
    written += piece.stamp == Stamp{"trolls", 1} ? piece.count : 0;
  EXPECT_EQ(written, kMiB / kSector);
  EXPECT_FALSE(step(HostWrite{"trolls", kMiB, "/dev/vg1/spare", false, 100 * kMiB}));
  EXPECT_EQ(read(world, "trolls", "mapper/vg1-spare", {204800, 1}).data[0].stamp, (Stamp{"trolls", 2}));
  EXPECT_EQ(step(HostWrite{"trolls", kMiB, "/dev/vg1/none"}).why, Refusal::host_device_missing);
  EXPECT_EQ(step(HostWrite{"trolls", kMiB, "/dev/vg1/spare", false, 200 * kMiB}).why,
            Refusal::host_device_full);
}

TEST_F(Steps, let_some_sectors_of_a_disk_fail) {
  EXPECT_FALSE(step(DiskEvent{"galaad", "sda", DiskFault::fails, Range{2048, 8}}));
  EXPECT_EQ(read(world, "galaad", "sda", {2040, 8}).error, IoError::none);
  EXPECT_EQ(read(world, "galaad", "sda", {2040, 9}).error, IoError::failed);
  EXPECT_EQ(read(world, "galaad", "sda", {2056, 8}).error, IoError::none);
  EXPECT_EQ(write(world, "galaad", "sda", stamped({2040, 32}, {"galaad", 9})), IoError::failed);
  const auto stamp_at = [&](Sectors at) { return read(world, "galaad", "sda", {at, 1}).data.at(0).stamp; };
  EXPECT_EQ(stamp_at(2047), (Stamp{"galaad", 9})) << "what lies around them is written";
  EXPECT_EQ(stamp_at(2056), (Stamp{"galaad", 9}));
  EXPECT_FALSE(step(DiskEvent{"galaad", "sda", DiskFault::mended}));
  EXPECT_EQ(stamp_at(2048), Stamp());
}

TEST_F(Steps, let_a_disk_hang) {
  EXPECT_FALSE(step(DiskEvent{"trolls", "sda", DiskFault::hangs}));
  EXPECT_EQ(step(DiskEvent{"trolls", "sda", DiskFault::hangs}).why, Refusal::host_disk_so_already);
  EXPECT_EQ(reads("trolls", "sda"), IoError::suspended);
  EXPECT_EQ(reads("perceval", "etherd/e3.4"), IoError::suspended) << "who imports it waits as well";
  const World before = world;
  EXPECT_FALSE(step(HostWrite{"trolls", kMiB, "/dev/vg1/spare"}));
  EXPECT_NE(said().find("does not end"), std::string::npos) << said();
  EXPECT_EQ(world.hash(), before.hash()) << "what waits has changed nothing";
  EXPECT_FALSE(step(Pass{3600}));
  EXPECT_FALSE(step(DiskEvent{"trolls", "sda", DiskFault::mended}));
  EXPECT_FALSE(step(HostWrite{"trolls", kMiB, "/dev/vg1/spare"}));
}

TEST_F(Steps, unplug_a_disk_and_plug_it_in_again) {
  EXPECT_FALSE(step(DiskEvent{"galaad", "sda", DiskFault::unplugged}));
  EXPECT_FALSE(host("galaad").device("sda"));
  EXPECT_FALSE(step(DiskEvent{"galaad", "sda", DiskFault::plugged}));
  EXPECT_EQ(reads("galaad", "sda"), IoError::none);
  EXPECT_FALSE(step(DiskEvent{"trolls", "sda", DiskFault::unplugged}));
  EXPECT_EQ(reads("perceval", "etherd/e3.4"), IoError::failed) << "in use it stays, and fails";
  EXPECT_FALSE(step(DiskEvent{"trolls", "sda", DiskFault::plugged}));
  EXPECT_EQ(reads("perceval", "etherd/e3.4"), IoError::failed) << "what used it fails on";
  EXPECT_EQ(reads("trolls", "sda"), IoError::failed);
  EXPECT_EQ(reads("trolls", "sdb"), IoError::none) << "it has another name now";
  EXPECT_FALSE(step(PowerOff{"trolls"}));
  EXPECT_FALSE(step(PowerOn{"trolls"}));
  EXPECT_EQ(reads("trolls", "sda"), IoError::none) << "until the next boot";
  EXPECT_EQ(reads("perceval", "etherd/e3.4"), IoError::none);
  EXPECT_FALSE(step(DiskEvent{"trolls", "sda", DiskFault::fails_writes}));
  EXPECT_FALSE(step(HostWrite{"trolls", kMiB, "/dev/vg1/spare"}));
  EXPECT_EQ(report.status, 1);
  EXPECT_FALSE(step(DiskEvent{"trolls", "sda", DiskFault::mended}));
  EXPECT_FALSE(step(HostWrite{"trolls", kMiB, "/dev/vg1/spare"}));
  EXPECT_EQ(report.status, 0);
}

}  // namespace
}  // namespace rehearse
