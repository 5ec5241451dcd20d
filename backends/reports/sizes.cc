#include "backends/reports/sizes.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

namespace rehearse::reports {
namespace {

constexpr std::string_view kLetters = "bkmgtpe";

// A units argument taken apart. `count` is that of "4m".
struct UnitSpec {
  std::uint64_t count = 0;  // 0: none given
  char letter = 'r';
  bool human() const { return letter == 'h' || letter == 'H' || letter == 'r' || letter == 'R'; }
  bool sectors() const { return letter == 's' || letter == 'S'; }
  bool decimal() const { return letter >= 'A' && letter <= 'Z' && letter != 'B' && letter != 'S'; }
};

std::optional<UnitSpec> read_units(std::string_view text) {
  UnitSpec units;
  if (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), units.count);
    if (error != std::errc() || units.count == 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  if (text.size() != 1) return std::nullopt;
  units.letter = text[0];
  if (units.human()) return units.count == 0 ? std::optional(units) : std::nullopt;
  if (units.count == 1) units.count = 0;
  constexpr std::string_view kKnown = "bBsSkKmMgGtTpPeE";
  return kKnown.find(units.letter) == std::string_view::npos ? std::nullopt : std::optional(units);
}

double power(bool decimal, std::size_t exponent) { return std::pow(decimal ? 1000.0 : 1024.0, exponent); }

// "m", " MiB", or " MB" in powers of a thousand.
std::string suffix(char letter, bool decimal, SizeStyle style) {
  if (style == SizeStyle::bare_column) return "";
  const char upper = static_cast<char>(letter >= 'a' ? letter - 'a' + 'A' : letter);
  if (style == SizeStyle::column) return std::string(1, decimal || letter == 'b' ? upper : letter);
  if (letter == 'b') return " B ";
  return fmt::format(" {}{}", upper, decimal ? "B" : "iB");
}

std::string special(std::string text, std::string_view unit, SizeStyle style) {
  if (style == SizeStyle::column) text += unit[0];  // "U", "S"
  if (style == SizeStyle::display) text += fmt::format(" {}", unit);
  return text;
}

std::string human(Bytes bytes, const UnitSpec& units, SizeStyle style) {
  const bool decimal = units.decimal();
  std::size_t exponent = 0;
  while (exponent + 1 < kLetters.size() && static_cast<double>(bytes) >= power(decimal, exponent + 1))
    ++exponent;
  const double value = static_cast<double>(bytes) / power(decimal, exponent);
  // With `r` a value that was rounded up is told by `<`.
  const bool marks = units.letter == 'r' || units.letter == 'R';
  const bool rounded_up = marks && std::nearbyint(value * 100.0) > value * 100.0;
  const std::string unit = suffix(kLetters[exponent], decimal, style);
  if (exponent == 0) return fmt::format("{:.0f}{}", value, unit);
  return fmt::format("{}{:.2f}{}", rounded_up ? "<" : "", value, unit);
}

// Nothing is shown without decimals, in whatever units.
std::string nothing(const UnitSpec& units, SizeStyle style) {
  if (units.count > 0) return special("0", "Un", style);
  if (units.sectors()) return special("0", "Se", style);
  const char lower = static_cast<char>(units.letter < 'a' ? units.letter - 'A' + 'a' : units.letter);
  return "0" + suffix(lower, units.decimal(), style);
}

}  // namespace

bool Units::valid() const { return read_units(text).has_value(); }

bool read_value(std::string_view text, Units& value) {
  value.text = text;
  return true;
}
std::string show_value(const Units& value) { return value.text; }

std::string size_text(Bytes bytes, const Units& units, SizeStyle style) {
  const UnitSpec spec = read_units(units.text).value_or(UnitSpec{});
  if (bytes == 0 && spec.human())
    return style == SizeStyle::column ? "0 " : style == SizeStyle::display ? "0   " : "0";
  if (spec.human()) return human(bytes, spec, style == SizeStyle::display ? style : SizeStyle::column);
  if (bytes == 0) return nothing(spec, style);
  const char lower = static_cast<char>(spec.letter < 'a' ? spec.letter - 'A' + 'a' : spec.letter);
  double factor = spec.sectors() ? 512.0 : power(spec.decimal(), kLetters.find(lower));
  if (spec.count > 0) {
    factor *= static_cast<double>(spec.count);
    return special(fmt::format("{:.2f}", static_cast<double>(bytes) / factor), "Un", style);
  }
  if (spec.sectors()) return special(std::to_string(bytes / kSector), "Se", style);
  if (lower == 'b') return std::to_string(bytes) + suffix('b', false, style);
  return fmt::format("{:.2f}{}", static_cast<double>(bytes) / factor, suffix(lower, spec.decimal(), style));
}

}  // namespace rehearse::reports
