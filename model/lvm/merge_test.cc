#include <gtest/gtest.h>

#include "model/io.h"
#include "model/lvm/activation.h"
#include "model/lvm/testing.h"
#include "model/lvm/volume_ops.h"

namespace rehearse::lvm {
namespace {

// An origin of 20 MiB with snapshots s and t, the first 2 MiB written since, and a plain volume.
class Merges : public testing::Test {
 protected:
  template <class Form>
  void create(const char* name, const char* size, Name of) {
    Form op;
    op.size = SizeArg{size};
    op.name = name;
    op.operands = {of};
    Report report;
    apply(world, "alpha", op, report);
  }

  void SetUp() override {
    create<CreateVolume>("o", "20M", "vg");
    create<CreateVolume>("plain", "4M", "vg");
    create<CreateSnapshot>("s", "8M", "vg/o");
    create<CreateSnapshot>("t", "8M", "vg/o");
    ASSERT_EQ(write(world, "alpha", "mapper/vg-o", stamped({0, 4096}, {"guest", 1})), IoError::none);
  }

  // What lvconvert --merge says, errors last, and its status.
  std::string merge(const std::vector<VolumeRef>& volumes, bool background = false) {
    MergeSnapshots op;
    op.background = background;
    op.volumes = volumes;
    Report report;
    const World before = world;
    if (const Refused why = refuse(world, "alpha", op, report)) {
      EXPECT_EQ(world, before);
      report.status = row_of(why.why).status;
      report.err("{}", why.words());
    } else {
      report = {};
      apply(world, "alpha", op, report);
    }
    std::string out, err;
    for (const Line& said : report.lines) (said.error ? err : out) += said.text + "\n";
    return out + err + "[" + std::to_string(report.status) + "]";
  }

  Volume& edit(Group& group, Name name) { return *group.volume(name); }
  Group group() { return *find_group(world, "alpha", "vg")->group; }
  bool blank(Name volume) { return read(world, "alpha", mapped_name("vg", volume), {0, 8}).data[0].blank(); }

  World world = group_world(256 * kMiB, {"vda"});
};

// recordings lvm/merge-two-snapshots, lvm/merge-refused
TEST_F(Merges, start_for_all_before_the_first_is_waited_for) {
  EXPECT_EQ(merge({{"vg", "s"}, {"vg", "t"}}),
            "  Merging of volume vg/s started.\n"
            "  vg/o: Merged: 100.00%\n"
            "  Cannot merge snapshot vg/t into the origin vg/o with merging snapshot vg/t.\n[5]");
  EXPECT_TRUE(blank("o"));
  EXPECT_TRUE(blank("t"));
  EXPECT_EQ(merge({{"vg", ""}}),
            "  Merging of volume vg/t started.\n"
            "  vg/o: Merged: 100.00%\n"
            "  vg/o cannot be merged because --trackchanges was not used.\n"
            "  vg/plain cannot be merged because --trackchanges was not used.\n[5]");
  EXPECT_EQ(group().volumes.size(), 2u);
}

TEST_F(Merges, are_refused_in_the_order_of_the_tool) {
  EXPECT_EQ(merge({{"vg", "nope"}, {"vg", "plain"}}),
            "  vg/plain cannot be merged because --trackchanges was not used.\n"
            "  Failed to find logical volume \"vg/nope\"\n[5]");
  ASSERT_EQ(write(world, "alpha", "mapper/vg-o", stamped({4096, 16384}, {"guest", 2})), IoError::none);
  EXPECT_EQ(merge({{"vg", "s"}}), "  Unable to merge invalidated snapshot LV vg/s.\n[5]");
  Group changed = group();
  edit(changed, "o").writable = false;
  edit(changed, "plain").writable = false;
  commit(world, "alpha", changed);
  EXPECT_EQ(merge({{"vg", "s"}}),
            "  Cannot merge snapshot vg/s into the read-only origin vg/o. (Use lvchange -p rw).\n[5]");
  EXPECT_EQ(merge({{"vg", "plain"}}), "  Unable to merge non-raid image vg/plain.\n[5]");
}

// recordings lvm/merge-during
TEST_F(Merges, go_on_in_the_background_and_show_the_old_content_at_once) {
  EXPECT_EQ(merge({{"vg", "s"}}, true), "  Merging of volume vg/s started.\n[0]");
  EXPECT_TRUE(blank("o"));
  EXPECT_TRUE(group().volume("s")->hidden());
  EXPECT_EQ(merge({{"vg", "s"}}),
            "  Command on LV vg/s is invalid on LV with properties: lv_is_merging_cow .\n"
            "  Command not permitted on LV vg/s.\n[5]");
  EXPECT_EQ(merge({{"vg", "o"}}),
            "  Command on LV vg/o is invalid on LV with properties: lv_is_merging_origin .\n"
            "  Command not permitted on LV vg/o.\n[5]");
  EXPECT_TRUE(merge_progress(world, "alpha", true));
  EXPECT_FALSE(group().volume("s"));
  EXPECT_FALSE(merge_progress(world, "alpha", true));
}

TEST_F(Merges, stay_as_far_as_they_got_when_the_disk_fails) {
  EXPECT_EQ(merge({{"vg", "s"}}, true), "  Merging of volume vg/s started.\n[0]");
  world.hosts.edit("alpha").hardware.edit().disks[0].fails_writes = true;
  EXPECT_FALSE(merge_now(world, "alpha", "vg", "o"));
  world.hosts.edit("alpha").hardware.edit().disks[0].fails_writes = false;
  ASSERT_TRUE(group().volume("s"));
  EXPECT_TRUE(merge_now(world, "alpha", "vg", "o"));
  EXPECT_FALSE(group().volume("s"));
  EXPECT_TRUE(blank("o"));
}

// recording lvm/merge-inactive-activated
TEST_F(Merges, of_inactive_volumes_start_with_their_activation) {
  deactivate(world, "alpha", "vg", "o");
  EXPECT_EQ(merge({{"vg", "s"}}), "  Merging of snapshot vg/s will occur on next activation of vg/o.\n[0]");
  EXPECT_EQ(merge({{"vg", "t"}}),
            "  Cannot merge snapshot vg/t into the origin vg/o with merging snapshot vg/t.\n[5]");
  activate(world, "alpha", *find_group(world, "alpha", "vg"), "o");
  EXPECT_TRUE(merge_progress(world, "alpha", true));
  EXPECT_TRUE(blank("o"));
}

}  // namespace
}  // namespace rehearse::lvm
