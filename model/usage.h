// A usage describes one command form once: its name, options and operands, each tied to a member of the
// form's struct. Command lines are parsed and rendered from it, help and generators read it; nothing else
// knows how a command is spelled.
//
//   static constexpr Usage usage() {
//     return usage_of("lvrename", maybe<&RenameVolume::yes>("-y,--yes"), operand<&RenameVolume::from>("OLD"),
//     ...);
//   }
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "model/name.h"

namespace rehearse {

using Words = std::vector<std::string>;

enum class PartKind : std::uint8_t {
  flag,     // must be there: it tells this form from its sisters
  toggle,   // may be there; a bool, or a number that counts how often
  option,   // must be there, with a value
  maybe,    // may be there, with a value: an optional, a vector (may be repeated), or a type whose default is
            // "none"
  operand,  // must be there
  last,     // an operand that may be left out; an optional
  any,      // any number of operands; a vector
  some,     // one operand or more; a vector
  keyed,    // name=value, as dd has them; an optional
  others,   // any number of options that the type knows itself, whole words: --name=value, --name; a vector
};

/// Where one word of a command line comes from and goes to.
struct UsagePart {
  PartKind kind = PartKind::flag;
  std::string_view spellings;  // "-L,--size", canonical first; of an operand: what to call it
  bool (*set)(void* form, std::string_view text) = nullptr;  // false: the text is not such a value
  void (*get)(const void* form,
              std::vector<std::string>& out) = nullptr;  // the values to render, none or more
};

struct Usage {
  std::string_view command;  // "xl create,xm create": words before the first option, canonical spelling first
  std::array<UsagePart, 28> parts{};
  std::size_t count = 0;
  bool whole_words = false;  // options have one dash or two, and no letters are joined: "-name web"
  std::span<const UsagePart> all() const { return {parts.data(), count}; }
};

// How a value reads and shows; each type of a form's members has this pair. `show_value` gives no text for
// none.
bool read_value(std::string_view text, Name& value);
bool read_value(std::string_view text, std::string& value);
bool read_value(std::string_view text, std::uint32_t& value);
bool read_value(std::string_view text, std::uint64_t& value);
bool read_value(std::string_view text, std::int32_t& value);
std::string show_value(Name value);
std::string show_value(const std::string& value);
std::string show_value(std::uint32_t value);
std::string show_value(std::uint64_t value);
std::string show_value(std::int32_t value);

namespace usage_detail {

template <auto Member>
struct Field;
template <class Form, class T, T Form::*Member>
struct Field<Member> {
  static T& of(void* form) { return static_cast<Form*>(form)->*Member; }
  static const T& of(const void* form) { return static_cast<const Form*>(form)->*Member; }
};

template <class T>
bool set_value(T& field, std::string_view text) {
  return read_value(text, field);
}
inline bool set_value(bool& field, std::string_view) { return field = true; }
template <class T>
bool set_value(std::optional<T>& field, std::string_view text) {
  if (field) return false;  // given twice
  T value{};
  if (!set_value(value, text)) return false;
  field = std::move(value);
  return true;
}
template <class T>
bool set_value(std::vector<T>& field, std::string_view text) {
  T value{};
  if (!set_value(value, text)) return false;
  field.push_back(std::move(value));
  return true;
}

template <class T>
void get_values(const T& field, std::vector<std::string>& out) {
  out.push_back(show_value(field));
}
inline void get_values(bool field, std::vector<std::string>& out) {
  if (field) out.emplace_back();
}
template <class T>
void get_values(const std::optional<T>& field, std::vector<std::string>& out) {
  if (field) get_values(*field, out);
}
template <class T>
void get_values(const std::vector<T>& field, std::vector<std::string>& out) {
  for (const T& value : field) get_values(value, out);
}

template <auto Member>
constexpr UsagePart part(PartKind kind, std::string_view spellings) {
  return {kind, spellings,
          [](void* form, std::string_view text) { return set_value(Field<Member>::of(form), text); },
          [](const void* form, std::vector<std::string>& out) { get_values(Field<Member>::of(form), out); }};
}

template <auto Member>
constexpr UsagePart counted(std::string_view spellings) {
  return {PartKind::toggle, spellings,
          [](void* form, std::string_view) {
            ++Field<Member>::of(form);
            return true;
          },
          [](const void* form, std::vector<std::string>& out) {
            out.insert(out.end(), Field<Member>::of(form), std::string());
          }};
}

}  // namespace usage_detail

constexpr UsagePart flag(std::string_view spellings) { return {PartKind::flag, spellings, nullptr, nullptr}; }
template <auto Member>
constexpr UsagePart toggle(std::string_view spellings) {
  using T = std::remove_cvref_t<decltype(usage_detail::Field<Member>::of(static_cast<void*>(nullptr)))>;
  if constexpr (std::is_same_v<T, bool>) {
    return usage_detail::part<Member>(PartKind::toggle, spellings);
  } else {
    return usage_detail::counted<Member>(spellings);
  }
}
template <auto Member>
constexpr UsagePart option(std::string_view spellings) {
  return usage_detail::part<Member>(PartKind::option, spellings);
}
template <auto Member>
constexpr UsagePart maybe(std::string_view spellings) {
  return usage_detail::part<Member>(PartKind::maybe, spellings);
}
template <auto Member>
constexpr UsagePart operand(std::string_view name) {
  return usage_detail::part<Member>(PartKind::operand, name);
}
template <auto Member>
constexpr UsagePart last(std::string_view name) {
  return usage_detail::part<Member>(PartKind::last, name);
}
template <auto Member>
constexpr UsagePart any(std::string_view name) {
  return usage_detail::part<Member>(PartKind::any, name);
}
template <auto Member>
constexpr UsagePart some(std::string_view name) {
  return usage_detail::part<Member>(PartKind::some, name);
}
template <auto Member>
constexpr UsagePart keyed(std::string_view name) {
  return usage_detail::part<Member>(PartKind::keyed, name);
}

template <auto Member>
constexpr UsagePart others(std::string_view name) {
  return usage_detail::part<Member>(PartKind::others, name);
}

template <class... Part>
constexpr Usage usage_of(std::string_view command, Part... parts) {
  static_assert(sizeof...(Part) <= std::tuple_size_v<decltype(Usage::parts)>);
  return {command, {parts...}, sizeof...(Part)};
}

/// Of a tool whose options are words behind one dash.
constexpr Usage with_whole_words(Usage usage) {
  usage.whole_words = true;
  return usage;
}

/// Why a line is not this form.
struct Mismatch {
  enum class Kind : std::uint8_t { none, other_command, missing, extra, bad_value, no_value, unknown_option };
  Kind kind = Kind::none;
  std::string word;  // the option or operand in question
  bool operator==(const Mismatch&) const = default;
};

/// Reads the words of a command line into `form` (the struct that `usage` describes, default-made). Options
/// may stand anywhere, joined or with `=`; every word must be understood.
Mismatch parse(const Usage& usage, std::span<const std::string> words, void* form);

/// The canonical command line of `form`.
Words render(const Usage& usage, const void* form);

/// "lvrename [-y] OLD NEW", for help.
std::string synopsis(const Usage& usage);

}  // namespace rehearse
