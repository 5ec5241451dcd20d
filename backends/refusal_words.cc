#include "backends/refusal_words.h"

#include <algorithm>
#include <vector>

#include "backends/filters.h"

namespace rehearse {
namespace {

constexpr std::size_t kDetails = std::tuple_size_v<decltype(Refused::details)>;
// Fewer letters than that say nothing.
constexpr std::size_t kFewestLetters = 4;

struct Piece {
  std::string text;                   // stands for itself
  std::optional<std::size_t> detail;  // behind it any text, the same wherever this detail is mentioned
};
using Pattern = std::vector<Piece>;

struct RowPattern {
  const RefusalRow* row = nullptr;
  std::vector<Pattern> lines;
  std::size_t letters = 0;  // that stand for themselves
};

using Details = std::array<std::optional<std::string>, kDetails>;

// The words are a format: {0}, and {{ for a brace.
Pattern pattern_of(const std::string& line) {
  Pattern pattern(1);
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '{' && i + 2 < line.size() && line[i + 1] != '{' && line[i + 2] == '}') {
      pattern.back().detail = static_cast<std::size_t>(line[i + 1] - '0');
      pattern.emplace_back();
      i += 2;
    } else {
      if ((c == '{' || c == '}') && i + 1 < line.size() && line[i + 1] == c) ++i;
      pattern.back().text += c;
    }
  }
  return pattern;
}

std::vector<RowPattern> read_table() {
  std::vector<RowPattern> rows;
  for (const RefusalRow& row : refusal_table()) {
    RowPattern made{&row, {}, 0};
    for (const std::string& line : lines_of(row.words)) made.lines.push_back(pattern_of(line));
    // An empty line at the end says nothing.
    while (made.lines.size() > 1 && made.lines.back().size() == 1 && made.lines.back()[0].text.empty()) {
      made.lines.pop_back();
    }
    for (const Pattern& pattern : made.lines) {
      for (const Piece& piece : pattern) {
        made.letters += static_cast<std::size_t>(
            std::count_if(piece.text.begin(), piece.text.end(), [](char c) { return c != ' '; }));
      }
    }
    rows.push_back(std::move(made));
  }
  return rows;
}

bool fits(const Pattern& pattern, std::size_t at, std::string_view text, Details& details) {
  const Piece& piece = pattern[at];
  if (!text.starts_with(piece.text)) return false;
  text.remove_prefix(piece.text.size());
  if (!piece.detail) return text.empty();
  std::optional<std::string>& known = details[*piece.detail];
  if (known) {
    return text.starts_with(*known) && fits(pattern, at + 1, text.substr(known->size()), details);
  }
  for (std::size_t length = 0; length <= text.size(); ++length) {
    Details tried = details;
    tried[*piece.detail] = std::string(text.substr(0, length));
    if (!fits(pattern, at + 1, text.substr(length), tried)) continue;
    details = std::move(tried);
    return true;
  }
  return false;
}

bool said_at(const RowPattern& row, const std::vector<std::string>& lines, std::size_t first,
             Details& details) {
  details = {};
  for (std::size_t i = 0; i < row.lines.size(); ++i) {
    if (!fits(row.lines[i], 0, lines[first + i], details)) return false;
  }
  return true;
}

// The first line of those where it is said.
std::optional<std::size_t> place_of(const RowPattern& row, const std::vector<std::string>& lines,
                                    Details& details) {
  for (std::size_t first = 0; first + row.lines.size() <= lines.size(); ++first) {
    if (said_at(row, lines, first, details)) return first;
  }
  return std::nullopt;
}

// A shell that is not at a terminal names the line where one at a terminal names itself.
void as_at_a_terminal(std::string& line) {
  constexpr std::string_view kNamed = "bash: line ";
  if (!line.starts_with(kNamed)) return;
  const std::size_t colon = line.find(": ", kNamed.size());
  if (colon != std::string::npos) line = "-bash: " + line.substr(colon + 2);
}

std::vector<std::string> read_lines(std::string_view standard_error) {
  std::vector<std::string> lines = lines_of(standard_error);
  for (std::string& line : lines) as_at_a_terminal(line);
  return lines;
}

struct Found {
  const RowPattern* row = nullptr;
  std::size_t first = 0;  // of its lines
  Details details;
};

// Of the rows that are said the one that explains most.
std::optional<Found> find(int status, const std::vector<std::string>& lines) {
  static const std::vector<RowPattern> table = read_table();
  std::optional<Found> best;
  for (const RowPattern& row : table) {
    const bool explains_more = row.letters >= kFewestLetters && (!best || row.letters > best->row->letters);
    if (row.row->status != status || !explains_more) continue;
    Details details;
    const auto first = place_of(row, lines, details);
    if (first) best = Found{&row, *first, std::move(details)};
  }
  return best;
}

}  // namespace

Refused find_refusal(int status, std::string_view standard_error) {
  const auto found = find(status, read_lines(standard_error));
  if (!found) return {};
  Refused refused(found->row->row->code);
  for (std::size_t i = 0; i < kDetails; ++i) {
    if (found->details[i]) refused.details[i] = Argument(*found->details[i]);
  }
  return refused;
}

std::vector<Refusal> refusals_said(int status, std::string_view standard_error) {
  std::vector<Refusal> refusals;
  std::vector<std::string> lines = read_lines(standard_error);
  while (const auto found = find(status, lines)) {
    refusals.push_back(found->row->row->code);
    const auto first = lines.begin() + static_cast<std::ptrdiff_t>(found->first);
    lines.erase(first, first + static_cast<std::ptrdiff_t>(found->row->lines.size()));
  }
  return refusals;
}

bool alike(Refusal one, Refusal other) {
  if (one == other || one == Refusal::none || other == Refusal::none) return one == other;
  return row_of(one).status == row_of(other).status && row_of(one).words == row_of(other).words;
}

}  // namespace rehearse
