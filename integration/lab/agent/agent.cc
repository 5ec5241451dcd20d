// The program that runs commands in a guest for the lab; it is the guest's process 1, so it reaps everybody's
// orphans and never ends. Linked statically, as it must not depend on what it is to watch.
//
//   lab-agent PORT     a device, or the number of a descriptor that is open
#include <fcntl.h>
#include <linux/random.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <list>
#include <vector>

#include "integration/lab/agent/wire.h"

namespace rehearse::wire {
namespace {

using Clock = std::chrono::steady_clock;

// Between SIGKILL and the conclusion that a process waits in the kernel for what does not come.
constexpr auto kGrace = std::chrono::seconds(5);
constexpr std::size_t kPiece = 60000;

struct Stream {
  Kind kind = Kind::out;
  int fd = -1;
};

struct Job {
  std::uint32_t id = 0;
  pid_t pid = 0;
  Stream streams[2] = {{Kind::out, -1}, {Kind::err, -1}};
  int input_fd = -1;
  std::string input;
  std::size_t input_written = 0;
  Clock::time_point started;
  Clock::time_point deadline;
  bool killed = false;
  bool over = false;
};

class Agent {
 public:
  explicit Agent(int port) : port_(port) {
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, nullptr);
    ended_ = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
  }

  [[noreturn]] void serve() {
    for (;;) turn();
  }

 private:
  void turn() {
    std::vector<pollfd> all{{port_, POLLIN, 0}, {ended_, POLLIN, 0}};
    int patience = -1;
    for (const Job& job : jobs_) {
      for (const Stream& stream : job.streams) all.push_back({stream.fd, POLLIN, 0});
      all.push_back({job.input_fd, POLLOUT, 0});
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(job.deadline - Clock::now());
      const int wait = std::clamp(static_cast<int>(left.count()) + 1, 0, 1000);
      patience = patience < 0 ? wait : std::min(patience, wait);
    }
    poll(all.data(), all.size(), patience);
    for (Job& job : jobs_) {
      forward(job);
      feed(job);
    }
    signalfd_siginfo unused;
    while (read(ended_, &unused, sizeof unused) > 0) {
    }
    reap();
    watch_deadlines();
    jobs_.remove_if([](const Job& job) { return job.over; });
    if (all[0].revents != 0) hear();
  }

  void send(const Frame& frame) const {
    const std::string bytes = encode(frame);
    for (std::size_t at = 0; at < bytes.size();) {
      const ssize_t count = write(port_, bytes.data() + at, bytes.size() - at);
      if (count > 0) at += static_cast<std::size_t>(count);
      if (count < 0 && errno != EAGAIN && errno != EINTR) return;
      pollfd ready{port_, POLLOUT, 0};
      if (count <= 0) poll(&ready, 1, 1000);
    }
  }

  void answer(std::uint32_t id, Ending ending, std::uint32_t status, Clock::time_point started) const {
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started);
    std::string body;
    add_number(body, static_cast<std::uint32_t>(ending));
    add_number(body, status);
    add_number(body, static_cast<std::uint32_t>(took.count()));
    send({Kind::done, id, body});
  }

  void hear() {
    char piece[kPiece];
    const ssize_t count = read(port_, piece, sizeof piece);
    if (count <= 0) {
      // The host's end is closed: the port stays readable until it is open again.
      pollfd nothing{-1, 0, 0};
      poll(&nothing, 1, 5);
      return;
    }
    inbox_.add(piece, static_cast<std::size_t>(count));
    while (const std::optional<Frame> frame = inbox_.next()) obey(*frame);
  }

  void obey(const Frame& frame) {
    Reader body{frame.body};
    switch (frame.kind) {
      case Kind::hello:
        return send(frame);
      case Kind::run:
        return run(frame.id, body);
      case Kind::put:
        return put(frame.id, body);
      case Kind::refresh:
        return refresh(body);
      case Kind::look:
        return look(frame.id, body);
      default:
        return;
    }
  }

  void run(std::uint32_t id, Reader& body) {
    Job job;
    job.id = id;
    job.started = Clock::now();
    job.deadline = job.started + std::chrono::milliseconds(body.number());
    std::vector<std::string> words(std::min<std::size_t>(body.number(), body.rest.size()));
    for (std::string& word : words) word = body.text();
    job.input = body.text();
    if (!body.good || words.empty()) return answer(id, Ending::failed, EINVAL, job.started);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    int in[2];
    int out[2];
    int err[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
      return answer(id, Ending::failed, static_cast<std::uint32_t>(errno), job.started);
    }
    job.pid = fork();
    if (job.pid == 0) become(arguments, in[0], out[1], err[1]);
    for (const int fd : {in[0], out[1], err[1]}) close(fd);
    for (const int fd : {in[1], out[0], err[0]}) fcntl(fd, F_SETFL, O_NONBLOCK);
    job.input_fd = in[1];
    job.streams[0].fd = out[0];
    job.streams[1].fd = err[0];
    if (job.pid < 0) {
      answer(id, Ending::failed, static_cast<std::uint32_t>(errno), job.started);
      shut(job);
      return;
    }
    feed(job);
    jobs_.push_back(std::move(job));
  }

