#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

namespace files = std::filesystem;

struct Said {
  int status = -1;
  std::string text;
};

Said run(const std::string& line) {
  Said said;
  FILE* pipe = popen((line + " 2>&1").c_str(), "r");
  std::array<char, 4096> part;
  for (std::size_t n = 0; (n = std::fread(part.data(), 1, part.size(), pipe)) > 0;)
    said.text.append(part.data(), n);
  const int ended = pclose(pipe);
  said.status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
  return said;
}

// Stands for xl, drbdadm and the files of a dom0: what they say lies in the folder $FAKE.
constexpr const char* kFake = R"SH(#!/bin/sh
case "${0##*/} $*" in
"ls /etc/xen/drbd-auto") echo echelon.cfg ;;
"cat /etc/xen/drbd-auto/echelon.cfg") exec /bin/cat "$FAKE/echelon.cfg" ;;
"cat "*) echo "cat: $1: No such file or directory" >&2; exit 1 ;;
"xl list") echo "Name ID Mem VCPUs State Time(s)"
  echo "Domain-0 0 512 4 r----- 1.0"
  if test -e "$FAKE/running"; then echo "echelon 1 256 1 -b---- 1.0"; fi ;;
"xl create "*) echo once >> "$FAKE/running" ;;
"drbdadm sh-resources") echo r0 ;;
"drbdadm sh-dev r0") echo /dev/drbd0 ;;
"drbdadm role r0") exec /bin/cat "$FAKE/role" ;;
"drbdadm primary r0" | "drbdadm secondary r0") ;;
*) echo "unexpected: ${0##*/} $*" >&2; exit 99 ;;
esac
)SH";

struct Programs : testing::Test {
  Programs() {
    std::string made = testing::TempDir() + "/xen-XXXXXX";
    folder = mkdtemp(made.data());
    files::create_directories(folder + "/bin");
    put("bin/fake", kFake);
    files::permissions(folder + "/bin/fake", files::perms::owner_all);
    for (const char* name : {"xl", "drbdadm", "cat", "ls"})
      files::create_symlink("fake", folder + "/bin/" + name);
    put("echelon.cfg", "name = 'echelon'\nmemory = 256\ndisk = [ 'phy:/dev/drbd0,xvda1,w' ]\n");
  }
  ~Programs() override {
    dom0("stop");
    files::remove_all(folder);
  }
  void put(const std::string& name, const std::string& text) {
    const std::string aside = folder + "/" + name + ".new";
    std::ofstream(aside) << text;
    files::rename(aside, folder + "/" + name);
  }
  Said dom0(const std::string& verb, const std::string& options = "--every 3600 --jitter 0") {
    return run("FAKE=" + folder + " PATH=" + folder + "/bin:$PATH " XEN_DRBD_AUTO " --run " + folder +
               "/run " + options + " " + verb);
  }
  bool runs() const { return files::exists(folder + "/running"); }
  // Whether it becomes so within ten seconds.
  template <class Is>
  bool becomes(Is is) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!is() && std::chrono::steady_clock::now() < end) poll(nullptr, 0, 20);
    return is();
  }
  std::string folder;
};

TEST_F(Programs, start_a_guest_as_soon_as_the_state_is_recognised) {
  put("role", "Secondary/Unknown\n");
  const Said started = dom0("start");
  EXPECT_EQ(started.status, 0);
  EXPECT_EQ(started.text, "echelon: undetermined (r0 Secondary/Unknown)\n");
  EXPECT_EQ(dom0("status").text,
            "echelon: undetermined (r0 Secondary/Unknown); daemon waits: for the first time\n");
  EXPECT_EQ(dom0("start").text, "echelon.cfg: is looked after already\n");
  EXPECT_EQ(dom0("reload").text, "echelon.cfg: looks again\n");
  EXPECT_TRUE(
      becomes([&] { return dom0("status").text.find("waits: r0 Secondary/Unknown") != std::string::npos; }));
  EXPECT_FALSE(runs());
  put("role", "Secondary/Secondary\n");
  EXPECT_EQ(dom0("reload").status, 0);
  EXPECT_TRUE(becomes([&] { return runs(); }));
  EXPECT_TRUE(becomes([&] { return dom0("status").text == "echelon: runs (as domain 1); daemon gone\n"; }))
      << dom0("status").text;
}

TEST_F(Programs, look_again_by_themselves) {
  put("role", "Secondary/Unknown\n");
  ASSERT_EQ(dom0("start", "--every 1 --jitter 0").status, 0);
  put("role", "Secondary/Secondary\n");
  EXPECT_TRUE(becomes([&] { return runs(); }));
}

TEST_F(Programs, end_their_background_tasks_when_told_to) {
  put("role", "Secondary/Unknown\n");
  ASSERT_EQ(dom0("start").status, 0);
  EXPECT_EQ(dom0("stop").text, "echelon.cfg: daemon ended\n");
  EXPECT_EQ(dom0("status").text, "echelon: undetermined (r0 Secondary/Unknown); daemon gone\n");
  EXPECT_EQ(dom0("stop").text, "");
}

TEST_F(Programs, do_not_take_a_dead_task_for_a_living_one) {
  put("role", "Secondary/Unknown\n");
  ASSERT_EQ(dom0("start").status, 0);
  std::ifstream in(folder + "/run/echelon.cfg.pid");
  pid_t process = 0;
  ASSERT_TRUE(in >> process);
  ASSERT_EQ(kill(process, SIGKILL), 0);
  EXPECT_TRUE(becomes([&] { return dom0("status").text.ends_with("daemon gone\n"); }));
  EXPECT_EQ(dom0("start").text, "echelon: undetermined (r0 Secondary/Unknown)\n") << "and a new one is begun";
}

TEST_F(Programs, never_start_a_guest_whose_peer_is_primary) {
  put("role", "Secondary/Primary\n");
  EXPECT_EQ(dom0("start").text, "echelon: must not be started, the peer is primary (r0 Secondary/Primary)\n");
  EXPECT_FALSE(runs());
}

TEST(XenMigrate, says_what_it_expects_in_one_line) {
  const Said nothing = run(XEN_MIGRATE);
  EXPECT_EQ(nothing.status, 2);
  EXPECT_EQ(std::count(nothing.text.begin(), nothing.text.end(), '\n'), 1) << nothing.text;
  const Said odd = run(XEN_MIGRATE " --on model:/nowhere.json@trolls status");
  EXPECT_EQ(odd.status, 2);
  EXPECT_EQ(std::count(odd.text.begin(), odd.text.end(), '\n'), 1) << odd.text;
  const Said help = run(XEN_MIGRATE " --help");
  EXPECT_EQ(help.status, 0);
  EXPECT_NE(help.text.find("Exit status"), std::string::npos);
}

TEST(XenMigrate, turns_down_what_comes_through_its_key) {
  for (const char* request : {"", "id", "reverse $(id)", "reverse -a"}) {
    const Said said =
        run(std::string("SSH_ORIGINAL_COMMAND='") + request +
            "' " XEN_MIGRATE " --on model:" REHEARSE_SCENARIOS "/trolls.world.json@perceval migrate2 trolls");
    EXPECT_EQ(said.status, 2) << request;
    EXPECT_TRUE(said.text.starts_with("expected ")) << said.text;
  }
  const Said pong = run("SSH_ORIGINAL_COMMAND=ping " XEN_MIGRATE " --on model:" REHEARSE_SCENARIOS
                        "/trolls.world.json@perceval migrate2 trolls");
  EXPECT_EQ(pong.text, "PONG perceval -> trolls\n");
}

}  // namespace
