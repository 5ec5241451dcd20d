#include <sys/resource.h>

#include <csignal>

#include "scenarios/real_player_fixture.h"

namespace rehearse {
namespace {

TEST_F(RealPlayer, plays_what_the_model_predicts) {
  const RealRun run = play(kScript);
  EXPECT_EQ(joined(run.stopped), "");
  EXPECT_TRUE(run.clean()) << run.results[2].complaints[0].what;
  EXPECT_EQ(run.played, 6U);
  EXPECT_EQ(run.skipped, 0U);
  EXPECT_EQ(machine->world(), run.world);
  EXPECT_NE(journal().find("{\"closed\":\"done\"}\n"), std::string::npos);
}

TEST_F(RealPlayer, changes_nothing_without_leave_and_looks_all_the_same) {
  options.may_change.clear();
  const RealRun run =
      play("alpha# vgs\nalpha# vgcreate vg /dev/vda\nalpha# frobnicate\nalpha# pvs | wc -l\n");
  EXPECT_TRUE(run.clean()) << joined(run.stopped);
  EXPECT_EQ(run.played, 2U);
  EXPECT_EQ(run.skipped, 2U);
  EXPECT_EQ(skipped[1], "it may change something, which needs --really and a lab host");
  EXPECT_EQ(machine->world(), world);
}

TEST_F(RealPlayer, changes_only_the_hosts_of_the_lab) {
  options.may_change = {"beta"};
  const RealRun run = play("alpha# vgcreate vg /dev/vda\nalpha# ssh beta vgcreate vg /dev/vda\n");
  EXPECT_EQ(skipped[0], "it may change something, which needs --really and a lab host");
  EXPECT_EQ(skipped[1], "local has no host beta");
  EXPECT_EQ(machine->world(), world);
  EXPECT_EQ(run.skipped, 2U);
}

TEST_F(RealPlayer, does_not_begin_where_the_machine_is_another) {
  machine->run_line("alpha", "pvcreate /dev/vdb");
  const RealRun run = play("alpha# vgcreate vg /dev/vda\n");
  EXPECT_EQ(joined(run.stopped),
            "alpha is not as the world of the runbook says:\n  physical volume /dev/vdb: only in reality\n"
            "  signature vdb: only in reality\n");
  EXPECT_FALSE(run.clean());
  EXPECT_TRUE(run.results.empty());
}

TEST_F(RealPlayer, stops_at_another_end_with_both_sides) {
  shell->before = [&](const ShellCall& call) -> std::optional<ShellAnswer> {
    if (!types(call, "lvremove -y vg/s")) return std::nullopt;
    return ShellAnswer{ShellAnswer::Ended::exited, 5, "", "  Volume group \"vg\" is exported\n", "", {}};
  };
  const RealRun run = play(std::string(kScript) + "alpha# vgs\n");
  const std::string why = joined(run.stopped);
  EXPECT_NE(why.find("t.md:10: reality is not as the model predicted\nthe model: done\n"), std::string::npos)
      << why;
  EXPECT_NE(
      why.find("in reality: refused (group_exported), status 5\n  2>   Volume group \"vg\" is exported\n"),
      std::string::npos)
      << why;
  EXPECT_NE(
      why.find(
          "alpha after it:\n  physical volume /dev/vda: free 255852544 in the model, 251658240 in reality\n"),
      std::string::npos)
      << why;
  EXPECT_EQ(run.results.size(), 7U) << "nothing is played behind it";
  EXPECT_NE(journal().find("\"how\":\"differs\""), std::string::npos);
}

TEST_F(RealPlayer, stops_where_the_same_end_left_another_world) {
  shell->after = [&](const ShellCall& call, ShellAnswer&) {
    if (types(call, "lvcreate -L 8M -n x vg")) machine->run_line("alpha", "lvextend -L +4M vg/x");
  };
  const RealRun run = play(kScript);
  const std::string why = joined(run.stopped);
  EXPECT_NE(why.find("  volume vg/x: size 8388608 in the model, 12582912 in reality\n"), std::string::npos)
      << why;
  EXPECT_EQ(run.results.size(), 2U);
}

TEST_F(RealPlayer, complains_where_reality_and_model_agree_against_the_runbook) {
  const RealRun run = play("alpha# vgremove nope\nalpha# vgs\nrefused: no_such_group\n? vg/x is active\n");
  EXPECT_TRUE(run.stopped.empty());
  EXPECT_FALSE(run.clean());
  EXPECT_EQ(run.results[0].complaints.size(), 1U);
  EXPECT_EQ(run.results[1].complaints.size(), 1U);
  EXPECT_EQ(run.results[2].complaints.size(), 1U);
}

TEST_F(RealPlayer, asks_before_each_step_that_changes_something) {
  std::vector<std::string> asked;
  options.confirm = [&](const std::string& what) {
    asked.push_back(what);
    return asked.size() < 2;
  };
  const RealRun run =
      play("alpha# vgs\nalpha# vgcreate vg /dev/vda\nalpha# lvs\nalpha# vgremove vg\nalpha# vgs\n");
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[1],
            "t.md:6: alpha# vgremove vg\n  the model says: done\n"
            "  alpha: physical volume /dev/vda: group \"vg\" now, \"\" then\n"
            "  alpha: physical volume /dev/vda: attr \"a--\" now, \"---\" then\n"
            "  alpha: physical volume /dev/vda: size 264241152 now, 268435456 then\n"
            "  alpha: physical volume /dev/vda: free 264241152 now, 268435456 then\n"
            "  alpha: physical volume /dev/vda: extents 63 now, 0 then\n"
            "  alpha: volume group vg: only now\n");
  EXPECT_EQ(run.stopped, std::vector<std::string>{"t.md:6: not confirmed"});
  EXPECT_EQ(machine->run_line("alpha", "vgs vg").report.status, 0) << "it was not played";
}

TEST_F(RealPlayer, skips_what_cannot_be_on_both_sides) {
  const RealRun run = play(
      "alpha# vgcreate vg /dev/vda\n! alpha loses power\n~ alpha writes 1M to /dev/vda at random\n"
      "~ 3 weeks pass\nbeta# vgs\nalpha# vgs\n");
  EXPECT_TRUE(run.clean()) << joined(run.stopped);
  EXPECT_EQ(run.skipped, 4U);
  EXPECT_EQ(run.played, 2U);
  EXPECT_EQ(skipped[1], "local cannot bring it about");
  EXPECT_EQ(skipped[4], "local has no host beta");
  EXPECT_EQ(machine->world(), run.world);
}

TEST_F(RealPlayer, skips_commands_that_the_machine_has_not) {
  shell->before = [&](const ShellCall& call) -> std::optional<ShellAnswer> {
    if (!types(call, "mkfs.ext4 -q /dev/vdb")) return std::nullopt;
    return ShellAnswer{
        ShellAnswer::Ended::exited, 127, "", "bash: line 1: mkfs.ext4: command not found\n", "", {}};
  };
  const RealRun run = play("alpha# mkfs.ext4 -q /dev/vdb\nalpha# blkid /dev/vda\nalpha# vgs\n");
  EXPECT_EQ(skipped[0], "alpha has no such command");
  EXPECT_EQ(run.world, world);
  EXPECT_TRUE(run.stopped.empty());
}

TEST_F(RealPlayer, follows_logins_and_answers_questions) {
  options.hosts = options.may_change = {"alpha"};
  const RealRun run = play(
      "beta# ssh alpha\nalpha# vgcreate vg /dev/vda\nalpha# lvcreate -L 8M -n x vg\nalpha# lvremove vg/x\n"
      "Do you really want to remove active logical volume vg/x? [y/n]: y\nalpha# exit\nbeta# ssh alpha "
      "vgremove vg\n");
  EXPECT_TRUE(run.clean()) << joined(run.stopped);
  EXPECT_EQ(run.played, 4U);
  EXPECT_EQ(machine->run_line("alpha", "vgs --noheadings").report.lines.size(), 0U);
}

TEST_F(RealPlayer, stops_between_steps_when_interrupted) {
  int asked = 0;
  options.interrupted = [&] { return ++asked == 3; };
  RealRun run = play(kScript);
  EXPECT_EQ(run.stopped, std::vector<std::string>{"interrupted; nothing is under way"});
  EXPECT_EQ(run.played, 2U);
  options.interrupted = nullptr;
  resume = true;
  run = play(kScript);
  EXPECT_TRUE(run.clean()) << joined(run.stopped);
  EXPECT_EQ(run.played, 6U);
  EXPECT_EQ(machine->world(), run.world);
}

TEST_F(RealPlayer, ends_alike_wherever_it_was_killed) {
  const std::string script = kScript;
  play(script);
  const World wanted = machine->world();
  const int calls = shell->calls;
  int taken_up = 0;
  for (int dies = 1; dies <= calls; ++dies) {
    for (const bool effect : {false, true}) {
      power_on();
      resume = false;
      std::string left;  // the journal as the dead leave it
      const auto die = [&] {
        if (left.empty()) left = journal();
        return lost();
      };
      shell->before = [&](const ShellCall&) {
        const bool dead = shell->calls > dies || (shell->calls == dies && !effect);
        return dead ? std::optional<ShellAnswer>(die()) : std::nullopt;
      };
      shell->after = [&](const ShellCall&, ShellAnswer& answer) {
        if (shell->calls == dies) answer = die();
      };
      play(script);
      put_journal(left);
      shell->before = nullptr;
      shell->after = nullptr;
      resume = !left.empty();
      const RealRun run = play(script);
      EXPECT_TRUE(run.clean()) << dies << " " << effect << "\n" << joined(run.stopped) << left;
      EXPECT_EQ(machine->world(), wanted) << dies;
      ++taken_up;
    }
  }
  EXPECT_GT(taken_up, 20);
}

TEST_F(RealPlayer, does_not_go_on_in_a_world_that_the_journal_does_not_know) {
  int asked = 0;
  options.interrupted = [&] { return ++asked == 3; };
  play(kScript);
  options.interrupted = nullptr;
  machine->run_line("alpha", "lvremove -y vg/x");
  resume = true;
  const RealRun run = play(kScript);
  const std::string why = joined(run.stopped);
  EXPECT_NE(why.find("alpha is not as the journal says:\n"), std::string::npos) << why;
  EXPECT_NE(why.find("  volume vg/x: only in the journal\n"), std::string::npos) << why;
}

TEST_F(RealPlayer, accounts_for_a_step_that_left_neither_world) {
  shell->before = [&](const ShellCall& call) -> std::optional<ShellAnswer> {
    if (!types(call, "lvcreate -L 8M -n x vg")) return std::nullopt;
    machine->run_line("alpha", "lvcreate -L 4M -n x vg");
    return lost();
  };
  play(kScript);
  shell->before = nullptr;
  resume = true;
  RealRun run = play(kScript);
  const std::string why = joined(run.stopped);
  EXPECT_NE(why.find("t.md:4: under way when the earlier run ended: lvcreate -L 8M -n x vg\n"),
            std::string::npos)
      << why;
  EXPECT_NE(why.find("alpha against before it:\n"), std::string::npos) << why;
  EXPECT_NE(why.find("alpha against after it:\n"), std::string::npos) << why;
}

TEST_F(RealPlayer, does_not_go_on_behind_a_difference) {
  shell->before = [&](const ShellCall& call) -> std::optional<ShellAnswer> {
    if (!types(call, "lvremove -y vg/s")) return std::nullopt;
    return ShellAnswer{ShellAnswer::Ended::exited, 4, "", "", "", {}};
  };
  play(kScript);
  resume = true;
  shell->before = nullptr;
  EXPECT_NE(joined(play(kScript).stopped).find("the earlier run stopped here"), std::string::npos);
}

TEST_F(RealPlayer, goes_no_further_than_it_can_write_down) {
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto told = signal(SIGXFSZ, SIG_IGN);
  const rlimit little{2000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &little);
  const RealRun run = play(kScript);
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, told);
  EXPECT_NE(joined(run.stopped).find("the journal cannot be written"), std::string::npos);
  EXPECT_LT(run.played, 6U);
}

}  // namespace
}  // namespace rehearse
