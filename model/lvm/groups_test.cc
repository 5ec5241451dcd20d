#include "model/lvm/typed_testing.h"

namespace rehearse::lvm {
namespace {

using AGroup = FourDisks;

TEST_F(AGroup, is_made_of_all_its_devices_or_not_at_all) {
  EXPECT_EQ(run("vgcreate vg /dev/vda"),
            "  Physical volume \"/dev/vda\" successfully created.\n  Volume group \"vg\" successfully "
            "created\n[0]");
  EXPECT_EQ(run("vgcreate vg /dev/vdb"), "2>  A volume group called vg already exists.\n[5]");
  EXPECT_EQ(run("vgcreate vg2 /dev/vdb /dev/vda"),
            "2>  Physical volume '/dev/vda' is already in volume group 'vg'\n"
            "  Unable to add physical volume '/dev/vda' to volume group 'vg'\n"
            "  /dev/vda: physical volume not initialized.\n[5]");
  EXPECT_EQ(run("vgcreate vg2 /dev/nope"), "2>  No device found for /dev/nope.\n[5]");
  EXPECT_EQ(run("vgcreate vg2 /dev/vdb /dev/nope"),
            "2>  No device found for /dev/nope.\n2>  Command requires all devices to be found.\n[5]");
}

TEST_F(AGroup, has_a_name_that_lvm_allows) {
  EXPECT_EQ(run("vgcreate v@g /dev/vdb"),
            "2>  Name contains invalid character, valid set includes: [a-zA-Z0-9.-_+].\n"
            "  New volume group name \"v@g\" is invalid.\n"
            "  Run `vgcreate --help' for more information.\n[3]");
  EXPECT_EQ(run("vgcreate vdb /dev/vdb"),
            "2>  /dev/vdb: already exists in filesystem\n  Run `vgcreate --help' for more information.\n[3]");
  for (const char* name : {"/dev/vg3", "...", "pvmove0"}) {
    done("vgcreate " + std::string(name) + " /dev/vdc");
    EXPECT_EQ(observe(world, "alpha").groups.size(), 1u) << name;
    done("pvcreate -ff -y /dev/vdc");
  }
}

TEST_F(AGroup, has_the_extent_size_asked_for) {
  done("vgcreate -s 1M v1 /dev/vda");
  done("vgcreate -s 16 v2 /dev/vdb");
  done("vgcreate -s 3M v3 /dev/vdc");
  EXPECT_EQ(group("v1").extents, 255u);
  EXPECT_EQ(group("v2").extents, 15u);
  EXPECT_EQ(group("v3").extents, 85u);
  EXPECT_EQ(run("vgcreate -s 100k v4 /dev/vdd"),
            "  Physical volume \"/dev/vdd\" successfully created.\n"
            "2>  Physical Extent size must be a multiple of 128.00 KiB when not a power of 2.\n[5]");
  EXPECT_EQ(run("vgcreate -s 0 v4 /dev/vdd"),
            "2>  Physical extent size may not be zero\n  Run `vgcreate --help' for more information.\n[3]");
  EXPECT_EQ(run("vgchange -s 8M v1"), "2>  New extent size is not a perfect fit\n[5]");
  done("vgchange -s 512k v1");
  EXPECT_EQ(group("v1").extents, 510u);
}

TEST_F(AGroup, grows_and_shrinks_by_physical_volumes) {
  done("vgcreate vg /dev/vda");
  EXPECT_EQ(run("vgextend nope /dev/vdc"),
            "  Physical volume \"/dev/vdc\" successfully created.\n"
            "2>  Volume group \"nope\" not found\n  Cannot process volume group nope\n[5]");
  EXPECT_EQ(run("vgextend vg /dev/vdd /dev/vdc"),
            "  Physical volume \"/dev/vdd\" successfully created.\n  Volume group \"vg\" successfully "
            "extended\n[0]");
  EXPECT_EQ(group("vg").pvs, (std::vector<Name>{"/dev/vda", "/dev/vdc", "/dev/vdd"}))
      << "those with labels first";
  EXPECT_EQ(run("vgreduce vg /dev/vda /dev/vdd"),
            "  Removed \"/dev/vda\" from volume group \"vg\"\n  Removed \"/dev/vdd\" from volume group "
            "\"vg\"\n[0]");
  EXPECT_EQ(run("vgreduce vg /dev/vda"), "2>  Failed to find physical volume \"/dev/vda\".\n[5]");
  EXPECT_EQ(run("vgreduce vg /dev/vdc"),
            "2>  Can't remove final physical volume \"/dev/vdc\" from volume group \"vg\"\n[5]");
  EXPECT_EQ(run("vgreduce nope /dev/vda"),
            "2>  Volume group \"nope\" not found\n  Cannot process volume group nope\n"
            "2>  Failed to find physical volume \"/dev/vda\".\n[5]");
}

TEST_F(AGroup, keeps_to_the_limits_that_it_was_given) {
  done("vgcreate -p 1 vg /dev/vda");
  EXPECT_EQ(run("vgextend vg /dev/vdb"),
            "  Physical volume \"/dev/vdb\" successfully created.\n"
            "2>  No space for '/dev/vdb' - volume group 'vg' holds max 1 physical volume(s).\n"
            "  PV /dev/vdb cannot be added to VG vg.\n[5]");
  done("vgchange -xn vg");
  EXPECT_EQ(run("vgchange -xn vg"), "2>  Volume group \"vg\" is already not resizeable\n[5]");
  EXPECT_EQ(run("vgextend vg /dev/vdb"), "2>  Volume group vg is not resizeable.\n[5]");
  EXPECT_EQ(run("vgchange -p 9 vg"),
            "2>  Volume group \"vg\" must be resizeable to change MaxPhysicalVolumes\n[5]");
  EXPECT_EQ(group("vg").attr, "w---n-");
}

TEST_F(AGroup, with_a_missing_disk_is_warned_of_and_not_changed) {
  done("vgcreate vg /dev/vda /dev/vdb");
  const std::string uuid = uuid_text(pv("/dev/vdb").uuid);
  present(1, false);
  EXPECT_EQ(run("vgchange -l 4 vg"), "2>  WARNING: Couldn't find device with uuid " + uuid + ".\n" +
                                         "2>  WARNING: VG vg is missing PV " + uuid +
                                         " (last written to /dev/vdb).\n"
                                         "2>  Cannot change VG vg while PVs are missing.\n"
                                         "  See vgreduce --removemissing and vgextend --restoremissing.\n"
                                         "  Cannot process volume group vg\n[5]");
  EXPECT_EQ(group("vg").free_extents, 126u) << "what is missing counts";
  done("vgextend vg /dev/vdc");
  EXPECT_EQ(group("vg").attr, "wz-pn-");
  present(1, true);
  EXPECT_EQ(pv("/dev/vdb").attr, "a--") << "nothing lay on it, so it is used again at once";
  EXPECT_EQ(run("vgextend --restoremissing vg /dev/vdb"),
            "2>  WARNING: ignoring metadata seqno 1 on /dev/vdb for seqno 2 on /dev/vda for VG vg.\n"
            "2>  WARNING: Inconsistent metadata found for VG vg.\n"
            "2>  See vgck --updatemetadata to correct inconsistency.\n"
            "2>  WARNING: VG vg was previously updated while PV /dev/vdb was missing.\n"
            "2>  WARNING: VG vg has unused reappeared PV /dev/vdb " +
                uuid +
                ".\n"
                "2>  WARNING: VG vg was previously updated while PV /dev/vdb was missing.\n"
                "2>  WARNING: updating old metadata to 3 on /dev/vdb for VG vg.\n"
                "  Volume group \"vg\" successfully extended\n[0]");
  EXPECT_EQ(group("vg").attr, "wz--n-");
}

TEST_F(AGroup, does_not_use_a_disk_that_is_back_until_it_is_restored_if_something_lies_on_it) {
  done("vgcreate vg /dev/vda /dev/vdb");
  done("lvcreate -L 8M -n b vg /dev/vdb");
  present(1, false);
  done("vgextend vg /dev/vdc");
  present(1, true);
  EXPECT_EQ(pv("/dev/vdb").attr, "a-m");
  EXPECT_TRUE(run("lvcreate -L 4M -n c vg").ends_with("  Cannot process volume group vg\n[5]"));
  done("vgextend --restoremissing vg /dev/vdb");
  EXPECT_EQ(pv("/dev/vdb").attr, "a--");
}

TEST_F(AGroup, is_freed_of_a_disk_that_does_not_know_that_it_was_taken_out) {
  done("vgcreate vg /dev/vda /dev/vdb");
  present(1, false);
  done("vgreduce --removemissing vg");
  present(1, true);
  EXPECT_EQ(pv("/dev/vdb").path, Name()) << "pvs does not show it";
  EXPECT_EQ(run("vgck --updatemetadata vg"),
            "2>  WARNING: ignoring metadata seqno 1 on /dev/vdb for seqno 2 on /dev/vda for VG vg.\n"
            "2>  WARNING: Inconsistent metadata found for VG vg.\n"
            "2>  See vgck --updatemetadata to correct inconsistency.\n"
            "2>  WARNING: outdated PV /dev/vdb seqno 1 has been removed in current VG vg seqno 2.\n"
            "2>  See vgck --updatemetadata to clear outdated metadata.\n"
            "2>  WARNING: wiping mda on outdated PV /dev/vdb\n"
            "2>  WARNING: wiping header on outdated PV /dev/vdb\n[0]");
  EXPECT_EQ(pv("/dev/vdb").attr, "---");
}

TEST_F(AGroup, is_renamed_and_put_away) {
  done("vgcreate vg /dev/vda");
  EXPECT_EQ(run("vgrename vg /dev/new"), "  Volume group \"vg\" successfully renamed to \"new\"\n[0]");
  EXPECT_EQ(run("vgrename new new"), "2>  Old and new volume group names must differ\n[5]");
  done("vgcreate vg /dev/vdb");
  EXPECT_EQ(run("vgrename vg new"), "2>  New VG name \"new\" already exists\n[5]");
  EXPECT_EQ(run("vgexport new"), "  Volume group \"new\" successfully exported\n[0]");
  EXPECT_EQ(group("new").attr, "wzx-n-");
  EXPECT_EQ(run("vgchange -ay new"), "2>  Volume group new is exported\n[5]");
  EXPECT_EQ(run("vgchange -ay"), "  0 logical volume(s) in volume group \"vg\" now active\n[0]");
  EXPECT_EQ(run("vgimport vg new"),
            "2>  Volume group \"vg\" is not exported\n  Volume group \"new\" successfully imported\n[5]");
}

TEST_F(AGroup, is_listed_by_the_scans_last_met_first) {
  EXPECT_EQ(run("pvscan"), "  No matching physical volumes found\n[0]");
  done("pvcreate /dev/vdc");
  EXPECT_EQ(run("pvscan"),
            "  PV /dev/vdc                      lvm2 [256.00 MiB]\n"
            "  Total: 1 [256.00 MiB] / in use: 0 [0   ] / in no VG: 1 [256.00 MiB]\n[0]");
  done("vgcreate vb /dev/vda");
  done("vgcreate vc /dev/vdd");
  done("vgexport vc");
  EXPECT_EQ(run("pvscan"),
            "  PV /dev/vdd    is in exported VG vc [252.00 MiB / 252.00 MiB free]\n"
            "  PV /dev/vda   VG vb              lvm2 [252.00 MiB / 252.00 MiB free]\n"
            "  PV /dev/vdc                      lvm2 [256.00 MiB]\n"
            "  Total: 3 [760.00 MiB] / in use: 2 [504.00 MiB] / in no VG: 1 [256.00 MiB]\n[0]");
  EXPECT_EQ(run("vgscan"),
            "  Found exported volume group \"vc\" using metadata type lvm2\n"
            "  Found volume group \"vb\" using metadata type lvm2\n[0]");
}

TEST_F(AGroup, is_removed_with_its_volumes_if_one_says_yes) {
  done("vgcreate vg /dev/vda");
  done("lvcreate -L 8M -n x vg");
  done("lvcreate -L 8M -n o vg");
  done("lvcreate -s -L 4M -n s vg/o");
  EXPECT_EQ(run("vgremove vg"),
            "2>Do you really want to remove volume group \"vg\" containing 3 logical volumes? [y/n]: [n]\n"
            "  Volume group \"vg\" not removed\n[5]");
  EXPECT_EQ(run("vgremove -f vg nope"),
            "  Logical volume \"x\" successfully removed.\n  Logical volume \"s\" successfully removed.\n"
            "  Logical volume \"o\" successfully removed.\n  Volume group \"vg\" successfully removed\n"
            "2>  Volume group \"nope\" not found\n  Cannot process volume group nope\n[5]");
  EXPECT_EQ(pv("/dev/vda").attr, "---");
}

TEST_F(AGroup, is_not_removed_at_all_while_a_volume_is_mounted) {
  done("vgcreate vg /dev/vda");
  done("lvcreate -L 8M -n x vg");
  done("lvcreate -L 8M -n y vg");
  fs::Mount mount;
  mount.device = "mapper/vg-x";
  world.hosts.edit("alpha").mounts.edit().push_back(mount);
  EXPECT_EQ(run("vgremove -f vg"), "2>  Logical volume vg/x contains a filesystem in use.\n[5]");
  EXPECT_EQ(run("vgchange -an vg"),
            "2>  Logical volume vg/x contains a filesystem in use.\n"
            "2>  Can't deactivate volume group \"vg\" with 1 open logical volume(s)\n[5]");
}

TEST_F(AGroup, forgets_missing_disks_and_with_force_what_lay_on_them) {
  done("vgcreate vg /dev/vda /dev/vdb /dev/vdc");
  done("lvcreate -L 20M -n a vg /dev/vda");
  done("lvcreate -L 20M -n b vg /dev/vdb");
  const std::string uuid = uuid_text(pv("/dev/vdb").uuid);
  const std::string gone = "2>  WARNING: Couldn't find device with uuid " + uuid + ".\n";
  EXPECT_EQ(run("vgreduce --removemissing vg"), "  Volume group \"vg\" is already consistent.\n[0]");
  present(1, false);
  EXPECT_EQ(
      run("vgreduce --removemissing vg"),
      gone + "2>  WARNING: VG vg is missing PV " + uuid + " (last written to /dev/vdb).\n" + gone +
          "2>  WARNING: Partial LV b needs to be repaired or removed. \n"
          "2>  There are still partial LVs in VG vg.\n"
          "  To remove them unconditionally use: vgreduce --removemissing --force.\n"
          "  To remove them unconditionally from mirror LVs use: vgreduce --removemissing --mirrorsonly "
          "--force.\n  WARNING: Proceeding to remove empty missing PVs.\n" +
          gone + "[5]");
  EXPECT_EQ(group("vg").missing_pvs, 1u);
  EXPECT_EQ(run("vgreduce --removemissing --force vg"),
            gone + "2>  WARNING: VG vg is missing PV " + uuid + " (last written to [unknown]).\n" + gone +
                "2>  WARNING: Removing partial LV vg/b.\n  Logical volume \"b\" successfully removed.\n" +
                gone + "  Wrote out consistent volume group vg.\n[0]");
  EXPECT_EQ(group("vg").attr, "wz--n-");
  EXPECT_EQ(group("vg").volume_count, 1u);
}

}  // namespace
}  // namespace rehearse::lvm
