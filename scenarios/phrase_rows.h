// The rows of the phrase table with what each makes, and the slots that stand in their patterns. For
// phrase.cc alone; everyone else reads phrases through phrase.h.
#pragma once

#include <utility>
#include <vector>

#include "scenarios/phrase.h"

namespace rehearse {

/// The words that a pattern's words and slots stood for.
struct Matched {
  std::vector<std::pair<std::string_view, std::string_view>> words;
  /// The word for this slot or choice, or nothing if its brackets were left out.
  std::string_view operator[](std::string_view part) const;
};

struct RowWithMaker {
  PhraseRow row;
  Phrase (*make)(const Matched&);
};
std::span<const RowWithMaker> phrase_rows();

struct Slot {
  std::string_view name;
  bool (*fits)(std::string_view word);
  std::string_view what;  // for error messages: "a size such as 1.5G"
  bool in_quotes = false;
};
const Slot* slot_named(std::string_view name);

}  // namespace rehearse
