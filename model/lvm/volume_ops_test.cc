#include "model/lvm/volume_ops.h"

#include <gtest/gtest.h>

#include "model/dm/exceptions.h"
#include "model/io.h"
#include "model/lvm/activation.h"
#include "model/lvm/testing.h"
#include "model/op.h"

namespace rehearse::lvm {
namespace {

// What a command line prints and returns: standard output, then standard error, then the status, as recorded.
std::string says(World& world, const std::string& line) {
  Words words;
  std::string word;
  for (const char letter : line + " ") {
    if (letter != ' ') {
      word += letter;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, ""));
    }
  }
  rehearse::Op op;
  const Mismatch bad = rehearse::parse(words, op);
  if (bad.kind != Mismatch::Kind::none) return "not understood: " + bad.word;
  EXPECT_EQ(claims(std::span<const std::string>(words)), 1) << line;
  const World before = world;
  Report report;
  const Refused refused = perform(world, "alpha", op, report);
  if (refused) {
    EXPECT_EQ(world, before) << line;
  }
  std::string out, err;
  for (const Line& said : report.lines) (said.error ? err : out) += said.text + "\n";
  return out + err + "[" + std::to_string(report.status) + "]";
}

Group group(const World& world) { return *find_group(world, "alpha", "vg")->group; }
std::uint64_t committed(const World& world, Name snapshot) {
  const Device* device = world.hosts.find("alpha")->device(mapped_name("vg", snapshot));
  return exceptions_of(world, "alpha", *device)->committed;
}
void fill(World& world, Name volume, Range range, std::uint64_t n) {
  ASSERT_EQ(write(world, "alpha", mapped_name("vg", volume), stamped(range, {"guest", n})), IoError::none);
}

class Volumes : public testing::Test {
 protected:
  World world = group_world(256 * kMiB, {"vda", "vdb"});
  std::string run(const std::string& line) { return says(world, line); }
};

// recordings lvm/lvcreate-names and lvm/lvcreate-size-spellings.
TEST_F(Volumes, are_created_under_the_names_that_lvcreate_takes) {
  EXPECT_EQ(run("lvcreate -L 4M vg"), "  Logical volume \"lvol0\" created.\n[0]");
  EXPECT_EQ(run("lvcreate -L 1.5m -n lvol7 vg"),
            "  Rounding up size to full physical extent 4.00 MiB\n  Logical volume \"lvol7\" created.\n[0]");
  EXPECT_EQ(run("lvcreate -l 1 --name /dev/vg/z"), "  Logical volume \"z\" created.\n[0]");
  EXPECT_EQ(run("lvcreate -L4M vg"), "  Logical volume \"lvol8\" created.\n[0]");
  EXPECT_EQ(run("lvcreate -L 4M -n other/w vg"),
            "  Inconsistent volume group names given: \"other\" and \"vg\"\n"
            "  Run `lvcreate --help' for more information.\n[3]");
  EXPECT_EQ(run("lvcreate -L 4M -n z vg"),
            "  Logical Volume \"z\" already exists in volume group \"vg\"\n[5]");
  EXPECT_EQ(run("lvcreate -L 4M -n x_tmeta vg"),
            "  Names including \"_tmeta\" are reserved. Please choose a different LV name.\n"
            "  Run `lvcreate --help' for more information.\n[3]");
  EXPECT_EQ(run("lvcreate -L 4M --nosuch -n b vg"), "not understood: --nosuch");
}

// recordings lvm/lvcreate-not-enough and lvm/lvcreate-extents-percent.
TEST_F(Volumes, are_refused_without_room_in_the_words_of_lvcreate) {
  EXPECT_EQ(run("lvcreate -L 1G -n a vg"),
            "  Volume group \"vg\" has insufficient free space (126 extents): 256 required.\n[5]");
  EXPECT_EQ(run("lvcreate -L 256M -n a vg /dev/vda"),
            "  Insufficient free space: 64 extents needed, but only 63 available\n[5]");
  EXPECT_EQ(
      run("lvcreate -L 256M -C y -n a vg"),
      "  Insufficient suitable contiguous allocatable extents for logical volume a: 64 more required\n[5]");
  EXPECT_EQ(
      run("lvcreate -l 101%VG -n a vg"),
      "  Reducing 101%VG to remaining free space 504.00 MiB in VG.\n  Logical volume \"a\" created.\n[0]");
  EXPECT_EQ(run("lvcreate -l 100%FREE -n k vg"),
            "  Calculated size of logical volume is 0 extents. Needs to be larger.\n[5]");
}

