// `rehearse check --on` as a person runs it, on a machine that is modelled: its tools are stand-ins, which
// ask a model that this test keeps.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "backends/model_backend.h"
#include "scenarios/frame.h"
#include "scenarios/world_file.h"
#include "tools/program_testing.h"

namespace rehearse {
namespace {

namespace files = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* kWorld = R"({"rehearse_world": 1, "hosts": )"
                               R"({"alpha": {"disks": {"vda": {"size": "256M"}, "vdb": {"size": "64M"}}}}})";
constexpr const char* kScript =
    "alpha# vgcreate vg /dev/vda\n"
    "alpha# lvcreate -L 8M -n x vg\n"
    "alpha# lvs\n"
    "alpha# vgextend vg /dev/vdb\n"
    "alpha# lvremove -y vg/x\n";

// The machine behind the stand-ins. It lives on whatever becomes of those who ask it.
class Machine {
 public:
  explicit Machine(const std::string& path) : listener_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const bool ready = bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                       listen(listener_, 64) == 0;
    if (ready) thread_ = std::thread([this] { serve(); });
  }
  ~Machine() {
    shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    close(listener_);
  }
  World world() {
    const std::lock_guard guard(mutex_);
    return model_.world();
  }
  void set_world(World world) {
    const std::lock_guard guard(mutex_);
    model_.set_world(std::move(world));
  }

 private:
  void serve() {
    while (true) {
      const int asked = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (asked < 0) return;
      answer(asked);
      close(asked);
    }
  }

  void answer(int socket) {
    std::string text;
    std::string input;
    if (!receive_frame(socket, text) || !send_frame(socket, "I") || !receive_frame(socket, input)) return;
    Words words;
    for (std::size_t at = 0, end; (end = text.find('\0', at)) != std::string::npos; at = end + 1) {
      words.push_back(text.substr(at, end - at));
    }
    const std::lock_guard guard(mutex_);
    const Outcome outcome = model_.run("alpha", words, input);
    const bool known = outcome.verdict != Outcome::Verdict::not_understood;
    std::string said{'A', static_cast<char>(known ? outcome.report.status : 127)};
    for (const Line& line : outcome.report.lines) said += (line.error ? 'e' : 'o') + line.text + "\n";
    send_frame(socket, said);
  }

  std::mutex mutex_;
  ModelBackend model_{World()};
  int listener_;
  std::thread thread_;
};

struct CheckOn : testing::Test {
  CheckOn() : path(getenv("PATH")) {
    for (const char* tool : {"vgcreate", "vgextend", "vgs", "pvs", "pvcreate", "lvs", "lvcreate", "lvremove",
                             "dmsetup", "lsblk", "blkid", "cat"}) {
      tool_is(tool, fmt::format("exec '{}' {} \"$@\"", REHEARSE_STANDIN, tool));
    }
    setenv("PATH", ((folder / "bin").string() + ":" + path).c_str(), 1);
    setenv("REHEARSE_SOCKET", (folder / "socket").c_str(), 1);
    write("i.json", R"({"rehearse_inventory": 1, "hosts": {"alpha": {"lab_host": true}}})");
    fresh();
  }
  ~CheckOn() override {
    setenv("PATH", path.c_str(), 1);
    unsetenv("REHEARSE_SOCKET");
    std::error_code ignored;
    files::remove_all(folder, ignored);
  }

