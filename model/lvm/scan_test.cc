#include "model/lvm/scan.h"

#include <gtest/gtest.h>

#include "model/dm/partition.h"
#include "model/io.h"

namespace rehearse::lvm {
namespace {

// Three disks, the first two in group vg.
struct TwoOfThree : testing::Test {
  TwoOfThree() {
    add_host(world, "alpha", {{"vda", 256 * kMiB}, {"vdb", 256 * kMiB}, {"vdc", 256 * kMiB}});
    Group group;
    group.name = "vg";
    group.uuid = 7;
    for (const char* device : {"vda", "vdb"}) {
      const std::uint64_t uuid = device[2];
      put_label(device, uuid);
      group.pvs.push_back({uuid, std::string("/dev/") + device, 524288, kDefaultPeStart, 63});
    }
    Volume volume;  // something on the second, which therefore matters
    volume.name = "b";
    volume.uuid = 8;
    volume.segments = {{0, 2, 'b', 0}};
    group.volumes.push_back(volume);
    commit(world, "alpha", group);
  }
  void put_label(Name device, std::uint64_t uuid) {
    const Block block{1, Part<Label>(Label{uuid, 524288, kDefaultPeStart})};
    write(world, "alpha", device, block_at(kLabelAt, block));
  }
  void set_present(int disk, bool present) {
    world.hosts.edit("alpha").hardware.edit().disks[static_cast<std::size_t>(disk)].present = present;
  }
  Group described() { return *find_group(world, "alpha", "vg")->group; }
  World world;
};

TEST_F(TwoOfThree, are_found_by_their_labels) {
  const auto pvs = find_pvs(world, "alpha");
  ASSERT_EQ(pvs.size(), 2u);
  EXPECT_EQ(pvs[1].device, Name("vdb"));
  EXPECT_EQ(pvs[1].group->name, Name("vg"));
  const auto found = find_group(world, "alpha", "vg");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->device_of(1), Name());
  EXPECT_EQ(found->device_of('a'), Name("vda"));
  EXPECT_FALSE(find_group(world, "alpha", "nope"));
}

TEST_F(TwoOfThree, are_partial_while_one_is_away_and_whole_again_when_it_returns_unchanged) {
  set_present(1, false);
  EXPECT_TRUE(find_group(world, "alpha", "vg")->partial());
  set_present(1, true);
  EXPECT_FALSE(find_group(world, "alpha", "vg")->partial());
}

TEST_F(TwoOfThree, stay_partial_if_the_group_was_changed_meanwhile) {
  set_present(1, false);
  commit(world, "alpha", described());
  set_present(1, true);
  const auto found = find_group(world, "alpha", "vg");
  EXPECT_TRUE(found->partial());
  ASSERT_EQ(found->returned.size(), 1u);
  EXPECT_EQ(found->returned[0].group->seqno, 1u);
  EXPECT_EQ(found->group->pvs[1].device, Name("[unknown]"));
}

TEST_F(TwoOfThree, show_one_that_was_removed_without_its_knowing_as_outdated) {
  set_present(1, false);
  Group group = described();
  group.pvs.pop_back();
  group.volumes.clear();
  commit(world, "alpha", group);
  set_present(1, true);
  const auto found = find_group(world, "alpha", "vg");
  EXPECT_FALSE(found->partial());
  EXPECT_EQ(found->outdated.size(), 1u);
}

TEST_F(TwoOfThree, are_not_looked_for_on_a_disk_with_partitions_nor_on_volumes) {
  put_label("vdc", 9);
  EXPECT_EQ(find_pvs(world, "alpha").size(), 3u);
  const Block table{1, Part<PartitionTable>(PartitionTable{"dos", {{1, {2048, 4096}, "8e"}}})};
  write(world, "alpha", "vdc", block_at(0, table));
  EXPECT_EQ(find_pvs(world, "alpha").size(), 2u);
  world.hosts.edit("alpha").put({"mapper/x", 524288, false, false, 0, LinearMap{{{{0, 524288}, "vda", 0}}}});
  EXPECT_EQ(find_pvs(world, "alpha").size(), 2u);
}

VolumeRef typed(std::string_view text) {
  VolumeRef ref;
  EXPECT_TRUE(read_value(text, ref));
  return ref;
}

TEST(VolumeRef, is_read_in_every_spelling) {
  const VolumeRef expected{"vg-1", "my-lv"};
  EXPECT_EQ(typed("vg-1/my-lv"), expected);
  EXPECT_EQ(typed("/dev/vg-1/my-lv"), expected);
  EXPECT_EQ(typed("/dev/mapper/vg--1-my--lv"), expected);
  EXPECT_EQ(typed("vg"), (VolumeRef{"vg", {}}));
  EXPECT_EQ(typed("/dev/vg"), (VolumeRef{"vg", {}}));
  EXPECT_EQ(show_value(expected), "vg-1/my-lv");
}

TEST(Uuid, is_printed_as_lvm_prints_it) {
  const std::string text = uuid_text(12345);
  ASSERT_EQ(text.size(), 38u);
  for (const std::size_t at : {6u, 11u, 16u, 21u, 26u, 31u}) EXPECT_EQ(text[at], '-');
  EXPECT_NE(text, uuid_text(12346));
}

TEST_F(TwoOfThree, have_uuids_that_nothing_new_gets_again) {
  const std::uint64_t first = fresh_uuid(world, "alpha", 5);
  put_label("vdc", first);
  EXPECT_NE(fresh_uuid(world, "alpha", 5), first);
}

}  // namespace
}  // namespace rehearse::lvm
