#include "scenarios/looking.h"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

TEST(Looking, queries_do) {
  for (const char* line : {"lvs", "lvs -a -o lv_name vg1 | grep x | wc -l", "sudo vgs; pvs && echo done",
                           "cat /etc/fstab 2>/dev/null", "lvs 2>&1 | head -3", "/sbin/lvs", "true"}) {
    EXPECT_TRUE(only_looks(line)) << line;
  }
}

TEST(Looking, whatever_writes_does_not) {
  for (const char* line :
       {"lvremove -f vg1/x", "lvs > /etc/passwd", "lvs >> x", "lvs; lvremove vg1/x", "lvs && reboot",
        "echo b > /proc/sysrq-trigger", "lvs | tee x", "cat x | dd of=/dev/vda", "vgscan --mknodes-or-so"}) {
    EXPECT_FALSE(only_looks(line)) << line;
  }
}

TEST(Looking, whatever_is_not_understood_does_not) {
  for (const char* line : {"", "frobnicate", "lvs $(reboot)", "for i in 1; do lvs; done", "lvs &",
                           "lvs --no-such", "(lvs)", "X=1 lvs", "ssh root@perceval lvs"}) {
    EXPECT_FALSE(only_looks(line)) << line;
  }
}

}  // namespace
}  // namespace rehearse
