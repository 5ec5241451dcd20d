#include "backends/shell/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace rehearse {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// As sh(1) has it.
constexpr int kNotRunnable = 126;
constexpr int kSignalled = 128;

class Handle {
 public:
  Handle() = default;
  explicit Handle(int fd) : fd_(fd) {}
  Handle(Handle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Handle() { shut(); }
  void shut() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

struct Pipe {
  Handle read;
  Handle write;
  bool open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read = Handle(ends[0]);
    write = Handle(ends[1]);
    return true;
  }
};

void never_wait(const Handle& handle) {
  fcntl(handle.get(), F_SETFL, fcntl(handle.get(), F_GETFL) | O_NONBLOCK);
}

// Writing to a program that reads no more is an error to see, not a signal to die of.
class WithoutBrokenPipe {
 public:
  WithoutBrokenPipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutBrokenPipe() {
    const timespec at_once{};
    if (!was_pending_) {
      while (sigtimedwait(&pipe_, nullptr, &at_once) < 0 && errno == EINTR) continue;
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutBrokenPipe(const WithoutBrokenPipe&) = delete;
  WithoutBrokenPipe& operator=(const WithoutBrokenPipe&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

// What the child needs, ready before the fork: behind it only calls that are safe there.
struct Start {
  std::vector<std::string> paths;  // where the program may be
  std::vector<char*> words;
  std::vector<char*> environment;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> paths_of(const std::string& program) {
  if (program.find('/') != std::string::npos) return {program};
  const char* set = getenv("PATH");
  const std::string path = set ? set : "/usr/sbin:/usr/bin:/sbin:/bin";
  std::vector<std::string> all;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find(':', at), path.size());
    const std::string folder = path.substr(at, end - at);
    all.push_back((folder.empty() ? "." : folder) + "/" + program);
    at = end + 1;
  }
  return all;
}

std::vector<std::string> environment_with(const Environment& more) {
  std::vector<std::string> all = more;
  const auto replaced = [&](const std::string& row) {
    const std::string name = row.substr(0, row.find('=') + 1);
    return std::any_of(more.begin(), more.end(), [&](const auto& other) { return other.starts_with(name); });
  };
  for (char** row = environ; *row; ++row) {
    if (!replaced(*row)) all.emplace_back(*row);
  }
  return all;
}

[[noreturn]] void become(const Start& start, const std::array<int, 3>& streams, int trouble) {
  setsid();
  for (int i = 0; i < 3; ++i) dup2(streams[static_cast<std::size_t>(i)], i);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) signal(number, SIG_DFL);
  int why = ENOENT;
  for (const std::string& path : start.paths) {
    execve(path.c_str(), start.words.data(), start.environment.data());
    if (errno != ENOENT && errno != ENOTDIR) why = errno;  // found, but it cannot be run
  }
  const ssize_t told = ::write(trouble, &why, sizeof why);
  _exit(told == sizeof why ? kCommandNotFound : kNotRunnable);
}

// The process that stays while the command is there, with nothing open but what it holds.
[[noreturn]] void keep(const Start& start, const std::array<int, 3>& streams, int trouble, int born,
                       int hold) {
  setsid();
  const pid_t command = fork();
  if (command == 0) become(start, streams, trouble);
  if (::write(born, &command, sizeof command) != sizeof command || command < 0) _exit(kNotRunnable);
  dup2(hold, 0);
  close_range(1, ~0U, 0);
  int status = 0;
  while (waitpid(command, &status, 0) < 0 && errno == EINTR) continue;
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status));
}

struct Stream {
  Handle from;
  std::string* text = nullptr;
};

class Running {
 public:
  Running(const ShellCall& call, const ProcessLimits& limits) : call_(call), limits_(limits) {}

  ShellAnswer operator()(const Environment& more) {
    began_ = Clock::now();
    if (!start(more)) return std::move(answer_);
    const auto end = began_ + limits_.deadline;
    if (follow(end)) {
      collect();
    } else {
      put_an_end();
    }
    answer_.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_);
    return std::move(answer_);
  }

 private:
  ShellAnswer lost(std::string why) const {
    ShellAnswer answer;
    answer.ended = ShellAnswer::Ended::lost;
    answer.why = std::move(why);
    return answer;
  }

  bool start(const Environment& more) {
    Pipe in;
    Pipe out;
    Pipe err;
    Pipe trouble;
    Pipe born;
    if (!in.open() || !out.open() || !err.open() || !trouble.open() || !born.open()) {
      answer_ = lost(fmt::format("no pipe: {}", std::strerror(errno)));
      return false;
    }
    const std::vector<std::string> environment = environment_with(more);
    const Start ready{paths_of(call_.words[0]), pointers(call_.words), pointers(environment)};
    const std::array<int, 3> theirs{in.read.get(), out.write.get(), err.write.get()};
    child_ = group_ = fork();
    if (child_ == 0 && limits_.hold >= 0) {
      keep(ready, theirs, trouble.write.get(), born.write.get(), limits_.hold);
    } else if (child_ == 0) {
      become(ready, theirs, trouble.write.get());
    }
    trouble.write.shut();
    born.write.shut();
    const bool told = limits_.hold < 0 || ::read(born.read.get(), &group_, sizeof group_) == sizeof group_;
    if (child_ < 0 || group_ < 0 || !told) {
      answer_ = lost("no process could be made");
      return false;
    }
    int why = 0;
    if (::read(trouble.read.get(), &why, sizeof why) == sizeof why) {
      waitpid(child_, nullptr, 0);
      answer_.status = why == ENOENT ? kCommandNotFound : kNotRunnable;
      answer_.err =
          fmt::format("{}: {}\n", call_.words[0], why == ENOENT ? "command not found" : std::strerror(why));
      return false;
    }
    // glibc 2.36 declares pidfd_open for C alone.
    over_ = Handle(static_cast<int>(syscall(SYS_pidfd_open, child_, 0)));
    in_ = std::move(in.write);
    if (call_.input.empty()) in_.shut();
    streams_[0] = {std::move(out.read), &answer_.out};
    streams_[1] = {std::move(err.read), &answer_.err};
    if (in_.get() >= 0) never_wait(in_);
    for (const Stream& stream : streams_) never_wait(stream.from);
    return true;
  }

