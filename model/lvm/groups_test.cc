#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "model/fs/filesystem.h"
#include "model/io.h"
#include "model/lvm/observe.h"
#include "model/op.h"

namespace rehearse::lvm {
namespace {

struct FourDisks : testing::Test {  // figures and words are those of LVM 2.03.16
  FourDisks() {
    add_host(world, "alpha",
             {{"vda", 256 * kMiB}, {"vdb", 256 * kMiB}, {"vdc", 256 * kMiB}, {"vdd", 256 * kMiB}});
  }
  std::string run(const std::string& line) {  // output, standard error marked "2>", and status
    Words words;
    std::istringstream in(line);
    for (std::string word; in >> word;) words.push_back(word);
    rehearse::Op op;
    if (rehearse::parse(words, op).kind != Mismatch::Kind::none) return "not understood";
    Report report;
    const World before = world;
    if (perform(world, "alpha", op, report)) {
      EXPECT_TRUE(world == before) << line << ": refused means untouched";
    }
    std::string text;
    for (const Line& said : report.lines) text += (said.error ? "2>" : "") + said.text + "\n";
    return text + "[" + std::to_string(report.status) + "]";
  }
  void done(const std::string& line) {
    const std::string said = run(line);
    EXPECT_TRUE(said.ends_with("[0]")) << line << "\n" << said;
  }
  PvRow pv(Name path) {
    for (const PvRow& row : observe(world, "alpha").pvs) {
      if (row.path == path) return row;
    }
    return {};
  }
  GroupRow group(Name name) {
    for (const GroupRow& row : observe(world, "alpha").groups) {
      if (row.name == name) return row;
    }
    return {};
  }
  void present(std::size_t disk, bool is) {
    world.hosts.edit("alpha").hardware.edit().disks[disk].present = is;
  }
  void put_ext4(Name device) {
    const Block block{2, Part<fs::Superblock>(fs::Superblock{})};
    write(world, "alpha", device, block_at(fs::kSuperblockAt, block));
  }
  World world;
};

using APv = FourDisks;
using AGroup = FourDisks;

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
  present(1, true);
  EXPECT_EQ(pv("/dev/vdb").attr, "a-m");
  EXPECT_EQ(run("vgextend --restoremissing vg /dev/vdb"),
            "2>  WARNING: ignoring metadata seqno 1 on /dev/vdb for seqno 2 on /dev/vda for VG vg.\n"
            "2>  WARNING: Inconsistent metadata found for VG vg.\n"
            "2>  See vgck --updatemetadata to correct inconsistency.\n"
            "2>  WARNING: VG vg was previously updated while PV /dev/vdb was missing.\n"
            "2>  WARNING: VG vg was missing PV /dev/vdb " +
                uuid +
                ".\n"
                "2>  WARNING: VG vg was previously updated while PV /dev/vdb was missing.\n"
                "2>  WARNING: updating old metadata to 3 on /dev/vdb for VG vg.\n"
                "  Volume group \"vg\" successfully extended\n[0]");
  EXPECT_EQ(group("vg").attr, "wz--n-");
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
