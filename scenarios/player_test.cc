#include "scenarios/player.h"

#include <gtest/gtest.h>

#include <sstream>

#include "scenarios/output.h"
#include "scenarios/session.h"

namespace rehearse {
namespace {

struct QuietJudge : Judge {
  std::vector<Finding> look(const Played&) override { return {}; }
  std::vector<Finding> finish(const World&) override { return {}; }
};

// Finds RH101 of alpha where it loses power, and RH102 of the world at the end.
struct PowerJudge : Judge {
  std::vector<Finding> look(const Played& played) override {
    if (!std::get_if<PowerOff>(&played.step)) return {};
    Finding found;
    found.code = "RH101";
    found.what = "alpha is <gone>";
    found.subject = "alpha";
    found.line = played.line;
    found.chain = {3};
    found.remedy = "leave it on";
    return {found};
  }
  std::vector<Finding> finish(const World&) override {
    Finding found;
    found.code = "RH102";
    found.what = "it is over";
    found.subject = "world";
    found.line = 3;
    return {found};
  }
};

// Two machines with one blank disk each.
struct Rehearsing : testing::Test {
  Rehearsing() {
    add_host(world, "alpha", {{"vda", 256 * kMiB}});
    add_host(world, "beta", {{"vda", 256 * kMiB}});
    options.judge = [] { return std::make_unique<QuietJudge>(); };
  }
  Rehearsal rehearse(const std::string& console) {
    auto read =
        read_runbook("# A test\n```console\n" + console + "```\n", "test.md", [](const std::string& file) {
          return InputError{file, 0, 0, "", "no files here"};
        });
    if (const auto* bad = std::get_if<InputError>(&read)) throw std::runtime_error(bad->text());
    runbook = std::get<Runbook>(std::move(read));
    return play(runbook, world, options);
  }
  static std::vector<std::string> complaints(const Rehearsal& rehearsal) {
    std::vector<std::string> all;
    for (const Complaint* row : rehearsal.all_complaints()) {
      all.push_back(std::to_string(row->place.line) + ": " + row->what);
    }
    return all;
  }

