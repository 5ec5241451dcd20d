#include "model/io.h"

#include <gtest/gtest.h>

#include "model/dm/exceptions.h"

namespace rehearse {
namespace {

// A host with an origin of 100 MiB and one snapshot of it, as device-mapper tables on two disks.
struct SnapshotStack : testing::Test {
  void make(Bytes cow, Bytes chunk) {
    add_host(world, "alpha", {{"vda", 200 * kMiB}, {"vdb", 200 * kMiB}});
    Host& host = world.hosts.edit("alpha");
    const Sectors size = 100 * kMiB / kSector;
    host.put({"mapper/vg-o-real", size, false, false, 0, LinearMap{{{{0, size}, "vda", 2048}}}});
    host.put({"mapper/vg-o", size, false, false, 1, SnapshotOriginMap{"mapper/vg-o-real"}});
    host.put(
        {"mapper/vg-s-cow", cow / kSector, false, false, 2, LinearMap{{{{0, cow / kSector}, "vdb", 2048}}}});
    host.put({"mapper/vg-s", size, false, false, 3,
              SnapshotMap{"mapper/vg-o-real", "mapper/vg-s-cow", chunk / kSector}});
    ExceptionStore store;
    store.chunk = chunk / kSector;
    ASSERT_EQ(put_exceptions(world, "alpha", "mapper/vg-s-cow", store), IoError::none);
  }
  IoError put(Name device, Bytes at, Bytes count, std::uint64_t sequence) {
    return write(world, "alpha", device, stamped({at / kSector, count / kSector}, {"test", sequence}));
  }
  const Device& snapshot() { return *world.hosts.find("alpha")->device("mapper/vg-s"); }
  Sectors used() { return exceptions_of(world, "alpha", snapshot())->allocated(); }
  Stamp seen(Name device, Bytes at) {
    return read(world, "alpha", device, {at / kSector, 1}).data.at(0).stamp;
  }

