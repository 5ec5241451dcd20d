// Who has what the other lacks, rule by rule, and what each policy makes of a split brain.
#include "model/drbd/compare.h"
#include "model/drbd/testing.h"

namespace rehearse::drbd {
namespace {

constexpr std::uint64_t kA = 0xA0, kB = 0xB0, kC = 0xC0, kD = 0xD0, kE = 0xE0, kOffset = 0x0001000000000000;

struct Case {
  Uuids self;
  Uuids peer;
  int result;
  int rule;
};

TEST(DrbdCompare, each_rule_is_found_by_its_sets) {
  const Case cases[] = {
      {{4, 0, 0, 0}, {4, 0, 0, 0}, 0, 10},
      {{4, 0, 0, 0}, {kA, kB, 0, 0}, -2, 20},
      {{kA, kB, 0, 0}, {4, 0, 0, 0}, 2, 30},
      {{kA, kB, kC, 0}, {kA, 0, kB, kC}, 1, 34},
      {{kA, kB, kC, 0}, {kA, 0, kD, 0}, 1, 36},
      {{kA, 0, kB, kC}, {kA, kB, kC, 0}, -1, 35},
      {{kA, 0, kD, 0}, {kA, kB, kC, 0}, -1, 37},
      {{kA, 0, kB, 0}, {kA | 1, 0, kB, 0}, 0, 40},
      {{kA, kB, 0, 0}, {kA, kC, 0, 0}, 0, 40},
      {{kA, 0, kC, 0}, {kB, kA, kC, 0}, -1, 50},
      {{kA, 0, 0, 0}, {kB, kA + kOffset, kA, kC}, -1, 51},
      {{kA, 0, 0, 0}, {kB, kC, kA, 0}, -2, 60},
      {{kA, 0, 0, 0}, {kB, kC, kD, kA}, -2, 60},
      {{kB, kA, kC, 0}, {kA, 0, kC, 0}, 1, 70},
      {{kB, kA + kOffset, kA, kC}, {kA, 0, 0, 0}, 1, 71},
      {{kB, kC, kA, 0}, {kA, 0, 0, 0}, 2, 80},
      {{kA, kC, 0, 0}, {kB, kC | 1, 0, 0}, 100, 90},
      {{kA, kB, kE, 0}, {kC, kD, kE, 0}, -100, 100},
      {{kA, kB, 0, 0}, {kC, kD, 0, 0}, -100, 100},  // none equals none
      {{kA, 0, kB, kB}, {kC, 0, kD, kD}, -1000, 100},
  };
  for (const Case& each : cases) {
    const Comparison found =
        compare({each.self, each.peer, false, false, Role::secondary, Role::secondary, false});
    EXPECT_EQ(found.result, each.result) << text_of(each.self) << " and " << text_of(each.peer);
    EXPECT_EQ(found.rule, each.rule) << text_of(each.self) << " and " << text_of(each.peer);
  }
}

TEST(DrbdCompare, the_results_of_both_sides_mirror_each_other) {
  const std::uint64_t values[] = {0, 4, kA, kB, kC, kA + kOffset};
  int compared = 0;
  for (const auto a : values)
    for (const auto b : values)
      for (const auto c : values)
        for (const auto d : values)
          for (const auto e : values)
            for (const auto f : values) {
              if (a == 0 || d == 0) continue;
              const Uuids self{a, b, c, 0};
              const Uuids peer{d, e, f, 0};
              const int here =
                  compare({self, peer, false, false, Role::secondary, Role::secondary, false}).result;
              const int there =
                  compare({peer, self, false, false, Role::secondary, Role::secondary, true}).result;
              // A set that is inside both histories is found by the first rule that looks on either side.
              if (std::abs(here) >= 100 || std::abs(there) >= 100) {
                EXPECT_EQ(std::abs(here) >= 100, std::abs(there) >= 100)
                    << text_of(self) << " and " << text_of(peer);
              } else if (here == 0 || there == 0) {
                EXPECT_EQ(here, there) << text_of(self) << " and " << text_of(peer);
              }
              ++compared;
            }
  EXPECT_GT(compared, 30000);
}

TEST(DrbdCompare, the_side_that_crashed_as_primary_is_the_source) {
  const Uuids same{kA, 0, kB, 0};
  const auto hg = [&](bool self, bool peer, Role mine, Role theirs, bool resolves) {
    const Comparison found = compare({same, same, self, peer, mine, theirs, resolves});
    return std::pair(found.result, found.rule);
  };
  const Role p = Role::primary;
  const Role s = Role::secondary;
  EXPECT_EQ(hg(true, false, s, s, false), std::pair(1, 40));
  EXPECT_EQ(hg(false, true, s, s, false), std::pair(-1, 40));
  EXPECT_EQ(hg(true, true, s, s, true), std::pair(-1, 40));
  EXPECT_EQ(hg(true, true, s, s, false), std::pair(1, 40));
  EXPECT_EQ(hg(true, false, p, s, false), std::pair(1, 41));
  EXPECT_EQ(hg(true, false, s, p, false), std::pair(-1, 41));
  EXPECT_EQ(hg(false, true, p, p, false), std::pair(-100, 41));
}

class DrbdSplit : public DrbdPair {
 protected:
  // Splits with these settings, demotes those who shall not be primary, and lets the two meet again.
  void meet(bool alpha_primary, bool beta_primary) {
    split();
    if (!alpha_primary) {
      ASSERT_TRUE(secondary("alpha").ok());
    }
    if (!beta_primary) {
      ASSERT_TRUE(secondary("beta").ok());
    }
    heal();
    sync();
  }
  // Whose writes are on both disks; none if the two are apart.
  std::string survivor() const {
    if (device("alpha").state.conn != Connection::connected) return "none";
    const bool alpha = !lies("beta", 100).blank() && !lies("alpha", 100).blank();
    const bool beta = !lies("alpha", 200).blank() && !lies("beta", 200).blank();
    return alpha ? beta ? "both" : "alpha" : beta ? "beta" : "neither";
  }
};

TEST_F(DrbdSplit, nothing_is_decided_by_default) {
  meet(false, false);
  EXPECT_EQ(survivor(), "none");
  EXPECT_TRUE(logged("alpha", "Split-Brain detected but unresolved, dropping connection!"));
  EXPECT_TRUE(logged("beta", "helper command: /sbin/drbdadm split-brain minor-0"));
}

TEST_F(DrbdSplit, the_older_primary_survives_discard_younger_primary) {
  net.after_sb_0pri = AfterSb::discard_younger_primary;
  meet(false, false);
  EXPECT_EQ(survivor(), "alpha");
}

TEST_F(DrbdSplit, the_younger_primary_survives_discard_older_primary) {
  net.after_sb_0pri = AfterSb::discard_older_primary;
  meet(false, false);
  EXPECT_EQ(survivor(), "beta");
}

TEST_F(DrbdSplit, fewer_changes_are_discarded_by_discard_least_changes) {
  net.after_sb_0pri = AfterSb::discard_least_changes;
  split();
  put("beta", 300, 100);
  ASSERT_TRUE(secondary("alpha").ok());
  ASSERT_TRUE(secondary("beta").ok());
  heal();
  sync();
  EXPECT_EQ(survivor(), "beta");
}

TEST_F(DrbdSplit, discard_zero_changes_decides_only_if_one_side_wrote_nothing) {
  net.after_sb_0pri = AfterSb::discard_zero_changes;
  meet(false, false);
  EXPECT_EQ(survivor(), "none");
}

TEST_F(DrbdSplit, a_side_without_changes_is_discarded_by_discard_zero_changes) {
  net.after_sb_0pri = AfterSb::discard_zero_changes;
  synced();
  cut();
  ASSERT_TRUE(primary("beta").ok());
  put("alpha", 100, 16);
  ASSERT_TRUE(secondary("alpha").ok());
  ASSERT_TRUE(secondary("beta").ok());
  heal();
  sync();
  EXPECT_EQ(lies("beta", 100), lies("alpha", 100));
  EXPECT_EQ(state("alpha"), "Connected Secondary/Secondary UpToDate/UpToDate r----- oos:0");
}

TEST_F(DrbdSplit, the_secondary_is_discarded_by_discard_secondary) {
  net.after_sb_1pri = AfterSb::discard_secondary;
  meet(false, true);
  EXPECT_EQ(survivor(), "beta");
}

TEST_F(DrbdSplit, consensus_wants_the_victim_to_be_secondary) {
  net.after_sb_0pri = AfterSb::discard_younger_primary;
  net.after_sb_1pri = AfterSb::consensus;
  meet(true, false);
  EXPECT_EQ(survivor(), "alpha");
}

TEST_F(DrbdSplit, consensus_decides_nothing_if_the_victim_is_primary) {
  net.after_sb_0pri = AfterSb::discard_younger_primary;
  net.after_sb_1pri = AfterSb::consensus;
  meet(false, true);
  EXPECT_EQ(survivor(), "none");
}

// The kernel means to demote the victim; but while the handshake is under way it refuses every change of
// role.
TEST_F(DrbdSplit, a_primary_victim_does_not_give_up_its_role_for_call_pri_lost_after_sb) {
  net.after_sb_0pri = AfterSb::discard_younger_primary;
  net.after_sb_1pri = AfterSb::call_pri_lost_after_sb;
  meet(false, true);
  EXPECT_EQ(survivor(), "none");
  EXPECT_TRUE(logged("beta", "helper command: /sbin/drbdadm pri-lost-after-sb minor-0"));
}

TEST_F(DrbdSplit, a_primary_that_is_not_the_victim_wins_by_call_pri_lost_after_sb) {
  net.after_sb_0pri = AfterSb::discard_younger_primary;
  net.after_sb_1pri = AfterSb::call_pri_lost_after_sb;
  meet(true, false);
  EXPECT_EQ(survivor(), "alpha");
}

TEST_F(DrbdSplit, a_primary_victim_is_overrun_only_if_rr_conflict_says_so) {
  net.after_sb_0pri = AfterSb::discard_younger_primary;
  net.after_sb_1pri = AfterSb::violently_as0p;
  meet(false, true);
  EXPECT_EQ(survivor(), "none");
  EXPECT_TRUE(logged("beta", "I shall become SyncTarget, but I am primary!"));
}

TEST_F(DrbdSplit, rr_conflict_violently_overruns_a_primary) {
  net.after_sb_0pri = AfterSb::discard_younger_primary;
  net.after_sb_1pri = AfterSb::violently_as0p;
  net.rr_conflict = AfterSb::violently_as0p;
  meet(false, true);
  EXPECT_EQ(survivor(), "alpha");
  EXPECT_TRUE(logged("beta", "Becoming SyncTarget, violating the stable-data assumption"));
}

TEST_F(DrbdSplit, settings_that_differ_keep_the_two_apart) {
  synced();
  ASSERT_TRUE(disconnect("beta").ok());
  net.after_sb_0pri = AfterSb::discard_older_primary;
  ASSERT_TRUE(connect("beta").ok());
  EXPECT_EQ(device("alpha").state.conn, Connection::stand_alone);
  EXPECT_EQ(device("beta").state.conn, Connection::stand_alone);
  EXPECT_TRUE(logged("alpha", "incompatible after-sb-0pri settings"));
}

TEST_F(DrbdSplit, discard_my_data_does_nothing_without_a_split_brain) {
  synced();
  cut();
  put("alpha", 100, 16);
  ASSERT_TRUE(disconnect("alpha").ok());
  ASSERT_TRUE(disconnect("beta").ok());
  heal();
  ASSERT_TRUE(connect("beta", true).ok());
  ASSERT_TRUE(connect("alpha").ok());
  sync();
  EXPECT_EQ(lies("beta", 100), lies("alpha", 100));
  EXPECT_FALSE(logged("alpha", "manually solved"));
}

TEST_F(DrbdSplit, always_asbp_solves_even_ambiguous_ones_by_a_full_sync) {
  synced();
  net.always_asbp = true;
  net.after_sb_0pri = AfterSb::discard_remote;
  ASSERT_TRUE(secondary("alpha").ok());
  for (const Name host : {"alpha", "beta"}) {
    ASSERT_TRUE(down(host).ok());
    // Two devices that never met, each with a generation of its own.
    ASSERT_TRUE(set_gi(world, host, place(host), {host.hash() | 16, 0, 0, 0},
                       read_super(world, host, place(host))->flags));
  }
  up("alpha");
  net.after_sb_0pri = AfterSb::discard_local;
  up("beta");
  EXPECT_TRUE(logged("alpha", "uuid_compare()=-100 by rule 100"));
  EXPECT_TRUE(logged("alpha", "Doing a full sync, since UUIDs where ambiguous."));
  EXPECT_EQ(state("alpha"), "SyncSource Secondary/Secondary UpToDate/Inconsistent r----- oos:65496");
}

}  // namespace
}  // namespace rehearse::drbd
