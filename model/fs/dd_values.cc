// How dd's numbers, flags and words are typed (coreutils dd.c).
#include <algorithm>
#include <charconv>

#include "model/fs/dd_ops.h"

namespace rehearse::fs {
namespace {

constexpr std::string_view kKnownFlags[] = {"fsync", "fdatasync", "notrunc", "direct",
                                            "dsync", "sync",      "append",  "fullblock"};

}  // namespace

bool read_value(std::string_view text, DdNumber& value) {
  value.text = text;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  static constexpr std::pair<std::string_view, std::uint64_t> kUnits[] = {
      {"", 1},       {"c", 1},           {"w", 2},      {"b", 512},      {"kB", 1000},
      {"K", kKiB},   {"k", kKiB},        {"KiB", kKiB}, {"MB", 1000000}, {"M", kMiB},
      {"MiB", kMiB}, {"GB", 1000000000}, {"G", kGiB},   {"GiB", kGiB},   {"T", 1024 * kGiB}};
  for (const auto& [name, factor] : kUnits) {
    if (unit != name) continue;
    value.value = number * factor;
    return number <= ~std::uint64_t{0} / 2 / factor;
  }
  return false;
}
std::string show_value(const DdNumber& value) { return value.text; }

bool DdFlags::has(std::string_view word) const {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool read_value(std::string_view text, DdFlags& value) {
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view word = text.substr(0, comma);
    if (std::find(std::begin(kKnownFlags), std::end(kKnownFlags), word) == std::end(kKnownFlags))
      return false;
    value.words.emplace_back(word);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return !value.words.empty();
}
std::string show_value(const DdFlags& value) {
  std::string text;
  for (const std::string& word : value.words) text += (text.empty() ? "" : ",") + word;
  return text;
}

bool read_value(std::string_view text, DdStatus& value) {
  if (text == "none") value = DdStatus::none;
  if (text == "noxfer") value = DdStatus::noxfer;
  if (text == "progress") value = DdStatus::progress;
  return text == "none" || text == "noxfer" || text == "progress";
}
std::string show_value(DdStatus value) {
  return value == DdStatus::none ? "none" : value == DdStatus::noxfer ? "noxfer" : "progress";
}

}  // namespace rehearse::fs
