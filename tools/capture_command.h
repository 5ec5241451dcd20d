// `rehearse capture`: what real machines show, or what was kept of them, as a world to rehearse on. It only
// reads.
#pragma once

#include <string>
#include <vector>

namespace rehearse {

struct CaptureOptions {
  std::string on;                 // "local", "ssh:HOST,HOST", "lab", "lab:NAME"
  std::string script;             // of "lab": played there before
  std::vector<std::string> from;  // directories with kept outputs, a host each
  std::string output;             // empty: standard output
  std::size_t deadline = 120;     // seconds, for each host
};

int capture(const CaptureOptions&);

}  // namespace rehearse
