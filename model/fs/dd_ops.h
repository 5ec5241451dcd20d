// dd: the sectors of devices and files, exactly.
#pragma once

#include "model/fs/form.h"

namespace rehearse::fs {

/// "4M", "64k", "512", "1GB", as dd's numbers are; 0 is none.
struct DdNumber {
  std::uint64_t value = 0;
  std::string text;
  bool operator==(const DdNumber&) const = default;
};
bool read_value(std::string_view text, DdNumber& value);
std::string show_value(const DdNumber& value);

/// conv=, iflag=, oflag=: those that are known.
struct DdFlags {
  std::vector<std::string> words;
  bool has(std::string_view word) const;
  bool operator==(const DdFlags&) const = default;
};
bool read_value(std::string_view text, DdFlags& value);
std::string show_value(const DdFlags& value);

/// status=
enum class DdStatus : std::uint8_t { none, noxfer, progress };
bool read_value(std::string_view text, DdStatus& value);
std::string show_value(DdStatus value);

struct Dd {
  std::optional<Name> input;
  std::optional<Name> output;
  std::optional<DdNumber> block_size;
  std::optional<DdNumber> count;
  std::optional<DdNumber> seek;
  std::optional<DdNumber> skip;
  std::optional<DdFlags> conversions;
  std::optional<DdFlags> input_flags;
  std::optional<DdFlags> output_flags;
  std::optional<DdStatus> status;
  static constexpr Usage usage() {
    return usage_of("dd", keyed<&Dd::input>("if"), keyed<&Dd::output>("of"), keyed<&Dd::block_size>("bs"),
                    keyed<&Dd::count>("count"), keyed<&Dd::seek>("seek"), keyed<&Dd::skip>("skip"),
                    keyed<&Dd::conversions>("conv"), keyed<&Dd::input_flags>("iflag"),
                    keyed<&Dd::output_flags>("oflag"), keyed<&Dd::status>("status"));
  }
  bool operator==(const Dd&) const = default;
};
Refused run(World&, Name host, const Dd&, Report&);

}  // namespace rehearse::fs
