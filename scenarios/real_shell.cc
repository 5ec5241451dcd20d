#include "scenarios/real_shell.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <utility>
#include <vector>

#include "scenarios/frame.h"

namespace rehearse {
namespace {

using Clock = std::chrono::steady_clock;
namespace files = std::filesystem;

// Builtins that could reach another process or file, ask this machine instead of the model, or undo this
// list. A name bash does not find any more goes to the handler, like every other command.
constexpr const char* kPrelude =
    "enable -n kill exec source . command builtin hash history fc trap ulimit umask suspend set shopt bind "
    "complete "
    "compgen compopt caller disown jobs fg bg wait times alias unalias logout mapfile readarray test [ pwd "
    "dirs pushd "
    "popd enable\n"
    "command_not_found_handle() { rehearse-standin \"$@\"; }\n"
    "eval \"$1\"";

// A folder of its own that goes with it.
class Folder {
 public:
  Folder() {
    std::string name = (files::temp_directory_path() / "rehearse-XXXXXX").string();
    if (mkdtemp(name.data())) path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) files::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const files::path& path() const { return path_; }

 private:
  files::path path_;
};

// A descriptor that is closed with it.
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

Handle listen_at(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return Handle();
  std::memcpy(address.sun_path, path.data(), path.size());
  Handle made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const bool ready = made.get() >= 0 &&
                     bind(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                     listen(made.get(), 64) == 0;
  return ready ? std::move(made) : Handle();
}

void limit(int what, rlim_t most) {
  const rlimit both{most, most};
  setrlimit(static_cast<__rlimit_resource>(what), &both);
}

// In the child: becomes the shell. Only calls that are safe after fork.
[[noreturn]] void become_shell(const char* folder, const char* line, char* const* environment, int out,
                               int error) {
  setpgid(0, 0);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, 0);
  dup2(out, 1);
  dup2(error, 2);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, RealShell::kDeadline);
  limit(RLIMIT_NPROC, 512);
  const char* words[] = {"bash", "--norc", "--noprofile", "-r", "-f", "-c", kPrelude, "bash", line, nullptr};
  if (chdir(folder) == 0) execve("/bin/bash", const_cast<char* const*>(words), environment);
  _exit(126);
}

// The running shell with everything that comes from it.
class Running {
 public:
  Running(const RealShell::Serve& serve, Handle listener) : serve_(serve), listener_(std::move(listener)) {}

  bool start(const files::path& folder, const std::string& line) {
    int out[2];
    int error[2];
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(error, O_CLOEXEC) != 0) return false;
    const std::string path = "PATH=" + (folder / "bin").string();
    const std::string socket = "REHEARSE_SOCKET=" + (folder / "socket").string();
    const std::string work = (folder / "work").string();
    std::string locale = "LC_ALL=C";
    const std::array<char*, 4> environment{const_cast<char*>(path.c_str()), const_cast<char*>(socket.c_str()),
                                           locale.data(), nullptr};
    child_ = fork();
    if (child_ == 0) become_shell(work.c_str(), line.c_str(), environment.data(), out[1], error[1]);
    close(out[1]);
    close(error[1]);
    streams_[0].from = Handle(out[0]);
    streams_[1].from = Handle(error[0]);
    return child_ > 0;
  }