  World world;
  Runbook runbook;
  PlayOptions options;
};

using Texts = std::vector<std::string>;

TEST_F(Rehearsing, plays_each_line_on_the_host_of_its_prompt) {
  const Rehearsal played = rehearse("root@alpha:~# sync\nbeta# true\n");
  ASSERT_EQ(played.results.size(), 2u);
  EXPECT_EQ(played.results[0].host, Name("alpha"));
  EXPECT_EQ(played.results[1].host, Name("beta"));
  EXPECT_EQ(played.results[1].verdict, Verdict::done);
  EXPECT_TRUE(played.clean());
}

TEST_F(Rehearsing, follows_a_login_until_it_ends) {
  const Rehearsal played =
      rehearse("alpha# ssh beta\nalpha# true\nalpha# exit\nalpha# true\nalpha# ssh root@beta true\n");
  EXPECT_EQ(played.results[1].host, Name("beta"));
  EXPECT_EQ(played.results[3].host, Name("alpha"));
  EXPECT_EQ(played.results[4].host, Name("beta"));
  EXPECT_TRUE(played.clean());
}

TEST_F(Rehearsing, honours_the_end_of_each_part_of_a_line) {
  const Rehearsal played = rehearse("alpha# false && echo no; false || echo yes\n");
  ASSERT_EQ(played.results[0].output.size(), 1u);
  EXPECT_EQ(played.results[0].output[0].text, "yes");
  EXPECT_EQ(played.results[0].verdict, Verdict::done);
}

TEST_F(Rehearsing, stops_a_line_where_a_command_does_not_end) {
  const auto played = rehearse(
      "! disk vda of alpha hangs\n"
      "alpha# dd if=/dev/vda of=/dev/null count=1; echo after\n"
      "alpha# lsblk\n");
  ASSERT_EQ(played.results.size(), 3U);
  EXPECT_EQ(played.results[1].verdict, Verdict::unknown);
  ASSERT_EQ(played.results[1].output.size(), 1U);
  EXPECT_EQ(played.results[1].output[0].text, "dd does not end: it waits for a disk that hangs");
  EXPECT_EQ(played.results[2].verdict, Verdict::done) << "the kernel knows it without the disk";
  EXPECT_EQ(complaints(played), (std::vector<std::string>{"4: it does not end"}));
}

TEST_F(Rehearsing, counts_what_is_not_modelled_and_goes_on) {
  const Rehearsal played = rehearse("alpha# frobnicate --all\nalpha# echo $HOME\nalpha# true\n");
  EXPECT_EQ(played.commands, 3u);
  EXPECT_EQ(played.not_modelled, 2u);
  EXPECT_EQ(played.results[0].verdict, Verdict::not_modelled);
  EXPECT_EQ(played.results[0].not_modelled, "frobnicate");
  EXPECT_TRUE(played.clean());
  options.strict = true;
  const Rehearsal strict = rehearse("alpha# frobnicate --all\n");
  ASSERT_EQ(strict.findings().size(), 1u);
  EXPECT_EQ(strict.findings()[0]->finding.code, "RH901");
  EXPECT_FALSE(strict.clean());
  EXPECT_TRUE(rehearse("alpha# frobnicate --all\nexpect: RH901\n").clean());
}

TEST_F(Rehearsing, leaves_the_world_alone_where_a_part_of_the_line_is_not_modelled) {
  const Rehearsal played = rehearse("alpha# vgcreate vg /dev/vda; frobnicate\n");
  EXPECT_EQ(played.results[0].verdict, Verdict::not_modelled);
  EXPECT_EQ(played.world, world);
}

TEST_F(Rehearsing, holds_refusals_against_what_the_runbook_says) {
  EXPECT_EQ(complaints(rehearse("alpha# lvremove vg/x\nrefused: no_such_group\n")), Texts{});
  EXPECT_EQ(complaints(rehearse("alpha# lvremove vg/x\n")), Texts{"3: refused: no_such_group"});
  EXPECT_EQ(complaints(rehearse("alpha# lvremove vg/x\nrefused: no_such_volume\n")),
            Texts{"4: expected to be refused (no_such_volume), but was refused (no_such_group)"});
  EXPECT_EQ(complaints(rehearse("alpha# true\nrefused: no_such_group\n")),
            Texts{"4: expected to be refused (no_such_group), but was done"});
}

TEST_F(Rehearsing, says_which_expected_findings_did_not_come) {
  EXPECT_EQ(complaints(rehearse("alpha# true\nexpect: RH101\nexpect: RH101 vg/s\n")),
            (Texts{"4: expected RH101 here, but it was not found",
                   "5: expected RH101 of vg/s, but it was not found"}));
}

TEST_F(Rehearsing, takes_expected_findings_from_the_step_above_or_by_their_subject) {
  options.judge = [] { return std::make_unique<PowerJudge>(); };
  const Rehearsal bare = rehearse("alpha# true\n! alpha loses power\n");
  EXPECT_FALSE(bare.clean());
  ASSERT_EQ(bare.findings().size(), 2u);
  EXPECT_EQ(bare.findings()[0]->place.line, 4u);
  EXPECT_EQ(bare.findings()[0]->chain, (std::vector<Place>{{"test.md", 3, 8}}));
  EXPECT_EQ(bare.findings()[1]->place.line, 3u);
  EXPECT_TRUE(rehearse("alpha# true\nexpect: RH102\n! alpha loses power\nexpect: RH101\n").clean());
  EXPECT_TRUE(
      rehearse("alpha# true\nexpect: RH102 world\n! alpha loses power\nexpect: RH101 alpha\n").clean());
  EXPECT_EQ(complaints(rehearse("alpha# true\n! alpha loses power\nexpect: RH101 beta\n")),
            Texts{"5: expected RH101 of beta, but it was not found; did you mean \"alpha\"?"});
}

TEST_F(Rehearsing, judges_assertions_where_they_stand) {
  const Rehearsal played = rehearse("? alpha is up\n! alpha loses power\n? alpha is up\nalpha# sync\n");
  EXPECT_EQ(complaints(played), (Texts{"5: it does not hold: alpha is down", "6: failed with status 255"}));
  EXPECT_EQ(played.results[0].verdict, Verdict::done);
  EXPECT_EQ(played.results[2].verdict, Verdict::failed);
}

TEST_F(Rehearsing, ends_behind_the_line_it_was_told) {
  options.until = 3;
  const Rehearsal played = rehearse("alpha# true\nalpha# lvremove vg/x\nexpect: RH101 vg/s\n");
  EXPECT_EQ(played.results[0].verdict, Verdict::done);
  EXPECT_EQ(played.results[1].verdict, Verdict::skipped);
  EXPECT_TRUE(played.clean());
}

TEST_F(Rehearsing, names_a_host_that_the_world_does_not_have) {
  rehearse("alpha# true\n");
  EXPECT_FALSE(unplayable(runbook, world));
  auto wrong = read_runbook("```console\nalpah# true\n```\n", "test.md", load_file);
  const auto bad = unplayable(std::get<Runbook>(wrong), world);
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->text(), "test.md:2:1: there is no host \"alpah\" in the world; did you mean \"alpha\"?");
}

TEST_F(Rehearsing, knows_the_rules_that_may_be_expected) {
  const std::vector<RulePage> pages{{"RH101", "a snapshot overflows", "hazard", ""}};
  rehearse("alpha# true\nexpect: RH101\nexpect: RH101 x\n");
  EXPECT_FALSE(unknown_rule(runbook, pages));
  rehearse("alpha# true\nexpect: RH111\n");
  const auto bad = unknown_rule(runbook, pages);
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->text(),
            "test.md:4:1: there is no rule \"RH111\" (see `rehearse list rules`); did you mean \"RH101\"?");
}

