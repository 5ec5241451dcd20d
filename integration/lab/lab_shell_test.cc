// What a shell through the agent promises, with an agent that runs on this machine.
#include "integration/lab/lab_shell.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace rehearse {

// For messages of a failed test.
void PrintTo(const LabFailure& failure, std::ostream* out) { *out << failure.why; }

namespace {

using std::chrono::milliseconds;
using Ended = ShellAnswer::Ended;

class LabShellTest : public testing::Test {
 protected:
  void SetUp() override {
    auto ends = socket_pair();
    ASSERT_TRUE(ends);
    ASSERT_EQ(agent_.start({REHEARSE_LAB_AGENT, std::to_string(ends->second.get())},
                           {".", 1, 2, {ends->second.get()}, false}),
              std::nullopt);
    ends->second.shut();
    // As an earlier conversation may have left it.
    const std::string rest = "the rest of\xab\x1aL";
    ASSERT_EQ(send(ends->first.get(), rest.data(), rest.size(), 0), static_cast<ssize_t>(rest.size()));
    ASSERT_EQ(shell_.connect(std::move(ends->first), milliseconds(10'000)), std::nullopt);
  }

  // Ended by the end of its stream or by us; as process 1 of a guest it would never end.
  Process agent_;
  LabShell shell_{"alpha"};
};

TEST_F(LabShellTest, passes_words_on_as_they_are) {
  const std::vector<std::string> words = {
      "printf", "[%s]", "",  "a b",          "it's", "\"$HOME\"", "`id`", "$(id)", "two\nlines\n", "\\",
      "*",      "-n",   "~", "\xff\xfe\x01", "\t",   "!!",        "a;b&", "ü|ß>",  "\x7f",         "#"};
  std::string expected;
  for (std::size_t i = 2; i < words.size(); ++i) expected += "[" + words[i] + "]";
  const ShellAnswer answer = shell_.run({words, "", milliseconds(10'000)});
  EXPECT_EQ(answer.ended, Ended::exited);
  EXPECT_EQ(answer.out, expected);
  EXPECT_EQ(answer.status, 0);
}

TEST_F(LabShellTest, keeps_the_streams_apart_and_tells_the_status) {
  const ShellAnswer answer = shell_.run(line_call("echo out; echo err >&2; exit 7"));
  EXPECT_EQ(answer.out, "out\n");
  EXPECT_EQ(answer.err, "err\n");
  EXPECT_EQ(answer.status, 7);
}

TEST_F(LabShellTest, tells_a_signal_as_bash_does) {
  EXPECT_EQ(shell_.run(line_call("kill -SEGV $$")).status, 128 + 11);
}

TEST_F(LabShellTest, looks_into_files_without_a_program) {
  const std::string path = testing::TempDir() + "/looked-at";
  const std::string text(100'000, 'x');
  std::ofstream(path) << text;
  const auto seen = shell_.look({path, "/nowhere", "/dev/null"});
  const auto* contents = std::get_if<LabShell::Contents>(&seen);
  ASSERT_NE(contents, nullptr);
  EXPECT_EQ(*contents, (LabShell::Contents{text, std::nullopt, ""}));
  EXPECT_EQ(shell_.run(line_call("echo on")).out, "on\n");
}

TEST_F(LabShellTest, says_that_a_program_does_not_exist) {
  const ShellAnswer answer = shell_.run({{"no-such-program"}, "", milliseconds(10'000)});
  EXPECT_EQ(answer.status, 127);
  EXPECT_EQ(answer.err, "no-such-program: No such file or directory\n");
}

TEST_F(LabShellTest, carries_megabytes_both_ways) {
  std::string much;
  for (std::size_t i = 0; much.size() < (3U << 20U); ++i) much += static_cast<char>(i * 7 + i / 251);
  const ShellAnswer answer = shell_.run({{"cat"}, much, milliseconds(60'000)});
  EXPECT_EQ(answer.status, 0);
  EXPECT_TRUE(answer.out == much);
}

TEST_F(LabShellTest, does_not_wait_for_a_program_that_leaves_its_input_unread) {
  const ShellAnswer answer = shell_.run({{"true"}, std::string(1U << 20U, 'x'), milliseconds(10'000)});
  EXPECT_EQ(answer.status, 0);
}

TEST_F(LabShellTest, ends_the_input_behind_it) {
  EXPECT_EQ(shell_.run({{"wc", "-c"}, "", milliseconds(10'000)}).out, "0\n");
}

TEST_F(LabShellTest, kills_at_the_deadline_whoever_belongs_to_the_command) {
  const ShellAnswer answer = shell_.run(line_call("echo begun; sleep 100 | sleep 100", milliseconds(300)));
  EXPECT_EQ(answer.ended, Ended::timed_out);
  EXPECT_EQ(answer.status, std::nullopt);
  EXPECT_EQ(answer.out, "begun\n");
}

TEST_F(LabShellTest, kills_what_ignores_every_other_signal) {
  const ShellAnswer answer =
      shell_.run(line_call("trap '' TERM INT HUP; while :; do :; done", milliseconds(300)));
  EXPECT_EQ(answer.ended, Ended::timed_out);
}

TEST_F(LabShellTest, does_not_wait_for_what_a_command_leaves_in_the_background) {
  const ShellAnswer answer = shell_.run(line_call("sleep 3 & echo done", milliseconds(2'500)));
  EXPECT_EQ(answer.ended, Ended::exited);
  EXPECT_EQ(answer.out, "done\n");
}

TEST_F(LabShellTest, puts_files) {
  const std::string path = testing::TempDir() + "lab_shell_test " + std::to_string(getpid());
  std::string contents = "a\0b\xff\n";
  contents += std::string(100'000, 'x');
  EXPECT_EQ(shell_.put(path, contents, 0600), std::nullopt);
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE((std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}) ==
              contents);
  std::filesystem::remove(path);
  const Done failed = shell_.put("/no/such/folder/file", "x");
  EXPECT_EQ(failed, LabFailure{"/no/such/folder/file cannot be written on alpha: No such file or directory"});
}

TEST_F(LabShellTest, tells_a_call_lost_when_the_machine_goes_down_under_it) {
  // The agent ends with its parent's blessing: the command kills it.
  const ShellAnswer answer = shell_.run(line_call("kill -9 $PPID; sleep 5"));
  EXPECT_EQ(answer.ended, Ended::lost);
  EXPECT_EQ(answer.why, "alpha went down");
  EXPECT_EQ(shell_.run(line_call("true")).why, "alpha is down");
}

TEST(LabShell, begins_no_command_before_the_one_that_did_not_answer_has_ended) {
  auto ends = socket_pair();
  ASSERT_TRUE(ends);
  Process agent;
  ASSERT_EQ(agent.start({REHEARSE_LAB_AGENT, std::to_string(ends->second.get())},
                        {".", 1, 2, {ends->second.get()}, false}),
            std::nullopt);
  ends->second.shut();
  LabShell shell("alpha", milliseconds(200));
  ASSERT_EQ(shell.connect(std::move(ends->first), milliseconds(10'000)), std::nullopt);
  const ShellAnswer pid = shell.run(line_call("echo $PPID"));
  const pid_t number = std::stoi(pid.out);
  const std::string name = testing::TempDir() + "lab-shell-late-" + std::to_string(getpid());
  kill(number, SIGSTOP);  // as a guest that hangs
  const ShellAnswer late = shell.run(line_call("sleep 0.3; echo late >>" + name, milliseconds(2'000)));
  EXPECT_EQ(late.ended, Ended::lost);
  EXPECT_EQ(late.why, "alpha does not answer");
  EXPECT_EQ(shell.run(line_call("echo never >>" + name, milliseconds(100))).why,
            "alpha does not answer; an earlier command is at work there, or was not begun");
  kill(number, SIGCONT);
  const ShellAnswer after = shell.run(line_call("cat " + name, milliseconds(10'000)));
  EXPECT_EQ(after.out, "late\n") << after.why;
  std::remove(name.c_str());
}

TEST_F(LabShellTest, refuses_what_no_program_can_be_given) {
  EXPECT_EQ(shell_.run({{"echo", std::string("a\0b", 3)}, "", milliseconds(1'000)}).ended, Ended::lost);
  EXPECT_EQ(shell_.run({{}, "", milliseconds(1'000)}).ended, Ended::lost);
  EXPECT_EQ(shell_.run(line_call("echo still there")).out, "still there\n");
}

TEST(Process, ends_when_the_one_that_started_it_is_killed) {
  auto ends = socket_pair();
  ASSERT_TRUE(ends);
  const pid_t starter = fork();
  if (starter == 0) {
    ends->first.shut();
    Process process;
    process.start({"sleep", "1000"}, {".", 1, 2, {ends->second.get()}, false});
    kill(getpid(), SIGKILL);
  }
  ends->second.shut();
  char unused = 0;
  EXPECT_EQ(recv(ends->first.get(), &unused, 1, 0), 0) << "it still holds its end";
}

TEST(Process, says_what_a_program_said_and_how_it_ended) {
  std::vector<std::string> lines;
  const auto ran = run_program({"bash", "-c", "echo out; echo one >&2; echo two >&2; exit 3"},
                               [&](const std::string& line) { lines.push_back(line); });
  ASSERT_TRUE(std::holds_alternative<ProgramSaid>(ran));
  EXPECT_EQ(std::get<ProgramSaid>(ran).out, "out\n");
  EXPECT_EQ(std::get<ProgramSaid>(ran).status, 3);
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two"}));
}

}  // namespace
}  // namespace rehearse
