// Sizes as LVM's reports show them: in the largest fitting unit or in one that --units names, short in
// columns
// ("12.00m"), longer in the displays ("12.00 MiB").
#pragma once

#include <string>
#include <string_view>

#include "model/units.h"

namespace rehearse::reports {

/// The argument of --units: "h", "m", "B", "4m".
struct Units {
  std::string text = "r";
  /// False for what LVM calls an invalid units specification.
  bool valid() const;
  friend auto fields(const Units& units) {
    const auto& [text] = units;
    return std::tie(text);
  }
  bool operator==(const Units&) const = default;
};
bool read_value(std::string_view text, Units& value);
std::string show_value(const Units& value);

enum class SizeStyle : std::uint8_t {
  column,       // "12.00m"; nothing is "0 "
  bare_column,  // --nosuffix: "12.00"; nothing is "0"
  display,      // "12.00 MiB"; nothing is "0   "
};

/// libdm's dm_size_to_string. The units must be valid.
std::string size_text(Bytes bytes, const Units& units, SizeStyle style);

}  // namespace rehearse::reports