// Overflows are judged by the kernel's own mark.
struct SnapshotJudge : QuietJudge {
  std::vector<Finding> look(const Played& played) override {
    const auto invalid = [](const World& world) {
      const Device* device = world.hosts.find("alpha")->device("mapper/vg-s");
      return device && device->invalid;
    };
    if (invalid(played.before) || !invalid(played.after)) return {};
    Finding found;
    found.code = "RH101";
    found.what = "it overflows";
    found.subject = "vg/s";
    found.line = played.line;
    return {found};
  }
};

// 10 MiB in chunks of 4 KiB: 2560 chunks of data, and for them the header and 11 areas of metadata, just
// above 10 MiB: 3 extents.
TEST_F(Rehearsing, finds_the_smallest_snapshot_that_would_have_held) {
  options.judge = [] { return std::make_unique<SnapshotJudge>(); };
  const auto script = [](const std::string& size) {
    return "alpha# vgcreate vg /dev/vda\nalpha# lvcreate -L 100M -n o vg\nalpha# lvcreate -s -L " + size +
           " -n s vg/o\n~ alpha writes 10M to /dev/vg/o\n";
  };
  const Rehearsal small = rehearse(script("4M"));
  ASSERT_EQ(small.findings().size(), 1u);
  EXPECT_EQ(small.findings()[0]->place.line, 6u);
  EXPECT_EQ(small.findings()[0]->finding.remedy,
            "lvcreate -s --size 12M would have held (one extent less, 8M, would not)");
  EXPECT_TRUE(rehearse(script("12M")).findings().empty());
  EXPECT_EQ(rehearse(script("8M")).findings().size(), 1u);
  const Rehearsal wanting = rehearse(script("4M") + "? vg/s uses at most 50%\n");
  EXPECT_EQ(wanting.findings()[0]->finding.remedy,
            "lvcreate -s --size 24M would have held (one extent less, 20M, would not)");
}

TEST_F(Rehearsing, says_so_where_the_group_has_no_room_for_a_snapshot_that_holds) {
  options.judge = [] { return std::make_unique<SnapshotJudge>(); };
  const Rehearsal played = rehearse(
      "alpha# vgcreate vg /dev/vda\nalpha# lvcreate -L 240M -n o vg\nalpha# lvcreate -s -L 4M -n s vg/o\n"
      "~ alpha writes 100M to /dev/vg/o\n");
  ASSERT_EQ(played.findings().size(), 1u);
  EXPECT_EQ(played.findings()[0]->finding.remedy,
            "no size that vg has room for would have held: only 12M are free");
}

TEST(Ssh, is_understood_as_far_as_it_says_where_and_what) {
  const auto call = [](const Words& words) {
    std::string odd;
    const auto read = read_ssh(words, odd);
    return odd.empty() && read ? read->host.str() + "|" + read->command : "odd " + odd;
  };
  EXPECT_EQ(call({"ssh", "root@beta", "xm", "list"}), "beta|xm list");
  EXPECT_EQ(call({"ssh", "-tp", "2222", "-oBatchMode=yes", "beta"}), "beta|");
  EXPECT_EQ(call({"ssh", "-Z", "beta"}), "odd -Z");
  EXPECT_EQ(call({"ssh"}), "odd ssh");
}

TEST_F(Rehearsing, reads_as_one_text_that_says_it_all) {
  std::ostringstream out;
  TextReport report(out, {});
  options.watch = [&](const Result& result) { report.step(result); };
  const std::string console = "alpha# true\nalpha# lvremove vg/x\nalpha# frobnicate\n? beta is up\n";
  rehearse("alpha# true\n");
  out.str("");
  const Rehearsal played = rehearse(console);
  report.end(played);
  EXPECT_EQ(out.str(), R"(    3  done           alpha# true
    4  refused        alpha# lvremove vg/x
                      |   Volume group "vg" not found
                      |   Cannot process volume group vg
                      refused: no_such_group
    5  not modelled   alpha# frobnicate
    6  holds          ? beta is up

Not as the runbook says
  test.md:4: refused: no_such_group

2 of 3 commands modelled (66%)
  test.md:5: alpha# frobnicate  (not modelled: frobnicate)

not clean: no findings, 1 step not as the runbook says
)");
}

TEST_F(Rehearsing, shows_what_kernels_log_to_who_wants_to_know) {
  std::ostringstream out;
  TextReport report(out, {.verbose = true});
  options.watch = [&](const Result& result) { report.step(result); };
  rehearse("alpha# modprobe drbd\nalpha# true\n");
  EXPECT_NE(out.str().find("kernel of alpha: drbd: registered as block device major 147\n"),
            std::string::npos)
      << out.str();
}

}  // namespace
}  // namespace rehearse
