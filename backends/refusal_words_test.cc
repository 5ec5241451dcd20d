#include "backends/refusal_words.h"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

TEST(RefusalWords, every_row_is_found_by_its_own_words_among_others) {
  for (const RefusalRow& row : refusal_table()) {
    const Refused wanted(row.code, "vg-a", "lv b", "/dev/vdc", "12.00 MiB", "44");
    const std::string words = wanted.words();
    const Refused found = find_refusal(row.status, "  WARNING: before.\n" + words + "\n  And after.\n");
    ASSERT_TRUE(found) << row.name;
    EXPECT_TRUE(alike(found.why, row.code)) << row.name << " for " << row_of(found.why).name;
    EXPECT_EQ(found.words(), words) << row.name;
  }
}

TEST(RefusalWords, no_row_is_taken_for_one_that_says_something_else) {
  for (const RefusalRow& row : refusal_table()) {
    const Refused wanted(row.code, "vg-a", "lv b", "/dev/vdc", "12.00 MiB", "44");
    const Refused found = find_refusal(row.status, wanted.words());
    EXPECT_TRUE(alike(found.why, row.code)) << row.name << " for " << row_of(found.why).name;
  }
  EXPECT_TRUE(alike(Refusal::none, Refusal::none));
  EXPECT_FALSE(alike(Refusal::none, Refusal::no_such_group));
  EXPECT_FALSE(alike(Refusal::no_such_volume, Refusal::no_such_group));
}

TEST(RefusalWords, the_status_must_be_the_tools_own) {
  const std::string words = "  Failed to find logical volume \"vg/x\"\n";
  EXPECT_EQ(find_refusal(5, words), Refused(Refusal::no_such_volume, "vg", "x"));
  EXPECT_FALSE(find_refusal(3, words));
  EXPECT_FALSE(find_refusal(0, words));
}

TEST(RefusalWords, a_detail_mentioned_twice_is_one_detail) {
  EXPECT_EQ(find_refusal(5, "  Volume group \"vg\" not found\n  Cannot process volume group vg\n").why,
            Refusal::no_such_group);
  EXPECT_NE(find_refusal(5, "  Volume group \"vg\" not found\n  Cannot process volume group other\n").why,
            Refusal::no_such_group);
}

TEST(RefusalWords, what_is_not_in_the_table_is_no_refusal) {
  EXPECT_FALSE(find_refusal(5, "  Something never heard of\n"));
  EXPECT_FALSE(find_refusal(5, ""));
  EXPECT_FALSE(find_refusal(127, "bash: line 1: frobnicate: command not found\n"));
}

TEST(RefusalWords, a_shell_without_terminal_says_the_same) {
  EXPECT_EQ(find_refusal(1, "bash: line 3: /x/y: No such file or directory\n"),
            Refused(Refusal::shell_redirection, "/x/y", "No such file or directory"));
}

}  // namespace
}  // namespace rehearse
