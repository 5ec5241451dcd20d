#include "model/parts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace rehearse {
namespace {

using Numbers = Parts<std::uint64_t>;

Numbers of(const std::vector<int>& values) {
  Numbers numbers;
  for (const int value : values) numbers.put("n" + std::to_string(value), static_cast<std::uint64_t>(value));
  return numbers;
}

TEST(Parts, look_the_same_in_whatever_order_they_were_made) {
  std::vector<int> values(1000);
  for (int i = 0; i < 1000; ++i) values[i] = i;
  const Numbers sorted = of(values);
  std::shuffle(values.begin(), values.end(), std::mt19937(1));
  const Numbers shuffled = of(values);
  EXPECT_EQ(sorted, shuffled);
  EXPECT_EQ(sorted.hash(), shuffled.hash());
}

TEST(Parts, look_as_if_what_was_taken_away_had_never_been) {
  Numbers numbers = of({1, 2, 3});
  std::vector<int> more;
  for (int i = 100; i < 600; ++i) more.push_back(i);
  for (const int value : more) numbers.put("n" + std::to_string(value), 0);
  for (const int value : more) numbers.erase("n" + std::to_string(value));
  EXPECT_EQ(numbers, of({1, 2, 3}));
  EXPECT_EQ(numbers.hash(), of({1, 2, 3}).hash());
}

TEST(Parts, change_in_one_copy_only) {
  const Numbers before = of({1, 2, 3});
  Numbers after = before;
  after.edit("n2") = 7;
  EXPECT_EQ(*before.find("n2"), 2u);
  EXPECT_EQ(*after.find("n2"), 7u);
  EXPECT_NE(before.hash(), after.hash());
  after.edit("n2") = 2;
  EXPECT_EQ(before, after);
  EXPECT_EQ(before.hash(), after.hash());
}

TEST(Parts, come_sorted_by_name) {
  std::vector<Name> seen;
  of({3, 1, 2}).for_each([&](Name name, std::uint64_t) { seen.push_back(name); });
  EXPECT_EQ(seen, (std::vector<Name>{"n1", "n2", "n3"}));
}

}  // namespace
}  // namespace rehearse