  static files::path new_folder() {
    files::path made = files::path(testing::TempDir()) / fmt::format("rehearse-on-{}", getpid());
    files::create_directories(made / "bin");
    return made;
  }
  void tool_is(const std::string& name, const std::string& script) const {
    write("bin/" + name, "#!/bin/sh\n" + script + "\n");
    files::permissions(folder / "bin" / name, files::perms::owner_all);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }
  std::string text_of(const std::string& name) const {
    std::ifstream in(folder / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // The machine as it was, the runbook, no journal.
  void fresh(const std::string& console = kScript) {
    machine.set_world(std::get<World>(read_world(kWorld, "world")));
    write("a.md", fmt::format("# T\n```world\n{}\n```\n```console\n{}```\n", kWorld, console));
    files::remove(folder / "a.md.journal");
  }
  pid_t start(const std::string& arguments) const {
    const std::string line =
        fmt::format("cd '{}' && exec '{}' check {} >out 2>err", folder.string(), REHEARSE_PROGRAM, arguments);
    return start_in_shell(line);
  }
  void wait_for(pid_t child) {
    status = status_of(child);
    out = text_of("out");
    err = text_of("err");
  }
  void check(const std::string& arguments) { wait_for(start(arguments)); }
  // True if it ended by itself within the time.
  static bool ends_within(pid_t child, std::chrono::microseconds time) {
    const int handle = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
    pollfd over{handle, POLLIN, 0};
    const timespec patience{time.count() / 1'000'000, time.count() % 1'000'000 * 1000};
    const bool ended = ppoll(&over, 1, &patience, nullptr) > 0;
    close(handle);
    return ended;
  }

  files::path folder = new_folder();
  Machine machine{(folder / "socket").string()};
  std::string path;
  int status = 0;
  std::string out;
  std::string err;
};

constexpr const char* kReally = "--on local --really --inventory i.json a.md";

TEST_F(CheckOn, plays_on_this_machine_and_agrees) {
  check(kReally);
  EXPECT_EQ(status, 0) << out << err;
  EXPECT_NE(out.find("    6  done           alpha# vgcreate vg /dev/vda\n"), std::string::npos) << out;
  EXPECT_NE(out.find("clean: 5 played on local, 0 skipped\n"), std::string::npos) << out;
  EXPECT_NE(text_of("a.md.journal").find("{\"closed\":\"done\"}"), std::string::npos);
  check(kReally);
  EXPECT_EQ(status, 1) << "the machine is another now";
  EXPECT_NE(out.find("alpha is not as the world of the runbook says"), std::string::npos) << out;
}

TEST_F(CheckOn, changes_nothing_unless_really_told_to_on_a_host_of_the_lab) {
  const World before = machine.world();
  write("not.json", R"({"rehearse_inventory": 1, "hosts": {"alpha": {"lab_host": false}}})");
  write("other.json", R"({"rehearse_inventory": 1, "hosts": {"beta": {"lab_host": true}}})");
  for (const char* arguments :
       {"--on local a.md", "--on local --really a.md", "--on local --inventory i.json a.md",
        "--on local --really --inventory not.json a.md", "--on local --really --inventory other.json a.md"}) {
    files::remove(folder / "a.md.journal");
    check(arguments);
    EXPECT_EQ(status, 0) << arguments << out << err;
    EXPECT_NE(out.find("1 played on local, 4 skipped"), std::string::npos) << arguments << out;
    EXPECT_EQ(machine.world(), before) << arguments;
  }
}

TEST_F(CheckOn, asks_before_each_change) {
  const std::string line = fmt::format("cd '{}' && printf 'y\\nn\\n' | '{}' check --confirm {} >out 2>err",
                                       folder.string(), REHEARSE_PROGRAM, kReally);
  EXPECT_EQ(WEXITSTATUS(system(line.c_str())), 1);
  const std::string asked = text_of("err");
  EXPECT_NE(asked.find("a.md:6: alpha# vgcreate vg /dev/vda\n  the model says: done\n"), std::string::npos)
      << asked;
  EXPECT_NE(asked.find("  alpha: volume group vg: only then\n"), std::string::npos) << asked;
  EXPECT_NE(text_of("out").find("stopped: a.md:7: not confirmed"), std::string::npos) << text_of("out");
  check(std::string("--resume ") + kReally);
  EXPECT_EQ(status, 0) << out << err;
  EXPECT_NE(out.find("    6  done before    alpha# vgcreate"), std::string::npos) << out;
}

TEST_F(CheckOn, plays_a_recording_again_without_the_machine) {
  check(std::string("--record calls.log ") + kReally);
  ASSERT_EQ(status, 0) << out << err;
  machine.set_world(World());
  check("--on replay:calls.log a.md");
  EXPECT_EQ(status, 0) << out << err;
  EXPECT_NE(out.find("clean: 5 played on replay:calls.log, 0 skipped"), std::string::npos) << out;
  write("b.md", text_of("a.md") + "```console\nalpha# vgs\n```\n");
  check("--on replay:calls.log b.md");
  EXPECT_EQ(status, 1);
  EXPECT_NE(out.find("the recording ends before"), std::string::npos) << out;
}

TEST_F(CheckOn, reports_as_json) {
  check(std::string("--format json ") + kReally);
  const auto json = nlohmann::json::parse(out, nullptr, false);
  ASSERT_TRUE(json.is_object()) << out << err;
  EXPECT_EQ(json["clean"], true);
  EXPECT_EQ(json["steps"].size(), 5U);
  EXPECT_EQ(json["steps"][0]["real"]["verdict"], "done");
}

TEST_F(CheckOn, does_not_begin_over_a_run_that_has_not_ended) {
  write(
      "a.md.journal",
      "{\"rehearse_journal\":1,\"runbook\":\"a.md\",\"digest\":\"0x1\",\"target\":\"local\",\"seen\":{}}\n");
  check(kReally);
  EXPECT_EQ(status, 2);
  EXPECT_NE(err.find("take it up with --resume"), std::string::npos) << err;
  check(std::string("--resume ") + kReally);
  EXPECT_EQ(status, 2);
  EXPECT_NE(err.find("expected the journal of this runbook and its world"), std::string::npos) << err;
  files::remove(folder / "a.md.journal");
  check(std::string("--resume ") + kReally);
  EXPECT_EQ(status, 2);
  EXPECT_NE(err.find("there is no run to be taken up"), std::string::npos) << err;
}

TEST_F(CheckOn, says_what_is_wrong_with_what_it_is_given) {
  for (const char* arguments :
       {"--on nowhere a.md", "--on ssh: a.md", "--on ssh:none.json a.md", "--on replay:a.md a.md",
        "--on lab2 a.md", "--on local --inventory a.md a.md", "--on local --deadline 0 a.md", "--really a.md",
        "--on local a.md a.md", "--on local --format sarif a.md",
        "--on local --journal /no/such/folder/j a.md"}) {
    check(arguments);
    EXPECT_EQ(status, 2) << arguments << out << err;
    EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 1) << arguments << "\n" << err;
  }
}

TEST_F(CheckOn, stops_between_two_steps_at_ctrl_c) {
  // The second command takes until the interrupt has come.
  tool_is("lvcreate", fmt::format("touch {0}/under-way\nwhile [ ! -e {0}/go ]; do sleep 0.01; done\n"
                                  "exec '{1}' lvcreate \"$@\"",
                                  folder.string(), REHEARSE_STANDIN));
  const pid_t child = start(kReally);
  const auto end = Clock::now() + std::chrono::seconds(60);
  while (!files::exists(folder / "under-way") && Clock::now() < end) usleep(1000);
  kill(-child, SIGINT);  // as the terminal does, to all of its group
  write("go", "");
  wait_for(child);
  EXPECT_EQ(status, 1) << out << err;
  EXPECT_NE(out.find("    7  done           alpha# lvcreate -L 8M -n x vg\n"), std::string::npos) << out;
  EXPECT_NE(out.find("stopped: interrupted; nothing is under way\n"), std::string::npos) << out;
  EXPECT_EQ(text_of("a.md.journal").find("\"begins\":2"), std::string::npos);
  check(std::string("--resume ") + kReally);
  EXPECT_EQ(status, 0) << out << err;
}

// An `ssh` whose connection breaks in the middle of lvcreate, which goes on alone until the file `go` is
// there.
struct CheckOverSsh : CheckOn {
  CheckOverSsh() {
    write("ssh.json",
          R"({"rehearse_inventory": 1, "hosts": {"alpha": {"address": "alpha", "lab_host": true}}})");
    const std::string at = folder.string();
    tool_is("ssh", fmt::format("for last; do :; done\ncase \" $* \" in *' -O exit '*) exit 0;; esac\n"
                               "case \"$last\" in *'lvcreate -L 8M'*) ;; *) exec sh -c \"$last\";; esac\n"
                               "[ -e {0}/begun ] && exec sh -c \"$last\"\n"
                               "setsid sh -c \"$last\" >/dev/null 2>&1 </dev/null &\n"
                               "until [ -e {0}/begun ]; do sleep 0.01; done; exit 255",
                               at));
    tool_is("lvcreate", fmt::format("echo x >>{0}/begun\nuntil [ -e {0}/go ]; do sleep 0.01; done\n"
                                    "exec '{1}' lvcreate \"$@\"",
                                    at, REHEARSE_STANDIN));
    check(kOverSsh);
    EXPECT_EQ(status, 1) << out << err;
    EXPECT_NE(out.find("a.md:7: nobody knows how it ended"), std::string::npos) << out;
  }
  ~CheckOverSsh() override {
    write("go", "");
    setenv("PATH", path.c_str(), 1);
  }
  static constexpr const char* kOverSsh = "--on ssh:ssh.json --really --deadline 20 a.md";
};

TEST_F(CheckOverSsh, takes_up_a_run_when_the_command_that_went_on_alone_has_ended) {
  const pid_t child = start(std::string("--resume ") + kOverSsh);
  EXPECT_FALSE(ends_within(child, std::chrono::milliseconds(1500))) << "it waits for the command";
  write("go", "");
  wait_for(child);
  EXPECT_EQ(status, 0) << out << err;
  EXPECT_NE(out.find("    7  done before    alpha# lvcreate"), std::string::npos) << out;
  EXPECT_EQ(text_of("begun"), "x\n") << "it is not run a second time";
}

TEST_F(CheckOverSsh, says_what_is_still_at_work_when_it_does_not_end) {
  check("--resume --on ssh:ssh.json --really --deadline 1 a.md");
  EXPECT_EQ(status, 2) << out;
  EXPECT_NE(err.find("alpha: a command of the earlier run is still at work"), std::string::npos) << err;
}

TEST_F(CheckOn, is_taken_up_wherever_it_was_killed) {
  const auto began = Clock::now();
  check(kReally);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
  ASSERT_EQ(status, 0) << out << err;
  const World wanted = machine.world();
  const char* more = getenv("REHEARSE_KILLS");
  const int kills = more ? std::atoi(more) : 5;
  std::mt19937 chance(20100);  // which moments they are depends on the machine all the same
  int killed = 0;
  for (int i = 0; i < kills; ++i) {
    fresh();
    const pid_t child = start(kReally);
    const auto moment =
        std::chrono::microseconds(std::uniform_int_distribution<long>(0, whole.count())(chance));
    if (!ends_within(child, moment)) {
      kill(-child, SIGKILL);
      ++killed;
    }
    wait_for(child);
    const std::string left = text_of("a.md.journal");
    check((left.empty() ? "" : std::string("--resume ")) + kReally);
    EXPECT_EQ(status, 0) << moment.count() << "\n" << out << err << left;
    EXPECT_EQ(machine.world(), wanted) << moment.count() << "\n" << out << left;
  }
  EXPECT_GT(killed, 0);
}

}  // namespace
}  // namespace rehearse
