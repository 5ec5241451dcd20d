#include "scenarios/journal_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

namespace rehearse {
namespace {

constexpr std::chrono::milliseconds kTryAgain{20};

// The name of a new file is on the disk only when its folder is.
void sync_folder_of(const std::string& file) {
  const auto folder = std::filesystem::path(file).parent_path();
  const int fd = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

bool lock_within(int fd, std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return false;
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(kTryAgain);
  }
  return true;
}

}  // namespace

JournalFile::JournalFile(JournalFile&& other) noexcept
    : name_(std::move(other.name_)), fd_(std::exchange(other.fd_, -1)), text_(std::move(other.text_)) {}

JournalFile& JournalFile::operator=(JournalFile&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(fd_, other.fd_);
  std::swap(text_, other.text_);
  return *this;
}

JournalFile::~JournalFile() {
  if (fd_ >= 0) close(fd_);
}

Input<JournalFile> JournalFile::open(const std::string& file, std::chrono::milliseconds patience) {
  JournalFile made(file, ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600));
  struct stat about {};
  if (made.fd_ < 0 || fstat(made.fd_, &about) != 0) {
    return InputError{file, 0, 0, "", std::string("cannot be opened: ") + std::strerror(errno)};
  }
  if (!S_ISREG(about.st_mode)) return InputError{file, 0, 0, "", "expected a regular file"};
  if (!lock_within(made.fd_, patience)) {
    return InputError{file, 0, 0, "", "a run that uses this journal, or a command of it, is still at work"};
  }
  if (!made.read_all()) {
    return InputError{file, 0, 0, "", std::string("cannot be read: ") + std::strerror(errno)};
  }
  sync_folder_of(file);
  return made;
}

bool JournalFile::read_all() {
  char piece[65536];
  for (ssize_t count; (count = ::read(fd_, piece, sizeof piece)) != 0;) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text_.append(piece, static_cast<std::size_t>(count));
  }
  return true;
}

bool JournalFile::cut(std::size_t bytes) {
  return ftruncate(fd_, static_cast<off_t>(bytes)) == 0 && lseek(fd_, 0, SEEK_END) >= 0 && fsync(fd_) == 0;
}

bool JournalFile::append(const std::string& line) {
  for (std::size_t at = 0; at < line.size();) {
    const ssize_t count = ::write(fd_, line.data() + at, line.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += static_cast<std::size_t>(count);
  }
  return fsync(fd_) == 0;
}

}  // namespace rehearse
