#include "model/net/inittab.h"

#include <gtest/gtest.h>

namespace rehearse::net {
namespace {

TEST(Inittab, reads_entries_and_the_default_runlevel) {
  const Inittab table = read_inittab(
      "# comment\n"
      "id:3:initdefault:\n"
      "\n"
      "  e6:23:respawn:/usr/sbin/vblade 3 6 eth0 /dev/vg1/echelon_etch\n"
      "e7::RESPAWN:+/usr/sbin/vblade 3 7 eth0 /dev/vg1/swap\n"
      "e8:2:respawn:x\n"
      "e9:3:off:y");
  EXPECT_TRUE(table.errors.empty());
  EXPECT_EQ(table.runlevel, '3');
  ASSERT_EQ(table.entries.size(), 5u);
  EXPECT_EQ(table.entries[1],
            (InittabEntry{"e6", "23", "respawn", "/usr/sbin/vblade 3 6 eth0 /dev/vg1/echelon_etch", 4}));
  EXPECT_EQ(table.entries[2].process, "/usr/sbin/vblade 3 7 eth0 /dev/vg1/swap");
  EXPECT_TRUE(table.respawns(table.entries[1]));
  EXPECT_TRUE(table.respawns(table.entries[2])) << "no runlevels are all runlevels";
  EXPECT_FALSE(table.respawns(table.entries[3])) << "another runlevel";
  EXPECT_FALSE(table.respawns(table.entries[4])) << "turned off";
}

TEST(Inittab, passes_over_lines_it_does_not_understand) {
  const Inittab table = read_inittab(
      "e6\n"
      ":2:respawn:x\n"
      "e7:2:respwan:x\n"
      "longid:2:respawn:x\n"
      "e8:2:respawn\n"
      "e9:2:respawn:x\n"
      "e9:2:respawn:y\n"
      "a1:2::x\n");
  const std::vector<InittabError> expected = {
      {1, "missing action field"},          {2, "missing id field"},
      {3, "respwan: unknown action field"}, {4, "id field too long (max 4 characters)"},
      {5, "missing process field"},         {7, "duplicate ID field \"e9\""},
      {8, "missing action field"}};
  EXPECT_EQ(table.errors, expected);
  ASSERT_EQ(table.entries.size(), 1u);
  EXPECT_EQ(table.entries[0].process, "x");
}

}  // namespace
}  // namespace rehearse::net
