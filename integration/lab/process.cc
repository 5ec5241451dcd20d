#include "integration/lab/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace rehearse {
namespace {

// Only calls that are safe after fork.
[[noreturn]] void become(char* const* words, const Process::Surroundings& place, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(125);  // it ended before it could be asked to tell
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (!place.from_terminal) setpgid(0, 0);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, 0);
  dup2(place.out, 1);
  dup2(place.err, 2);
  for (const int fd : place.kept) fcntl(fd, F_SETFD, 0);
  if (chdir(place.folder.c_str()) == 0) execvp(words[0], words);
  _exit(127);
}

}  // namespace

void Handle::shut() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

std::optional<std::pair<Handle, Handle>> socket_pair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return std::nullopt;
  return std::pair(Handle(ends[0]), Handle(ends[1]));
}

namespace {

std::optional<Handle> locked(const std::filesystem::path& file, int how) {
  // A file of another user's is opened as it is: locking needs no more than to read it.
  Handle made(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!made) made = Handle(open(file.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0644));
  if (!made) return std::nullopt;
  while (flock(made.get(), how) != 0) {
    if (errno != EINTR) return std::nullopt;
  }
  return made;
}

}  // namespace

std::optional<Handle> lock_file(const std::filesystem::path& file, bool shared) {
  return locked(file, shared ? LOCK_SH : LOCK_EX);
}

std::optional<Handle> try_lock_file(const std::filesystem::path& file) {
  return locked(file, LOCK_EX | LOCK_NB);
}

Done Process::start(const std::vector<std::string>& words, const Surroundings& place) {
  kill();
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) become(arguments.data(), place, parent);
  if (pid_ < 0) return LabFailure{words[0] + " cannot be started: " + std::strerror(errno)};
  return std::nullopt;
}

bool Process::running() {
  if (pid_ < 0) return false;
  if (waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

void Process::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  wait();
}

int Process::wait() {
  int status = 0;
  if (pid_ < 0) return 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::variant<ProgramSaid, LabFailure> run_program(const std::vector<std::string>& words,
                                                  const std::function<void(const std::string&)>& say) {
  int out[2];
  int err[2];
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) return LabFailure{"no pipe can be had"};
  Handle ends[2] = {Handle(out[0]), Handle(err[0])};
  Process process;
  {
    const Handle theirs[2] = {Handle(out[1]), Handle(err[1])};
    if (Done failed = process.start(words, {".", out[1], err[1], {}, true})) return *failed;
  }
  ProgramSaid said;
  std::string line;
  while (ends[0] || ends[1]) {
    pollfd ready[2] = {{ends[0].get(), POLLIN, 0}, {ends[1].get(), POLLIN, 0}};
    if (poll(ready, 2, -1) < 0 && errno != EINTR) break;
    for (int i = 0; i < 2; ++i) {
      if (ready[i].revents == 0) continue;
      char piece[4096];
      const ssize_t count = read(ends[i].get(), piece, sizeof piece);
      if (count <= 0) {
        ends[i].shut();
      } else {
        (i == 0 ? said.out : line).append(piece, static_cast<std::size_t>(count));
      }
    }
    for (std::size_t end; (end = line.find('\n')) != std::string::npos; line.erase(0, end + 1)) {
      if (say) say(line.substr(0, end));
    }
  }
  said.status = process.wait();
  return said;
}

}  // namespace rehearse
