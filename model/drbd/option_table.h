// The options of drbd.conf as the kernel takes them: how each is spelled, which values it takes, in the order
// in which drbdsetup lists them (config_flags.c). Setting, showing and comparing follow from the one table.
#pragma once

#include <algorithm>
#include <optional>
#include <span>

#include "model/drbd/config.h"
#include "model/drbd/options.h"

namespace rehearse::drbd {

template <class Options>
struct OptionRow {
  std::string_view name;
  bool (*set)(Options&, std::string_view value) = nullptr;  // false: no such value
  std::string (*get)(const Options&) = nullptr;
  bool quoted = false;         // shown in quotes
  std::string_view unit = {};  // shown behind the value
  bool flag = false;           // alone it means yes
};

template <class Options>
std::span<const OptionRow<Options>> option_rows();
template <>
std::span<const OptionRow<DiskOptions>> option_rows();
template <>
std::span<const OptionRow<NetOptions>> option_rows();
template <>
std::span<const OptionRow<ResourceOptions>> option_rows();

/// False: there is no such option, or it does not take that value.
template <class Options>
bool set_option(Options& options, const Setting& setting) {
  for (const auto& row : option_rows<Options>()) {
    if (row.name == setting.name) return row.set(options, setting.value);
  }
  return false;
}

/// "--resync-rate=100M" as drbdsetup takes it; nothing if it does not.
template <class Options>
std::optional<Setting> setting_of(std::string_view word) {
  if (!word.starts_with("--")) return std::nullopt;
  const std::size_t equals = std::min(word.find('='), word.size());
  const std::string_view name = word.substr(2, equals - 2);
  for (const auto& row : option_rows<Options>()) {
    if (row.name != name || (equals == word.size() && !row.flag)) continue;
    const std::string value(equals == word.size() ? "yes" : word.substr(equals + 1));
    Options tried;
    if (row.set(tried, value)) return Setting{std::string(name), value};
  }
  return std::nullopt;
}

/// Sets what words like that say; those that are not of these options say nothing.
template <class Options>
void set_words(Options& options, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (const auto setting = setting_of<Options>(word)) set_option(options, *setting);
  }
}

/// The options made of settings; one that is not taken is put into `bad`.
template <class Options>
Options options_of(const Settings& settings, const Setting** bad = nullptr) {
  Options options;
  for (const Setting& setting : settings) {
    if (!set_option(options, setting) && bad && !*bad) *bad = &setting;
  }
  return options;
}

/// Those that are not what they are by default.
template <class Options>
Settings changed_options(const Options& options) {
  const Options usual;
  Settings changed;
  for (const auto& row : option_rows<Options>()) {
    if (row.get(options) != row.get(usual)) changed.push_back({std::string(row.name), row.get(options)});
  }
  return changed;
}

}  // namespace rehearse::drbd
