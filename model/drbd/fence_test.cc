// Fencing: what a handler answers is a file of the host.
#include "model/drbd/handler.h"
#include "model/drbd/testing.h"
#include "model/fs/tree.h"

namespace rehearse::drbd {
namespace {

class DrbdFencing : public DrbdPair {
 protected:
  void give(Name host, Name path, const std::string& text) {
    fs::File file;
    file.path = path;
    file.text = text;
    file.size = text.size();
    for (auto part : {&Host::root, &Host::disk_root}) (world.hosts.edit(host).*part).edit().put(file);
  }
  // A pair with this policy whose handler ends so.
  void fenced(Fencing policy, int status) {
    disk.fencing = policy;
    for (const Name host : {"alpha", "beta"}) {
      give(host, "/etc/drbd.conf",
           "global { usage-count no; }\n"
           "resource r0 {\n"
           "  device /dev/drbd0 minor 0; disk /dev/vda; meta-disk internal;\n"
           "  handlers { fence-peer \"/usr/local/sbin/fence\"; }\n"
           "  on alpha { address 10.0.0.1:7788; }\n"
           "  on beta { address 10.0.0.2:7788; }\n"
           "}\n");
      give(host, "/usr/local/sbin/fence", "#!/bin/sh\nexit " + std::to_string(status) + "\n");
    }
    for (const Name host : {"alpha", "beta"}) create_md(host);
    for (const Name host : {"alpha", "beta"}) up(host);
    ASSERT_TRUE(primary("alpha", true).ok());
    sync();
    report.log.clear();
  }
};

TEST_F(DrbdFencing, a_peer_that_was_fenced_counts_as_outdated) {
  fenced(Fencing::resource_only, 4);
  cut();
  EXPECT_EQ(state("alpha"), "WFConnection Primary/Unknown UpToDate/Outdated r----- oos:0");
  EXPECT_TRUE(logged("alpha", "helper command: /sbin/drbdadm fence-peer r0 exit code 4 (0x400)"));
  EXPECT_TRUE(logged("alpha", "fence-peer helper returned 4 (peer was fenced)"));
  EXPECT_EQ(gi("alpha"), "A1:B:C:4 1:1:1:0:0:1:0");
}

TEST_F(DrbdFencing, a_broken_handler_leaves_a_secondary_unpromoted) {
  fenced(Fencing::resource_only, 1);
  power_off("alpha");
  EXPECT_EQ(primary("beta").code, Code::primary_nop);
  EXPECT_TRUE(logged("beta", "fence-peer helper broken, returned 1"));
  EXPECT_TRUE(primary("beta", true).ok());
  EXPECT_TRUE(logged("beta", "Forced into split brain situation!"));
}

TEST_F(DrbdFencing, io_waits_until_the_peer_is_stonithed) {
  fenced(Fencing::resource_and_stonith, 1);
  cut();
  EXPECT_EQ(state("alpha"), "WFConnection Primary/Unknown UpToDate/DUnknown s----- oos:0");
  EXPECT_EQ(gi("alpha"), "A1:0:B:4 1:1:1:0:0:0:0") << "no new generation while nothing is written";
  EXPECT_EQ(put("alpha", 1, 1), IoError::suspended);
  EXPECT_TRUE(settled(resume_io(world, "alpha", 0, report)).ok());
  EXPECT_EQ(gi("alpha"), "C1:A:B:4 1:1:1:0:0:0:0");
  EXPECT_EQ(put("alpha", 1, 1), IoError::none);
}

TEST_F(DrbdFencing, io_goes_on_at_once_when_stonith_succeeds) {
  fenced(Fencing::resource_and_stonith, 7);
  cut();
  EXPECT_EQ(state("alpha"), "WFConnection Primary/Unknown UpToDate/Outdated r----- oos:0");
  EXPECT_EQ(gi("alpha"), "A1:B:C:4 1:1:1:0:0:1:0");
}

TEST_F(DrbdFencing, io_goes_on_without_a_new_generation_when_the_link_is_back) {
  fenced(Fencing::resource_and_stonith, 1);
  cut();
  heal();
  EXPECT_EQ(state("alpha"), "Connected Primary/Secondary UpToDate/UpToDate r----- oos:0");
  EXPECT_EQ(gi("alpha"), "A1:0:B:4 1:1:1:1:0:0:0");
}

TEST_F(DrbdFencing, a_node_that_boots_alone_is_only_consistent) {
  fenced(Fencing::resource_only, 1);
  power_off("alpha");
  power_off("beta");
  power_on("beta");
  up("beta");
  EXPECT_EQ(state("beta"), "WFConnection Secondary/Unknown Consistent/DUnknown r----- oos:0");
  EXPECT_EQ(primary("beta").code, Code::no_up_to_date_disk);
}

TEST_F(DrbdFencing, a_secondary_that_leaves_in_peace_is_outdated) {
  fenced(Fencing::resource_only, 1);
  ASSERT_TRUE(disconnect("beta").ok());
  EXPECT_EQ(state("beta"), "StandAlone Secondary/Unknown Outdated/DUnknown r----- oos:0");
  EXPECT_EQ(device("alpha").state.pdsk, Disk::outdated);
}

TEST_F(DrbdFencing, a_handler_ends_as_its_script_says) {
  give("alpha", "/bin/helper", "#!/bin/sh\nlogger lost\nexit 5\n");
  EXPECT_EQ(status_of(world, "alpha", "/bin/helper -x"), 5);
  EXPECT_EQ(status_of(world, "alpha", "/bin/none"), 127);
  EXPECT_EQ(status_of(world, "alpha", "exit 3"), 3);
  EXPECT_EQ(status_of(world, "alpha", "/bin/false"), 1);
  EXPECT_EQ(run_handler(world, "alpha", "r0", 0, "split-brain", report), 0);
}

}  // namespace
}  // namespace rehearse::drbd
