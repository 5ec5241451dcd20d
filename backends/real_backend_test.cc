#include "backends/real_backend.h"

#include <gtest/gtest.h>

#include "backends/shell/model_shell.h"

namespace rehearse {
namespace {

using Verdict = Outcome::Verdict;
using Ended = ShellAnswer::Ended;

// Answers what it is told to, and keeps what it was asked.
class FixedShell : public Shell {
 public:
  ShellAnswer run(const ShellCall& call) override {
    asked.push_back(call);
    return answer;
  }
  std::string where() const override { return "fixed"; }
  ShellAnswer answer;
  std::vector<ShellCall> asked;
};

struct Real : testing::Test {
  Real() {
    options.deadline = std::chrono::seconds(7);
    options.wait = [this](std::chrono::milliseconds time) { waited += time; };
  }
  RealBackend& backend() {
    if (!made) {
      made.emplace(options);
      made->add("alpha", shell);
    }
    return *made;
  }
  Outcome says(int status, std::string err, std::string out = "") {
    shell->answer = {Ended::exited, status, std::move(out), std::move(err), "", {}};
    return backend().run_line("alpha", "something");
  }

  std::shared_ptr<FixedShell> shell = std::make_shared<FixedShell>();
  RealBackend::Options options;
  std::chrono::milliseconds waited{0};
  std::optional<RealBackend> made;
};

TEST_F(Real, gives_a_line_to_bash_with_its_input_and_deadline) {
  backend().run_line("alpha", "lvs | grep x", "y\n");
  const ShellCall wanted{{"bash", "-c", "lvs | grep x"}, "y\n", std::chrono::seconds(7)};
  EXPECT_EQ(shell->asked, std::vector<ShellCall>{wanted});
}

TEST_F(Real, gives_words_to_nobody_else) {
  backend().run("alpha", std::vector<std::string>{"lvs", "a b"}, "");
  EXPECT_EQ(shell->asked[0].words, (std::vector<std::string>{"lvs", "a b"}));
}

TEST_F(Real, finds_a_refusal_by_its_words) {
  const Outcome outcome = says(5, "  Failed to find logical volume \"vg/x\"\n", "out\n");
  EXPECT_EQ(outcome.verdict, Verdict::refused);
  EXPECT_EQ(outcome.why.why, Refusal::no_such_volume);
  EXPECT_EQ(outcome.report.status, 5);
  const std::vector<Line> lines{{false, "out"}, {true, "  Failed to find logical volume \"vg/x\""}};
  EXPECT_EQ(outcome.report.lines, lines);
}

TEST_F(Real, never_invents_a_refusal) {
  const Outcome outcome = says(5, "  Something never heard of\n");
  EXPECT_EQ(outcome.verdict, Verdict::done);
  EXPECT_FALSE(outcome.why);
  EXPECT_EQ(outcome.report.status, 5);
}

TEST_F(Real, knows_nothing_without_an_exit_status) {
  for (const Ended ended : {Ended::timed_out, Ended::stuck, Ended::lost}) {
    shell->answer = {ended, {}, "half of", "", "the cable", {}};
    const Outcome outcome = backend().run_line("alpha", "lvs");
    EXPECT_EQ(outcome.verdict, Verdict::unknown);
    EXPECT_FALSE(outcome.what.empty());
    EXPECT_EQ(outcome.report.lines.size(), 1U) << "what was said stays";
  }
}

TEST_F(Real, does_not_play_on_hosts_that_it_has_not) {
  EXPECT_EQ(backend().run_line("omega", "lvs").verdict, Verdict::not_understood);
  EXPECT_FALSE(backend().can(HostWrite{"omega", 512, "/dev/vda"}));
  EXPECT_TRUE(shell->asked.empty());
}

TEST_F(Real, lets_time_pass_if_it_is_not_too_much) {
  EXPECT_TRUE(backend().can(Pass{30}));
  EXPECT_FALSE(backend().can(Pass{7200}));
  EXPECT_EQ(backend().play(Pass{30}).verdict, Verdict::done);
  EXPECT_EQ(waited, std::chrono::seconds(30));
  EXPECT_EQ(backend().play(Pass{7200}).verdict, Verdict::not_understood);
}

TEST_F(Real, cannot_run_what_the_provider_says_its_machines_lack) {
  made.reset();
  options.provider.lacks = [](const Step& step) {
    const auto* command = std::get_if<Command>(&step);
    return command && std::holds_alternative<net::Op>(command->op);
  };
  EXPECT_FALSE(backend().can(Command{"alpha", net::Op()}));
  EXPECT_EQ(backend().play(Command{"alpha", net::Op()}).verdict, Outcome::Verdict::not_understood);
  EXPECT_TRUE(backend().can(Command{"alpha", lvm::Op()}));
}

TEST_F(Real, leaves_faults_to_the_provider) {
  EXPECT_FALSE(backend().can(PowerOff{"alpha"}));
  EXPECT_FALSE(backend().can(GuestWrite{"alpha", 512, "/"}));
  made.reset();
  std::vector<Step> brought;
  options.provider.can = [](const Step& step) { return std::holds_alternative<PowerOff>(step); };
  options.provider.play = [&](const Step& step) {
    brought.push_back(step);
    return Outcome();
  };
  EXPECT_TRUE(backend().can(PowerOff{"alpha"}));
  backend().play(PowerOff{"alpha"});
  EXPECT_EQ(brought, std::vector<Step>{PowerOff{"alpha"}});
}

TEST_F(Real, waits_until_a_merge_is_done) {
  int looks = 0;
  options.observer = [&](Shell&) {
    Observation seen;
    const bool merging = ++looks < 4;
    seen.mapped.emplace_back();
    seen.mapped[0].targets.push_back(
        {0, 8192, merging ? "snapshot-merge" : "linear", "", merging ? "24/64 16" : ""});
    return seen;
  };
  EXPECT_EQ(backend().play(Progress{true}).verdict, Verdict::done);
  EXPECT_EQ(looks, 4);
  EXPECT_FALSE(backend().can(Progress{false}));
  looks = -100'000;
  EXPECT_EQ(backend().play(Progress{true}).verdict, Verdict::unknown);
}

TEST_F(Real, writes_to_a_device_past_every_tool) {
  backend().play(HostWrite{"alpha", 65536 + 512, "/dev/vg/x", false, 4096});
  ASSERT_EQ(shell->asked.size(), 1U);
  const auto& words = shell->asked[0].words;
  EXPECT_EQ(words[0], "dd");
  for (const char* word : {"of=/dev/vg/x", "count=66048", "seek=4096", "conv=notrunc,fsync"}) {
    EXPECT_NE(std::find(words.begin(), words.end(), word), words.end()) << word;
  }
}

TEST(RealOnModel, answers_as_the_model_does) {
  World world;
  add_host(world, "alpha", {{"vda", 64 * kMiB}});
  const auto model = std::make_shared<ModelBackend>(world);
  RealBackend backend;
  backend.add("alpha", std::make_shared<ModelShell>(model, "alpha"));
  EXPECT_EQ(backend.run_line("alpha", "vgcreate vg /dev/vda").verdict, Verdict::done);
  EXPECT_EQ(backend.run_line("alpha", "vgcreate vg /dev/vda").verdict, Verdict::refused);
  EXPECT_EQ(backend.run_line("alpha", "vgs --noheadings -o vg_name").report.lines,
            (std::vector<Line>{{false, "  vg"}}));
  model->play(PowerOff{"alpha"});
  EXPECT_EQ(backend.run_line("alpha", "vgs").verdict, Verdict::unknown);
}

}  // namespace
}  // namespace rehearse
