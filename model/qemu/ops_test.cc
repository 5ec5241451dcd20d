// Guests of plain QEMU: they boot, are talked to, go to another host, and may be told to go on where they
// left.
#include "model/qemu/ops.h"

#include "model/domain/testing.h"

namespace rehearse::qemu {
namespace {

struct PlainGuests : domain::Site {
  PlainGuests() {
    for (const char* name : {"perceval", "galaad"}) {
      world.hosts.edit(name).hardware.edit().has_qemu = true;
      world.hosts.edit(name).hardware.edit().runs_xen = false;
      put(name, "/etc/hosts", "10.0.0.1 perceval\n10.0.0.2 galaad\n");
    }
    world.hosts.edit("perceval").hardware.edit().addresses = {"10.0.0.1"};
    world.hosts.edit("galaad").hardware.edit().addresses = {"10.0.0.2"};
  }

  Refused start(Name host, const Words& more = {}, const std::string& drive = "/dev/etherd/e3.4") {
    Words words = {"qemu-system-x86_64",
                   "-name",
                   "echelon",
                   "-m",
                   "64",
                   "-nodefaults",
                   "-qmp",
                   kSocket,
                   "-pidfile",
                   "/run/echelon.pid",
                   "-daemonize",
                   "-drive",
                   "file=" + drive + ",format=raw,if=virtio"};
    words.insert(words.end(), more.begin(), more.end());
    return run(host, words);
  }
  Refused ask(Name host, const std::string& command) {
    return run(host, {"socat", "-", "UNIX-CONNECT:/run/echelon.qmp", "<<<",
                      "{\"execute\":\"qmp_capabilities\"}\n" + command});
  }
  std::string answer(Name host, const std::string& verb) {
    ask(host, "{\"execute\":\"" + verb + "\"}");
    std::string text = report.lines.empty() ? "" : report.lines.back().text;
    if (text.ends_with('\r')) text.pop_back();
    return text;
  }
  std::string status(Name host) {
    const std::string text = answer(host, "query-status");
    const std::size_t at = text.find("\"status\": \"") + 11;
    return text.substr(at, text.find('"', at) - at);
  }
  void migrate(const char* to = "tcp:galaad:4444") {
    ask("perceval", std::string(R"({"execute":"migrate","arguments":{"uri":")") + to + "\"}}");
  }
  bool migration_is(Name host, const std::string& what) {
    return answer(host, "query-migrate").find("\"status\": \"" + what + "\"") != std::string::npos;
  }

