// A run of two real guests with DRBD 8.4.11, kept step by step: states, out-of-sync counts, identifiers under
// letters, flags, and what /proc/drbd counted.
#include "model/drbd/testing.h"

namespace rehearse::drbd {
namespace {

class DrbdRecorded : public DrbdPair {
 protected:
  void expect(const std::string& alpha, const std::string& alpha_gi, const std::string& beta,
              const std::string& beta_gi) {
    EXPECT_EQ(state("alpha"), alpha);
    EXPECT_EQ(gi("alpha"), alpha_gi);
    EXPECT_EQ(state("beta"), beta);
    EXPECT_EQ(gi("beta"), beta_gi);
  }
  void expect_counts(Name host, const std::string& text) const {
    const Counters& counters = device(host).counters;
    EXPECT_EQ(fmt::format("ns:{} nr:{} dw:{} dr:{} al:{}", counters.sent, counters.received, counters.written,
                          counters.read, counters.log_writes),
              text);
  }
};

TEST_F(DrbdRecorded, the_recorded_split_brain_goes_as_it_went) {
  for (const Name host : {"alpha", "beta"}) {
    create_md(host);
    up(host);
  }
  expect("Connected Secondary/Secondary Inconsistent/Inconsistent r----- oos:65496", "40:0:0:0 0:0:0:1:0:1:0",
         "Connected Secondary/Secondary Inconsistent/Inconsistent r----- oos:65496",
         "40:0:0:0 0:0:0:1:0:1:0");
  expect_counts("alpha", "ns:0 nr:0 dw:0 dr:0 al:8");

  ASSERT_TRUE(primary("alpha", true).ok());
  expect("SyncSource Primary/Secondary UpToDate/Inconsistent r----- oos:65496", "A1:B:4:0 1:1:1:1:0:1:0",
         "SyncTarget Secondary/Primary Inconsistent/UpToDate r----- oos:65496", "B0:0:0:0 0:0:0:1:0:0:0");
  sync();
  expect("Connected Primary/Secondary UpToDate/UpToDate r----- oos:0", "A1:0:B:4 1:1:1:1:0:0:0",
         "Connected Secondary/Primary UpToDate/UpToDate r----- oos:0", "A0:0:B:4 1:1:0:1:0:0:0");
  expect_counts("alpha", "ns:65496 nr:0 dw:0 dr:65496 al:8");
  expect_counts("beta", "ns:0 nr:65496 dw:65496 dr:0 al:8");

  EXPECT_EQ(put("alpha", 0, 64), IoError::none);
  expect_counts("alpha", "ns:65752 nr:0 dw:256 dr:65496 al:9");
  expect_counts("beta", "ns:0 nr:65752 dw:65752 dr:0 al:8");
  EXPECT_EQ(rehearse::read(world, "beta", "drbd0", {0, 8}).error, IoError::wrong_medium);
  EXPECT_EQ(lies("beta", 63), (Stamp{"alpha", 1}));
  EXPECT_EQ(primary("beta").code, Code::two_primaries);

  cut();
  expect("WFConnection Primary/Unknown UpToDate/DUnknown r----- oos:0", "C1:A:B:4 1:1:1:0:0:0:0",
         "WFConnection Secondary/Unknown UpToDate/DUnknown r----- oos:0", "A0:0:B:4 1:1:0:0:0:0:0");
  ASSERT_TRUE(primary("beta").ok());
  EXPECT_EQ(primary("beta", true).code, Code::nothing_to_do);
  put("alpha", 100, 16);
  put("beta", 200, 16);
  expect("WFConnection Primary/Unknown UpToDate/DUnknown r----- oos:64", "C1:A:B:4 1:1:1:0:0:0:0",
         "WFConnection Primary/Unknown UpToDate/DUnknown r----- oos:64", "D1:A:B:4 1:1:1:0:0:0:0");

  heal();
  expect("StandAlone Primary/Unknown UpToDate/DUnknown r----- oos:64", "C1:A:B:4 1:1:1:0:0:0:0",
         "StandAlone Primary/Unknown UpToDate/DUnknown r----- oos:64", "D1:A:B:4 1:1:1:0:0:0:0");
  EXPECT_EQ(connect("beta", true).code, Code::discard_impossible);
  EXPECT_EQ(disconnect("beta"), (Answer{Code::invalid_request, "unknown connection"}));
  ASSERT_TRUE(secondary("beta").ok());
  ASSERT_TRUE(connect("beta", true).ok());
  ASSERT_TRUE(connect("alpha").ok());
  sync();
  expect("Connected Primary/Secondary UpToDate/UpToDate r----- oos:0", "C1:0:A':A 1:1:1:1:0:0:0",
         "Connected Secondary/Primary UpToDate/UpToDate r----- oos:0", "C0:0:A':A 1:1:0:1:0:0:0");
  expect_counts("alpha", "ns:128 nr:0 dw:320 dr:65624 al:9");
  expect_counts("beta", "ns:0 nr:128 dw:65944 dr:0 al:9");
  EXPECT_EQ(lies("beta", 100), lies("alpha", 100));
  EXPECT_TRUE(lies("beta", 200).blank()) << "the victim's writes are gone";
}

TEST_F(DrbdRecorded, a_primary_that_crashed_is_the_source_when_it_returns_if_nobody_was_promoted) {
  synced();
  gi("alpha");
  for (std::uint64_t block = 0; block < 8; ++block) put("alpha", block * 1024, 64);
  power_off("alpha");
  EXPECT_EQ(state("beta"), "WFConnection Secondary/Unknown UpToDate/DUnknown r----- oos:0");
  EXPECT_EQ(gi("beta"), "A0:0:B:4 1:1:0:0:0:0:0");
  power_on("alpha");
  EXPECT_EQ(gi("alpha"), "A1:0:B:4 1:1:1:1:0:0:0");
  const AppliedLog applied = apply_al(world, "alpha", place("alpha"));
  EXPECT_EQ(applied.marked, 32 * kMiB);
  up("alpha");
  EXPECT_TRUE(logged("alpha", "uuid_compare()=1 by rule 40"));
  EXPECT_TRUE(logged("beta", "uuid_compare()=-1 by rule 40"));
  sync();
  EXPECT_EQ(state("alpha"), "Connected Secondary/Secondary UpToDate/UpToDate r----- oos:0");
  EXPECT_EQ(gi("alpha"), "A0:0:C:B 1:1:0:1:0:0:1");
  EXPECT_EQ(gi("beta"), "A0:0:C:B 1:1:0:1:0:0:0");
  EXPECT_EQ(device("alpha").counters.sent, 32768u);
}

TEST_F(DrbdRecorded, a_primary_that_crashed_is_the_target_if_the_peer_was_promoted_meanwhile) {
  synced();
  put("alpha", 0, 16);
  power_off("alpha");
  ASSERT_TRUE(primary("beta").ok());
  put("beta", 50, 16);
  EXPECT_EQ(gi("beta"), "A1:B:C:4 1:1:1:0:0:0:0");
  power_on("alpha");
  up("alpha");
  EXPECT_TRUE(logged("alpha", "uuid_compare()=-1 by rule 50"));
  EXPECT_TRUE(logged("beta", "uuid_compare()=1 by rule 70"));
  sync();
  EXPECT_EQ(state("alpha"), "Connected Secondary/Primary UpToDate/UpToDate r----- oos:0");
  EXPECT_EQ(gi("alpha"), "A0:0:B':B 1:1:0:1:0:0:1");
  EXPECT_EQ(gi("beta"), "A1:0:B':B 1:1:1:1:0:0:0");
  EXPECT_EQ(device("alpha").counters.received, 4096u) << "the whole extent that was active";
}

TEST_F(DrbdRecorded, a_secondary_that_crashed_gets_what_was_written_meanwhile) {
  synced();
  power_off("beta");
  put("alpha", 70, 16);
  EXPECT_EQ(state("alpha"), "WFConnection Primary/Unknown UpToDate/DUnknown r----- oos:64");
  EXPECT_EQ(gi("alpha"), "A1:B:C:4 1:1:1:0:0:0:0");
  power_on("beta");
  up("beta");
  sync();
  EXPECT_EQ(state("beta"), "Connected Secondary/Primary UpToDate/UpToDate r----- oos:0");
  EXPECT_EQ(gi("beta"), "A0:0:B':B 1:1:0:1:0:0:0");
  EXPECT_EQ(gi("alpha"), "A1:0:B':B 1:1:1:1:0:0:0");
}

TEST_F(DrbdRecorded, two_primaries_that_lose_each_other_split_without_a_write) {
  synced();
  NetOptions both = net;
  both.allow_two_primaries = true;
  ASSERT_TRUE(settled(net_options(world, "alpha", address("alpha"), address("beta"), both, report)).ok());
  ASSERT_TRUE(primary("beta").ok());
  EXPECT_EQ(state("beta"), "Connected Primary/Primary UpToDate/UpToDate r----- oos:0");
  cut();
  EXPECT_EQ(gi("alpha"), "A1:B:C:4 1:1:1:0:0:0:0");
  EXPECT_EQ(gi("beta"), "D1:B:C:4 1:1:1:0:0:0:0");
  heal();
  EXPECT_EQ(state("alpha"), "StandAlone Primary/Unknown UpToDate/DUnknown r----- oos:0");
  EXPECT_EQ(state("beta"), "StandAlone Primary/Unknown UpToDate/DUnknown r----- oos:0");

  ASSERT_TRUE(secondary("beta").ok());
  ASSERT_TRUE(settled(invalidate(world, "beta", 0, report)).ok());
  EXPECT_EQ(state("beta"), "StandAlone Secondary/Unknown Inconsistent/DUnknown r----- oos:65496");
  EXPECT_EQ(gi("beta"), "D0:B:C:4 0:0:0:0:0:0:0");
  net = both;
  ASSERT_TRUE(connect("beta").ok());
  ASSERT_TRUE(connect("alpha").ok());
  EXPECT_TRUE(logged("beta", "Becoming sync target due to disk states."));
  sync();
  EXPECT_EQ(state("beta"), "Connected Secondary/Primary UpToDate/UpToDate r----- oos:0");
  EXPECT_EQ(gi("beta"), "A0:0:B':B 1:1:0:1:0:0:0");
  EXPECT_EQ(gi("alpha"), "A1:0:B':B 1:1:1:1:0:0:0");
}

}  // namespace
}  // namespace rehearse::drbd
