#include "backends/filters.h"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

std::string through(std::vector<std::string> words, const std::string& input) {
  const auto result = filter(words, input);
  return result ? result->text : "(not known)";
}

const std::string kFruit = "pear\nApple\nfig\napple pie\n";

TEST(Filters, GrepKeepsLinesThatMatch) {
  EXPECT_EQ(through({"grep", "apple"}, kFruit), "apple pie\n");
  EXPECT_EQ(through({"grep", "-i", "^apple"}, kFruit), "Apple\napple pie\n");
  EXPECT_EQ(through({"grep", "-v", "-e", "p", "-e", "f"}, kFruit), "");
  EXPECT_EQ(through({"grep", "-c", "p"}, kFruit), "3\n");
  EXPECT_EQ(filter(std::vector<std::string>{"grep", "plum"}, kFruit)->status, 1);
  EXPECT_EQ(through({"grep", "-n", "a"}, kFruit), "1:pear\n4:apple pie\n");
  EXPECT_EQ(through({"grep", "-oE", "f(i|o)g"}, kFruit), "fig\n");
}

TEST(Filters, HeadAndTailCountLines) {
  EXPECT_EQ(through({"head", "-1"}, kFruit), "pear\n");
  EXPECT_EQ(through({"head", "-n", "2"}, kFruit), "pear\nApple\n");
  EXPECT_EQ(through({"tail", "-n2"}, kFruit), "fig\napple pie\n");
  EXPECT_EQ(through({"tail"}, kFruit), kFruit);
}

TEST(Filters, SortWcAndCut) {
  EXPECT_EQ(through({"sort"}, kFruit), "Apple\napple pie\nfig\npear\n");
  EXPECT_EQ(through({"sort", "-r"}, "a\nb\n"), "b\na\n");
  EXPECT_EQ(through({"wc", "-l"}, kFruit), "4\n");
  EXPECT_EQ(through({"cut", "-d", " ", "-f2"}, kFruit), "pear\nApple\nfig\npie\n");
  EXPECT_EQ(through({"cut", "-d:", "-f1,3-4"}, "a:b:c:d:e\n"), "a:c:d\n");
}

TEST(Filters, AnOptionThatIsNotKnownIsNotIgnored) {
  EXPECT_EQ(through({"grep", "-A1", "x"}, kFruit), "(not known)");
  EXPECT_EQ(through({"sort", "-k2"}, kFruit), "(not known)");
  EXPECT_EQ(through({"awk", "x"}, kFruit), "(not known)");
}

TEST(Filters, ReadAFileThatIsNamedLast) {
  const std::vector<std::string> words{"grep", "-c", "p", "/menu"};
  const auto grep = file_filter(words);
  ASSERT_TRUE(grep);
  EXPECT_EQ(grep->path, "/menu");
  EXPECT_EQ(grep->of(kFruit).text, "3\n");
  const std::vector<std::string> none[] = {
      {"grep", "p"},   {"head", "-n", "2"}, {"head", "-2"}, {"sort"}, {"grep", "p", "/menu", "/more"},
      {"cat", "/menu"}};
  for (const auto& each : none) EXPECT_FALSE(file_filter(each)) << each.back();
  EXPECT_FALSE(grep->complaint("Permission denied")) << "nobody has asked the real one";
}

}  // namespace
}  // namespace rehearse
