// JSON as it is written: keys in order, a key given twice is an error, and so is nesting beyond anything that
// a world needs. Errors know line and column.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "scenarios/input.h"

namespace rehearse {

inline constexpr std::size_t kDeepestJson = 64;

Input<nlohmann::ordered_json> read_json(std::string_view text, const std::string& file);

}  // namespace rehearse
