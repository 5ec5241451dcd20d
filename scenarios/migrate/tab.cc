#include "scenarios/migrate/tab.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "model/text.h"
#include "scenarios/phrase.h"

namespace rehearse::migrate {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kLongestDomain = 64;
constexpr std::size_t kLongestHost = 253;  // RFC 1035

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool made_of(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_digit(c) || is_letter(c) || others.find(c) != std::string_view::npos;
  });
}

// What getmntent(3) makes of a word, or nothing if an escape is none of its three.
std::optional<std::string> unescaped(std::string_view word) {
  std::string text;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] != '\\') {
      text += word[i];
      continue;
    }
    const std::string_view escape = word.substr(i, 4);
    if (escape != "\\040" && escape != "\\011" && escape != "\\134") return std::nullopt;
    text += escape == "\\040" ? ' ' : escape == "\\011" ? '\t' : '\\';
    i += 3;
  }
  return text;
}

std::string escaped(std::string_view word) {
  std::string text;
  for (const char c : word) {
    if (c == ' ') {
      text += "\\040";
    } else if (c == '\t') {
      text += "\\011";
    } else if (c == '\\') {
      text += "\\134";
    } else {
      text += c;
    }
  }
  return text;
}

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '\t' || (c >= ' ' && c != 0x7f); });
}

// A row, or what is wrong with the line.
std::variant<TabRow, std::string> tab_row(const std::vector<std::string>& fields) {
  TabRow row;
  row.domain = fields[0];
  if (!plain_domain(row.domain)) {
    return fmt::format("expected the name of a domain, found {}", quote_word(row.domain));
  }
  if (fields.size() < 2) return fmt::format("expected the host that {} goes to, found nothing", row.domain);
  row.peer = fields[1];
  if (!plain_host(row.peer)) {
    return fmt::format("expected the host that {} goes to, found {}", row.domain, quote_word(row.peer));
  }
  for (std::size_t i = 2; i < fields.size(); ++i) {
    auto option = unescaped(fields[i]);
    if (!option) return fmt::format("expected \\040, \\011 or \\134 in {}", quote_word(fields[i]));
    row.options.push_back(std::move(*option));
  }
  return row;
}

}  // namespace

bool plain_domain(std::string_view name) {
  return !name.empty() && name.size() <= kLongestDomain && made_of(name, "._+-") && name[0] != '-' &&
         name[0] != '.' && !std::all_of(name.begin(), name.end(), is_digit) && name != "ALL" &&
         name != "Domain-0" && !name.ends_with("--incoming") && !name.ends_with("--migratedaway");
}

bool plain_host(std::string_view name) {
  return !name.empty() && name.size() <= kLongestHost && made_of(name, "._:-") && name[0] != '-' &&
         name[0] != '.';
}

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t start = line.find_first_not_of(" \t", at);
    if (start == std::string_view::npos || line[start] == '#') break;
    const std::size_t end = std::min(line.find_first_of(" \t", start), line.size());
    fields.emplace_back(line.substr(start, end - start));
    at = end;
  }
  return fields;
}

const TabRow* Tab::find(std::string_view domain) const {
  const auto at =
      std::find_if(rows.begin(), rows.end(), [&](const TabRow& row) { return row.domain == domain; });
  return at == rows.end() ? nullptr : &*at;
}

Input<Tab> read_tab(std::string_view text, const std::string& file) {
  Tab tab;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto wrong = [&](std::string what) { return InputError{file, number, 0, "", std::move(what)}; };
    if (line.size() > kLongestLine) {
      return wrong(fmt::format("expected at most {} bytes in a line", kLongestLine));
    }
    const std::vector<std::string> fields = fields_of(line);
    if (fields.empty()) continue;
    if (!printable(line)) return wrong("expected printable characters");
    auto read = tab_row(fields);
    if (auto* what = std::get_if<std::string>(&read)) return wrong(std::move(*what));
    auto& row = std::get<TabRow>(read);
    if (const TabRow* first = tab.find(row.domain)) {
      return wrong(
          fmt::format("expected a domain once, {} stands on line {} already", row.domain, first->line));
    }
    row.line = number;
    tab.rows.push_back(std::move(row));
  }
  return tab;
}

std::string write_tab(const Tab& tab) {
  std::string text = "# domain  peer  options of xl migrate\n";
  for (const TabRow& row : tab.rows) {
    text += row.domain + "  " + row.peer;
    for (const std::string& option : row.options) text += "  " + escaped(option);
    text += "\n";
  }
  return text;
}

}  // namespace rehearse::migrate
