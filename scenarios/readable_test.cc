#include "scenarios/readable.h"

#include <gtest/gtest.h>

#include "model/dm/exceptions.h"
#include "model/fs/filesystem.h"
#include "model/fs/tree.h"
#include "model/io.h"

namespace rehearse {
namespace {

const Stamp kFirst{"guest", 1};
const Stamp kSecond{"guest", 2};

TEST(WriteSets, subtract_sector_by_sector) {
  const WriteSet from{{kFirst, {{0, 10}, {20, 10}}}, {kSecond, {{0, 4}}}};
  const WriteSet without{{kFirst, {{2, 3}, {25, 100}}}};
  const WriteSet left{{kFirst, {{0, 2}, {5, 5}, {20, 5}}}, {kSecond, {{0, 4}}}};
  EXPECT_EQ(minus(from, without), left);
  EXPECT_EQ(minus(from, from), WriteSet());
}

TEST(WriteSets, add_up_without_counting_twice) {
  WriteSet all{{kFirst, {{0, 10}}}};
  add(all, {{kFirst, {{5, 10}}}});
  EXPECT_EQ(all, (WriteSet{{kFirst, {{0, 15}}}}));
  EXPECT_EQ(bytes_of(all[kFirst]), 15 * kSector);
}

// A file system with one file of two writes, of which the second has been written over.
TEST(AddWrites, counts_of_a_file_what_is_still_as_it_expects) {
  fs::File file;
  file.path = "/data";
  file.data = stamped({100, 8}, kFirst);
  append(file.data, rehearse::Run{108, 8, kSecond, 0, {}});
  fs::Tree tree;
  tree.put(file);
  Contents disk;
  disk.write(block_at(fs::kSuperblockAt, {fs::kSuperblockRoom, Part<fs::Superblock>(fs::Superblock{})}));
  disk.write(block_at(fs::kTreeAt, {fs::kTreeRoom, Part<fs::Tree>(tree)}));
  disk.write(file.data);
  disk.write(stamped({110, 2}, {"other", 1}));
  disk.write(stamped({500, 8}, {"other", 2}));  // belongs to no file
  WriteSet found;
  add_writes(found, disk.read({0, 1000}));
  EXPECT_EQ(found, (WriteSet{{kFirst, {{0, 8}}}, {kSecond, {{0, 2}, {4, 4}}}}));
}

TEST(AddWrites, counts_all_of_a_device_without_a_file_system) {
  Contents disk;
  disk.write(stamped({8, 8}, kFirst));
  WriteSet found;
  add_writes(found, disk.read({0, 100}));
  EXPECT_EQ(found, (WriteSet{{kFirst, {{0, 8}}}}));
}

// A group on bare media, as the disks of a host without power.
struct Group : testing::Test {
  Group() {
    add_host(world, "alpha", {{"vda", 100 * kMiB}});
    lvm::Group group;
    group.name = "vg1";
    group.uuid = 5;
    group.pvs.push_back({7, "/dev/vda", 204800, 2048, 24, true, false});
    lvm::Volume origin;
    origin.name = "o";
    origin.uuid = 8;
    origin.segments.push_back({0, 2, 7, 0});
    lvm::Volume snapshot;
    snapshot.name = "s";
    snapshot.uuid = 9;
    snapshot.snapshot = lvm::SnapshotOf{"o", 8, false};
    snapshot.segments.push_back({0, 1, 7, 2});
    group.volumes = {origin, snapshot};
    write(world, "alpha", "vda", block_at(1, {1, Part<lvm::Label>(lvm::Label{7, 204800, 2048})}));
    write(world, "alpha", "vda", block_at(8, {8, Part<lvm::Group>(group)}));
  }
  void put_store(ExceptionStore store) {
    write(world, "alpha", "vda", block_at(cow, {8, Part<ExceptionStore>(std::move(store))}));
  }
  World world;
  const Sectors real = 2048;
  const Sectors cow = 2048 + 2 * 8192;
};

TEST_F(Group, shows_through_a_snapshot_what_was_set_aside) {
  write(world, "alpha", "vda", stamped({real + 16, 8}, kSecond));
  ExceptionStore store;
  store.add(2, 1);
  store.committed = 1;
  put_store(store);
  write(world, "alpha", "vda",
        stamped({cow + 16, 8}, kFirst));  // chunk 2 of the room holds the first exception
  const Readable readable = readable_writes(world);
  ASSERT_EQ(readable.places.size(), 2u);
  EXPECT_EQ(readable.places[0].first, "vg1/o");
  EXPECT_EQ(readable.places[0].second, (WriteSet{{kSecond, {{0, 8}}}}));
  EXPECT_EQ(readable.places[1].first, "vg1/s");
  EXPECT_EQ(readable.places[1].second, (WriteSet{{kFirst, {{0, 8}}}}));
}

TEST_F(Group, reads_nothing_from_a_snapshot_that_has_overflowed) {
  write(world, "alpha", "vda", stamped({cow + 16, 8}, kFirst));
  ExceptionStore store;
  store.valid = false;
  put_store(store);
  EXPECT_EQ(readable_writes(world).anywhere, WriteSet());
  ASSERT_EQ(snapshots_on_media(world).size(), 1u);
  EXPECT_FALSE(snapshots_on_media(world)[0].valid);
}

}  // namespace
}  // namespace rehearse