  static constexpr const char* kSocket = "unix:/run/echelon.qmp,server=on,wait=off";
};

TEST_F(PlainGuests, boot_and_end_with_their_process) {
  ASSERT_FALSE(start("perceval")) << said();
  ASSERT_TRUE(echelon());
  EXPECT_EQ(echelon()->hostname, Name("echelon"));
  EXPECT_EQ(status("perceval"), "running");
  ask("perceval", R"({"execute":"quit"})");
  EXPECT_FALSE(echelon());
  EXPECT_EQ(ask("perceval", R"({"execute":"quit"})").why, Refusal::socat_not_connected);
  EXPECT_NE(said().find("No such file or directory"), std::string::npos);
}

TEST_F(PlainGuests, that_are_killed_leave_their_socket) {
  start("perceval");
  EXPECT_FALSE(run("perceval", {"pkill", "-9", "-F", "/run/echelon.pid"}));
  EXPECT_FALSE(echelon());
  ask("perceval", R"({"execute":"query-status"})");
  EXPECT_NE(said().find("Connection refused"), std::string::npos);
  EXPECT_FALSE(start("perceval"));
}

TEST_F(PlainGuests, shut_down_when_they_are_told_and_have_a_system) {
  start("perceval");
  ask("perceval", R"({"execute":"system_powerdown"})");
  EXPECT_FALSE(echelon());
  start("perceval", {"-S"});
  ask("perceval", R"({"execute":"system_powerdown"})");
  EXPECT_TRUE(echelon());
}

TEST_F(PlainGuests, do_not_share_a_disk_on_one_host) {
  start("perceval");
  const Words twin = {"qemu-system-x86_64", "-name",  "twin",
                      "-daemonize",         "-drive", "file=/dev/etherd/e3.4,format=raw,if=virtio"};
  EXPECT_EQ(run("perceval", twin).why, Refusal::qemu_lock_of_missed);
  EXPECT_FALSE(run("galaad", twin)) << said();
}

TEST_F(PlainGuests, are_on_neither_side_if_the_other_has_fewer_disks) {
  start("perceval");
  run("galaad", {"qemu-system-x86_64", "-m", "64", "-incoming", "tcp:0:4444", "-daemonize"});
  migrate();
  step(Progress{true});
  EXPECT_EQ(status("perceval"), "postmigrate");
  EXPECT_TRUE(host("galaad").domains->empty());
}

TEST_F(PlainGuests, go_over_with_their_memory_and_stay_behind_paused) {
  start("perceval");
  ASSERT_FALSE(start("galaad", {"-incoming", "tcp:0:4444"})) << said();
  EXPECT_EQ(status("galaad"), "inmigrate");
  migrate();
  EXPECT_TRUE(migration_is("perceval", "active"));
  EXPECT_EQ(status("perceval"), "running");
  step(Progress{true});
  EXPECT_EQ(status("perceval"), "postmigrate");
  EXPECT_EQ(status("galaad"), "running");
  EXPECT_TRUE(echelon()->mounts.empty());
  ASSERT_EQ(echelon("galaad")->mounts.size(), 1u);
  EXPECT_EQ(echelon("galaad")->hostname, Name("echelon"));
}

TEST_F(PlainGuests, run_twice_when_they_are_told_to_go_on_where_they_left) {
  start("perceval");
  start("galaad", {"-incoming", "tcp:0:4444"});
  migrate();
  step(Progress{true});
  EXPECT_EQ(answer("perceval", "cont"), "{\"return\": {}}");
  EXPECT_EQ(status("perceval"), "running");
  EXPECT_EQ(status("galaad"), "running");
  EXPECT_EQ(echelon()->mounts.size(), 1u);
}

TEST_F(PlainGuests, run_on_where_they_are_if_the_other_side_is_killed) {
  start("perceval");
  start("galaad", {"-incoming", "tcp:0:4444"});
  migrate();
  run("galaad", {"pkill", "-9", "-F", "/run/echelon.pid"});
  EXPECT_TRUE(migration_is("perceval", "failed"));
  EXPECT_EQ(status("perceval"), "running");
}

TEST_F(PlainGuests, are_not_sent_while_the_link_is_cut) {
  start("perceval");
  start("galaad", {"-incoming", "tcp:0:4444"});
  migrate();
  step(LinkEvent{});
  step(Progress{true});
  EXPECT_TRUE(migration_is("perceval", "active"));
  step(LinkEvent{{}, {}, false, LinkFault::healed});
  step(Progress{true});
  EXPECT_TRUE(migration_is("perceval", "completed"));
}

TEST_F(PlainGuests, run_on_when_their_migration_is_cancelled_and_the_other_side_ends) {
  start("perceval");
  start("galaad", {"-incoming", "tcp:0:4444"});
  migrate();
  ask("perceval", R"({"execute":"migrate_cancel"})");
  EXPECT_TRUE(migration_is("perceval", "cancelled"));
  EXPECT_EQ(status("perceval"), "running");
  EXPECT_FALSE(echelon("galaad"));
}

TEST_F(PlainGuests, go_over_only_as_fast_as_they_may) {
  start("perceval");
  start("galaad", {"-incoming", "tcp:0:4444"});
  ask("perceval", R"({"execute":"migrate-set-parameters","arguments":{"max-bandwidth":1048576}})");
  migrate();
  step(Pass{60});
  EXPECT_TRUE(migration_is("perceval", "active"));
  step(Pass{4});
  EXPECT_TRUE(migration_is("perceval", "completed"));
}

}  // namespace
}  // namespace rehearse::qemu
