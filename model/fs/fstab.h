// /etc/fstab and the options of mount(8).
#pragma once

#include <string>
#include <vector>

#include "model/name.h"

namespace rehearse::fs {

/// "ro,noatime" as words.
std::vector<std::string> words_of_options(std::string_view options);

struct FstabLine {
  Name source;
  Name target;
  Name type;
  std::vector<std::string> options;
  int pass = 0;
  bool has(std::string_view option) const;
};

/// Lines in their order; comments and what is no entry are left out.
std::vector<FstabLine> read_fstab(std::string_view text);

}  // namespace rehearse::fs
