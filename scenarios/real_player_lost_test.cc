// Real runs in which something is not known: an answer that was lost, a command that waits in the kernel, a
// machine that cannot be looked at.
#include "scenarios/real_player_fixture.h"

namespace rehearse {
namespace {

TEST_F(RealPlayer, takes_up_a_run_whose_answer_was_lost) {
  for (const bool effect : {false, true}) {
    power_on();
    resume = false;
    bool once = true;
    const auto lose = [&](const ShellCall& call) {
      return once && types(call, "lvcreate -L 8M -n x vg") && !(once = false);
    };
    if (effect) {
      shell->after = [&](const ShellCall& call, ShellAnswer& answer) {
        if (lose(call)) answer = lost();
      };
    } else {
      shell->before = [&](const ShellCall& call) {
        return lose(call) ? std::optional<ShellAnswer>(lost()) : std::nullopt;
      };
    }
    RealRun run = play(kScript);
    EXPECT_NE(joined(run.stopped).find("t.md:4: nobody knows how it ended\n"), std::string::npos);
    resume = true;
    run = play(kScript);
    EXPECT_TRUE(run.clean()) << effect << joined(run.stopped);
    EXPECT_EQ(run.played, 6U);
    EXPECT_EQ(machine->world(), run.world);
    EXPECT_NE(journal().find(effect ? "\"how\":\"found_done\"" : "\"how\":\"not_run\""), std::string::npos);
  }
}

ShellAnswer stuck() { return {ShellAnswer::Ended::stuck, {}, "", "", "", {}}; }

TEST_F(RealPlayer, takes_up_a_run_whose_command_was_stuck) {
  // As on a disk that hangs: nothing that touches it ends, until it is mended.
  bool hangs = false;
  shell->before = [&](const ShellCall& call) {
    hangs = hangs || types(call, "lvcreate -L 8M -n x vg");
    return hangs ? std::optional<ShellAnswer>(stuck()) : std::nullopt;
  };
  RealRun run = play(kScript);
  EXPECT_NE(joined(run.stopped).find("t.md:4: nobody knows how it ended\n"), std::string::npos);
  EXPECT_NE(joined(run.stopped).find("it waits in the kernel and cannot be ended"), std::string::npos);
  resume = true;
  run = play(kScript);
  const std::string still = joined(run.stopped);
  EXPECT_NE(still.find("t.md:4: under way when the earlier run ended: lvcreate -L 8M -n x vg"),
            std::string::npos)
      << still;
  EXPECT_NE(still.find("but not in reality"), std::string::npos) << still;
  shell->before = nullptr;
  run = play(kScript);
  EXPECT_TRUE(run.clean()) << joined(run.stopped);
  EXPECT_EQ(run.played, 6U);
  EXPECT_EQ(machine->world(), run.world);
}

TEST_F(RealPlayer, takes_up_a_run_whose_machine_could_not_be_seen_after_a_step) {
  int looks = 0;
  shell->before = [&](const ShellCall& call) {
    const bool look = call.words.back().find("=== report") != std::string::npos;
    looks += look ? 1 : 0;
    return look && looks == 3 ? std::optional<ShellAnswer>(stuck()) : std::nullopt;
  };
  RealRun run = play(kScript);
  EXPECT_NE(joined(run.stopped).find("t.md:4: what it left cannot be seen\n"), std::string::npos)
      << joined(run.stopped);
  EXPECT_NE(journal().find("\"how\":\"unknown\""), std::string::npos) << journal();
  resume = true;
  run = play(kScript);
  EXPECT_TRUE(run.clean()) << joined(run.stopped);
  EXPECT_EQ(machine->world(), run.world);
  EXPECT_NE(journal().find("\"how\":\"found_done\""), std::string::npos) << journal();
}

}  // namespace
}  // namespace rehearse
