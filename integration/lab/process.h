// Programs started by this one that never outlive it: the kernel kills them when we end, however we end, and
// so does the destructor. (The kernel goes by the thread: what a thread starts dies with that thread.)
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace rehearse {

/// Why something of the lab could not be done, for people.
struct LabFailure {
  std::string why;
  bool operator==(const LabFailure&) const = default;
};
/// Nothing: it was done.
using Done = std::optional<LabFailure>;

/// A descriptor that is closed with it.
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
  void shut();
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// Two ends of one stream.
std::optional<std::pair<Handle, Handle>> socket_pair();

/// Waits for the lock; `shared` with others who hold it shared. None: the file cannot be opened.
std::optional<Handle> lock_file(const std::filesystem::path& file, bool shared = false);
/// The same, but none if somebody else holds it.
std::optional<Handle> try_lock_file(const std::filesystem::path& file);

class Process {
 public:
  Process() = default;
  ~Process() { kill(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  struct Surroundings {
    std::filesystem::path folder = ".";
    int out = 1;  // where it says things; standard input is empty
    int err = 2;
    std::vector<int> kept;       // stay open, under their own numbers
    bool from_terminal = false;  // what is typed at our terminal (Ctrl-C) is for it too
  };
  Done start(const std::vector<std::string>& words, const Surroundings&);
  bool running();
  /// SIGKILL, and waits for the end.
  void kill();
  /// Waits for the end; the exit status, or 128 + N after signal N.
  int wait();

 private:
  pid_t pid_ = -1;
};

struct ProgramSaid {
  int status = 0;
  std::string out;
};
/// Runs a program to its end; what it says on standard error goes to `say` line by line.
std::variant<ProgramSaid, LabFailure> run_program(const std::vector<std::string>& words,
                                                  const std::function<void(const std::string&)>& say);

}  // namespace rehearse
