#include "model/lvm/observe.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rehearse::lvm {
namespace {

TEST(SnapshotPercent, is_shown_as_dmeventd_and_lvs_show_it) {
  EXPECT_EQ(fmt::format("{:.2f}", snapshot_percent(16, 24576, 16)), "0.00");
  EXPECT_EQ(fmt::format("{:.2f}", snapshot_percent(24, 8192, 16)), "0.29");
  EXPECT_EQ(fmt::format("{:.2f}", snapshot_percent(2048, 8192, 32)), "25.00");
  EXPECT_EQ(fmt::format("{:.2f}", snapshot_percent(8184, 8192, 40)), "99.90");
  EXPECT_EQ(fmt::format("{:.2f}", snapshot_percent(8192, 8192, 40)), "100.00");
  EXPECT_EQ(fmt::format("{:.2f}", snapshot_percent(15616, 8192, 80)), "190.62");
}

}  // namespace
}  // namespace rehearse::lvm
