#include "model/lvm/activation.h"

#include <gtest/gtest.h>

#include "model/dm/exceptions.h"
#include "model/lvm/testing.h"

namespace rehearse::lvm {
namespace {

// An origin of ten extents with snapshots s and t of two, stores written, nothing active.
World snapshots() {
  World world = group_world(256 * kMiB, {"vda"});
  Group group = *find_group(world, "alpha", "vg")->group;
  group.volumes = {volume_at("o", 0, 10), volume_at("s", 10, 2), volume_at("t", 12, 2)};
  group.volumes[1].snapshot = SnapshotOf{"o", 8, false, 10};
  group.volumes[2].snapshot = SnapshotOf{"o", 8, false, 10};
  commit(world, "alpha", group);
  for (const Sectors first : {10u, 12u}) {
    write(world, "alpha", "vda",
          block_at(2048 + first * 8192, Block{8, Part<ExceptionStore>(ExceptionStore{})}));
  }
  return world;
}

void activate_group(World& world) { activate_all(world, "alpha", *find_group(world, "alpha", "vg")); }
const Device* device(const World& world, Name name) { return world.hosts.find("alpha")->device(name); }

TEST(Activation, doubles_the_dashes_of_names) {
  EXPECT_EQ(mapped_name("my-vg", "a--b", "-cow"), Name("mapper/my--vg-a----b-cow"));
}

// recordings lvm/crash-and-return: the tables and minors after a boot.
TEST(Activation, stacks_an_origin_and_its_snapshots_as_the_kernel_shows_them) {
  World world = snapshots();
  activate_group(world);
  const Device& real = *device(world, "mapper/vg-o-real");
  EXPECT_EQ(real.minor, 0u);
  EXPECT_EQ(*real.as<LinearMap>(), (LinearMap{{{{0, 81920}, "vda", 2048}}}));
  EXPECT_EQ(device(world, "mapper/vg-o")->minor, 1u);
  EXPECT_EQ(device(world, "mapper/vg-s-cow")->minor, 2u);
  EXPECT_EQ(*device(world, "mapper/vg-s")->as<SnapshotMap>(),
            (SnapshotMap{"mapper/vg-o-real", "mapper/vg-s-cow", 8}));
  EXPECT_EQ(device(world, "mapper/vg-s")->size, 81920u);
  EXPECT_EQ(holders(*world.hosts.find("alpha"), "mapper/vg-o-real"), 3u);
  deactivate(world, "alpha", "vg", "o");
  EXPECT_EQ(world.hosts.find("alpha")->devices->size(), 4u);  // the disks
}

TEST(Activation, believes_the_header_of_a_snapshot_that_it_is_invalid) {
  World world = snapshots();
  ExceptionStore store;
  store.valid = false;
  write(world, "alpha", "vda", block_at(2048 + 10 * 8192, Block{8, Part<ExceptionStore>(store)}));
  activate_group(world);
  EXPECT_TRUE(device(world, "mapper/vg-s")->invalid);
  EXPECT_FALSE(device(world, "mapper/vg-t")->invalid);
}

TEST(Activation, starts_a_merge_that_is_due_and_not_while_somebody_has_the_origin_open) {
  World world = snapshots();
  activate_group(world);
  Group group = *find_group(world, "alpha", "vg")->group;
  group.volume("s")->snapshot->merging = true;
  commit(world, "alpha", group);
  world.hosts.edit("alpha").swaps.edit().push_back({"/dev/vg/o", "mapper/vg-o", 81920});
  activate(world, "alpha", *find_group(world, "alpha", "vg"), "o");
  EXPECT_FALSE(merge_started(*world.hosts.find("alpha"), "vg", "o"));
  world.hosts.edit("alpha").swaps.edit().clear();
  reload(world, "alpha", *find_group(world, "alpha", "vg"), "o");
  EXPECT_FALSE(merge_started(*world.hosts.find("alpha"), "vg", "o"));
  activate(world, "alpha", *find_group(world, "alpha", "vg"), "o");
  EXPECT_TRUE(merge_started(*world.hosts.find("alpha"), "vg", "o"));
  EXPECT_TRUE(device(world, "mapper/vg-s")->as<ErrorMap>());
}

TEST(Activation, ends_a_merge_by_removing_the_snapshot_and_leaves_its_sibling) {
  World world = snapshots();
  activate_group(world);
  write(world, "alpha", "mapper/vg-o", stamped({0, 80}, {"guest", 1}));
  write(world, "alpha", "mapper/vg-o", stamped({800, 80}, {"guest", 2}));
  Group group = *find_group(world, "alpha", "vg")->group;
  group.volume("s")->snapshot->merging = true;
  commit(world, "alpha", group);
  activate(world, "alpha", *find_group(world, "alpha", "vg"), "o");
  EXPECT_TRUE(merge_progress(world, "alpha", false));
  EXPECT_TRUE(find_group(world, "alpha", "vg")->group->volume("s"));
  EXPECT_TRUE(merge_progress(world, "alpha", true));
  EXPECT_FALSE(merge_progress(world, "alpha", true));
  EXPECT_FALSE(find_group(world, "alpha", "vg")->group->volume("s"));
  EXPECT_FALSE(device(world, "mapper/vg-s"));
  EXPECT_FALSE(device(world, "mapper/vg-s-cow"));
  EXPECT_TRUE(device(world, "mapper/vg-o")->as<SnapshotOriginMap>());
  EXPECT_TRUE(read(world, "alpha", "mapper/vg-o", {0, 80}).data[0].blank());
}

TEST(Activation, leaves_out_what_lies_on_a_disk_that_is_not_here) {
  World world = snapshots();
  const FoundGroup found = *find_group(world, "alpha", "vg");
  FoundGroup without = found;
  without.pvs.clear();
  EXPECT_FALSE(partial(found, "s"));
  EXPECT_TRUE(partial(without, "s"));
  activate_all(world, "alpha", without);
  EXPECT_FALSE(device(world, "mapper/vg-o"));
}

TEST(Activation, renames_a_volume_under_its_users) {
  World world = snapshots();
  activate_group(world);
  world.hosts.edit("alpha").swaps.edit().push_back({"/dev/vg/o", "mapper/vg-o", 81920});
  rename_device(world, "alpha", "mapper/vg-o", "mapper/vg-new");
  rename_device(world, "alpha", "mapper/vg-o-real", "mapper/vg-new-real");
  EXPECT_EQ(users(*world.hosts.find("alpha"), "vg", "new"), 1u);
  EXPECT_EQ(device(world, "mapper/vg-s")->as<SnapshotMap>()->real, Name("mapper/vg-new-real"));
  EXPECT_EQ(write(world, "alpha", "mapper/vg-new", stamped({0, 8}, {"guest", 1})), IoError::none);
}

}  // namespace
}  // namespace rehearse::lvm
