// The sentences of a runbook that are not commands: `~` the world by itself, `!` faults, `?` assertions. Each
// is one row of a table: a pattern of words and slots, and an example; reading, error messages and
// documentation all come from the row.
//
//   "HOST loses power"                       words stand for themselves, CAPITALS are slots
//   "NAME writes SIZE to PATH [unflushed]"   brackets may be left out, a|b is a choice
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "model/step.h"
#include "scenarios/assertion.h"

namespace rehearse {

struct PhraseRow {
  char mark = '~';
  std::string_view pattern;
  std::string_view example;  // as a whole line: "~ echelon writes 1.5G to /"
  std::string_view meaning;
};
std::span<const PhraseRow> phrase_table();

struct PhraseError {
  std::size_t at = 0;  // byte of the line
  std::string what;
};

using Phrase = std::variant<Step, Assertion>;

/// Reads one line that starts with '~', '!' or '?'.
std::variant<Phrase, PhraseError> read_phrase(std::string_view line);

/// "1.5G", "200M", "64k", "512B": binary multiples, the unit spelled out.
std::optional<Bytes> read_size(std::string_view text);

/// The word of `known` that `word` was probably meant to be, or nothing.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

/// For error messages: short, on one line, in quotes.
std::string quote_word(std::string_view text);

}  // namespace rehearse
