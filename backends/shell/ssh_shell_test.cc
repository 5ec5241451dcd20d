#include "backends/shell/ssh_shell.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "backends/shell/local_shell.h"

namespace rehearse {
namespace {

namespace files = std::filesystem;
using Ended = ShellAnswer::Ended;
using Words = std::vector<std::string>;
using std::chrono::milliseconds;

struct Folder {
  Folder() : path(files::path(testing::TempDir()) / fmt::format("rehearse-ssh-test-{}", getpid())) {
    files::create_directories(path);
  }
  ~Folder() {
    std::error_code ignored;
    files::remove_all(path, ignored);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name) << text;
    chmod((path / name).c_str(), 0700);
  }
  files::path path;
};

// An `ssh` that runs the line here, as the other side's login shell would.
struct StandInSsh : testing::Test {
  StandInSsh() : path(getenv("PATH")) {
    stand_in("for last; do :; done\ncase \" $* \" in *' -O exit '*) exit 0;; esac\nexec sh -c \"$last\"\n");
    setenv("PATH", (folder.path.string() + ":" + path).c_str(), 1);
    options.connect = std::chrono::seconds(1);
    options.slack = milliseconds(500);
  }
  ~StandInSsh() override { setenv("PATH", path.c_str(), 1); }
  void stand_in(const std::string& text) const { folder.write("ssh", "#!/bin/sh\n" + text); }
  ShellAnswer run(Words words, std::string input = "", milliseconds deadline = milliseconds(20'000)) const {
    return SshShell({"trolls"}, options).run({std::move(words), std::move(input), deadline});
  }
  ShellAnswer line(const std::string& text) const { return run({"bash", "-c", text}); }

  Folder folder;
  std::string path;
  SshShell::Options options;
};

TEST_F(StandInSsh, keeps_the_streams_apart_and_the_status) {
  const ShellAnswer answer = run({"bash", "-c", "cat; echo err >&2; exit 7"}, "in\nput");
  EXPECT_EQ(answer.ended, Ended::exited);
  EXPECT_EQ(answer.status, 7);
  EXPECT_EQ(answer.out, "in\nput");
  EXPECT_EQ(answer.err, "err\n");
}

TEST_F(StandInSsh, gives_nothing_of_its_own_to_the_output) {
  const ShellAnswer answer = run({"true"});
  EXPECT_EQ(answer.out, "");
  EXPECT_EQ(answer.err, "");
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(line("echo $LC_ALL").out, "C\n");
}

TEST_F(StandInSsh, tells_a_programs_255_from_its_own) {
  EXPECT_EQ(line("exit 255").status, 255);
  EXPECT_EQ(line("exit 124").status, 124) << "which is what timeout(1) says";
  EXPECT_EQ(line("kill -KILL $$").status, 137);
  EXPECT_EQ(run({"no-such-program-here"}).status, 127);
  stand_in("echo 'ssh: connect to host trolls port 22: No route to host' >&2; exit 255\n");
  const ShellAnswer none = run({"true"});
  EXPECT_EQ(none.ended, Ended::lost);
  EXPECT_EQ(none.status, std::nullopt);
  EXPECT_EQ(none.why,
            "ssh: connect to host trolls port 22: No route to host; the command had not begun, as far as was "
            "heard");
}

TEST_F(StandInSsh, takes_a_connection_that_breaks_for_lost_whatever_was_said) {
  stand_in("echo half; exit 0\n");
  const ShellAnswer answer = run({"true"});
  EXPECT_EQ(answer.ended, Ended::lost);
  EXPECT_EQ(answer.out, "half\n");
  EXPECT_EQ(answer.why, "the connection ended; the command had not begun, as far as was heard");
}

TEST_F(StandInSsh, keeps_apart_what_ssh_and_the_profile_say_before) {
  stand_in("for last; do :; done\necho banner >&2; echo welcome; exec sh -c \"$last\"\n");
  const ShellAnswer answer = line("echo out; echo err >&2");
  EXPECT_EQ(answer.out, "out\n");
  EXPECT_EQ(answer.err, "err\n");
}

TEST_F(StandInSsh, ends_the_command_on_the_other_side_at_its_deadline) {
  const ShellAnswer answer = run({"bash", "-c", "echo here; sleep 100"}, "", milliseconds(400));
  EXPECT_EQ(answer.ended, Ended::timed_out);
  EXPECT_EQ(answer.status, std::nullopt);
  EXPECT_EQ(answer.out, "here\n");
  const ShellAnswer stubborn =
      run({"bash", "-c", "trap '' TERM; for i in $(seq 100); do sleep 1; done"}, "", milliseconds(400));
  EXPECT_EQ(stubborn.ended, Ended::timed_out);
}

TEST_F(StandInSsh, does_not_wait_for_ever_for_a_dead_connection) {
  stand_in("case \" $* \" in *' -O exit '*) exit 0;; esac\nexec sleep 100\n");
  const ShellAnswer answer = run({"true"}, "", milliseconds(100));
  EXPECT_EQ(answer.ended, Ended::lost);
  EXPECT_EQ(answer.why, "no answer long after the deadline; the command had not begun, as far as was heard");
}

TEST_F(StandInSsh, does_not_wait_for_those_in_the_background) {
  const ShellAnswer answer = line("sleep 30 & echo $!");
  EXPECT_EQ(answer.status, 0);
  EXPECT_LT(answer.took, std::chrono::seconds(20));
  kill(std::stoi(answer.out), SIGKILL);
}

TEST_F(StandInSsh, waits_for_a_command_whose_connection_broke) {
  // The line goes on alone once it has begun; each later connection is a whole one.
  const std::string begun = (folder.path / "begun").string();
  const std::string over = (folder.path / "over").string();
  stand_in(
      fmt::format("for last; do :; done\ncase \" $* \" in *' -O exit '*) exit 0;; esac\n"
                  "[ -e {0} ] && exec sh -c \"$last\"\n"
                  "setsid sh -c \"$last\" >/dev/null 2>&1 </dev/null &\n"
                  "until [ -e {0} ]; do sleep 0.01; done; exit 255\n",
                  begun));
  options.run = fmt::format("rehearse-run-{:016x}", getpid());
  SshShell shell({"trolls"}, options);
  const ShellAnswer broken =
      shell.run(line_call(fmt::format("touch {}; until [ -e {} ]; do sleep 0.01; done", begun, over)));
  EXPECT_EQ(broken.ended, Ended::lost);
  EXPECT_FALSE(shell.await_earlier(milliseconds(300))) << "it is at work";
  SshShell::Options other = options;
  other.run += "x";
  EXPECT_TRUE(SshShell({"trolls"}, other).await_earlier(milliseconds(10'000))) << "it is not of that run";
  std::ofstream(over) << "now";
  EXPECT_TRUE(shell.await_earlier(milliseconds(10'000)));
  EXPECT_EQ(shell.run({{"true"}, "", milliseconds(20'000)}).status, 0);
}

TEST_F(StandInSsh, waits_for_nothing_on_a_machine_it_does_not_reach) {
  stand_in("echo 'ssh: connect to host trolls port 22: No route to host' >&2; exit 255\n");
  options.run = "rehearse-run-1";
  EXPECT_TRUE(SshShell({"trolls"}, options).await_earlier(milliseconds(1'000)));
}

TEST_F(StandInSsh, goes_where_it_is_told_without_asking_anybody) {
  stand_in("printf '%s\\n' \"$@\" >>" + (folder.path / "asked").string() + "\n");
  { SshShell({"192.0.2.7", "ops", 2222}, options).run({{"true"}, "", milliseconds(1000)}); }
  std::ifstream in(folder.path / "asked");
  const std::string asked((std::istreambuf_iterator<char>(in)), {});
  for (const char* word : {"BatchMode=yes\n", "ControlMaster=auto\n", "ControlPersist=60\n", "-l\nops\n",
                           "-p\n2222\n", "ConnectTimeout=1\n", "--\n192.0.2.7\n", "-O\nexit\n"}) {
    EXPECT_NE(asked.find(word), std::string::npos) << word << asked;
  }
}

TEST_F(StandInSsh, does_not_mark_where_a_program_shows_its_own_line) {
  const ShellAnswer answer = line("cat /proc/$PPID/cmdline | tr '\\0' '\\n'");
  EXPECT_NE(answer.out.find("trap t=1 TERM"), std::string::npos);
  EXPECT_EQ(answer.status, 0);
}

TEST_F(StandInSsh, passes_hostile_words) {
  rc::check("words arrive as they are", [this] {
    const auto byte = rc::gen::map(rc::gen::inRange(1, 256), [](int c) { return static_cast<char>(c); });
    const auto nasty = rc::gen::elementOf(std::string("'\"\\$`!*?~[]{}()<>|&;# \t\n-"));
    const auto word = rc::gen::container<std::string>(rc::gen::oneOf(nasty, byte));
    const auto words = *rc::gen::resize(12, rc::gen::container<Words>(word));
    Words command{"printf", "%s\\0"};
    command.insert(command.end(), words.begin(), words.end());
    std::string expected(words.empty() ? 1 : 0, '\0');
    for (const std::string& one : words) expected += one + '\0';
    RC_ASSERT(run(command).out == expected);
  });
}

// A real sshd of this machine's, on a port of its own for this test.
struct RealSshd : testing::Test {
  void SetUp() override {
    if (!files::exists("/usr/sbin/sshd") || !files::exists("/usr/bin/ssh-keygen")) {
      GTEST_SKIP() << "there is no sshd here";
    }
    if (geteuid() == 0) files::create_directories("/run/sshd");  // where Debian's sshd wants an empty folder
    const std::string at = folder.path.string();
    const auto need = [](const std::string& line) {
      const ShellAnswer answer = LocalShell().run(line_call(line));
      ASSERT_EQ(answer.status, 0) << line << "\n" << answer.out << answer.err;
    };
    need(fmt::format(
        "cd {} && ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ed25519 -N '' -f key && "
        "cp key.pub keys && chmod 600 keys",
        at));
    for (int i = 0; i < 20 && !answers; ++i) {
      port = static_cast<std::uint16_t>(20'000 + (getpid() * 7 + i * 131) % 30'000);
      folder.write("config", fmt::format("Port {}\nListenAddress 127.0.0.1\nHostKey {}/host\nPidFile {}/pid\n"
                                         "AuthorizedKeysFile {}/keys\nStrictModes no\nUsePAM no\n",
                                         port, at, at, at));
      const ShellAnswer started =
          LocalShell().run(line_call(fmt::format("/usr/sbin/sshd -f {}/config -E {}/log", at, at)));
      if (started.status != 0) continue;
      options.more = {"-F", "none",
                      "-i", at + "/key",
                      "-o", "StrictHostKeyChecking=no",
                      "-o", "UserKnownHostsFile=" + at + "/known"};
      for (int tries = 0; tries < 100 && !answers; ++tries) {
        std::ifstream pid(folder.path / "pid");
        answers = static_cast<bool>(pid >> server);
        if (!answers) usleep(20'000);
      }
    }
    if (!answers) GTEST_SKIP() << "sshd does not start here";
  }
  void TearDown() override {
    if (server > 1) kill(server, SIGTERM);
  }
  std::unique_ptr<SshShell> shell() {
    const char* user = getenv("USER");
    return std::make_unique<SshShell>(SshAddress{"127.0.0.1", user ? user : "root", port}, options);
  }

  Folder folder;
  SshShell::Options options;
  std::uint16_t port = 0;
  pid_t server = 0;
  bool answers = false;
};

TEST_F(RealSshd, runs_commands_over_one_connection) {
  const auto ssh = shell();
  const ShellAnswer first =
      ssh->run({{"bash", "-c", "cat; echo e >&2; exit 255"}, "it's $HOME\n", milliseconds(20'000)});
  EXPECT_EQ(first.ended, Ended::exited) << first.why << first.err;
  EXPECT_EQ(first.status, 255);
  EXPECT_EQ(first.out, "it's $HOME\n");
  EXPECT_EQ(first.err, "e\n");
  const Words words{"printf", "%s|", "a b", "'", "\"$x\"", "\\", "\n", "*", ""};
  EXPECT_EQ(ssh->run({words, "", milliseconds(20'000)}).out, "a b|'|\"$x\"|\\|\n|*||");
  EXPECT_EQ(ssh->run(line_call("echo $SSH_CONNECTION")).out, ssh->run(line_call("echo $SSH_CONNECTION")).out);
  EXPECT_EQ(ssh->run(line_call("sleep 100", milliseconds(300))).ended, Ended::timed_out);
  EXPECT_EQ(ssh->run(line_call("sleep 20 & echo now")).out, "now\n");
}

TEST_F(RealSshd, does_not_know_what_became_of_a_command_when_the_connection_breaks) {
  const auto ssh = shell();
  ASSERT_EQ(ssh->run(line_call("true")).status, 0);
  // The server's end of this connection is the grandparent of the command.
  const ShellAnswer broken = ssh->run(line_call(
      "p=$$; while [ \"$(cat /proc/$p/comm)\" != sshd ]; do p=$(awk '{print $4}' /proc/$p/stat); done; "
      "kill -KILL $p; sleep 30"));
  EXPECT_EQ(broken.ended, Ended::lost);
  EXPECT_NE(broken.why.find("; the command had begun"), std::string::npos) << broken.why;
  EXPECT_EQ(ssh->run(line_call("echo again")).out, "again\n") << "the next command makes a new connection";
}

}  // namespace
}  // namespace rehearse
