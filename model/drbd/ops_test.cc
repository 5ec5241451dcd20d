// What drbdadm of Debian 12 said and ran in the lab.
#include "model/drbd/ops.h"

#include <gtest/gtest.h>

#include "model/drbd/kernel.h"
#include "model/op.h"

namespace rehearse::drbd {
namespace {

constexpr const char* kTwoResources = R"(global { usage-count no; }
resource r0 { device /dev/drbd0; meta-disk internal; disk /dev/vda;
 net { ping-int 3; } startup { wfc-timeout 5; }
 on alpha { address 10.0.0.1:7788; } on beta { address 10.0.0.2:7788; } }
resource r1 {
 on alpha {
  volume 0 { device minor 1; disk /dev/vdb; meta-disk /dev/vdd[0]; }
  volume 1 { device minor 2; disk "/dev/v dc"; meta-disk /dev/vde; } address 10.0.0.1:7789;
 }
 on beta { volume 0 { device minor 1; disk /dev/vdb; meta-disk internal; }
  volume 1 { device minor 2; disk /dev/vdc; meta-disk internal; } address 10.0.0.2:7789; }
 disk { size 1G; resync-after r0; }
}
)";

World world_with(const std::string& config) {
  World world;
  add_host(world, "alpha", {{"vda", 256 * kMiB}, {"vdb", 256 * kMiB}, {"vdd", 256 * kMiB}});
  fs::Tree tree;
  tree.put(fs::text_file("/etc/drbd.conf", config));
  Host& host = world.hosts.edit("alpha");
  host.root = host.disk_root = tree;
  host.hardware.edit().addresses = {"10.0.0.1"};
  return world;
}

Words words_of(std::string_view line) {
  Words words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) words.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

struct Said {
  std::string text;  // standard error marked
  int status = 0;
  Refusal refused = Refusal::none;
};

Said play(World& world, std::string_view line) {
  rehearse::Op op;
  const Mismatch bad = rehearse::parse(words_of(line), op);
  EXPECT_EQ(bad.kind, Mismatch::Kind::none) << line << ": " << bad.word;
  Report report;
  Said said;
  said.refused = perform(world, "alpha", op, report).why;
  for (const Line& one : report.lines) said.text += (one.error ? "2> " : "") + one.text + "\n";
  said.status = report.status;
  return said;
}

std::string ran(std::string_view line) {
  World world = world_with(kTwoResources);
  const World before = world;
  const Said said = play(world, line);
  EXPECT_EQ(world, before) << line;
  return said.text;
}

TEST(Drbdadm, runs_the_commands_that_the_real_one_runs) {
  EXPECT_EQ(ran("drbdadm -d up all"),
            "drbdsetup-84 new-resource r0\n"
            "drbdsetup-84 new-minor r0 0 0\n"
            "drbdsetup-84 new-resource r1\n"
            "drbdsetup-84 new-minor r1 1 0\n"
            "drbdsetup-84 new-minor r1 2 1\n"
            "drbdmeta 0 v08 /dev/vda internal apply-al\n"
            "drbdsetup-84 attach 0 /dev/vda /dev/vda internal\n"
            "drbdmeta 1 v08 /dev/vdd 0 apply-al\n"
            "drbdsetup-84 attach 1 /dev/vdb /dev/vdd 0 --resync-after=0 --size=1G\n"
            "drbdmeta 2 v08 /dev/vde flex-external apply-al\n"
            "drbdsetup-84 attach 2 /dev/v\\ dc /dev/vde flexible --resync-after=0 --size=1G\n"
            "drbdsetup-84 connect r0 ipv4:10.0.0.1:7788 ipv4:10.0.0.2:7788 --ping-int=3\n"
            "drbdsetup-84 connect r1 ipv4:10.0.0.1:7789 ipv4:10.0.0.2:7789\n");
  EXPECT_EQ(ran("drbdadm -d adjust r0"), ran("drbdadm -d up r0"));
  EXPECT_EQ(ran("drbdadm -d down r1"), "drbdsetup-84 down r1\n");
  EXPECT_EQ(ran("drbdadm --dry-run primary all"),
            "drbdsetup-84 primary 0\ndrbdsetup-84 primary 1\ndrbdsetup-84 primary 2\n");
  EXPECT_EQ(ran("drbdadm -d primary minor-2"), "drbdsetup-84 primary 2\n");
  EXPECT_EQ(ran("drbdadm -d invalidate r0"),
            "drbdsetup-84 invalidate 0\ndrbdmeta 0 v08 /dev/vda internal invalidate\n");
  EXPECT_EQ(ran("drbdadm -d outdate r0"),
            "drbdsetup-84 outdate 0\ndrbdmeta 0 v08 /dev/vda internal outdate\n");
  EXPECT_EQ(ran("drbdadm -d create-md --force r0"), "drbdmeta 0 v08 /dev/vda internal create-md --force\n");
  EXPECT_EQ(ran("drbdadm -d wait-connect r0"), "drbdsetup-84 wait-connect 0 --wfc-timeout=5\n");
}

TEST(Drbdadm, takes_options_where_operators_put_them) {
  for (const char* line : {"drbdadm -d -- --overwrite-data-of-peer primary r0",
                           "drbdadm -d primary -W --overwrite-data-of-peer r0"}) {
    EXPECT_EQ(ran(line), "drbdsetup-84 primary 0 --overwrite-data-of-peer\n");
  }
  EXPECT_EQ(ran("drbdadm -d -- --discard-my-data connect r0"),
            "drbdsetup-84 connect r0 ipv4:10.0.0.1:7788 ipv4:10.0.0.2:7788 --ping-int=3 --discard-my-data\n");
  EXPECT_EQ(ran("drbdadm -d connect --discard-my-data r0"),
            ran("drbdadm -d -- --discard-my-data connect r0"));
  EXPECT_EQ(ran("drbdadm -d -- --assume-clean resize r1"),
            "drbdsetup-84 resize 1 --size=1G --assume-clean\ndrbdsetup-84 check-resize 1\n"
            "drbdsetup-84 resize 2 --size=1G --assume-clean\ndrbdsetup-84 check-resize 2\n");
  rehearse::Op op;
  EXPECT_EQ(rehearse::parse(words_of("drbdadm primary --overwrite-data-of-peer r0"), op).word,
            "--overwrite-data-of-peer");
}

TEST(Drbdadm, refuses_what_drbd_conf_does_not_say) {
  World world = world_with(kTwoResources);
  EXPECT_EQ(play(world, "drbdadm up nores").refused, Refusal::drbd_resource_not_defined);
  EXPECT_EQ(play(world, "drbdadm secondary r1/5").text,
            "2> 'r1/5' not defined in your config (for this host).\n");
  EXPECT_EQ(play(world, "drbdadm down r1/0").text,
            "2> down operates on whole resources, but you specified a specific volume!\n");
  EXPECT_EQ(play(world, "drbdadm new-current-uuid r1").text,
            "2> new-current-uuid requires a specific volume id, but none is specified.\n"
            "Try 'new-current-uuid minor-<minor_number>' or 'new-current-uuid r1/<vnr>'\n");
  world.hosts.edit("alpha").hardware.edit().addresses = {"10.0.0.7"};
  EXPECT_EQ(play(world, "drbdadm connect r0").text,
            "2> /etc/drbd.conf:4: in resource r0, on alpha:\n\tIP 10.0.0.1 not found on this host.\n");
  EXPECT_EQ(play(world, "drbdadm connect r0").status, 10);
}

TEST(Drbdadm, says_where_drbd_conf_is_wrong_whatever_it_was_to_do) {
  World world = world_with("resource r0 {\n  disk { fencing yes; }\n}");
  const Said said = play(world, "drbdadm up all");
  EXPECT_EQ(said.refused, Refusal::drbd_conf_syntax);
  EXPECT_EQ(said.status, 10);
  EXPECT_EQ(
      said.text,
      "2> /etc/drbd.conf:2: Parse error: 'TK_STRING | TK_INTEGER' expected,\n\tbut got 'yes' (TK 298)\n");
}

TEST(Drbdsetup, keeps_the_options_of_the_kernel_as_the_words_that_say_them) {
  rehearse::Op op;
  const auto parsed = [&](std::string_view line) { return rehearse::parse(words_of(line), op); };
  ASSERT_EQ(
      parsed("drbdsetup attach 0 /dev/vda /dev/vdd 3 --resync-rate 10M --al-updates --fencing=resource-only")
          .kind,
      Mismatch::Kind::none);
  EXPECT_EQ(render(op),
            words_of("drbdsetup attach --resync-rate=10M --al-updates --fencing=resource-only 0 /dev/vda "
                     "/dev/vdd 3"));
  EXPECT_EQ(parsed("drbdsetup attach 0 /dev/vda /dev/vda internal --fencing").word, "--fencing");
  EXPECT_EQ(parsed("drbdsetup attach 0 /dev/vda /dev/vda internal --protocol=A").word, "--protocol");
  EXPECT_EQ(parsed("drbdsetup disk-options 0 --size=1G").word, "--size") << "only attach and resize set it";
  EXPECT_EQ(parsed("drbdsetup attach 0 /dev/vda /dev/vda inside").kind, Mismatch::Kind::bad_value);
  ASSERT_EQ(parsed("drbdsetup connect r0 10.0.0.1 ipv4:10.0.0.2:7789").kind, Mismatch::Kind::none);
  EXPECT_EQ(render(op), words_of("drbdsetup connect r0 ipv4:10.0.0.1:7788 ipv4:10.0.0.2:7789"));
}

TEST(Drbdsetup, turns_down_only_loops_of_resyncs_that_wait_for_each_other) {
  World world = world_with(kTwoResources);
  play(world, "drbdadm create-md r0");
  play(world, "drbdsetup new-resource r0");
  play(world, "drbdsetup new-minor r0 0 0");
  EXPECT_EQ(play(world, "drbdsetup attach 0 /dev/vda /dev/vda internal --resync-after=0").refused,
            Refusal::drbd_resync_after_cycle);
  EXPECT_EQ(play(world, "drbdsetup attach 0 /dev/vda /dev/vda internal --resync-after=7").status, 0);
  EXPECT_EQ(play(world, "drbdsetup disk-options 0 --resync-after=1048576").refused,
            Refusal::drbd_resync_after_invalid);
}

TEST(Drbdmeta, makes_metadata_and_asks_before_it_makes_them_again) {
  World world = world_with(kTwoResources);
  EXPECT_EQ(play(world, "drbdadm create-md r0").text,
            "initializing activity log\n2> initializing bitmap (8 KB) to all zero\nWriting meta data...\n"
            "New drbd meta data block successfully created.\n");
  const std::string there =
      "2> You want me to create a v08 style flexible-size internal meta data block.\n"
      "2> There appears to be a v08 flexible-size internal meta data block\n"
      "2> already in place on /dev/vda at byte offset 268431360\n2> \n";
  const Said again = play(world, "drbdadm create-md r0");
  EXPECT_EQ(again.refused, Refusal::drbdmeta_not_confirmed);
  EXPECT_EQ(again.status, 1);
  EXPECT_EQ(play(world, "drbdadm create-md --force r0").text,
            there +
                "2> Do you really want to overwrite the existing meta-data?\n"
                "2> *** confirmation forced via --force option ***\n"
                "initializing activity log\n2> initializing bitmap (8 KB) to all zero\nWriting meta data...\n"
                "New drbd meta data block successfully created.\n");
}

TEST(Drbdmeta, wipes_metadata_and_then_finds_none) {
  World world = world_with(kTwoResources);
  play(world, "drbdadm create-md r0");
  EXPECT_EQ(play(world, "drbdadm wipe-md r0").refused, Refusal::drbdmeta_not_confirmed);
  EXPECT_EQ(play(world, "drbdadm -- --force wipe-md r0").status, 0);
  EXPECT_EQ(play(world, "drbdadm apply-al r0").text, "2> No valid meta data found\n");
  EXPECT_EQ(play(world, "drbdadm apply-al r0").status, 1);
}

}  // namespace
}  // namespace rehearse::drbd
