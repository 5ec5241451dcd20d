#include "backends/printf.h"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

using Lines = std::optional<std::vector<std::string>>;

Lines print(const std::string& format, const std::vector<std::string>& words = {}) {
  return printed_lines(format, words);
}

TEST(Printf, prints_lines_as_they_stand) {
  EXPECT_EQ(print("a\\tb\\n\\\"c\\\"\\n"), Lines({"a\tb", "\"c\""}));
  EXPECT_EQ(print("100%%\\n"), Lines({"100%"}));
}

TEST(Printf, goes_through_its_format_once_for_each_word) {
  EXPECT_EQ(print("%s\\n", {"{\"a\":1}", "b\\n"}), Lines({"{\"a\":1}", "b\\n"}));
  EXPECT_EQ(print("%s-%s\\n", {"a", "b", "c"}), Lines({"a-b", "c-"}));
  EXPECT_EQ(print("%s\\n"), Lines({""}));
}

TEST(Printf, leaves_alone_what_it_does_not_know) {
  EXPECT_EQ(print("%d\\n", {"1"}), Lines());
  EXPECT_EQ(print("\\x41\\n"), Lines());
  EXPECT_EQ(print("no end"), Lines());
}

}  // namespace
}  // namespace rehearse
