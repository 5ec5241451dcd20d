#include "model/lvm/typed_testing.h"

namespace rehearse::lvm {
namespace {

using APv = FourDisks;

TEST_F(APv, is_made_again_if_it_is_an_orphan_but_not_if_it_is_in_a_group) {
  EXPECT_EQ(run("pvcreate /dev/vda /dev/vdb"),
            "  Physical volume \"/dev/vda\" successfully created.\n"
            "  Physical volume \"/dev/vdb\" successfully created.\n[0]");
  const std::uint64_t uuid = pv("/dev/vda").uuid;
  done("pvcreate /dev/vda");
  EXPECT_NE(pv("/dev/vda").uuid, uuid);
  done("vgcreate vg /dev/vda");
  EXPECT_EQ(run("pvcreate -y -f /dev/vda"),
            "2>  Can't initialize physical volume \"/dev/vda\" of volume group \"vg\" without -ff\n"
            "  /dev/vda: physical volume not initialized.\n[5]");
  EXPECT_EQ(run("pvcreate -ff /dev/vda"),
            "2>Really INITIALIZE physical volume \"/dev/vda\" of volume group \"vg\" [y/n]? [n]\n"
            "  /dev/vda: physical volume not initialized.\n[5]");
  done("pvcreate -ff -y /dev/vda");
  EXPECT_EQ(group("vg").name, Name()) << "its only physical volume is gone";
}

TEST_F(APv, is_made_of_the_devices_that_can_be_used) {
  EXPECT_EQ(run("pvcreate /dev/nope /dev/vdd"),
            "2>  No device found for /dev/nope.\n  Physical volume \"/dev/vdd\" successfully created.\n[5]");
  EXPECT_EQ(run("pvcreate nope"), "2>  No device found for nope.\n[5]");
}

TEST_F(APv, asks_before_it_overwrites_a_file_system) {
  put_ext4("vda");
  EXPECT_EQ(run("pvcreate /dev/vda"),
            "2>WARNING: ext4 signature detected on /dev/vda at offset 1080. Wipe it? [y/n]: [n]\n"
            "  Aborted wiping of ext4.\n  1 existing signature left on the device.\n[5]");
  EXPECT_EQ(
      run("pvcreate -f /dev/vda"),
      "  Wiping ext4 signature on /dev/vda.\n  Physical volume \"/dev/vda\" successfully created.\n[0]");
  EXPECT_FALSE(block_on(world, "alpha", "vda", fs::kSuperblockAt));
}

TEST_F(APv, is_not_made_of_a_mounted_device) {
  fs::Mount mount;
  mount.device = "vdd";
  world.hosts.edit("alpha").mounts.edit().push_back(mount);
  EXPECT_TRUE(run("pvcreate -ff -y /dev/vdd")
                  .starts_with("2>  Can't open /dev/vdd exclusively.  Mounted filesystem?"));
}

TEST_F(APv, has_its_first_extent_where_alignment_and_metadata_put_it) {
  const auto pe_start = [&](const std::string& options) {
    done("pvcreate " + options + " /dev/vda");
    return pv("/dev/vda").pe_start;
  };
  EXPECT_EQ(pe_start(""), 2048u);
  EXPECT_EQ(pe_start("--dataalignment 64k"), 2048u);
  EXPECT_EQ(pe_start("--dataalignment 4096"), 8192u);
  EXPECT_EQ(pe_start("--dataalignment 100k"), 2200u);
  EXPECT_EQ(pe_start("--dataalignment 0"), 2048u);
  EXPECT_EQ(pe_start("--metadatasize 128k"), 2048u);
  EXPECT_EQ(pe_start("--metadatasize 128k --dataalignment 64k"), 384u);
  EXPECT_EQ(pe_start("--metadatasize 2"), 6144u);
  EXPECT_EQ(pe_start("--metadatasize 8m"), 18432u);
  EXPECT_EQ(run("pvcreate --dataalignment 300m /dev/vda"),
            "2>  /dev/vda: Data alignment must not exceed device size.\n"
            "  Failed to setup physical volume \"/dev/vda\".\n[5]");
}

TEST_F(APv, has_as_many_whole_extents_as_fit) {
  for (const auto& [sectors, extents] : std::vector<std::pair<Sectors, std::uint64_t>>{{4096, 0},
                                                                                       {10239, 0},
                                                                                       {10240, 1},
                                                                                       {18431, 1},
                                                                                       {18432, 2},
                                                                                       {65536, 7},
                                                                                       {206848, 25},
                                                                                       {2097152, 255}}) {
    World small;
    add_host(small, "alpha", {{"vda", sectors * kSector}});
    world = small;
    done("vgcreate vg /dev/vda");
    EXPECT_EQ(group("vg").extents, extents) << sectors;
  }
  EXPECT_EQ(pv("/dev/vda").size, 255u * 8192);
}

TEST_F(APv, below_the_minimum_is_none) {
  World small;
  add_host(small, "alpha", {{"vda", kMiB}});
  world = small;
  EXPECT_EQ(run("pvcreate /dev/vda"), "2>  Cannot use /dev/vda: device is too small (pv_min_size)\n[5]");
  EXPECT_EQ(run("vgcreate vg /dev/vda"),
            "2>  Cannot use /dev/vda: device is too small (pv_min_size)\n"
            "2>  Command requires all devices to be found.\n[5]");
}

TEST_F(APv, is_removed_from_disk_only_with_force_if_a_group_has_it) {
  done("vgcreate vg /dev/vda /dev/vdb");
  EXPECT_EQ(run("pvremove -f /dev/vda"),
            "2>  PV /dev/vda is used by VG vg so please use vgreduce first.\n"
            "  (If you are certain you need pvremove, then confirm by using --force twice.)\n"
            "  /dev/vda: physical volume label not removed.\n[5]");
  EXPECT_EQ(run("pvremove -ff /dev/vda"),
            "2>  WARNING: PV /dev/vda is used by VG vg.\n"
            "2>Really WIPE LABELS from physical volume \"/dev/vda\" of volume group \"vg\" [y/n]? [n]\n"
            "  /dev/vda: physical volume label not removed.\n[5]");
  EXPECT_EQ(run("pvremove -ff -y /dev/vda"),
            "2>  WARNING: PV /dev/vda is used by VG vg.\n"
            "2>  WARNING: Wiping physical volume label from /dev/vda of volume group \"vg\".\n"
            "  Labels on physical volume \"/dev/vda\" successfully wiped.\n[0]");
  EXPECT_EQ(group("vg").attr, "wz-pn-");
  EXPECT_EQ(pv("[unknown]").attr, "a-m");
  done("pvcreate /dev/vda");
  EXPECT_EQ(group("vg").missing_pvs, 1u) << "a new physical volume is not the old one";
}

TEST_F(APv, is_resized_to_what_is_told_or_to_its_device) {
  done("vgcreate vg /dev/vda");
  EXPECT_EQ(run("pvresize --setphysicalvolumesize 100M /dev/vda"),
            "  0 physical volume(s) resized or updated / 1 physical volume(s) not resized\n"
            "2>/dev/vda: Requested size 100.00 MiB is less than real size 256.00 MiB. Proceed?  [y/n]: [n]\n"
            "  Physical Volume /dev/vda not resized.\n[5]");
  EXPECT_EQ(run("pvresize -y --setphysicalvolumesize 100M /dev/vda"),
            "2>  WARNING: /dev/vda: Pretending size is 204800 not 524288 sectors.\n"
            "  Physical volume \"/dev/vda\" changed\n"
            "  1 physical volume(s) resized or updated / 0 physical volume(s) not resized\n[0]");
  EXPECT_EQ(pv("/dev/vda").extents, 24u);
  done("pvresize -y --setphysicalvolumesize 1G /dev/vda");
  EXPECT_TRUE(
      run("pvresize /dev/vda")
          .starts_with("2>  WARNING: Device /dev/vda has size of 524288 sectors which is smaller than "
                       "corresponding PV size of 2095104 sectors. Was device resized?\n"));
  EXPECT_EQ(pv("/dev/vda").extents, 63u);
}

TEST_F(APv, takes_no_extents_after_pvchange) {
  done("vgcreate vg /dev/vda");
  EXPECT_EQ(run("pvchange -xn /dev/vda"),
            "  Physical volume \"/dev/vda\" changed\n  1 physical volume changed / 0 physical volumes not "
            "changed\n[0]");
  EXPECT_EQ(pv("/dev/vda").attr, "u--");
  EXPECT_EQ(run("pvchange -x n /dev/vda"),
            "2>  Physical volume \"/dev/vda\" is already unallocatable.\n"
            "  Physical volume /dev/vda not changed\n"
            "  0 physical volumes changed / 1 physical volume not changed\n[0]");
}

}  // namespace
}  // namespace rehearse::lvm
