#include "scenarios/phrase.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "scenarios/phrase_rows.h"

namespace rehearse {
namespace {

struct Token {
  std::size_t at = 0;
  std::string_view text;  // without its quotes
  bool quoted = false;
};

// Words after the mark; a text in quotes is one word. An odd quote is left to the slots to refuse.
std::vector<Token> words_of(std::string_view line) {
  std::vector<Token> words;
  std::size_t at = 1;
  while (true) {
    at = line.find_first_not_of(" \t", at);
    if (at == std::string_view::npos) return words;
    if (line[at] == '"') {
      const std::size_t end = line.find('"', at + 1);
      if (end != std::string_view::npos) {
        words.push_back({at, line.substr(at + 1, end - at - 1), true});
        at = end + 1;
        continue;
      }
    }
    const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
    words.push_back({at, line.substr(at, end - at), false});
    at = end;
  }
}

// Each way to leave brackets out, as a list of words and slots.
using Sequence = std::vector<std::string_view>;
std::vector<Sequence> expand(std::string_view pattern) {
  std::vector<Sequence> all(1);
  while (!pattern.empty()) {
    const bool optional = pattern[0] == '[';
    const std::size_t end =
        std::min(pattern.find_first_of(optional ? "]" : " ", optional ? 1 : 0), pattern.size());
    std::string_view piece = optional ? pattern.substr(1, end - 1) : pattern.substr(0, end);
    const std::vector<Sequence> without = optional ? all : std::vector<Sequence>();
    while (!piece.empty()) {
      const std::size_t space = std::min(piece.find(' '), piece.size());
      for (Sequence& sequence : all) sequence.push_back(piece.substr(0, space));
      piece.remove_prefix(std::min(space + 1, piece.size()));
    }
    all.insert(all.end(), without.begin(), without.end());
    pattern.remove_prefix(std::min(pattern.find_first_not_of("] ", end), pattern.size()));
  }
  return all;
}

struct Form {
  const RowWithMaker* row = nullptr;
  Sequence sequence;
};

const std::vector<Form>& forms() {
  static const std::vector<Form> all = [] {
    std::vector<Form> made;
    for (const RowWithMaker& row : phrase_rows()) {
      for (Sequence& sequence : expand(row.row.pattern)) made.push_back({&row, std::move(sequence)});
    }
    return made;
  }();
  return all;
}

bool one_of(std::string_view choices, std::string_view word) {
  while (true) {
    const std::size_t bar = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, bar) == word) return true;
    if (bar == choices.size()) return false;
    choices.remove_prefix(bar + 1);
  }
}

bool fits(std::string_view part, const Token& word) {
  if (const Slot* slot = slot_named(part)) return slot->fits(word.text) && word.quoted == slot->in_quotes;
  return !word.quoted && one_of(part, word.text);
}

// The furthest that any form got, and what would have gone on there.
struct Furthest {
  std::size_t words = 0;
  std::vector<std::string_view> parts;

  void note(std::size_t got, std::string_view part) {
    if (got < words) return;
    if (got > words) parts.clear();
    words = got;
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) parts.push_back(part);
  }
};

std::string listed(const std::vector<std::string>& all) {
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) text += i + 1 == all.size() ? " or " : ", ";
    text += all[i];
  }
  return text;
}

PhraseError explain(std::string_view line, const std::vector<Token>& words, const Furthest& furthest) {
  std::vector<std::string> expected;
  std::vector<std::string_view> known;
  for (std::string_view part : furthest.parts) {
    if (part.empty()) {
      expected.emplace_back("the end of the line");
    } else if (const Slot* slot = slot_named(part)) {
      expected.emplace_back(slot->what);
    } else {
      while (!part.empty()) {
        const std::size_t bar = std::min(part.find('|'), part.size());
        known.push_back(part.substr(0, bar));
        expected.push_back(fmt::format("\"{}\"", known.back()));
        part.remove_prefix(std::min(bar + 1, part.size()));
      }
    }
  }
  std::string what = "expected " + listed(expected);
  if (furthest.words >= words.size()) return {line.size(), what + ", found the end of the line"};
  const Token& word = words[furthest.words];
  what += ", found " + quote_word(word.text);
  const std::string_view meant = nearest(word.text, known);
  if (!meant.empty()) what += fmt::format("; did you mean \"{}\"?", meant);
  return {word.at, what};
}

