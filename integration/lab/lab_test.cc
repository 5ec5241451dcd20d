// What the lab promises, seen from inside its guests.
#include "integration/lab/lab.h"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

TEST(Lab, answers_a_command_typed_at_a_clone) {
  auto made = Lab::start({});
  ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Lab>>(made)) << std::get<LabFailure>(made).why;
  Lab& lab = *std::get<std::unique_ptr<Lab>>(made);
  const ShellAnswer answer = lab.shell("alpha").run(line_call("vgcreate vg /dev/vda >/dev/null && vgs"));
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.out,
            "  VG #PV #LV #SN Attr   VSize   VFree  \n  vg   1   0   0 wz--n- 252.00m 252.00m\n");
}

}  // namespace
}  // namespace rehearse
