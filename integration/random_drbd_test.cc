// Random scripts about a replicated disk, without any machine.
#include "integration/random_drbd.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "integration/recording_replay.h"

namespace rehearse {
namespace {

ScriptPlan plan_of(std::uint64_t seed) {
  ScriptPlan plan;
  plan.seed = seed;
  plan.steps = 12;
  return plan;
}

TEST(RandomDrbdScript, is_the_same_for_the_same_seed) {
  EXPECT_EQ(random_drbd_script(plan_of(7)), random_drbd_script(plan_of(7)));
  EXPECT_NE(random_drbd_script(plan_of(7)), random_drbd_script(plan_of(8)));
}

TEST(RandomDrbdScript, tells_both_guests_what_to_do_and_breaks_things) {
  bool killed = false;
  bool cut = false;
  bool one_way = false;
  bool written = false;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    for (const std::string& line : random_drbd_script(plan_of(seed))) {
      killed = killed || line.starts_with("! kill ");
      cut = cut || line == "! the link is cut";
      one_way = one_way || (line.starts_with("! the link from ") && line.ends_with(" is cut"));
      written = written || line.find("of=/dev/drbd0") != std::string::npos;
    }
  }
  EXPECT_TRUE(killed);
  EXPECT_TRUE(cut);
  EXPECT_TRUE(one_way);
  EXPECT_TRUE(written);
}

TEST(RandomDrbdScript, looks_only_at_guests_that_know_of_the_resource) {
  const std::string text =
      as_drbd_recording({"alpha# modprobe drbd", "alpha# printf 'x' > /etc/drbd.conf", "alpha# drbdadm up r0",
                         "alpha# drbdadm primary r0", "! kill alpha"},
                        plan_of(1));
  EXPECT_EQ(text.find("\nbeta# "), std::string::npos);
  const std::size_t look = text.find("\nalpha# cat /proc/drbd");
  EXPECT_NE(look, std::string::npos);
  EXPECT_EQ(text.find("\nalpha# cat /proc/drbd", look + 1), std::string::npos);
}

TEST(RandomDrbdScript, looks_again_where_something_may_have_changed) {
  const std::string text =
      as_drbd_recording({"alpha# modprobe drbd", "alpha# printf 'x' > /etc/drbd.conf", "alpha# drbdadm up r0",
                         "alpha# drbdadm role r0", "alpha# drbdadm primary r0", "alpha# drbdsetup show",
                         "alpha# drbdadm secondary r0", "alpha# drbdadm down r0"},
                        plan_of(1));
  std::size_t looks = 0;  // behind every other step, and at the end
  for (std::size_t at = 0; (at = text.find("\nalpha# cat /proc/drbd", at + 1)) != text.npos;) ++looks;
  EXPECT_EQ(looks, 2u) << text;
}

}  // namespace
}  // namespace rehearse
