#include "model/fs/sed.h"

#include <gtest/gtest.h>

namespace rehearse::fs {
namespace {

std::string edited(std::string_view script, const std::string& text, bool extended = false) {
  const auto commands = read_sed(script);
  if (!commands) return "not understood";
  return run_sed(*commands, text, extended).value_or("no such pattern");
}

// GNU sed 4.9 given the same.
TEST(Sed, changes_what_matches) {
  EXPECT_EQ(edited("s/etch/lenny/", "etch etch\nsid\n"), "lenny etch\nsid\n");
  EXPECT_EQ(edited("s/etch/lenny/g", "etch etch\n"), "lenny lenny\n");
  EXPECT_EQ(edited("s/e/E/2", "eee\n"), "eEe\n");
  EXPECT_EQ(edited("s|/dev/sda|/dev/vda|", "/dev/sda1 /\n"), "/dev/vda1 /\n");
  EXPECT_EQ(edited("s/\\(a\\)\\(b\\)/\\2\\1[&]/", "ab\n"), "ba[ab]\n");
  EXPECT_EQ(edited("s/(a)(b)/\\2\\1/", "ab\n", true), "ba\n");
  EXPECT_EQ(edited("s/^/# /", "a\nb\n"), "# a\n# b\n");
  EXPECT_EQ(edited("s/x*/-/g", "abc\n"), "-a-b-c-\n");
  EXPECT_EQ(edited("s/A/b/I", "a"), "b") << "a last line without an end keeps it so";
}

TEST(Sed, chooses_lines) {
  EXPECT_EQ(edited("/eth0/d", "auto eth0\nauto lo\n"), "auto lo\n");
  EXPECT_EQ(edited("2d", "a\nb\nc\n"), "a\nc\n");
  EXPECT_EQ(edited("2,3s/./x/", "a\nb\nc\nd\n"), "a\nx\nx\nd\n");
  EXPECT_EQ(edited("$d", "a\nb\n"), "a\n");
  EXPECT_EQ(edited("/a/,/c/d", "a\nb\nc\nd\n"), "d\n");
  EXPECT_EQ(edited("/a/!d;s/a/b/", "a\nc\n"), "b\n");
}

TEST(Sed, does_not_guess) {
  for (const char* script : {"", "p", "s/a/b", "s/a/b/w out", "y/a/b/", "2,d", "s/a/b/ x", "a text", "{d}"}) {
    EXPECT_FALSE(read_sed(script)) << script;
  }
  EXPECT_EQ(edited("s/\\(/x/", "a"), "no such pattern");
}

}  // namespace
}  // namespace rehearse::fs
