#include "scenarios/judge.h"

#include <gtest/gtest.h>

#include <sstream>

#include "model/io.h"
#include "scenarios/world_file.h"

namespace rehearse {
namespace {

// A host with two volumes; steps are played on the model and judged, a line each.
struct Judged : testing::Test {
  void load(std::string_view json) {
    auto read = read_world(json, "w.json");
    ASSERT_TRUE(std::holds_alternative<World>(read)) << std::get<InputError>(read).text();
    world = std::get<World>(std::move(read));
    judge = make_judge();
  }

  void SetUp() override {
    load(R"({"rehearse_world": 1, "hosts": {"alpha": {
        "disks": {"vda": {"size": "8G"}},
        "files": {"/mnt": {"directory": true}, "/etc/inittab": "",
                  "/etc/xen/guest.cfg": "disk = [ 'phy:/dev/vg1/snap,xvda1,w' ]\n"},
        "lvm": {"vg1": {"pvs": ["/dev/vda"],
                        "volumes": {"origin": {"size": "1G"}, "other": {"size": "64M"}}}}}}})");
  }

  std::vector<Finding> play(const Step& step) {
    const World before = world;
    Report report;
    const Refused refused = rehearse::play(world, step, report);
    for (const Line& row : report.lines) said += row.text + "\n";
    return judge->look({before, world, step, refused, report, ++line});
  }
  std::vector<Finding> run(const std::string& text) {
    std::istringstream in(text);
    Words words;
    for (std::string word; in >> word;) words.push_back(word);
    Op op;
    EXPECT_EQ(parse(words, op).kind, Mismatch::Kind::none) << text;
    return play(Command{"alpha", op});
  }
  std::vector<Finding> fill(const char* path, Bytes bytes, Bytes at = 0) {
    return play(HostWrite{"alpha", bytes, path, false, at});
  }
  static std::string codes(const std::vector<Finding>& findings) {
    std::string all;
    for (const Finding& finding : findings)
      all += (all.empty() ? "" : " ") + finding.code + " " + finding.subject;
    return all;
  }

  World world;
  std::unique_ptr<Judge> judge;
  std::size_t line = 0;
  std::string said;
};

TEST_F(Judged, tells_on_which_step_a_snapshot_overflows_and_what_filled_it) {
  EXPECT_EQ(codes(run("lvcreate -s -n snap -L 32M vg1/origin")), "") << said;
  EXPECT_EQ(codes(fill("/dev/vg1/origin", 20 * kMiB)), "");
  const auto findings = fill("/dev/vg1/origin", 20 * kMiB, 100 * kMiB);
  ASSERT_EQ(codes(findings), "RH101 vg1/snap");
  EXPECT_EQ(findings[0].line, 3u);
  EXPECT_EQ(findings[0].chain, (std::vector<std::size_t>{1, 2}));
  EXPECT_NE(findings[0].what.find("it has room for 32.00 MiB"), std::string::npos) << findings[0].what;
  EXPECT_NE(findings[0].what.find("line 2 took 20."), std::string::npos) << findings[0].what;
  EXPECT_EQ(codes(fill("/dev/vg1/origin", kMiB, 200 * kMiB)), "") << "told once";
}

TEST_F(Judged, tells_of_an_origin_that_takes_its_snapshots_along) {
  run("lvcreate -s -n snap -L 32M vg1/origin");
  const auto findings = run("lvremove -f vg1/origin");
  EXPECT_EQ(codes(findings), "RH201 vg1/origin RH202 vg1/snap") << said;
  EXPECT_NE(findings[0].what.find("vg1/snap"), std::string::npos);
}

TEST_F(Judged, does_not_mind_that_snapshots_are_removed_by_name_with_their_origin) {
  run("lvcreate -s -n kept -L 32M vg1/origin");
  EXPECT_EQ(codes(run("lvremove -f vg1/kept vg1/origin")), "") << said;
}

TEST_F(Judged, tells_of_a_removed_volume_that_a_configuration_still_names) {
  run("lvcreate -s -n snap -L 32M vg1/origin");
  const auto findings = run("lvremove -f vg1/snap");
  ASSERT_EQ(codes(findings), "RH202 vg1/snap") << said;
  EXPECT_NE(findings[0].what.find("/etc/xen/guest.cfg of alpha"), std::string::npos);
}

TEST_F(Judged, tells_how_much_of_whose_writes_is_lost_with_a_volume) {
  fill("/dev/vg1/other", 3 * kMiB);
  const auto findings = run("lvremove -f vg1/other");
  ASSERT_EQ(codes(findings), "RH301 alpha") << said;
  EXPECT_NE(findings[0].what.find("3.00 MiB that alpha wrote to /dev/vg1/other"), std::string::npos)
      << findings[0].what;
  EXPECT_EQ(findings[0].chain, std::vector<std::size_t>{1});
}

TEST_F(Judged, counts_nothing_as_lost_that_a_snapshot_still_holds) {
  fill("/dev/vg1/origin", kMiB);
  run("lvcreate -s -n snap -L 96M vg1/origin");
  EXPECT_EQ(codes(run("mkfs.ext4 -F /dev/vg1/origin")), "") << said;
}

TEST_F(Judged, tells_of_writes_that_a_merge_undoes) {
  run("lvcreate -s -n kept -L 32M vg1/origin");
  fill("/dev/vg1/origin", 2 * kMiB);
  run("lvconvert --merge vg1/kept");
  std::vector<Finding> findings = play(Progress{true});
  // The writes cannot be read any more from the moment on at which the merge begins.
  EXPECT_EQ(codes(findings), "");
  EXPECT_NE(said.find("kept"), std::string::npos);
}

TEST(RulePages, say_something_of_each_code_and_open_with_its_name) {
  std::string last;
  for (const RulePage& page : rule_pages()) {
    EXPECT_LT(last, page.code);
    last = page.code;
    const std::string title = "# " + std::string(page.code) + ": ";
    EXPECT_TRUE(page.markdown.starts_with(title)) << page.code;
    EXPECT_NE(page.markdown.find("## What to do"), std::string_view::npos) << page.code;
    EXPECT_TRUE(page.kind == "rule" || page.kind == "hazard") << page.code;
  }
  EXPECT_EQ(last, "RH901");
}

}  // namespace
}  // namespace rehearse