  World world;
};

// dmsetup status after the same dd commands on Linux 6.1.
TEST_F(SnapshotStack, counts_the_chunks_that_writes_to_the_origin_set_aside) {
  make(12 * kMiB, 4 * kKiB);
  EXPECT_EQ(used(), 16u);
  put("mapper/vg-o", 0, 4 * kKiB, 1);
  EXPECT_EQ(used(), 24u);
  put("mapper/vg-o", 0, 4 * kKiB, 2);  // the same chunk again
  EXPECT_EQ(used(), 24u);
  put("mapper/vg-o", 300 * kKiB + 2 * kKiB, 4 * kKiB, 3);  // across a border
  EXPECT_EQ(used(), 40u);
}

TEST_F(SnapshotStack, shows_the_old_contents_after_the_origin_changed) {
  make(12 * kMiB, 4 * kKiB);
  put("mapper/vg-o-real", 0, kMiB, 1);
  put("mapper/vg-o", 8 * kKiB, 4 * kKiB, 2);
  EXPECT_EQ(seen("mapper/vg-o", 8 * kKiB).sequence, 2u);
  EXPECT_EQ(seen("mapper/vg-s", 8 * kKiB).sequence, 1u);
  EXPECT_EQ(seen("mapper/vg-s", 12 * kKiB).sequence, 1u);
}

TEST_F(SnapshotStack, keeps_its_own_writes_to_itself) {
  make(12 * kMiB, 64 * kKiB);
  put("mapper/vg-o-real", 0, kMiB, 1);
  put("mapper/vg-s", 4 * kKiB, 4 * kKiB, 2);
  EXPECT_EQ(seen("mapper/vg-s", 4 * kKiB).sequence, 2u);
  EXPECT_EQ(seen("mapper/vg-s", 8 * kKiB).sequence, 1u);
  EXPECT_EQ(seen("mapper/vg-o", 4 * kKiB).sequence, 1u);
  put("mapper/vg-o", 0, 64 * kKiB, 3);
  EXPECT_EQ(seen("mapper/vg-s", 8 * kKiB).sequence, 1u);
}

TEST_F(SnapshotStack, is_full_and_valid_then_invalid_at_the_next_chunk) {
  make(4 * kMiB, 4 * kKiB);
  EXPECT_EQ(put("mapper/vg-o", 0, 1019 * 4 * kKiB, 1), IoError::none);
  EXPECT_FALSE(snapshot().invalid);
  EXPECT_EQ(put("mapper/vg-o", 50 * kMiB, 4 * kKiB, 2), IoError::none);
  EXPECT_TRUE(snapshot().invalid);
  EXPECT_EQ(read(world, "alpha", "mapper/vg-s", {0, 1}).error, IoError::failed);
  EXPECT_EQ(put("mapper/vg-s", 0, 4 * kKiB, 3), IoError::failed);
  EXPECT_EQ(seen("mapper/vg-o", 50 * kMiB).sequence, 2u);
}

TEST_F(SnapshotStack, fails_a_write_to_the_snapshot_that_finds_no_room) {
  make(4 * kMiB, 512 * kKiB);
  EXPECT_EQ(put("mapper/vg-s", 0, 7 * 512 * kKiB, 1), IoError::failed);
  EXPECT_TRUE(snapshot().invalid);
}

TEST_F(SnapshotStack, merges_back_chunk_by_chunk) {
  make(12 * kMiB, 4 * kKiB);
  put("mapper/vg-o-real", 0, kMiB, 1);
  put("mapper/vg-o", 0, 40 * kKiB, 2);
  put("mapper/vg-s", 800 * kKiB, 8 * kKiB, 3);
  Host& host = world.hosts.edit("alpha");
  host.put(
      {"mapper/vg-o", 204800, false, false, 1, SnapshotMergeMap{"mapper/vg-o-real", "mapper/vg-s-cow", 8}});
  host.put({"mapper/vg-s", 204800, false, false, 3, ErrorMap{}});
  EXPECT_EQ(seen("mapper/vg-o", 0).sequence, 1u) << "the merged contents show at once";
  put("mapper/vg-o", 4 * kKiB, 4 * kKiB, 4);
  int steps = 0;
  while (merge_step(world, "alpha", "mapper/vg-o")) ++steps;
  EXPECT_EQ(steps, 2);
  EXPECT_EQ(seen("mapper/vg-o-real", 0).sequence, 1u);
  EXPECT_EQ(seen("mapper/vg-o-real", 4 * kKiB).sequence, 4u);
  EXPECT_EQ(seen("mapper/vg-o-real", 800 * kKiB).sequence, 3u);
}

TEST_F(SnapshotStack, reports_a_failing_disk) {
  make(12 * kMiB, 4 * kKiB);
  world.hosts.edit("alpha").hardware.edit().disks[0].fails_reads = true;
  EXPECT_EQ(read(world, "alpha", "mapper/vg-o", {0, 1}).error, IoError::failed);
  EXPECT_EQ(put("mapper/vg-o", 0, 4 * kKiB, 1), IoError::none) << "only its snapshot needs to read";
  EXPECT_TRUE(snapshot().invalid);
}

TEST(DeviceName, follows_the_names_of_volumes) {
  Host host = bare_host();
  EXPECT_EQ(device_name(host, "/dev/vg-1/my-lv"), Name("mapper/vg--1-my--lv"));
  EXPECT_EQ(device_name(host, "/dev/mapper/vg1-echelon"), Name("mapper/vg1-echelon"));
  EXPECT_EQ(device_name(host, "/dev/etherd/e3.6"), Name("etherd/e3.6"));
  EXPECT_EQ(device_name(host, "/dev/sda2"), Name("sda2"));
  EXPECT_EQ(device_name(host, "/etc/hosts"), Name());
}

}  // namespace
}  // namespace rehearse
