// The contract of a backend (backends/README.md) as tests, which every backend passes: the model, real
// machines, the lab, a recording of them. They ask only what all can do: a host with the blank disks vda and
// vdb of 64 MiB or more, and LVM's tools on it.
//
//   struct OnMyMachines { static Tried make(); };
//   INSTANTIATE_TYPED_TEST_SUITE_P(MyMachines, BackendConformance, OnMyMachines);
//
// A factory whose machines can lose a reply also has `static Tried make_losing()`: the reply to the first
// line that begins with `vgcreate` is lost behind its effect.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "backends/backend.h"

namespace rehearse {

struct Tried {
  std::unique_ptr<Backend> backend;
  Name host;
  std::shared_ptr<void> keep;  // what lives as long as the backend
};

template <class Factory>
class BackendConformance : public testing::Test {
 protected:
  using Verdict = Outcome::Verdict;

  void SetUp() override { tried = Factory::make(); }
  Outcome line(std::string_view text, std::string_view input = {}) {
    return tried.backend->run_line(tried.host, text, input);
  }
  Outcome words(const std::vector<std::string>& all) { return tried.backend->run(tried.host, all, {}); }
  Observation shown() {
    Observing seen = tried.backend->observe(tried.host);
    const auto* bad = std::get_if<Unobserved>(&seen);
    EXPECT_EQ(bad, nullptr) << bad->text();
    return bad ? Observation() : normalised(std::get<Observation>(seen));
  }
  static std::string texts(const Outcome& outcome, bool error) {
    std::string all;
    for (const Line& said : outcome.report.lines) {
      if (said.error == error) all += said.text + "\n";
    }
    return all;
  }

