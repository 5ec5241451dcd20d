#include "model/lvm/size_arg.h"

#include <cctype>
#include <cerrno>
#include <cstdlib>

#include "model/text.h"

namespace rehearse::lvm {
namespace {

char lower(char letter) { return static_cast<char>(std::tolower(static_cast<unsigned char>(letter))); }

bool same_letters(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

const char* take_sign(const char* at, Sign& sign) {
  sign = *at == '+' ? Sign::plus : *at == '-' ? Sign::minus : Sign::none;
  return sign == Sign::none ? at : at + 1;
}

bool read_percent(std::string_view text, PercentOf& of) {
  struct Spelling {
    std::string_view text;
    PercentOf of;
  };
  static constexpr Spelling kSpellings[] = {
      {"%V", PercentOf::group},       {"%VG", PercentOf::group}, {"%L", PercentOf::volume},
      {"%LV", PercentOf::volume},     {"%P", PercentOf::pvs},    {"%PV", PercentOf::pvs},
      {"%PVS", PercentOf::pvs},       {"%F", PercentOf::free},   {"%FR", PercentOf::free},
      {"%FREE", PercentOf::free},     {"%O", PercentOf::origin}, {"%OR", PercentOf::origin},
      {"%ORIGIN", PercentOf::origin},
  };
  for (const Spelling& spelling : kSpellings) {
    if (!same_letters(spelling.text, text)) continue;
    of = spelling.of;
    return true;
  }
  return false;
}

// Sectors of one of a unit; 0 for none.
double unit_sectors(char letter) {
  static constexpr std::string_view kLetters = "kmgtpe";
  const std::size_t at = kLetters.find(lower(letter));
  if (at == std::string_view::npos) return 0;
  double sectors = 2;
  for (std::size_t i = 0; i < at; ++i) sectors *= 1024;
  return sectors;
}

Refused refused_sign(Sign sign, Signs allowed, const char* what, const char* option,
                     const std::string& text) {
  if (sign == Sign::none) return {};
  if (allowed == Signs::unsigned_only) return {Refusal::size_signed, what, option, text};
  if (sign == Sign::minus && (allowed == Signs::none || allowed == Signs::plus)) {
    return {Refusal::size_negative, what, option, text};
  }
  if (sign == Sign::plus && allowed == Signs::minus) return {Refusal::size_positive, what, option, text};
  return {};
}

}  // namespace

SizeArg size_arg(Bytes bytes, Sign sign) {
  static constexpr std::string_view kLetters = "bkmgtpe";
  std::size_t unit = 0;
  while (unit + 1 < kLetters.size() && bytes != 0 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++unit;
  }
  const std::string_view prefix = sign == Sign::plus ? "+" : sign == Sign::minus ? "-" : "";
  return {std::string(prefix) + std::to_string(bytes) + kLetters[unit]};
}

Amount read(const SizeArg& arg, Bytes unit, const char* option, Signs signs) {
  Amount amount;
  const char* at = take_sign(arg.text.c_str(), amount.sign);
  if (!is_digit(*at) && *at != '.') return {.bad = {Refusal::size_no_number, option, arg.text}};
  char* end = nullptr;
  double sectors = std::strtod(at, &end);
  if (end == at) return {.bad = {Refusal::size_unreadable_at, std::string(1, *at), option, arg.text}};
  if (*end == '\0') {
    sectors *= static_cast<double>(unit / kSector);
  } else if (lower(*end) == 'b') {
    const auto bytes =
        sectors < 0x1p64 ? static_cast<std::uint64_t>(sectors) : ~std::uint64_t{0} / kSector * kSector;
    if (bytes % kSector != 0) {
      const std::uint64_t below = bytes / kSector * kSector;
      return {.bad = {Refusal::size_not_whole_sectors, below, below + kSector, option, arg.text}};
    }
    sectors /= kSector;
  } else if (lower(*end) != 's') {
    const double factor = unit_sectors(*end);
    if (factor == 0) return {.bad = {Refusal::size_unreadable, option, arg.text}};
    sectors *= factor;
  }
  if (!(sectors < 0x1p55 - 1)) return {.bad = {Refusal::size_too_big, option, arg.text}};
  amount.value = static_cast<std::uint64_t>(sectors);
  amount.bad = refused_sign(amount.sign, signs, "Size", option, arg.text);
  return amount;
}

Amount read(const ExtentsArg& arg, const char* option, Signs signs) {
  Amount amount;
  const char* at = take_sign(arg.text.c_str(), amount.sign);
  const Refused invalid{Refusal::extents_invalid, option, arg.text};
  if (!is_digit(*at)) return {.bad = invalid};
  char* end = nullptr;
  errno = 0;
  const unsigned long long value = std::strtoull(at, &end, 10);
  if (errno != 0) return {.bad = invalid};
  if (*end == '%') {
    if (!read_percent(end, amount.percent)) return {.bad = {Refusal::percent_unknown, end, option, arg.text}};
    if (value >= UINT32_MAX) return {.bad = {Refusal::percent_too_big, option, arg.text}};
  } else if (*end != '\0') {
    return {.bad = invalid};
  }
  amount.value = value < UINT32_MAX ? value : UINT32_MAX;
  amount.bad = refused_sign(amount.sign, signs, "Extents", option, arg.text);
  return amount;
}

}  // namespace rehearse::lvm
