// The settings of a configuration file before anything is made of them: names and values with the lines they
// stand on. The grammar is that of libxlu_cfg_y.y, its errors are told in the words of the parser generated
// from it.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/domain/config.h"

namespace rehearse::domain {

struct Setting {
  std::string name;
  std::size_t line = 0;
  bool list = false;
  std::vector<std::string> values;  // one, unless it is a list
};

/// In the order of the file; of several with one name the last counts, and `+=` has been worked in.
std::variant<std::vector<Setting>, ConfigError> read_settings(std::string_view text);

}  // namespace rehearse::domain
