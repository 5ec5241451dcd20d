#include "backends/shell_line.h"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

std::vector<Pipeline> read(std::string_view line) {
  auto result = read_shell_line(line);
  const auto* odd = std::get_if<ShellSyntax>(&result);
  EXPECT_EQ(odd, nullptr) << line << ": " << (odd ? odd->what : "");
  return odd ? std::vector<Pipeline>{} : std::get<0>(result);
}

TEST(ShellLine, WordsAreUnquoted) {
  const auto lines = read("pvs --separator ' | ' \"a b\" c\\ d");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].commands[0].words, (Words{"pvs", "--separator", " | ", "a b", "c d"}));
}

TEST(ShellLine, PipesAndListsComeApart) {
  const auto lines = read("mkdir -p /mnt/a; mount /dev/vg/a /mnt/a && lvs | grep x || ! true");
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[1].when, Pipeline::When::always);
  EXPECT_EQ(lines[2].when, Pipeline::When::after_success);
  EXPECT_EQ(lines[2].commands.size(), 2u);
  EXPECT_EQ(lines[3].when, Pipeline::When::after_failure);
  EXPECT_TRUE(lines[3].negated);
}

TEST(ShellLine, RedirectionsKeepTheirOrder) {
  const auto lines = read("lvs >/dev/null 2>&1 </dev/null");
  using Kind = Redirection::Kind;
  EXPECT_EQ(lines[0].commands[0].redirections,
            (std::vector<Redirection>{
                {1, Kind::output, "/dev/null"}, {2, Kind::duplicate, "1"}, {0, Kind::input, "/dev/null"}}));
}

TEST(ShellLine, WhatNeedsAShellIsNamed) {
  for (const char* line : {"for i in a b; do lvs; done", "lvs $(x)", "A=1 lvs", "sleep 600 &", "(cd /; ls)",
                           "ls *", "echo 'open", "| x", "cat <<E"}) {
    EXPECT_TRUE(std::holds_alternative<ShellSyntax>(read_shell_line(line))) << line;
  }
}

}  // namespace
}  // namespace rehearse