// recordings lvm/snapshot-cap and lvm/snapshot-creation-refusals.
TEST_F(Volumes, get_snapshots_no_larger_than_they_can_ever_need) {
  run("lvcreate -L 40M -n o vg");
  EXPECT_EQ(run("lvcreate -s -L 45M -n c vg/o"),
            "  Rounding up size to full physical extent 48.00 MiB\n"
            "  Reducing COW size 48.00 MiB down to maximum usable size 44.00 MiB.\n"
            "  Logical volume \"c\" created.\n[0]");
  run("lvcreate -s -l 20%ORIGIN -n d vg/o");
  EXPECT_EQ(group(world).volume("d")->extents(), 3u);
  EXPECT_EQ(run("lvcreate -s -L 8M -n s2 vg/c"), "  Snapshots of snapshots are not supported.\n[5]");
  EXPECT_EQ(run("lvcreate -s -L 8M -n s vg/nope"),
            "  Snapshot origin LV nope not found in Volume group vg.\n[5]");
  EXPECT_EQ(run("lvcreate -s -n s vg/o"), "  Please specify either size or extents with snapshots.\n[5]");
  fill(world, "o", {0, 81920}, 1);
  EXPECT_EQ(committed(world, "c"), 10240u);  // 82256/90112 336
}

// recording lvm/lvremove.
TEST_F(Volumes, are_removed_with_a_question_and_an_origin_with_its_snapshots) {
  run("lvcreate -L 8M -n h vg");
  run("lvcreate -s -L 4M -n s vg/h");
  run("lvcreate -L 8M -n g vg");
  EXPECT_EQ(run("lvremove vg/g"),
            "Do you really want to remove active logical volume vg/g? [y/n]: [n]\n"
            "  Logical volume vg/g not removed.\n[5]");
  EXPECT_EQ(run("lvremove vg/h"),
            "Do you really want to remove active origin logical volume vg/h with 1 snapshots(s)? [y/n]: [n]\n"
            "  Logical volume vg/h not removed.\n[5]");
  EXPECT_EQ(run("lvremove -y vg/nope vg/g"),
            "  Logical volume \"g\" successfully removed.\n  Failed to find logical volume \"vg/nope\"\n[5]");
  EXPECT_EQ(
      run("lvremove -f vg"),
      "  Logical volume \"s\" successfully removed.\n  Logical volume \"h\" successfully removed.\n[0]");
  EXPECT_EQ(world.hosts.find("alpha")->devices->size(), 4u);
}

// recordings lvm/lvrename and lvm/lvchange-permission.
TEST_F(Volumes, are_renamed_and_changed_under_their_users) {
  run("lvcreate -L 8M -n a vg");
  run("lvcreate -s -L 4M -n s vg/a");
  EXPECT_EQ(run("lvrename vg/a b"), "  Renamed \"a\" to \"b\" in volume group \"vg\"\n[0]");
  EXPECT_EQ(group(world).volume("s")->snapshot->origin, Name("b"));
  EXPECT_EQ(run("lvrename vg s s"),
            "  Old and new logical volume names must differ\n"
            "  Run `lvrename --help' for more information.\n[3]");
  EXPECT_EQ(run("lvchange -pr vg/b"), "  Logical volume vg/b changed.\n[0]");
  EXPECT_EQ(write(world, "alpha", "mapper/vg-b", stamped({0, 8}, {"guest", 1})), IoError::read_only);
  EXPECT_EQ(run("lvchange -pr vg/b"), "  Logical volume \"vg/b\" is already read only.\n[5]");
  EXPECT_EQ(run("lvchange -an vg/s"),
            "Change of snapshot vg/s will also change its origin vg/b. Proceed? [y/n]: [n]\n"
            "  Logical volume vg/s not changed.\n[5]");
  EXPECT_EQ(run("lvchange -an vg"), "[0]");
  EXPECT_FALSE(active(*world.hosts.find("alpha"), "vg", "s"));
}