  Tried tried;
};

TYPED_TEST_SUITE_P(BackendConformance);

TYPED_TEST_P(BackendConformance, does_what_can_be_done) {
  const Outcome outcome = this->line("vgcreate vg /dev/vda");
  EXPECT_EQ(outcome.verdict, Outcome::Verdict::done);
  EXPECT_EQ(outcome.report.status, 0);
  EXPECT_NE(this->texts(outcome, false).find("  Volume group \"vg\" successfully created\n"),
            std::string::npos);
  const Observation seen = this->shown();
  ASSERT_EQ(seen.groups.size(), 1U);
  EXPECT_EQ(seen.groups[0].name, "vg");
}

TYPED_TEST_P(BackendConformance, refuses_by_name_and_leaves_everything_as_it_was) {
  this->line("vgcreate vg /dev/vda");
  const Observation before = this->shown();
  const Outcome outcome = this->line("vgcreate vg /dev/vdb");
  EXPECT_EQ(outcome.verdict, Outcome::Verdict::refused);
  EXPECT_EQ(outcome.why.why, Refusal::group_exists);
  EXPECT_EQ(outcome.report.status, 5);
  EXPECT_EQ(difference(before, this->shown()), std::vector<std::string>());
}

TYPED_TEST_P(BackendConformance, keeps_the_streams_apart) {
  const Outcome outcome = this->line("vgs nope");
  EXPECT_EQ(this->texts(outcome, false), "");
  EXPECT_EQ(this->texts(outcome, true),
            "  Volume group \"nope\" not found\n  Cannot process volume group nope\n");
  EXPECT_EQ(this->texts(this->line("vgs nope 2>/dev/null"), true), "");
}

TYPED_TEST_P(BackendConformance, reads_a_line_as_a_shell_does) {
  EXPECT_EQ(this->texts(this->line("vgs nope 2>&1 | wc -l"), false), "2\n");
  EXPECT_EQ(this->line("vgs nope 2>/dev/null; true").report.status, 0);
  EXPECT_EQ(this->texts(this->line("vgs nope 2>/dev/null && echo no || echo yes"), false), "yes\n");
  EXPECT_EQ(this->texts(this->line("echo 'a  b' \"c\" d\\ e"), false), "a  b c d e\n");
  EXPECT_EQ(this->line("! true").report.status, 1);
}

TYPED_TEST_P(BackendConformance, passes_words_as_they_are) {
  const Outcome outcome = this->words({"echo", "a  b", "$HOME", "'", "\"", "*", ";", "|", ">x"});
  EXPECT_EQ(outcome.verdict, Outcome::Verdict::done);
  EXPECT_EQ(this->texts(outcome, false), "a  b $HOME ' \" * ; | >x\n");
}

TYPED_TEST_P(BackendConformance, never_takes_an_unknown_command_for_done) {
  const Outcome outcome = this->line("rehearse-has-no-such-command --at all");
  if (outcome.verdict == Outcome::Verdict::not_understood) {
    EXPECT_EQ(outcome.what, "rehearse-has-no-such-command");
  } else {
    EXPECT_EQ(outcome.report.status, 127);
    EXPECT_FALSE(outcome.why);
  }
}

TYPED_TEST_P(BackendConformance, answers_questions_from_the_input) {
  this->line("vgcreate vg /dev/vda");
  this->line("lvcreate -L 8M -n x vg");
  const Observation before = this->shown();
  EXPECT_NE(this->line("lvremove vg/x").report.status, 0) << "the end of the input says no";
  EXPECT_EQ(difference(before, this->shown()), std::vector<std::string>());
  EXPECT_EQ(this->line("lvremove vg/x", "y\n").report.status, 0);
  EXPECT_TRUE(this->shown().volumes.empty());
}

TYPED_TEST_P(BackendConformance, shows_the_same_until_something_happens) {
  const Observation blank = this->shown();
  EXPECT_EQ(difference(blank, this->shown()), std::vector<std::string>());
  this->line("vgs; lvs");
  EXPECT_EQ(difference(blank, this->shown()), std::vector<std::string>());
  this->line("pvcreate /dev/vdb");
  EXPECT_NE(difference(blank, this->shown()), std::vector<std::string>());
}

TYPED_TEST_P(BackendConformance, plays_an_operation_as_its_line) {
  Op op;
  const Words line{"vgcreate", "vg", "/dev/vda"};
  ASSERT_EQ(parse(line, op).kind, Mismatch::Kind::none);
  const Step step = Command{this->tried.host, op};
  ASSERT_TRUE(this->tried.backend->can(step));
  EXPECT_EQ(this->tried.backend->play(step).verdict, Outcome::Verdict::done);
  const Outcome again = this->tried.backend->play(step);
  EXPECT_EQ(again.verdict, Outcome::Verdict::refused);
  EXPECT_EQ(again.report.status, 5);
}

TYPED_TEST_P(BackendConformance, does_not_play_what_it_says_it_cannot) {
  const Step step = GuestWrite{"nobody", 4096, "/", false, true};
  const Outcome outcome = this->tried.backend->play(step);
  const bool can = this->tried.backend->can(step);
  EXPECT_EQ(outcome.verdict, can ? Outcome::Verdict::refused : Outcome::Verdict::not_understood);
}

TYPED_TEST_P(BackendConformance, knows_nothing_where_a_reply_was_lost) {
  if constexpr (requires { TypeParam::make_losing(); }) {
    this->tried = TypeParam::make_losing();
    const Outcome outcome = this->line("vgcreate vg /dev/vda");
    EXPECT_EQ(outcome.verdict, Outcome::Verdict::unknown);
    EXPECT_FALSE(outcome.what.empty());
    EXPECT_EQ(this->shown().groups.size(), 1U) << "the effect is there, as observing shows";
  } else {
    GTEST_SKIP() << "nothing lies between this backend and its machines";
  }
}

REGISTER_TYPED_TEST_SUITE_P(BackendConformance, does_what_can_be_done,
                            refuses_by_name_and_leaves_everything_as_it_was, keeps_the_streams_apart,
                            reads_a_line_as_a_shell_does, passes_words_as_they_are,
                            never_takes_an_unknown_command_for_done, answers_questions_from_the_input,
                            shows_the_same_until_something_happens, plays_an_operation_as_its_line,
                            does_not_play_what_it_says_it_cannot, knows_nothing_where_a_reply_was_lost);

}  // namespace rehearse
