// For tests of whole programs: one that goes on while the test does something to it.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace rehearse {

/// Starts a line of shell in a process group of its own, so that all of it can be killed at once.
inline pid_t start_in_shell(const std::string& line) {
  const pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    _exit(126);
  }
  setpgid(child, child);  // whoever comes first
  return child;
}

/// Its exit status once it has ended; -1 if it was killed.
inline int status_of(pid_t child) {
  int ended = 0;
  waitpid(child, &ended, 0);
  return WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
}

}  // namespace rehearse
