// `rehearse conform`: random scripts on model and lab, compared; `rehearse fidelity`: the scoreboard of all
// recordings.
#pragma once

#include <cstdint>
#include <string>

namespace rehearse {

struct ConformOptions {
  std::string layer = "lvm";
  std::size_t scripts = 30;
  std::uint64_t seed = 0;  // 0: one of its own, which it tells
  std::size_t jobs = 2;
  std::size_t shorten = 25;
  std::string keep;       // a folder for the recordings of scripts that disagree
  bool keep_all = false;  // of all scripts
};

/// Exit status 0: all agree; 1: some do not; 3: the lab failed.
int conform(const ConformOptions&);

struct FidelityOptions {
  std::string format = "markdown";
  std::string recordings;  // a folder; empty: this repository's
  std::string output;      // a file; empty: standard output
};

int fidelity(const FidelityOptions&);

/// Tells what the newer of two recordings of one script says otherwise. Exit status 1: something.
int compare_recordings(const std::string& before, const std::string& after);

}  // namespace rehearse
