#include "model/dm/exceptions.h"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

ExceptionStore store_of(Bytes chunk) {
  ExceptionStore store;
  store.chunk = chunk / kSector;
  return store;
}

// Measured on Linux 6.1 (dmsetup status after every write until the snapshot became Invalid).
TEST(ExceptionStore, holds_as_many_exceptions_as_the_kernel) {
  struct Case {
    Bytes chunk, cow;
    std::uint64_t holds;
  };
  for (const Case& c : std::vector<Case>{{4 * kKiB, 4 * kMiB, 1019},
                                         {8 * kKiB, 4 * kMiB, 510},
                                         {16 * kKiB, 4 * kMiB, 254},
                                         {32 * kKiB, 8 * kMiB, 254},
                                         {64 * kKiB, 4 * kMiB, 62},
                                         {64 * kKiB, 12 * kMiB, 190},
                                         {128 * kKiB, 4 * kMiB, 30},
                                         {256 * kKiB, 4 * kMiB, 14},
                                         {512 * kKiB, 4 * kMiB, 6},
                                         {512 * kKiB, 8 * kMiB, 14},
                                         {4 * kKiB, 12 * kMiB, 3059},
                                         {4 * kKiB, 257 * 4 * kKiB, 255},
                                         {4 * kKiB, 258 * 4 * kKiB, 255},
                                         {4 * kKiB, 259 * 4 * kKiB, 256},
                                         {4 * kKiB, 260 * 4 * kKiB, 257},
                                         {4 * kKiB, 514 * 4 * kKiB, 511},
                                         {4 * kKiB, 515 * 4 * kKiB, 511},
                                         {4 * kKiB, 516 * 4 * kKiB, 512}}) {
    EXPECT_EQ(store_of(c.chunk).capacity(c.cow / kSector), c.holds) << c.chunk << " in " << c.cow;
  }
}

// The entries found on the disk with od after writes to these chunks, in this order.
TEST(ExceptionStore, gives_chunks_their_places_in_the_order_of_the_writes) {
  ExceptionStore store;
  for (const auto& [first, count] :
       std::vector<std::pair<int, int>>{{5, 1}, {10, 1}, {0, 1}, {100, 2}, {75, 2}}) {
    store.add(first, count);
  }
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> on_disk = {{5, 2},   {10, 3}, {0, 4}, {100, 5},
                                                                        {101, 6}, {75, 7}, {76, 8}};
  for (const auto& [old_chunk, place] : on_disk) EXPECT_EQ(store.place(*store.find(old_chunk)), place);
  EXPECT_FALSE(store.find(6));
  EXPECT_EQ(store.allocated(), 8 * 9u);
  EXPECT_EQ(store.metadata(), 16u);
}

TEST(ExceptionStore, skips_the_chunks_of_its_metadata_areas) {
  ExceptionStore store;
  store.add(0, 600);
  EXPECT_EQ(store.place(255), 257u);
  EXPECT_EQ(store.place(256), 259u);
  EXPECT_EQ(store.metadata(), 8u * 4);
}

TEST(ExceptionStore, merges_the_last_run_first_and_area_by_area) {
  ExceptionStore store;
  store.add(1000, 10);
  store.add(0, 300);
  EXPECT_EQ(store.last(), (ExceptionRun{246, 54, 256}));
  store.drop_last(54);
  EXPECT_EQ(store.last(), (ExceptionRun{0, 246, 10}));
  store.drop_last(246);
  EXPECT_EQ(store.last(), (ExceptionRun{1000, 10, 0}));
  store.drop_last(10);
  EXPECT_EQ(store.committed, 0u);
  EXPECT_TRUE(store.runs.empty());
}

TEST(ExceptionStore, names_the_chunks_it_lacks) {
  ExceptionStore store;
  store.add(10, 5);
  EXPECT_EQ(store.missing(8, 20), (std::vector<Range>{{8, 2}, {15, 5}}));
  EXPECT_TRUE(store.missing(11, 13).empty());
}

}  // namespace
}  // namespace rehearse
