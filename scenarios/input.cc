#include "scenarios/input.h"

#include <fmt/format.h>

namespace rehearse {

std::string InputError::text() const {
  if (!pointer.empty()) return fmt::format("{}: at {}: {}", file, pointer, what);
  if (line == 0) return fmt::format("{}: {}", file, what);
  if (column == 0) return fmt::format("{}:{}: {}", file, line, what);
  return fmt::format("{}:{}:{}: {}", file, line, column, what);
}

}  // namespace rehearse