// recordings lvm/merge-immediate and lvm/merge-sibling.
TEST_F(Volumes, take_their_snapshots_back_and_siblings_pay_for_it) {
  run("lvcreate -L 40M -n o vg");
  run("lvcreate -s -L 20M -n s vg/o");
  fill(world, "o", {0, 8192}, 1);
  run("lvcreate -s -L 12M -n t vg/o");
  run("lvcreate -s -L 4M -n u vg/o");
  EXPECT_EQ(run("lvconvert --merge vg/s"), "  Merging of volume vg/s started.\n  vg/o: Merged: 100.00%\n[0]");
  EXPECT_EQ(committed(world, "t"), 1024u);  // 8240/24576 48
  EXPECT_TRUE(world.hosts.find("alpha")->device("mapper/vg-u")->invalid);
  EXPECT_TRUE(read(world, "alpha", "mapper/vg-o", {0, 8192}).data[0].blank());
  EXPECT_EQ(run("lvconvert --merge vg/u"), "  Unable to merge invalidated snapshot LV vg/u.\n[5]");
}

// recordings lvm/merge-pending-refusals and lvm/merge-two-origins.
TEST_F(Volumes, wait_with_a_merge_until_they_are_closed_and_refreshed) {
  run("lvcreate -L 40M -n o vg");
  run("lvcreate -s -L 8M -n s vg/o");
  run("lvcreate -s -L 8M -n t vg/o");
  world.hosts.edit("alpha").swaps.edit().push_back({"/dev/vg/o", "mapper/vg-o", 81920});
  EXPECT_EQ(run("lvconvert --merge vg/s"),
            "  Delaying merge since origin is open.\n"
            "  Merging of snapshot vg/s will occur on next activation of vg/o.\n[0]");
  EXPECT_EQ(run("lvconvert --merge vg/t"),
            "  Cannot merge snapshot vg/t into the origin vg/o with merging snapshot vg/t.\n[5]");
  EXPECT_EQ(run("lvremove -f vg/s"), "  Can't remove merging snapshot logical volume vg/s.\n[5]");
  EXPECT_EQ(run("lvrename vg s ss"), "  Cannot rename internal LV \"s\".\n[5]");
  EXPECT_EQ(run("lvchange -ay vg/s"), "  Operation not permitted on hidden LV vg/s.\n[5]");
  EXPECT_EQ(run("lvchange -an vg/o"), "  Logical volume vg/o in use.\n[5]");
  world.hosts.edit("alpha").swaps.edit().clear();
  EXPECT_EQ(run("lvchange --refresh vg/o"), "[0]");
  EXPECT_TRUE(merge_progress(world, "alpha", true));
  EXPECT_FALSE(group(world).volume("s"));
}

// recording lvm/snapshot-split-and-existing-cow.
TEST_F(Volumes, become_the_room_of_a_snapshot_and_leave_it_again) {
  run("lvcreate -L 20M -n o vg");
  run("lvcreate -L 8M -n c vg");
  EXPECT_EQ(run("lvconvert -y -s vg/o vg/c"),
            "  Logical volume vg/c converted to snapshot.\n"
            "  WARNING: Converting logical volume vg/c to snapshot exception store.\n"
            "  THIS WILL DESTROY CONTENT OF LOGICAL VOLUME (filesystem etc.)\n[0]");
  fill(world, "o", {0, 80}, 1);
  EXPECT_EQ(run("lvconvert -y --splitsnapshot vg/c"), "  Logical Volume vg/c split from its origin.\n[0]");
  EXPECT_TRUE(world.hosts.find("alpha")->device("mapper/vg-o")->as<LinearMap>());
  run("lvconvert -y -s -Zn vg/o vg/c");
  EXPECT_EQ(committed(world, "c"), 10u);  // 96/16384 16, as before
}

}  // namespace
}  // namespace rehearse::lvm