// Letters to change, add, leave out or swap with their neighbour.
std::size_t typing_distance(std::string_view word, std::string_view other) {
  std::vector<std::vector<std::size_t>> cost(word.size() + 1, std::vector<std::size_t>(other.size() + 1));
  for (std::size_t i = 0; i <= word.size(); ++i) {
    for (std::size_t j = 0; j <= other.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t replaced = cost[i - 1][j - 1] + (word[i - 1] != other[j - 1]);
      cost[i][j] = std::min({replaced, cost[i - 1][j] + 1, cost[i][j - 1] + 1});
      if (i > 1 && j > 1 && word[i - 1] == other[j - 2] && word[i - 2] == other[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[word.size()][other.size()];
}

}  // namespace

std::string_view Matched::operator[](std::string_view part) const {
  for (const auto& [name, word] : words) {
    if (name == part) return word;
  }
  return {};
}

std::variant<Phrase, PhraseError> read_phrase(std::string_view line) {
  const std::vector<Token> words = words_of(line);
  Furthest furthest;
  for (const Form& form : forms()) {
    if (form.row->row.mark != line[0]) continue;
    Matched matched;
    std::size_t got = 0;
    while (got < form.sequence.size() && got < words.size() && fits(form.sequence[got], words[got])) {
      matched.words.emplace_back(form.sequence[got], words[got].text);
      ++got;
    }
    if (got == form.sequence.size() && got == words.size()) return form.row->make(matched);
    furthest.note(got, got < form.sequence.size() ? form.sequence[got] : std::string_view());
  }
  return explain(line, words, furthest);
}

std::optional<Bytes> read_size(std::string_view text) {
  const std::size_t end = text.find_first_not_of("0123456789.");
  if (end == std::string_view::npos || end == 0 || text.size() - end != 1) return std::nullopt;
  static constexpr std::string_view kUnits = "bkmgtp";
  const char unit =
      text[end] >= 'A' && text[end] <= 'Z' ? static_cast<char>(text[end] - 'A' + 'a') : text[end];
  const std::size_t power = kUnits.find(unit);
  if (power == std::string_view::npos) return std::nullopt;
  const Bytes one = Bytes{1} << (10 * power);
  // Digit by digit and exact: 1.5G is 1610612736 bytes. What is finer than a byte is no size.
  const std::size_t point = std::min(text.find('.'), end);
  if (point == 0 || point + 1 == end) return std::nullopt;
  Bytes whole = 0;
  for (char digit : text.substr(0, point)) {
    whole = whole * 10 + static_cast<Bytes>(digit - '0');
    if (whole > (Bytes{1} << 59) / one) return std::nullopt;
  }
  Bytes fraction = 0;
  Bytes scale = 1;
  if (point < end) {
    for (char digit : text.substr(point + 1, end - point - 1)) {
      if (digit == '.' || scale > 100000) return std::nullopt;
      fraction = fraction * 10 + static_cast<Bytes>(digit - '0');
      scale *= 10;
    }
  }
  const Bytes part = one / scale * fraction + one % scale * fraction / scale;
  return whole * one + part;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  if (word.size() > 64) return {};
  std::string_view best;
  std::size_t best_cost = std::numeric_limits<std::size_t>::max();
  for (std::string_view other : known) {
    const std::size_t cost = typing_distance(word, other);
    if (cost < best_cost && cost <= std::max<std::size_t>(1, std::min(word.size(), other.size()) / 3)) {
      best = other;
      best_cost = cost;
    }
  }
  return best;
}

std::string quote_word(std::string_view text) {
  std::string shown = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (i >= 60 && (byte & 0xc0) != 0x80) {  // never in the middle of a character
      shown += "...";
      break;
    }
    shown += byte < 0x20 || byte == 0x7f ? '?' : text[i];
  }
  return shown + "\"";
}

}  // namespace rehearse
