#include "model/drbd/metadata.h"

#include <gtest/gtest.h>

#include "model/drbd/meta_calls.h"
#include "model/io.h"

namespace rehearse::drbd {
namespace {

// Checked with drbdmeta: the room of internal metadata.
TEST(DrbdMetadata, internal_metadata_take_the_room_that_the_kernel_gives_them) {
  const auto usable = [](Bytes size) {
    return layout_of(size / kSector, size / kSector, kInternal).usable * kSector;
  };
  EXPECT_EQ(usable(kMiB), 1007616u);
  EXPECT_EQ(usable(100'000'000 / kSector * kSector), 99958784u);
  EXPECT_EQ(usable(128 * kMiB), 134176768u);
  EXPECT_EQ(usable(kGiB), 1073672192u);
  EXPECT_EQ(usable(10 * kGiB), 10737053696u);
  EXPECT_EQ(layout_of(kGiB / kSector, kGiB / kSector, kInternal).bitmap.count, 64u);
}

TEST(DrbdMetadata, a_bitmap_joins_and_splits_its_runs) {
  Bitmap bitmap;
  bitmap.set({10, 5});
  bitmap.set({20, 5});
  bitmap.set({15, 5});
  EXPECT_EQ(bitmap.runs, (std::vector<Range>{{10, 15}}));
  bitmap.clear({12, 3});
  EXPECT_EQ(bitmap.runs, (std::vector<Range>{{10, 2}, {15, 10}}));
  EXPECT_EQ(bitmap.weight(), 12u);
  EXPECT_TRUE(bitmap.any({11, 2}));
  EXPECT_FALSE(bitmap.any({12, 3}));
}

TEST(DrbdMetadata, bits_touched_by_sectors_are_more_than_those_covered) {
  EXPECT_EQ(bits_touched({7, 10}), (Range{0, 3}));
  EXPECT_EQ(bits_covered({7, 10}), (Range{1, 1}));
  EXPECT_EQ(bits_covered({1, 7}).count, 0u);
}

TEST(DrbdMetadata, metadata_lie_on_their_sectors_and_go_when_these_are_overwritten) {
  World world;
  add_host(world, "alpha", {{"vda", 64 * kMiB}});
  const Place place = place_of(world, "alpha", "vda", "vda", kInternal);
  EXPECT_FALSE(read_super(world, "alpha", place));
  ASSERT_EQ(create_md(world, "alpha", place), IoError::none);
  const auto super = read_super(world, "alpha", place);
  ASSERT_TRUE(super);
  EXPECT_EQ(text_of(super->uuids), "0000000000000004:0000000000000000:0000000000000000:0000000000000000");
  EXPECT_EQ(read_bitmap(world, "alpha", place, 1000).weight(), 0u);
  write(world, "alpha", "vda", stamped({place.layout.bitmap.first, 1}, {"alpha", 1}));
  EXPECT_EQ(read_bitmap(world, "alpha", place, 1000).weight(), 125u) << "what cannot be read counts as set";
  write(world, "alpha", "vda", stamped({place.layout.super, 1}, {"alpha", 2}));
  EXPECT_FALSE(read_super(world, "alpha", place));
}

}  // namespace
}  // namespace rehearse::drbd
