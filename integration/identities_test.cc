// Identities of two runs, tied to each other.
#include "integration/identities.h"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

const std::string kA = "A0A0A0A0A0A0A0A0";
const std::string kB = "B0B0B0B0B0B0B0B0";
const std::string kNextOfA = "A0A1A0A0A0A0A0A0";
const std::string kOne = "1010101010101010";
const std::string kTwo = "2020202020202020";
const std::string kNextOfOne = "1011101010101010";
const std::string kNone = "0000000000000000";

std::string line(const std::string& current, const std::string& bitmap) { return current + ":" + bitmap; }

bool agree(Identities& identities, const std::string& recorded, const std::string& model) {
  return identities.translate({recorded}, {model}) == std::vector<std::string>{model};
}

TEST(TiedIdentities, stay_tied_one_to_one) {
  Identities identities;
  EXPECT_TRUE(agree(identities, line(kA, kB), line(kOne, kTwo)));
  EXPECT_TRUE(agree(identities, line(kB, kA), line(kTwo, kOne)));
  EXPECT_FALSE(agree(identities, line(kA, kB), line(kTwo, kOne)));
  EXPECT_FALSE(agree(identities, line(kA, kNone), line(kA, kNone)));
  EXPECT_FALSE(agree(identities, line(kNextOfA, kNone), line(kOne, kNone)));  // that one is another's
}

TEST(TiedIdentities, are_nothing_where_the_other_side_has_none) {
  Identities identities;
  EXPECT_FALSE(agree(identities, line(kA, kB), line(kOne, kNone)));
  EXPECT_FALSE(agree(identities, line(kA, kNone), line(kOne, "0000000000000004")));
}

TEST(TiedIdentities, mark_the_current_generation_of_a_primary) {
  Identities identities;
  EXPECT_FALSE(agree(identities, line("A0A0A0A0A0A0A0A1", kNone), line(kOne, kNone)));
  EXPECT_TRUE(agree(identities, line("A0A0A0A0A0A0A0A1", kNone), line("1010101010101011", kNone)));
  EXPECT_TRUE(
      agree(identities, line(kB, "A0A0A0A0A0A0A0A1"), line(kTwo, kOne)));  // of older ones it is chance
}

TEST(TiedIdentities, follow_each_other_on_both_sides_or_on_none) {
  Identities identities;
  EXPECT_TRUE(agree(identities, line(kA, kNone), line(kOne, kNone)));
  EXPECT_FALSE(agree(identities, line(kNextOfA, kNone), line(kTwo, kNone)));
  EXPECT_FALSE(agree(identities, line(kB, kNone), line(kNextOfOne, kNone)));
  EXPECT_TRUE(agree(identities, line(kNextOfA, kNone), line(kNextOfOne, kNone)));
}

TEST(TiedIdentities, of_contents_tell_them_apart) {
  Identities identities;
  const std::string sum = "d41d8cd98f00b204e9800998ecf8427e";
  const std::string other = "041e2458cccc0bff6e10520d9e282eb1";
  EXPECT_TRUE(agree(identities, sum + "  -", other + "  -"));
  EXPECT_FALSE(agree(identities, sum + "  -", sum + "  -"));
}

}  // namespace
}  // namespace rehearse
