#include "model/lvm/values.h"

#include <array>

namespace rehearse::lvm {
namespace {

constexpr std::array<std::string_view, 5> kPolicies = {"inherit", "contiguous", "cling", "normal",
                                                       "anywhere"};

}  // namespace

bool read_value(std::string_view text, YesNo& value) {
  value.yes = text == "y";
  return text == "y" || text == "n";
}

std::string show_value(const YesNo& value) { return value.yes ? "y" : "n"; }

std::string_view word_of(Alloc alloc) { return kPolicies[static_cast<std::size_t>(alloc)]; }

bool read_value(std::string_view text, Alloc& value) {
  for (std::size_t i = 0; i < kPolicies.size(); ++i) {
    if (text != kPolicies[i]) continue;
    value = static_cast<Alloc>(i);
    return true;
  }
  return false;
}

std::string show_value(const Alloc& value) { return std::string(word_of(value)); }

}  // namespace rehearse::lvm
