#include "scenarios/real_shell.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace rehearse {
namespace {

// Every command is answered by a line of its words; `sort` reads its input and gives it back; `no` fails.
struct ShellLine : testing::Test {
  std::optional<std::string> run(const std::string& line) {
    calls.clear();
    report = {};
    return RealShell(REHEARSE_STANDIN)
        .run(
            line,
            [&](const Words& words, const std::optional<std::string>& input) -> std::optional<Report> {
              if (words[0] == "sort" && !input) return std::nullopt;
              std::string call;
              for (const std::string& word : words) call += (call.empty() ? "" : " ") + word;
              calls.push_back(call + (input ? " < " + *input : ""));
              Report answer;
              answer.status = words[0] == "no" ? 3 : 0;
              answer.out("{}", call);
              return answer;
            },
            report);
  }
  std::vector<std::string> said() const {
    std::vector<std::string> all;
    for (const Line& line : report.lines) all.push_back((line.error ? "2> " : "") + line.text);
    return all;
  }

  std::vector<std::string> calls;
  Report report;
};

using Texts = std::vector<std::string>;

TEST_F(ShellLine, loops_and_asks_for_each_command) {
  EXPECT_EQ(run("for i in 1 2; do lvcreate -n s$i vg1; done"), std::nullopt);
  EXPECT_EQ(calls, (Texts{"lvcreate -n s1 vg1", "lvcreate -n s2 vg1"}));
  EXPECT_EQ(said(), calls);
  EXPECT_EQ(report.status, 0);
}

TEST_F(ShellLine, substitutes_what_commands_print) {
  run("x=$(lvs -o name); echo \"got $x\"");
  EXPECT_EQ(said(), Texts{"got lvs -o name"});
}

TEST_F(ShellLine, pipes_into_those_that_read) {
  run("{ lvs; vgs; } | sort -r");
  EXPECT_EQ(calls.back(), "sort -r < lvs\nvgs\n");
}

TEST_F(ShellLine, ends_as_its_last_command_does) {
  run("if no; then a; else b; fi; no $HOME");
  EXPECT_EQ(calls, (Texts{"no", "b", "no"}));
  EXPECT_EQ(report.status, 3);
}

TEST_F(ShellLine, asks_the_model_about_files_and_not_this_machine) {
  run("if [ -e /etc/passwd ]; then echo $(ls /etc); fi; test -d /");
  EXPECT_EQ(calls, (Texts{"[ -e /etc/passwd ]", "ls /etc", "test -d /"}));
}

TEST_F(ShellLine, gives_the_line_no_way_out) {
  for (const char* line :
       {"kill -9 $$", "exec ls", "source /etc/profile", ". /etc/profile", "enable kill", "set -m",
        "command -p ls", "builtin kill 1", "history -w x", "trap x EXIT", "pwd"}) {
    EXPECT_EQ(run(line), std::nullopt) << line;
    EXPECT_EQ(calls.size(), 1u) << line << " goes to the model like any command";
  }
  for (const char* line : {"PATH=/bin; ls", "/bin/ls $x", "cd /", "SHELL=x; cd /tmp"}) {
    run(line);
    EXPECT_TRUE(calls.empty() || calls[0] == "ls") << line;
  }
}

TEST_F(ShellLine, names_what_a_restricted_shell_must_not_be_given) {
  EXPECT_EQ(run("for i in 1; do echo $i > x; done"), "a redirection");
  EXPECT_EQ(run("for i in /dev/sd*; do echo $i; done"), "a pattern of file names");
  EXPECT_EQ(run("x=$(< /etc/passwd)"), "input from a file");
  EXPECT_EQ(run("sleep 100 &"), "a job in the background");
  EXPECT_EQ(run("/bin/ls $x"), "/bin/ls: restricted: cannot specify `/' in command names");
  EXPECT_TRUE(calls.empty());
  EXPECT_EQ(beyond_restriction("a && b || c; echo $?"), std::nullopt);
}

TEST_F(ShellLine, leaves_nothing_behind) {
  // A folder of this test alone: others run shells at the same time.
  std::string folder = testing::TempDir() + "shell-leaves-nothing-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  ASSERT_EQ(setenv("TMPDIR", folder.c_str(), 1), 0);
  run("lvs $HOME");
  ASSERT_EQ(unsetenv("TMPDIR"), 0);
  EXPECT_EQ(calls.size(), 1u);
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace rehearse
