// /etc/inittab of System V init (inittab(5)): lines ID:RUNLEVELS:ACTION:PROCESS. Reading follows init.c of
// sysvinit 2.86, which passes over a line it does not understand and goes on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/name.h"

namespace rehearse::net {

struct InittabEntry {
  Name id;
  std::string runlevels;  // "23"; all of them if the line has none
  std::string action;     // "respawn"
  std::string process;    // "/usr/sbin/vblade 3 6 eth0 /dev/vg1/echelon_etch"
  std::size_t line = 0;
  bool operator==(const InittabEntry&) const = default;
};

struct InittabError {
  std::size_t line = 0;
  std::string what;  // as init logs it, after "/etc/inittab[LINE]: "
  bool operator==(const InittabError&) const = default;
};

struct Inittab {
  std::vector<InittabEntry> entries;
  std::vector<InittabError> errors;
  char runlevel = '2';  // of initdefault; Debian's if there is none

  const InittabEntry* entry(Name id) const;
  /// Is its process to run, and to be started again when it ends?
  bool respawns(const InittabEntry&) const;
};

Inittab read_inittab(std::string_view text);

}  // namespace rehearse::net
