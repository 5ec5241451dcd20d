// Sizes as LVM's options take them: `-L 2G`, `+10%FREE`, `-l 25`. What was typed is kept as typed, because
// the unit it stands for depends on the option and because what is wrong with it is said in the command's own
// words; `read` works the value out (lvm2 tools/lvmcmdline.c _size_arg, _get_percent_arg).
#pragma once

#include <string>

#include "model/refusal.h"
#include "model/units.h"

namespace rehearse::lvm {

enum class Sign : std::uint8_t { none, plus, minus };
enum class PercentOf : std::uint8_t { none, group, free, volume, pvs, origin };

/// Of an option that takes a size (-L, -s, -c): "512M", "+2G", "10738466816b", or something LVM will refuse.
struct SizeArg {
  std::string text;
  friend auto fields(const SizeArg& arg) {
    const auto& [text] = arg;
    return std::tie(text);
  }
  bool operator==(const SizeArg&) const = default;
};
inline bool read_value(std::string_view text, SizeArg& value) {
  value.text = text;
  return true;
}
inline std::string show_value(const SizeArg& value) { return value.text; }
/// A size in the fewest digits: 512 MiB is "512m".
SizeArg size_arg(Bytes bytes, Sign sign = Sign::none);

/// Of an option that takes extents (-l): "25", "+50%FREE".
struct ExtentsArg {
  std::string text;
  friend auto fields(const ExtentsArg& arg) {
    const auto& [text] = arg;
    return std::tie(text);
  }
  bool operator==(const ExtentsArg&) const = default;
};
inline bool read_value(std::string_view text, ExtentsArg& value) {
  value.text = text;
  return true;
}
inline std::string show_value(const ExtentsArg& value) { return value.text; }

/// Which signs an option takes, as LVM's types of values have it; each says no in other words.
enum class Signs : std::uint8_t {
  none,           // Size: "Size may not be negative."
  plus,           // [+]Size
  minus,          // [-]Size
  both,           // [+|-]Size
  unsigned_only,  // "Size may not be relative/signed."
};

/// What a size or a number of extents comes to.
struct Amount {
  Sign sign = Sign::none;
  PercentOf percent = PercentOf::none;
  std::uint64_t value = 0;  // sectors, extents, or per cent
  Refused bad;              // with LVM's words and those on the option; then nothing else counts
};

/// `unit` is what a number without a letter is taken for; `option` is spelled as LVM names it: "--size".
Amount read(const SizeArg&, Bytes unit, const char* option, Signs signs = Signs::none);
Amount read(const ExtentsArg&, const char* option, Signs signs = Signs::none);

}  // namespace rehearse::lvm