  // Feeds and reads until the process is over; false at the deadline.
  bool follow(Clock::time_point end) {
    while (true) {
      const auto left = std::chrono::ceil<milliseconds>(end - Clock::now()).count();
      if (left <= 0) return false;
      std::array<pollfd, 4> all{pollfd{over_.get(), POLLIN, 0}, pollfd{in_.get(), POLLOUT, 0},
                                wanted(streams_[0]), wanted(streams_[1])};
      const int ready = poll(all.data(), all.size(), static_cast<int>(std::min<std::int64_t>(left, 60'000)));
      if (ready < 0 && errno != EINTR) return false;
      if (ready <= 0) continue;
      if (all[1].revents != 0) feed();
      for (std::size_t i = 0; i < 2; ++i) {
        if (all[2 + i].revents != 0) take(streams_[i]);
      }
      if (limits_.complete && limits_.complete(answer_.out, answer_.err)) {
        kill(-group_, SIGTERM);
        return wait_over(limits_.grace) || (kill(-group_, SIGKILL), wait_over(limits_.grace));
      }
      if (all[0].revents != 0) return true;
    }
  }

  pollfd wanted(const Stream& stream) const {
    const bool full = stream.text->size() >= limits_.most_output;
    return {full ? -1 : stream.from.get(), POLLIN, 0};
  }

  void feed() {
    const std::size_t left = call_.input.size() - fed_;
    const ssize_t count = ::write(in_.get(), call_.input.data() + fed_, left);
    if (count > 0) fed_ += static_cast<std::size_t>(count);
    const bool broken = count < 0 && errno != EAGAIN && errno != EINTR;
    if (broken || fed_ == call_.input.size()) in_.shut();
  }

  // What is there now. A stream that others have inherited may never end.
  void take(Stream& stream) const {
    char piece[65536];
    while (stream.text->size() < limits_.most_output) {
      const ssize_t count = ::read(stream.from.get(), piece, sizeof piece);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0) {
        stream.from.shut();
        return;
      }
      stream.text->append(piece, static_cast<std::size_t>(count));
    }
  }

  // The process is over; what it wrote before is in the pipes.
  void collect() {
    for (Stream& stream : streams_) {
      if (stream.from.get() >= 0) take(stream);
    }
    int status = 0;
    while (waitpid(child_, &status, 0) < 0 && errno == EINTR) continue;
    answer_.status = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
  }

  bool wait_over(milliseconds patience) const {
    const auto end = Clock::now() + patience;
    while (true) {
      const auto left = std::chrono::ceil<milliseconds>(end - Clock::now()).count();
      pollfd over{over_.get(), POLLIN, 0};
      const int ready = poll(&over, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
      if (ready > 0) return true;
      if (ready == 0 || left <= 0) return false;
    }
  }

  void put_an_end() {
    kill(-group_, SIGTERM);
    const bool went = wait_over(limits_.grace);
    kill(-group_, SIGKILL);  // those too that did not mind SIGTERM while their parent did
    if (went || wait_over(limits_.grace)) {
      collect();
      answer_.status.reset();
      answer_.ended = ShellAnswer::Ended::timed_out;
    } else {
      for (Stream& stream : streams_) take(stream);
      answer_.ended = ShellAnswer::Ended::stuck;
    }
  }

  const ShellCall& call_;
  const ProcessLimits& limits_;
  const WithoutBrokenPipe without_broken_pipe_;
  Clock::time_point began_;
  pid_t child_ = -1;
  pid_t group_ = -1;  // of the command, which is the child itself or the child's child
  Handle over_;       // readable when the process is over
  Handle in_;
  std::size_t fed_ = 0;
  std::array<Stream, 2> streams_;
  ShellAnswer answer_;
};

}  // namespace

ShellAnswer run_process(const ShellCall& call, const ProcessLimits& limits, const Environment& more) {
  const auto has_nul = [](const std::string& word) { return word.find('\0') != std::string::npos; };
  ShellAnswer answer;
  answer.ended = ShellAnswer::Ended::lost;
  if (call.words.empty()) {
    answer.why = "no program is named";
  } else if (std::any_of(call.words.begin(), call.words.end(), has_nul)) {
    answer.why = "no argument can hold a NUL byte";
  } else {
    answer = Running(call, limits)(more);
  }
  return answer;
}

}  // namespace rehearse