  [[noreturn]] static void become(const std::vector<char*>& arguments, int in, int out, int err) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    setsid();
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    execvp(arguments[0], arguments.data());
    // As a shell would say and count it.
    const int why = errno;
    const std::string said = std::string(arguments[0]) + ": " + std::strerror(why) + "\n";
    if (write(2, said.data(), said.size()) < 0) _exit(125);
    _exit(why == ENOENT ? 127 : 126);
  }

  void forward(Job& job) const {
    char piece[kPiece];
    for (Stream& stream : job.streams) {
      while (stream.fd >= 0) {
        const ssize_t count = read(stream.fd, piece, sizeof piece);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) break;
        if (count > 0) {
          send({stream.kind, job.id, std::string(piece, static_cast<std::size_t>(count))});
          continue;
        }
        close(stream.fd);
        stream.fd = -1;
      }
    }
  }

  static void feed(Job& job) {
    while (job.input_fd >= 0 && job.input_written < job.input.size()) {
      const ssize_t count =
          write(job.input_fd, job.input.data() + job.input_written, job.input.size() - job.input_written);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      if (count < 0) break;  // nobody reads on
      job.input_written += static_cast<std::size_t>(count);
    }
    if (job.input_fd >= 0) close(job.input_fd);
    job.input_fd = -1;
  }

  // A job ends when its first process does: children left in the background go on, without their output.
  void reap() {
    int status = 0;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
      for (Job& job : jobs_) {
        if (job.pid != pid || job.over) continue;
        forward(job);
        const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        answer(job.id, job.killed ? Ending::timed_out : Ending::exited, static_cast<std::uint32_t>(code),
               job.started);
        shut(job);
      }
    }
  }

  void watch_deadlines() {
    for (Job& job : jobs_) {
      if (job.over || Clock::now() < job.deadline) continue;
      if (job.killed) {
        forward(job);
        answer(job.id, Ending::stuck, 0, job.started);
        shut(job);
      } else {
        kill(-job.pid, SIGKILL);
        job.killed = true;
        job.deadline = Clock::now() + kGrace;
      }
    }
  }

  static void shut(Job& job) {
    for (const int fd : {job.streams[0].fd, job.streams[1].fd, job.input_fd}) {
      if (fd >= 0) close(fd);
    }
    job.streams[0].fd = job.streams[1].fd = job.input_fd = -1;
    job.over = true;
  }

  void put(std::uint32_t id, Reader& body) const {
    const Clock::time_point started = Clock::now();
    const mode_t mode = body.number();
    const std::string path = body.text();
    const std::string contents = body.text();
    int why = body.good ? 0 : EINVAL;
    const int fd = why != 0 ? -1 : open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, mode);
    if (why == 0 && fd < 0) why = errno;
    for (std::size_t at = 0; why == 0 && at < contents.size();) {
      const ssize_t count = write(fd, contents.data() + at, contents.size() - at);
      if (count < 0 && errno != EINTR) why = errno;
      if (count > 0) at += static_cast<std::size_t>(count);
    }
    if (why == 0 && fchmod(fd, mode) != 0) why = errno;
    if (fd >= 0 && close(fd) != 0 && why == 0) why = errno;
    answer(id, why == 0 ? Ending::exited : Ending::failed, static_cast<std::uint32_t>(why), started);
  }

  // To the end, or to where nothing more is to be had: the kernel's log has no end.
  void look(std::uint32_t id, Reader& body) const {
    const Clock::time_point started = Clock::now();
    for (std::uint32_t left = body.number(); left > 0 && body.good; --left) {
      const std::string path = body.text();
      const int fd = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
      std::string contents;
      char piece[kPiece];
      for (ssize_t count = 1; fd >= 0 && count > 0;) {
        count = read(fd, piece, sizeof piece);
        if (count > 0) contents.append(piece, static_cast<std::size_t>(count));
        // A record of the log that was overwritten meanwhile, or a signal: the next one will do.
        if (count < 0 && (errno == EPIPE || errno == EINTR)) count = 1;
      }
      send({fd < 0 ? Kind::err : Kind::out, id, contents});
      if (fd >= 0) close(fd);
    }
    answer(id, Ending::exited, 0, started);
  }

  static void refresh(Reader& body) {
    timespec now{};
    now.tv_sec = body.number();
    clock_settime(CLOCK_REALTIME, &now);
    const std::string entropy = body.text();
    const int pool = open("/dev/urandom", O_RDWR | O_CLOEXEC);
    if (write(pool, entropy.data(), entropy.size()) >= 0) ioctl(pool, RNDRESEEDCRNG);
    close(pool);
  }

  int port_;
  int ended_ = -1;
  Inbox inbox_;
  std::list<Job> jobs_;
};

}  // namespace
}  // namespace rehearse::wire

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::string place = arguments[1];
  const bool open_already = place.find_first_not_of("0123456789") == std::string::npos;
  int port = open_already ? std::atoi(place.c_str()) : -1;
  while (port < 0) {
    port = open(place.c_str(), O_RDWR | O_CLOEXEC);
    pollfd nothing{-1, 0, 0};
    if (port < 0) poll(&nothing, 1, 20);
  }
  fcntl(port, F_SETFL, O_NONBLOCK);
  fcntl(port, F_SETFD, FD_CLOEXEC);
  std::signal(SIGPIPE, SIG_IGN);
  rehearse::wire::Agent(port).serve();
}
