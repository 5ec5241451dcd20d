#include "model/units.h"

#include <fmt/format.h>

#include <cmath>

namespace rehearse {

std::string human_size(Bytes bytes) {
  if (bytes == 0) return "0   ";
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  int unit = 0;
  double value = static_cast<double>(bytes);
  while (value >= 1024.0 && unit < 6) {
    value /= 1024.0;
    ++unit;
  }
  const bool rounded_up = std::nearbyint(value * 100.0) > value * 100.0;
  return fmt::format("{}{:.2f} {}", rounded_up ? "<" : "", value, kUnits[unit]);
}

}  // namespace rehearse
