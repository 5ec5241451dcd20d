// The reports on replicated devices: what the real tools printed reads and prints as it was, and what the
// model prints of a kernel is what they printed of one in that state.
#include <gtest/gtest.h>

#include "backends/reports/drbd_proc.h"
#include "backends/reports/drbd_show.h"
#include "backends/reports/drbd_view.h"
#include "backends/reports/query.h"
#include "model/drbd/kernel.h"

namespace rehearse::reports {
namespace {

constexpr const char* kHeader =
    "version: 8.4.11 (api:1/proto:86-101)\nsrcversion: F73C670A7EC572DB9CF3E5B \n";

// A device that waits for its peer, as it is after the first `drbdadm up`.
World waiting_world() {
  World world;
  add_host(world, "alpha", {{"vda", 256 * kMiB}});
  drbd::Device device;
  device.size = 524200;
  device.state.conn = drbd::Connection::wf_connection;
  device.state.disk = drbd::Disk::inconsistent;
  device.flags.al_suspended = true;
  device.bitmap.set({0, 65525});
  device.counters.log_writes = 8;
  drbd::Backing backing;
  backing.path = backing.meta_path = "/dev/vda";
  backing.device = backing.meta_device = "vda";
  device.backing = backing;
  drbd::Net net;
  net.local = "ipv4:10.0.0.1:7788";
  net.peer = "ipv4:10.0.0.2:7788";
  net.options.timeout = 9;
  net.options.connect_int = net.options.ping_int = 1;
  drbd::Resource resource;
  resource.name = "r0";
  resource.conn = drbd::Connection::wf_connection;
  resource.net = net;
  resource.devices = {device};
  drbd::Kernel kernel;
  kernel.loaded = true;
  kernel.resources = {resource};
  world.hosts.edit("alpha").drbd = kernel;
  fs::Tree tree;
  tree.put(fs::text_file("/etc/drbd.conf", R"(resource r0 {
  device /dev/drbd0; disk /dev/vda; meta-disk internal;
  on alpha { address 10.0.0.1:7788; }
  on beta { address 10.0.0.2:7788; }
})"));
  world.hosts.edit("alpha").root = tree;
  world.hosts.edit("alpha").hardware.edit().addresses = {"10.0.0.1"};
  return world;
}

Report asked(const World& world, const Words& words) {
  Report report;
  Query query;
  EXPECT_EQ(parse(words, query).kind, Mismatch::Kind::none) << words[0];
  print(world, "alpha", query, report);
  return report;
}

std::string answer(const World& world, const Words& words) {
  std::string text;
  for (const Line& line : asked(world, words).lines) text += (line.error ? "2> " : "") + line.text + "\n";
  return text;
}

template <class Rows>
std::string wrong(const std::variant<Rows, std::string>& read) {
  return std::holds_alternative<std::string>(read) ? std::get<std::string>(read) : "";
}

TEST(DrbdProc, shows_a_device_that_waits_for_its_peer_as_the_kernel_does) {
  EXPECT_EQ(answer(waiting_world(), {"cat", "/proc/drbd"}),
            std::string(kHeader) +
                " 0: cs:WFConnection ro:Secondary/Unknown ds:Inconsistent/DUnknown C r----s\n"
                "    ns:0 nr:0 dw:0 dr:0 al:8 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:262100\n");
}

TEST(DrbdProc, reads_and_prints_what_kernels_printed) {
  for (const char* devices : {
           "",
           " 0: cs:Unconfigured\n",
           " 0: cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate C r-----\n"
           "    ns:65496 nr:0 dw:0 dr:65496 al:8 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:0\n",
           " 0: cs:StandAlone ro:Primary/Unknown ds:UpToDate/DUnknown   r-----\n"
           "    ns:0 nr:0 dw:64 dr:0 al:1 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:d oos:64\n"
           " 1: cs:Unconfigured\n"
           "\n12: cs:WFConnection ro:Secondary/Unknown ds:UpToDate/DUnknown A r---u-\n"
           "    ns:0 nr:0 dw:0 dr:0 al:0 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:0\n",
           " 0: cs:SyncSource ro:Primary/Secondary ds:UpToDate/Inconsistent C r-----\n"
           "    ns:33024 nr:0 dw:0 dr:33024 al:8 bm:0 lo:0 pe:1 ua:0 ap:0 ep:1 wo:f oos:229076\n"
           "\t[=>..................] sync'ed: 12.9% (229076/262100)K\n"
           "\tfinish: 0:00:06 speed: 33,024 (33,024) K/sec\n",
           " 0: cs:SyncTarget ro:Secondary/Primary ds:Inconsistent/UpToDate C r-----\n"
           "    ns:0 nr:33024 dw:33024 dr:0 al:8 bm:0 lo:0 pe:1 ua:0 ap:0 ep:1 wo:f oos:229076\n"
           "\t[>....................] sync'ed:  0.9% (22907/26210)M\n"
           "\tfinish: 17:00:06 speed: 1,234,024 (33) want: 102,400 K/sec (stalled)\n",
       }) {
    const std::string text = std::string(kHeader) + devices;
    const auto read = read_drbd_proc(text);
    ASSERT_EQ(wrong(read), "") << text;
    const auto& rows = std::get<0>(read);
    const auto again = read_drbd_proc(print_drbd_proc(rows));
    ASSERT_EQ(wrong(again), "");
    EXPECT_EQ(std::get<0>(again), rows);
    // The bar of a resync that has just begun is longer than the kernel's own rule says.
    const bool just_begun = text.find("sync'ed:  0.9%") != std::string::npos;
    if (!just_begun) {
      EXPECT_EQ(print_drbd_proc(rows), text);
    }
  }
}

TEST(DrbdProc, says_what_is_wrong_with_a_text_that_is_none) {
  EXPECT_NE(wrong(read_drbd_proc("hello\n")), "");
  EXPECT_NE(wrong(read_drbd_proc(std::string(kHeader) + " 0: cs:Connected ro:Primary\n")), "");
  EXPECT_NE(wrong(read_drbd_proc(std::string(kHeader) + " 0: cs:Connected ro:A/B ds:C/D C r-----\n")), "");
}

TEST(DrbdStatus, shows_a_device_that_waits_for_its_peer_as_drbdsetup_does) {
  const World world = waiting_world();
  EXPECT_EQ(answer(world, {"drbdadm", "status"}),
            "r0 role:Secondary\n  disk:Inconsistent\n  peer connection:Connecting\n\n");
  EXPECT_EQ(answer(world, {"drbdsetup", "events2", "--now"}),
            "exists resource name:r0 role:Secondary suspended:no\n"
            "exists connection name:r0 peer-node-id:0 conn-name:peer connection:Connecting role:Unknown\n"
            "exists device name:r0 volume:0 minor:0 disk:Inconsistent\n"
            "exists peer-device name:r0 peer-node-id:0 conn-name:peer volume:0 replication:Off "
            "peer-disk:DUnknown resync-suspended:no\n"
            "exists -\n");
}

TEST(DrbdStatus, reads_and_prints_what_drbdsetup_printed) {
  for (const std::string text : {
           "",
           "r0 role:Secondary\n  disk:Diskless\n\n",
           "r0 role:Primary\n  disk:UpToDate\n  peer role:Secondary\n"
           "    replication:SyncSource peer-disk:Inconsistent done:12.90\n\n",
           "r0 role:Primary suspended:fencing\n  disk:UpToDate blocked:upper\n  peer "
           "connection:Connecting\n\n"
           "r1 role:Secondary\n  volume:0 disk:UpToDate\n  volume:1 disk:Inconsistent\n  peer role:Primary\n"
           "    volume:0 replication:Established peer-disk:UpToDate\n"
           "    volume:1 replication:PausedSyncT peer-disk:UpToDate done:0.00\n"
           "        resync-suspended:user,peer\n\n",
       }) {
    const auto read = read_drbd_status(text);
    ASSERT_EQ(wrong(read), "") << text;
    EXPECT_EQ(print_drbd_status(std::get<0>(read)), text);
  }
}

TEST(DrbdStatus, is_the_same_read_from_events_and_from_the_kernel) {
  const auto views = drbd_view(waiting_world(), "alpha");
  const auto read = read_drbd_events(print_drbd_events(views));
  ASSERT_EQ(wrong(read), "");
  EXPECT_EQ(std::get<0>(read), views);
}

TEST(DrbdShow, shows_what_the_kernel_was_told_as_drbdsetup_does) {
  const std::string text =
      "resource r0 {\n    options {\n    }\n    net {\n        timeout         \t9; # 1/10 seconds\n"
      "        connect-int     \t1; # seconds\n        ping-int        \t1; # seconds\n    }\n"
      "    _remote_host {\n        address\t\t\tipv4 10.0.0.2:7788;\n    }\n    _this_host {\n"
      "        address\t\t\tipv4 10.0.0.1:7788;\n        volume 0 {\n            device\t\t\tminor 0;\n"
      "            disk\t\t\t\"/dev/vda\";\n            meta-disk\t\t\tinternal;\n            disk {\n       "
      "     }\n"
      "        }\n    }\n}\n";
  const World world = waiting_world();
  EXPECT_EQ(answer(world, {"drbdsetup", "show", "r0"}), text);
  const auto read = read_drbd_show(text);
  ASSERT_EQ(wrong(read), "");
  EXPECT_EQ(std::get<0>(read), drbd_shown(world, "alpha"));
}

TEST(DrbdQueries, ask_the_kernel_and_then_the_disk) {
  const World world = waiting_world();
  EXPECT_EQ(answer(world, {"drbdadm", "role", "r0"}), "Secondary/Unknown\n");
  EXPECT_EQ(answer(world, {"drbdsetup", "0", "cstate"}), "WFConnection\n");
  EXPECT_EQ(answer(world, {"drbdadm", "dstate", "all"}), "Inconsistent/DUnknown\n");
  EXPECT_EQ(answer(world, {"drbdadm", "get-gi", "r0"}),
            "0000000000000004:0000000000000000:0000000000000000:0000000000000000:0:0:0:0:0:0:0\n");
  World down = world;
  down.hosts.edit("alpha").drbd = drbd::Kernel{true, {}};
  EXPECT_EQ(answer(down, {"drbdadm", "role", "r0"}),
            "2> 0: Failure: (127) Device minor not allocated\nadditional info from kernel:\nunknown minor\n"
            "2> Command 'drbdsetup-84 role 0' terminated with exit code 10\n");
  EXPECT_EQ(asked(down, {"drbdadm", "role", "r0"}).status, 10);
  EXPECT_EQ(answer(down, {"drbdadm", "dstate", "r0"}), "2> No valid meta data found\n");
  EXPECT_EQ(answer(down, {"drbdadm", "status", "r0"}),
            "2> r0: No such resource\n2> Command 'drbdsetup-84 status r0' terminated with exit code 10\n");
}

TEST(DrbdQueries, know_drbd_conf_and_say_what_is_wrong_with_it) {
  World world = waiting_world();
  EXPECT_EQ(answer(world, {"drbdadm", "sh-resources"}), "r0\n");
  EXPECT_EQ(answer(world, {"drbdadm", "sh-dev", "r0"}), "/dev/drbd0\n");
  EXPECT_EQ(answer(world, {"drbdadm", "sh-md-dev", "minor-0"}), "/dev/vda\n");
  EXPECT_EQ(answer(world, {"drbdadm", "role", "r0/1"}),
            "2> 'r0/1' not defined in your config (for this host).\n");
  fs::Tree tree;
  tree.put(fs::text_file("/etc/drbd.conf", "resource r0 {\n  foo;\n}"));
  world.hosts.edit("alpha").root = tree;
  EXPECT_EQ(answer(world, {"drbdadm", "role", "r0"}),
            "2> /etc/drbd.conf:2: Parse error: 'protocol | on | disk | net | syncer | startup | handlers | "
            "ignore-on | stacked-on-top-of' expected,\n\tbut got 'foo' (TK 282)\n");
  EXPECT_EQ(asked(world, {"drbdadm", "role", "r0"}).status, 10);
}

}  // namespace
}  // namespace rehearse::reports
