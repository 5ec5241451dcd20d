#include "tools/background.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include "backends/shell/local_shell.h"

namespace rehearse::xen {
namespace {

namespace files = std::filesystem;

constexpr int kEndWithin = 200;  // tenths of a second

std::string lock_of(const std::string& folder, const std::string& name) {
  return folder + "/" + name + ".pid";
}
std::string words_of(const std::string& folder, const std::string& name) {
  return folder + "/" + name + ".said";
}

// Who holds the lock; 0: nobody.
pid_t holder(const std::string& file) {
  const int fd = open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return 0;
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  const bool asked = fcntl(fd, F_GETLK, &lock) == 0;
  close(fd);
  return asked && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

// Takes the lock for this process, for as long as it lives.
bool hold(const std::string& file) {
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  if (fcntl(fd, F_SETLK, &lock) != 0) return false;
  const std::string number = std::to_string(getpid()) + "\n";
  return ftruncate(fd, 0) == 0 &&
         write(fd, number.data(), number.size()) == static_cast<ssize_t>(number.size());
}

bool signal_task(const std::string& file, int which) {
  const pid_t process = holder(file);
  return process > 0 && kill(process, which) == 0;
}

bool gone_soon(const std::string& file) {
  for (int i = 0; i < kEndWithin; ++i) {
    if (holder(file) == 0) return true;
    poll(nullptr, 0, 100);
  }
  return false;
}

// Signals come through a pipe: blocked ones would stay blocked in every program that a task runs.
int signals[2] = {-1, -1};
void note_signal(int which) {
  const char letter = which == SIGTERM ? 't' : 'h';
  const int before = errno;
  if (write(signals[1], &letter, 1) != 1) errno = before;
  errno = before;
}

bool hear_signals() {
  if (pipe2(signals, O_CLOEXEC | O_NONBLOCK) != 0) return false;
  struct sigaction action = {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  return sigaction(SIGTERM, &action, nullptr) == 0 && sigaction(SIGHUP, &action, nullptr) == 0;
}

// False: to be ended.
bool wait_for_signal(std::chrono::seconds most) {
  const auto end = std::chrono::steady_clock::now() + most;
  while (true) {
    char letter = 0;
    while (read(signals[0], &letter, 1) == 1) {
      if (letter == 't') return false;
    }
    if (letter == 'h') return true;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return true;
    pollfd ready = {signals[0], POLLIN, 0};
    poll(&ready, 1, static_cast<int>(left.count()));
  }
}

// The child's session is its own, so that no terminal ends it; init is its parent.
bool spawn(const std::string& folder, const std::string& name,
           const std::function<void(const std::string&)>& task) {
  int pipes[2];
  if (pipe2(pipes, O_CLOEXEC) != 0) return false;
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    const int nothing = open("/dev/null", O_RDWR);
    for (int stream = 0; stream < 3; ++stream) dup2(nothing, stream);
    const char well = hear_signals() && hold(lock_of(folder, name)) ? 'y' : 'n';
    if (write(pipes[1], &well, 1) != 1 || well == 'n') _exit(1);
    close(pipes[1]);
    task(name);
    _exit(0);
  }
  close(pipes[1]);
  char well = 'n';
  const bool told = read(pipes[0], &well, 1) == 1;
  close(pipes[0]);
  waitpid(child, nullptr, 0);
  return told && well == 'y';
}

}  // namespace

migrate::Tasks processes(std::string folder, std::function<void(const std::string& name)> task) {
  migrate::Tasks tasks;
  tasks.all = [folder] {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : files::directory_iterator(folder, none)) {
      const std::string file = entry.path().filename();
      if (file.ends_with(".pid") && holder(entry.path()) != 0)
        names.push_back(file.substr(0, file.size() - 4));
    }
    std::sort(names.begin(), names.end());
    return names;
  };
  tasks.begin = [folder, task](const std::string& name) {
    std::error_code failed;
    files::create_directories(folder, failed);
    return !failed && spawn(folder, name, task);
  };
  tasks.end = [folder](const std::string& name) {
    const std::string file = lock_of(folder, name);
    return signal_task(file, SIGTERM) && gone_soon(file);
  };
  tasks.wake = [folder](const std::string& name) { return signal_task(lock_of(folder, name), SIGHUP); };
  tasks.said = [folder](const std::string& name) {
    std::ifstream in(words_of(folder, name));
    std::string line;
    std::getline(in, line);
    return line.empty() ? std::string("for the first time") : line;
  };
  return tasks;
}

void run_task(const std::string& folder, const std::string& name, int every, int jitter) {
  std::minstd_rand chance(static_cast<unsigned>(getpid()));
  std::uniform_int_distribution<int> apart(-jitter, jitter);
  const auto wait = [&] { return wait_for_signal(std::chrono::seconds(std::max(1, every + apart(chance)))); };
  const auto tell = [&](const migrate::Looked& looked) {
    std::ofstream(words_of(folder, name), std::ios::trunc) << looked.words << "\n";
  };
  LocalShell here;
  migrate::watch_guest(here, name, wait, tell);
  std::error_code none;
  files::remove(words_of(folder, name), none);
  files::remove(lock_of(folder, name), none);
}

}  // namespace rehearse::xen
