#include "backends/shell/local_shell.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace rehearse {
namespace {

using Ended = ShellAnswer::Ended;
using std::chrono::milliseconds;

struct Local : testing::Test {
  ShellAnswer line(std::string text, std::string input = "", milliseconds deadline = milliseconds(20'000)) {
    ShellCall call = line_call(std::move(text), deadline);
    call.input = std::move(input);
    return shell.run(call);
  }
  LocalShell shell{milliseconds(300)};
};

TEST_F(Local, keeps_the_streams_apart_and_the_status) {
  const ShellAnswer answer = line("echo out; echo err >&2; exit 7");
  EXPECT_EQ(answer.ended, Ended::exited);
  EXPECT_EQ(answer.status, 7);
  EXPECT_EQ(answer.out, "out\n");
  EXPECT_EQ(answer.err, "err\n");
  EXPECT_GT(answer.took.count(), 0);
}

TEST_F(Local, passes_the_words_as_they_are) {
  const ShellAnswer answer =
      shell.run({{"printf", "%s|", "a b", "", "$HOME", "'", "\"", "*", "\n", "-n"}, "", milliseconds(9000)});
  EXPECT_EQ(answer.out, "a b||$HOME|'|\"|*|\n|-n|");
  EXPECT_EQ(answer.status, 0);
}

TEST_F(Local, counts_signals_as_bash_does) {
  EXPECT_EQ(line("kill -KILL $$").status, 137);
  EXPECT_EQ(line("kill -TERM $$").status, 143);
}

TEST_F(Local, tells_a_program_that_is_not_there) {
  const ShellAnswer none = shell.run({{"no-such-program-here"}, "", milliseconds(5000)});
  EXPECT_EQ(none.ended, Ended::exited);
  EXPECT_EQ(none.status, 127);
  EXPECT_EQ(none.err, "no-such-program-here: command not found\n");
  EXPECT_EQ(shell.run({{"/etc/hostname"}, "", milliseconds(5000)}).status, 126);
}

TEST_F(Local, cannot_pass_what_no_argument_can_hold) {
  EXPECT_EQ(shell.run({{"printf", std::string("a\0b", 3)}, "", milliseconds(5000)}).ended, Ended::lost);
  EXPECT_EQ(shell.run({}).ended, Ended::lost);
}

TEST_F(Local, feeds_more_than_a_pipe_holds) {
  std::string input(3'000'000, 'x');
  for (std::size_t i = 0; i < input.size(); i += 61) input[i] = '\n';
  const ShellAnswer answer = line("cat; cat /dev/null >&2", input);
  EXPECT_EQ(answer.status, 0);
  EXPECT_TRUE(answer.out == input);
}

TEST_F(Local, survives_a_program_that_does_not_read) {
  const ShellAnswer answer = line("exec 0<&-; echo done", std::string(1'000'000, 'x'));
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.out, "done\n");
}

TEST_F(Local, ends_everything_at_the_deadline) {
  const ShellAnswer answer = line("echo $$; sleep 100 & sleep 100", "", milliseconds(300));
  EXPECT_EQ(answer.ended, Ended::timed_out);
  EXPECT_EQ(answer.status, std::nullopt);
  const int group = std::stoi(answer.out);
  EXPECT_GT(group, 1);
  // Those that were ended may still have to be buried by their parent.
  for (int i = 0; i < 500 && kill(-group, 0) == 0; ++i) usleep(10'000);
  EXPECT_NE(kill(-group, 0), 0) << "something of it still runs";
}

TEST_F(Local, ends_who_does_not_mind_being_asked_to) {
  const ShellAnswer answer = line("trap '' TERM; while :; do sleep 0.1; done", "", milliseconds(300));
  EXPECT_EQ(answer.ended, Ended::timed_out);
}

TEST_F(Local, does_not_wait_for_those_in_the_background) {
  const ShellAnswer answer = line("sleep 30 & echo $!");
  EXPECT_EQ(answer.ended, Ended::exited);
  EXPECT_EQ(answer.status, 0);
  EXPECT_LT(answer.took, std::chrono::seconds(20));
  kill(std::stoi(answer.out), SIGKILL);
}

TEST_F(Local, holds_only_so_much_output) {
  const ShellAnswer answer = line("yes", "", milliseconds(1500));
  EXPECT_EQ(answer.ended, Ended::timed_out);
  EXPECT_LT(answer.out.size(), 65 * kMiB);
  EXPECT_FALSE(answer.out.empty());
}

// A file with a lock on it, by a descriptor of its own.
struct Locked {
  Locked() : name(testing::TempDir() + "rehearse-lock-" + std::to_string(getpid())) { fd = opened(); }
  ~Locked() {
    if (fd >= 0) close(fd);
    unlink(name.c_str());
  }
  int opened() const { return open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); }
  bool can_be_locked_by_another() const {
    const int other = opened();
    const bool can = flock(other, LOCK_EX | LOCK_NB) == 0;
    close(other);
    return can;
  }
  std::string name;
  int fd = -1;
};

TEST_F(Local, holds_a_lock_as_long_as_the_command_runs) {
  Locked lock;
  ASSERT_EQ(flock(lock.fd, LOCK_EX), 0);
  const pid_t dies = fork();
  if (dies == 0) {
    LocalShell(milliseconds(300), lock.fd)
        .run(line_call("kill -KILL " + std::to_string(getpid()) + "; sleep 1.5"));
    _exit(0);
  }
  waitpid(dies, nullptr, 0);
  close(lock.fd);
  lock.fd = -1;
  EXPECT_FALSE(lock.can_be_locked_by_another()) << "the command of the dead is still at work";
  bool free = false;
  for (int i = 0; i < 1000 && !free; ++i) {
    usleep(10'000);
    free = lock.can_be_locked_by_another();
  }
  EXPECT_TRUE(free);
}

TEST_F(Local, answers_the_same_when_it_holds_a_lock) {
  const Locked lock;
  LocalShell held(milliseconds(300), lock.fd);
  EXPECT_EQ(held.run(line_call("cat; echo e >&2; exit 7")).status, 7);
  EXPECT_EQ(held.run(line_call("kill -KILL $$")).status, 137);
  EXPECT_EQ(held.run({{"no-such-program-here"}, "", milliseconds(5000)}).status, 127);
  EXPECT_EQ(held.run(line_call("ls /proc/self/fd")).out, line("ls /proc/self/fd").out)
      << "nothing leaks into it";
  const ShellAnswer late =
      held.run(line_call("trap '' TERM; sleep 100 & sleep 100; sleep 100", milliseconds(300)));
  EXPECT_EQ(late.ended, Ended::timed_out);
}

}  // namespace
}  // namespace rehearse
