// A journal on the disk. It is locked while a run writes it, and the lock is shared with every command that
// the run has started: who gets it knows that nothing of an earlier run is still at work.
#pragma once

#include <chrono>
#include <string>

#include "scenarios/input.h"

namespace rehearse {

class JournalFile {
 public:
  /// Opens or makes it, and waits for its lock as long as `patience`.
  static Input<JournalFile> open(const std::string& file, std::chrono::milliseconds patience);
  JournalFile(JournalFile&&) noexcept;
  JournalFile& operator=(JournalFile&&) noexcept;
  ~JournalFile();

  /// As it was when it was opened.
  const std::string& text() const { return text_; }
  const std::string& name() const { return name_; }
  /// Keeps only the first bytes.
  bool cut(std::size_t bytes);
  /// True once the line is on the disk.
  bool append(const std::string& line);
  /// Whoever holds this descriptor holds the lock.
  int lock() const { return fd_; }

 private:
  JournalFile(std::string name, int fd) : name_(std::move(name)), fd_(fd) {}
  bool read_all();

  std::string name_;
  int fd_ = -1;
  std::string text_;
};

}  // namespace rehearse
