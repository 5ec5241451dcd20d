// The words of the command forms on replicated devices: verbs, minors, options that are handed on.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "model/drbd/adm_verbs.h"
#include "model/units.h"
#include "model/usage.h"

namespace rehearse::drbd {

/// A program and the verb, as the words of a usage: "drbdadm primary".
inline constexpr std::string_view kDrbdadm = "drbdadm ";
inline constexpr std::string_view kDrbdsetup = "drbdsetup ";
template <AdmVerb V, const std::string_view& Program>
struct VerbWords {
  static constexpr std::size_t kSize = Program.size() + row_of(V).name.size();
  static constexpr std::array<char, kSize> kText = [] {
    std::array<char, kSize> text{};
    std::size_t at = 0;
    for (const char c : Program) text[at++] = c;
    for (const char c : row_of(V).name) text[at++] = c;
    return text;
  }();
  static constexpr std::string_view words() { return {kText.data(), kText.size()}; }
};

template <AdmVerb V>
using AdmWords = VerbWords<V, kDrbdadm>;
template <AdmVerb V>
using SetupWords = VerbWords<V, kDrbdsetup>;

/// An option of drbdsetup's or drbdmeta's as it stands, typed there or handed on by drbdadm: `-W
/// --assume-clean`; operators type `drbdadm -- --assume-clean resize r0`, too.
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

/// Whether an option that is handed on is there: `--force`, `--force=yes`; and its value.
bool option_given(const Words& words, std::string_view option);
std::optional<std::string> option_value(const Words& words, std::string_view option);
/// The value in sectors.
std::optional<Sectors> option_sectors(const Words& words, std::string_view option);

/// Where an attached disk's metadata are: "internal", "flexible" or the number of an area.
std::optional<int> index_named(std::string_view text);
struct MetaIndex {
  std::string text = "internal";
  bool operator==(const MetaIndex&) const = default;
};
bool read_value(std::string_view text, MetaIndex& value);
std::string show_value(const MetaIndex& value);

/// An address and a port as drbdsetup takes them: the family may be left out, and the usual port.
struct EndpointName {
  Name text;  // "ipv4:10.0.0.1:7788"
  bool operator==(const EndpointName&) const = default;
};
bool read_value(std::string_view text, EndpointName& value);
std::string show_value(const EndpointName& value);

/// The line with its options behind the verb, as the usages have them: `drbdadm -- --force primary r0`,
/// `drbdsetup 0 primary`.
Words verb_first(std::span<const std::string> words);
/// Words as a shell takes them: what is not plain is escaped.
std::string shell_words(const Words& words);

}  // namespace rehearse::drbd
