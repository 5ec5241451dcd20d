#include "model/contents.h"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

TEST(Contents, reads_back_what_was_written_and_blanks_between) {
  Contents disk;
  disk.write(stamped({10, 4}, {"guest", 1}));
  const Patch seen = disk.read({8, 8});
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_TRUE(seen[0].blank());
  EXPECT_EQ(seen[1].stamp, (Stamp{"guest", 1}));
  EXPECT_EQ(seen[2].first, 14u);
}

TEST(Contents, keeps_the_edges_of_a_write_that_is_overwritten_in_the_middle) {
  Contents disk;
  disk.write(stamped({0, 10}, {"guest", 1}));
  disk.write(stamped({4, 2}, {"guest", 2}));
  ASSERT_EQ(disk.runs().size(), 3u);
  EXPECT_EQ(disk.runs()[2].offset, 6u);
  EXPECT_EQ(disk.runs()[2].count, 4u);
}

TEST(Contents, joins_pieces_that_come_back_together) {
  Contents whole, pieces;
  whole.write(stamped({0, 10}, {"guest", 1}));
  const Patch source = stamped({0, 10}, {"guest", 1});
  pieces.write(cut(source, {5, 5}, 5));
  pieces.write(cut(source, {0, 5}, 0));
  EXPECT_EQ(whole, pieces);
  EXPECT_EQ(hash_of(whole), hash_of(pieces));
}

TEST(Contents, forgets_what_is_blanked) {
  Contents disk;
  disk.write(stamped({0, 10}, {"guest", 1}));
  disk.write({rehearse::Run{0, 10, {}, 0, {}}});
  EXPECT_TRUE(disk.runs().empty());
}

TEST(Contents, takes_many_scattered_writes_at_once) {
  Contents at_once, one_by_one;
  Patch patch;
  for (std::uint64_t i = 0; i < 100; ++i) patch.push_back(rehearse::Run{i * 16, 8, {"guest", 1}, i * 8, {}});
  at_once.write(patch);
  for (std::size_t i = patch.size(); i-- > 0;) one_by_one.write({patch[i]});
  EXPECT_EQ(at_once, one_by_one);
  EXPECT_EQ(at_once.runs().size(), 100u);
}

TEST(Cut, moves_the_runs_inside_a_range) {
  const Patch moved = cut(stamped({0, 100}, {"guest", 1}), {10, 20}, 1000);
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved[0].first, 1000u);
  EXPECT_EQ(moved[0].count, 20u);
  EXPECT_EQ(moved[0].offset, 10u);
}

}  // namespace
}  // namespace rehearse
