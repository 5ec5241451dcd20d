// What holds for every operation, whatever it is: its command line names it and nothing else, an option the
// model does not know is named, a refusal changes nothing. Lines come from the usages, so that a new form is
// under the laws as soon as it exists.
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "fuzz/generate.h"

namespace rehearse {
namespace {

using Numbers = std::vector<std::uint16_t>;

std::string shown(const Words& words) { return fmt::format("{}", fmt::join(words, " ")); }

RC_GTEST_PROP(EveryOperation, is_named_by_its_command_line_and_by_no_other, (const Numbers& numbers)) {
  Choices choices(numbers);
  const Words line = random_line(choices);
  Op op;
  RC_PRE(parse(line, op).kind == Mismatch::Kind::none);
  const Words canonical = render(op);
  RC_LOG() << shown(line) << "\n" << shown(canonical) << "\n";
  Op again;
  RC_ASSERT(parse(canonical, again).kind == Mismatch::Kind::none);
  RC_ASSERT(again == op);
  RC_ASSERT(render(again) == canonical);
  RC_ASSERT(claims(canonical) == 1);
}

RC_GTEST_PROP(EveryOperation, names_an_option_it_does_not_know, (const Numbers& numbers)) {
  Choices choices(numbers);
  Words line = random_line(choices);
  Op op;
  RC_PRE(parse(line, op).kind == Mismatch::Kind::none);
  line.push_back("--no-such-option");
  RC_LOG() << shown(line) << "\n";
  const Mismatch bad = parse(line, op);
  RC_ASSERT(bad.kind == Mismatch::Kind::unknown_option);
  RC_ASSERT(bad.word == "--no-such-option");
}

RC_GTEST_PROP(EveryOperation, changes_nothing_when_it_is_refused, (const Numbers& numbers)) {
  static const World start = small_world();
  World world = start;
  Choices choices(numbers);
  while (!choices.over()) {
    const Words line = random_line(choices);
    Op op;
    if (parse(line, op).kind != Mismatch::Kind::none) continue;
    RC_LOG() << shown(line) << "\n";
    const World before = world;
    Report muted, spoken;
    muted.muted = true;
    const Refused asked = refuse(world, "alpha", op, muted);
    RC_ASSERT(world == before);
    const Refused told = perform(world, "alpha", op, spoken);
    RC_ASSERT(told == asked);
    RC_ASSERT(muted.lines.empty());
    if (told) {
      RC_ASSERT(world == before);
      RC_ASSERT(spoken.status == row_of(told.why).status);
    }
  }
}

// Every form there is gets through at least once; otherwise the laws above say nothing about it.
TEST(EveryOperation, is_reached_by_the_generator) {
  std::map<std::string, int> understood;
  for (const Usage& usage : all_usages()) {
    int& count = understood[synopsis(usage)];
    for (std::uint16_t seed = 0; seed < 4000 && count == 0; ++seed) {
      Numbers numbers;
      for (std::uint32_t i = 0, x = seed * 2654435761u + 1; i < 60; ++i) {
        x = x * 1664525u + 1013904223u;
        numbers.push_back(static_cast<std::uint16_t>(x >> 16));
      }
      Choices choices(numbers);
      Op op;
      count += parse(random_line(usage, choices), op).kind == Mismatch::Kind::none;
    }
    EXPECT_GT(count, 0) << synopsis(usage);
  }
}

TEST(EveryRefusal, has_a_name_words_and_a_status) {
  for (const RefusalRow& row : refusal_table()) {
    EXPECT_EQ(refusal_named(row.name), row.code);
    EXPECT_FALSE(row.words.empty()) << row.name;
    // lvcreate -an -Zy says that it cannot, makes nothing, and exits 0 (lvm2 2.03.16).
    EXPECT_EQ(row.status == 0, row.code == Refusal::zero_needs_activation) << row.name;
  }
}

}  // namespace
}  // namespace rehearse
