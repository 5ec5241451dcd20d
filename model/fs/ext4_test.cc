#include "model/fs/ext4.h"

#include <gtest/gtest.h>

namespace rehearse::fs {
namespace {

struct Recorded {
  Bytes mib;
  std::uint64_t inodes, blocks, reserved, overhead, free_blocks;
};

// tune2fs -l after mkfs.ext4 1.47.0 on volumes of these sizes.
TEST(Ext4, takes_the_blocks_that_mkfs_takes) {
  for (const Recorded& real : {
           Recorded{4, 1024, 4096, 204, 1316, 2766},
           Recorded{8, 2048, 8192, 409, 1604, 6574},
           Recorded{12, 3072, 12288, 614, 1991, 10283},
           Recorded{16, 4096, 16384, 819, 2311, 14059},
           Recorded{32, 8192, 32768, 1638, 6924, 25830},
           Recorded{64, 16384, 65536, 3276, 9499, 56023},
           Recorded{92, 23520, 94208, 4710, 11549, 82645},
           Recorded{100, 25584, 102400, 5120, 12067, 90319},
           Recorded{128, 32768, 131072, 6553, 13869, 117189},
           Recorded{200, 51200, 204800, 10240, 18501, 186285},
           Recorded{256, 65536, 262144, 13107, 26713, 235417},
           Recorded{508, 130048, 520192, 26009, 43182, 476996},
           Recorded{512, 32768, 131072, 6553, 6347, 124719},
           Recorded{516, 33040, 132096, 6604, 6369, 125721},
           Recorded{600, 38400, 153600, 7680, 6734, 146860},
           Recorded{1020, 65280, 261120, 13056, 8837, 252277},
           Recorded{1024, 65536, 262144, 13107, 12949, 249189},
           Recorded{2048, 131072, 524288, 26214, 26150, 498132},
           Recorded{3072, 196608, 786432, 39321, 31030, 755396},
           Recorded{5120, 327680, 1310720, 65536, 42072, 1268642},
       }) {
    const Superblock super = make_ext4(real.mib * kMiB, 0, 5);
    EXPECT_EQ(super.inodes, real.inodes) << real.mib;
    EXPECT_EQ(super.blocks, real.blocks) << real.mib;
    EXPECT_EQ(super.reserved_blocks, real.reserved) << real.mib;
    EXPECT_EQ(super.overhead_blocks, real.overhead) << real.mib;
    EXPECT_EQ(super.free_blocks, real.free_blocks) << real.mib;
    EXPECT_EQ(super.free_inodes, super.inodes - 11) << real.mib;
  }
}

TEST(Ext4, has_its_tables_where_they_add_up_to_the_overhead) {
  for (const Bytes mib : {4, 64, 100, 508, 512, 2048, 5120}) {
    const Superblock super = make_ext4(mib * kMiB, 0, 5);
    Sectors total = 0;
    Sectors place = 0;
    for (const Range& range : metadata_of(super)) {
      EXPECT_GE(range.first, place) << mib;
      place = range.end();
      total += range.count;
    }
    EXPECT_EQ(total, super.overhead_blocks * super.block_size / kSector) << mib;
    EXPECT_LE(place, super.blocks * super.block_size / kSector) << mib;
  }
}

// resize2fs and df of the same volumes.
TEST(Ext4, keeps_its_groups_tables_when_it_grows) {
  Superblock super = make_ext4(64 * kMiB, 0, 5);
  resize(super, 102400);
  EXPECT_EQ(super.blocks - super.free_blocks, 12341u);
  EXPECT_EQ(super.inodes, 26624u);
  EXPECT_EQ(descriptor_blocks(super), 1u);
  resize(super, 163840);
  EXPECT_EQ(super.blocks - super.free_blocks, 15939u);
  EXPECT_EQ(descriptor_blocks(super), 2u);
}

TEST(Ext4, needs_at_least_what_resize2fs_estimates) {
  Superblock super = make_ext4(128 * kMiB, 0, 5);
  super.free_blocks -= 20480;
  --super.free_inodes;
  resize(super, 65536);
  EXPECT_EQ(super.blocks - super.free_blocks, 29993u);
  EXPECT_EQ(smallest_blocks(super), 47186u);
  resize(super, 47186);
  EXPECT_EQ(super.free_blocks, 18479u) << "less the block that resize2fs takes for more extents";
}

}  // namespace
}  // namespace rehearse::fs
