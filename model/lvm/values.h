// Small values that LVM's options take: -x y, --alloc cling, -an.
#pragma once

#include "model/lvm/metadata.h"

namespace rehearse::lvm {

/// Of -x, -a and the like: "y" or "n".
struct YesNo {
  bool yes = true;
  friend auto fields(const YesNo& value) {
    const auto& [yes] = value;
    return std::tie(yes);
  }
  bool operator==(const YesNo&) const = default;
};
bool read_value(std::string_view text, YesNo& value);
std::string show_value(const YesNo& value);

/// The word for an allocation policy, as --alloc takes it and lvscan prints it.
std::string_view word_of(Alloc alloc);
bool read_value(std::string_view text, Alloc& value);
std::string show_value(const Alloc& value);

}  // namespace rehearse::lvm