  // False if it had to be ended.
  bool follow(Report& report) {
    const auto end = Clock::now() + std::chrono::seconds(RealShell::kDeadline);
    while (streams_[0].from.get() >= 0 || streams_[1].from.get() >= 0) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
      if (left <= 0 || !turn(static_cast<int>(left), report)) break;
    }
    const bool ended = streams_[0].from.get() < 0 && streams_[1].from.get() < 0;
    kill(-child_, SIGKILL);
    int status = 0;
    waitpid(child_, &status, 0);
    report.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    for (Stream& stream : streams_) {
      if (!stream.text.empty()) report.lines.push_back({stream.error, stream.text});
    }
    return ended;
  }

 private:
  struct Stream {
    bool error = false;
    Handle from;
    std::string text;  // the line that has not ended yet
  };
  struct Call {
    Handle socket;
    Words words;
    bool asked_for_input = false;
  };

  bool turn(int milliseconds, Report& report) {
    std::vector<pollfd> all{{listener_.get(), POLLIN, 0}};
    for (const Stream& stream : streams_) all.push_back({stream.from.get(), POLLIN, 0});
    for (const Call& call : calls_) all.push_back({call.socket.get(), POLLIN, 0});
    if (poll(all.data(), all.size(), milliseconds) <= 0) return false;
    // Calls first: what a command says is on the screen before what its successor does.
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (all[3 + i].revents != 0) hear(calls_[i]);
    }
    std::erase_if(calls_, [](const Call& call) { return call.socket.get() < 0; });
    for (std::size_t i = 0; i < 2; ++i) {
      if (all[1 + i].revents != 0) read_from(streams_[i], report);
    }
    if (all[0].revents != 0) {
      Handle socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      const timeval patience{5, 0};
      setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      if (socket.get() >= 0) calls_.push_back({std::move(socket), {}, false});
    }
    return true;
  }

  void hear(Call& call) {
    std::string text;
    if (!receive_frame(call.socket.get(), text)) {
      call.socket.shut();
      return;
    }
    std::optional<Report> answer;
    if (call.asked_for_input) {
      answer = serve_(call.words, text);
    } else {
      for (std::size_t at = 0, end; (end = text.find('\0', at)) != std::string::npos; at = end + 1) {
        call.words.push_back(text.substr(at, end - at));
      }
      if (!call.words.empty()) answer = serve_(call.words, std::nullopt);
      if (!answer) {
        call.asked_for_input = true;
        if (!send_frame(call.socket.get(), "I")) call.socket.shut();
        return;
      }
    }
    std::string whole{'A', static_cast<char>(answer ? answer->status : 127)};
    for (const Line& line : answer ? answer->lines : std::vector<Line>()) {
      whole += (line.error ? 'e' : 'o') + line.text + "\n";
    }
    send_frame(call.socket.get(), whole);
    call.socket.shut();
  }

  static void read_from(Stream& stream, Report& report) {
    char piece[4096];
    const ssize_t count = ::read(stream.from.get(), piece, sizeof piece);
    if (count <= 0) {
      stream.from.shut();
      return;
    }
    stream.text.append(piece, static_cast<std::size_t>(count));
    for (std::size_t end; (end = stream.text.find('\n')) != std::string::npos;) {
      report.lines.push_back({stream.error, stream.text.substr(0, end)});
      stream.text.erase(0, end + 1);
    }
  }

  const RealShell::Serve& serve_;
  Handle listener_;
  pid_t child_ = -1;
  std::array<Stream, 2> streams_{Stream{false, {}, {}}, Stream{true, {}, {}}};
  std::vector<Call> calls_;
};

}  // namespace

std::optional<std::string> beyond_restriction(const std::string& line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const char next = i + 1 < line.size() ? line[i + 1] : '\0';
    if (c == '<') return "input from a file";
    if (c == '>') return "a redirection";
    if (c == '*' || (c == '?' && (i == 0 || line[i - 1] != '$'))) return "a pattern of file names";
    if (c == '~') return "a home folder";
    if (c == '[' && next == '[') return "[[";
    if (c == '&' && next == '&') {
      ++i;
    } else if (c == '&') {
      return "a job in the background";
    }
  }
  return std::nullopt;
}

std::optional<std::string> RealShell::run(const std::string& line, const Serve& serve, Report& report) const {
  if (auto odd = beyond_restriction(line)) return odd;
  const Folder folder;
  std::error_code error;
  files::create_directories(folder.path() / "bin", error);
  files::create_directories(folder.path() / "work", error);
  files::create_symlink(standin_, folder.path() / "bin" / "rehearse-standin", error);
  Handle listener = listen_at((folder.path() / "socket").string());
  if (error || listener.get() < 0) return "a shell could not be prepared";
  Running running(serve, std::move(listener));
  if (!running.start(folder.path(), line)) return "a shell could not be started";
  if (!running.follow(report)) return "a line that does not end";
  for (const Line& said : report.lines) {
    if (!said.error || !said.text.starts_with("bash: line ")) continue;
    const std::size_t at = said.text.find(": ", sizeof "bash: line") + 2;
    if (said.text.find(": restricted") != std::string::npos) return said.text.substr(at);
  }
  return std::nullopt;
}

}  // namespace rehearse
