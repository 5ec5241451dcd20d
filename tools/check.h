// `rehearse check`: runbooks in, verdicts out. Everything is read before anything is played, so that bad
// input is told at once and nothing is half done.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rehearse {

inline constexpr int kClean = 0;
inline constexpr int kFindings = 1;
inline constexpr int kBadInput = 2;

struct CheckOptions {
  std::vector<std::string> runbooks;
  std::string format = "text";
  std::string output;      // a file; empty: standard output
  std::string world;       // instead of the runbook's own
  std::string save_world;  // where the world at the end goes
  std::size_t until = 0;
  bool strict = false;
  bool verbose = false;
  // Of --on anything but the model.
  std::string on = "model";
  std::string inventory;
  std::string journal;  // empty: beside the runbook
  std::string record;
  bool really = false;
  bool resume = false;
  bool confirm = false;
  std::uint32_t deadline = 60;  // seconds, of each command
};

int check(const CheckOptions&);

/// One line on standard error.
int bad_input(const std::string& what);
/// Writes aside and renames, so that the file is whole or as it was. False after saying why not.
bool write_whole(const std::string& file, const std::string& text);

}  // namespace rehearse
