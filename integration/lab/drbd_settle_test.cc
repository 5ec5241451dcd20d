// When replicated devices are at rest.
#include "integration/lab/drbd_settle.h"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

std::string proc(const std::string& states) {
  return "version: 8.4.11 (api:1/proto:86-101)\nsrcversion: F73C670A7EC572DB9CF3E5B \n 0: cs:" + states +
         " C r-----\n    ns:0 nr:0 dw:0 dr:0 al:0 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:0\n";
}

bool rests(const std::string& alpha, const std::string& beta, bool reached = true) {
  return at_rest({{"alpha", reached, alpha}, {"beta", reached, beta}});
}

const std::string kConnected = proc("Connected ro:Secondary/Secondary ds:UpToDate/UpToDate");
const std::string kWaits = proc("WFConnection ro:Secondary/Unknown ds:UpToDate/DUnknown");
const std::string kAlone = proc("StandAlone ro:Secondary/Unknown ds:UpToDate/DUnknown");

TEST(ReplicatedDevices, rest_when_both_ends_agree) {
  EXPECT_TRUE(rests(kConnected, kConnected));
  EXPECT_TRUE(rests(kWaits, kAlone));
  EXPECT_TRUE(rests(kWaits, ""));
  EXPECT_TRUE(rests("", ""));
  EXPECT_FALSE(rests(kConnected, kWaits));
  EXPECT_FALSE(rests(kConnected, ""));
}

TEST(ReplicatedDevices, do_not_rest_while_a_connection_can_still_come_or_go) {
  EXPECT_FALSE(rests(kWaits, kWaits));
  EXPECT_TRUE(rests(kWaits, kWaits, false));
  EXPECT_FALSE(rests(kConnected, kConnected, false));
}

TEST(ReplicatedDevices, do_not_rest_while_blocks_are_copied_or_a_disk_comes) {
  const std::string source = proc("SyncSource ro:Primary/Secondary ds:UpToDate/Inconsistent");
  const std::string target = proc("SyncTarget ro:Secondary/Primary ds:Inconsistent/UpToDate");
  EXPECT_FALSE(rests(source, target));
  const std::string comes = proc("Connected ro:Primary/Secondary ds:Negotiating/UpToDate");
  EXPECT_FALSE(rests(comes, kConnected));
}

TEST(ReplicatedDevices, do_not_rest_while_udev_may_have_them_open) {
  EXPECT_TRUE(at_rest({{"alpha", true, kWaits}}));
  EXPECT_FALSE(at_rest({{"alpha", true, kWaits, true}}));
}

TEST(ReplicatedDevices, rest_when_a_resync_is_paused) {
  EXPECT_TRUE(rests(proc("PausedSyncS ro:Primary/Secondary ds:UpToDate/Inconsistent"),
                    proc("PausedSyncT ro:Secondary/Primary ds:Inconsistent/UpToDate")));
}

// The words of Linux 6.1's drbd_receiver.c.
TEST(ReplicatedDevices, tell_who_won_a_tie) {
  EXPECT_EQ(source_of_tie("solved. Sync from this"), true);
  EXPECT_EQ(source_of_tie("solved. Sync from peer"), false);
  EXPECT_EQ(source_of_tie("uuid_compare()=1 by rule 40"), true);
  EXPECT_EQ(source_of_tie("uuid_compare()=-1 by rule 40"), false);
  EXPECT_EQ(source_of_tie("solved. Sync from this node\nuuid_compare()=-1 by rule 40\nsomething else"),
            false);
  EXPECT_EQ(source_of_tie("uuid_compare()=100 by rule 90"), std::nullopt);
  EXPECT_EQ(source_of_tie(""), std::nullopt);
}

}  // namespace
}  // namespace rehearse
