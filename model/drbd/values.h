// The words of the command forms on replicated devices: verbs, minors, options that are handed on.
#pragma once

#include <array>
#include <string>

#include "model/drbd/adm_verbs.h"
#include "model/usage.h"

namespace rehearse::drbd {

/// "drbdadm" and the verb, as the words of a usage.
template <AdmVerb V>
struct AdmWords {
  static constexpr std::string_view kProgram = "drbdadm ";
  static constexpr std::size_t kSize = kProgram.size() + row_of(V).name.size();
  static constexpr std::array<char, kSize> kText = [] {
    std::array<char, kSize> text{};
    std::size_t at = 0;
    for (const char c : kProgram) text[at++] = c;
    for (const char c : row_of(V).name) text[at++] = c;
    return text;
  }();
  static constexpr std::string_view words() { return {kText.data(), kText.size()}; }
};

/// An option that drbdadm hands on to what it runs, as it stands: `-W --assume-clean`; operators type
/// `drbdadm -- --assume-clean resize r0`, too. Only those that do something here are understood.
template <AdmVerb V>
struct HandedOn {
  std::string text;
  bool operator==(const HandedOn&) const = default;
};
bool is_handed_on(AdmVerb verb, std::string_view text);
template <AdmVerb V>
bool read_value(std::string_view text, HandedOn<V>& value) {
  value.text = text;
  return is_handed_on(V, text);
}
template <AdmVerb V>
std::string show_value(const HandedOn<V>& value) {
  return value.text;
}

/// A minor as drbdsetup takes it: "0" or "/dev/drbd0".
struct MinorName {
  std::uint32_t number = 0;
  bool operator==(const MinorName&) const = default;
};
bool read_value(std::string_view text, MinorName& value);
std::string show_value(const MinorName& value);

/// A verb of drbdmeta that changes something.
struct MetaVerb {
  std::string name = "create-md";
  bool operator==(const MetaVerb&) const = default;
};
bool read_value(std::string_view text, MetaVerb& value);
std::string show_value(const MetaVerb& value);

/// The only version of metadata that is modelled.
struct MetaVersion {
  bool operator==(const MetaVersion&) const = default;
};
bool read_value(std::string_view text, MetaVersion& value);
std::string show_value(const MetaVersion& value);

/// The line with its options behind the verb, as the usages have them: `drbdadm -- --force primary r0`,
/// `drbdsetup 0 primary`.
Words verb_first(std::span<const std::string> words);
/// Words as a shell takes them: what is not plain is escaped.
std::string shell_words(const Words& words);

}  // namespace rehearse::drbd
