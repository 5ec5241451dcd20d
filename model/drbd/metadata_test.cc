#include "model/drbd/metadata.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/drbd/meta.h"
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

// As the lab's drbdmeta wrote it (recordings/drbd/metadata-dumped.rec).
TEST(DrbdMetadata, a_dump_counts_runs_of_words_but_not_those_of_a_line) {
  Superblock super;
  super.agreed_size = 130992;
  Bitmap bitmap;
  for (const Range& run : {Range{0, 3}, Range{70, 100}, Range{2000, 1}, Range{7168, 1024}}) bitmap.set(run);
  const auto lines = metadata_dump(super, bitmap, {"vda", layout_of(131072, 131072, kInternal)}, 80);
  const auto begin = std::find(lines.begin(), lines.end(), "bm {");
  EXPECT_EQ(std::vector<std::string>(begin, lines.end()),
            (std::vector<std::string>{
                "bm {", "   # at 0kB",
                "    0x0000000000000007; 0xFFFFFFFFFFFFFFC0; 0x000003FFFFFFFFFF; 0x0000000000000000;",
                "    24 times 0x0000000000000000;",
                "    0x0000000000000000; 0x0000000000000000; 0x0000000000000000; 0x0000000000010000;",
                "   # at 8192kB", "    80 times 0x0000000000000000;", "    16 times 0xFFFFFFFFFFFFFFFF;",
                "   # at 32768kB", "    384 times 0x0000000000000000;", "}", "# bits-set 1128;"}));
  bitmap = {};
  bitmap.set({0, 16374});
  const auto full = metadata_dump(super, bitmap, {"vda", layout_of(131072, 131072, kInternal)}, 80);
  EXPECT_EQ(full[full.size() - 6], "    252 times 0xFFFFFFFFFFFFFFFF;");
  EXPECT_EQ(full[full.size() - 5],
            "    0xFFFFFFFFFFFFFFFF; 0xFFFFFFFFFFFFFFFF; 0xFFFFFFFFFFFFFFFF; 0x003FFFFFFFFFFFFF;");
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
