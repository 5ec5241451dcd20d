#include "backends/filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <utility>
#include <vector>

#include "backends/pattern.h"
#include "model/report.h"
#include "model/text.h"

namespace rehearse {
namespace {

using Arguments = std::span<const std::string>;

bool read_count(std::string_view text, std::size_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

struct Grep {
  bool inverted = false;
  bool counts = false;
  bool quiet = false;
  bool only = false;
  bool extended = false;
  bool fixed = false;
  bool any_case = false;
  bool numbered = false;
  std::vector<std::string> patterns;

  bool read(Arguments words) {
    bool with_e = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string& word = words[i];
      if (word.size() < 2 || word[0] != '-') {
        if (with_e || !patterns.empty()) return false;  // a file
        patterns.push_back(word);
        continue;
      }
      for (const char letter : std::string_view(word).substr(1)) {
        if (letter == 'e') {
          if (++i >= words.size()) return false;
          patterns.push_back(words[i]);
          with_e = true;
          break;
        }
        if (!set(letter)) return false;
      }
    }
    return !patterns.empty();
  }

  bool set(char letter) {
    switch (letter) {
      case 'v':
        return inverted = true;
      case 'c':
        return counts = true;
      case 'q':
        return quiet = true;
      case 'o':
        return only = true;
      case 'E':
        return extended = true;
      case 'F':
        return fixed = true;
      case 'i':
        return any_case = true;
      case 'n':
        return numbered = true;
      default:
        return false;
    }
  }

  bool hits(const Pattern& pattern, const std::string& text, const std::string& line,
            std::vector<std::string>& found) const {
    if (fixed) return line.find(text) != std::string::npos;
    const auto match = pattern.find(line);
    if (match && only) found.push_back(line.substr(match->first, match->count));
    return match.has_value();
  }

  std::optional<Filtered> operator()(const std::string& input) const {
    if ((fixed && (any_case || only)) || (only && (inverted || numbered))) return std::nullopt;
    std::deque<Pattern> compiled;
    for (const std::string& pattern : patterns) {
      compiled.emplace_back(pattern, extended ? Pattern::Kind::extended : Pattern::Kind::basic, any_case);
      if (!fixed && !compiled.back().valid()) return std::nullopt;
    }
    std::vector<std::string> kept;
    std::size_t number = 0;
    for (const std::string& line : lines_of(input)) {
      ++number;
      bool hit = false;
      for (std::size_t i = 0; i < patterns.size(); ++i) hit |= hits(compiled[i], patterns[i], line, kept);
      if (hit != inverted && !only) kept.push_back((numbered ? std::to_string(number) + ":" : "") + line);
    }
    const int status = kept.empty() ? 1 : 0;
    if (quiet) return Filtered{"", status};
    if (counts) return Filtered{std::to_string(kept.size()) + "\n", status};
    return Filtered{joined(kept), status};
  }
};

std::optional<Filtered> grep(Arguments words, const std::string& input) {
  Grep form;
  if (!form.read(words)) return std::nullopt;
  return form(input);
}

// head and tail: -N, -n N, -nN.
std::optional<Filtered> ends(Arguments words, const std::string& input, bool first) {
  std::size_t count = 10;
  if (words.size() > 2) return std::nullopt;
  if (words.size() == 2 && (words[0] != "-n" || !read_count(words[1], count))) return std::nullopt;
  if (words.size() == 1) {
    std::string_view text = words[0];
    if (!text.starts_with('-')) return std::nullopt;
    text.remove_prefix(text.starts_with("-n") ? 2 : 1);
    if (!read_count(text, count)) return std::nullopt;
  }
  std::vector<std::string> lines = lines_of(input);
  if (lines.size() > count) {
    const auto size = static_cast<std::ptrdiff_t>(count);
    first ? lines.erase(lines.begin() + size, lines.end()) : lines.erase(lines.begin(), lines.end() - size);
  }
  return Filtered{joined(lines), 0};
}

std::optional<Filtered> wc(Arguments words, const std::string& input) {
  if (words.size() != 1) return std::nullopt;
  if (words[0] == "-l")
    return Filtered{std::to_string(std::count(input.begin(), input.end(), '\n')) + "\n", 0};
  if (words[0] == "-c") return Filtered{std::to_string(input.size()) + "\n", 0};
  return std::nullopt;
}

std::optional<Filtered> sort(Arguments words, const std::string& input) {
  bool backwards = false;
  bool once = false;
  for (const std::string& word : words) {
    if (word == "-r") {
      backwards = true;
    } else if (word == "-u") {
      once = true;
    } else {
      return std::nullopt;
    }
  }
  std::vector<std::string> lines = lines_of(input);
  std::sort(lines.begin(), lines.end());
  if (once) lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  if (backwards) std::reverse(lines.begin(), lines.end());
  return Filtered{joined(lines), 0};
}

// cut -dX -fLIST, with numbers and ranges.
std::optional<Filtered> cut(Arguments words, const std::string& input) {
  char by = '\t';
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string text = words[i];
    if (text.size() == 2 && i + 1 < words.size()) text += words[++i];
    if (text.starts_with("-d") && text.size() == 3) {
      by = text[2];
    } else if (text.starts_with("-f") && text.size() > 2) {
      list = text.substr(2);
    } else {
      return std::nullopt;
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    const std::string piece = list.substr(at, end - at);
    const std::size_t dash = piece.find('-');
    std::size_t from = 1;
    std::size_t to = std::string::npos;
    if (dash != 0 && !read_count(piece.substr(0, dash), from)) return std::nullopt;
    if (dash == std::string::npos)
      to = from;
    else if (dash + 1 < piece.size() && !read_count(piece.substr(dash + 1), to))
      return std::nullopt;
    ranges.emplace_back(from, to);
    at = end + 1;
  }
  std::string out;
  for (const std::string& line : lines_of(input)) {
    if (line.find(by) == std::string::npos) {
      out += line + "\n";
      continue;
    }
    std::string kept;
    bool any = false;
    std::size_t number = 1;
    for (std::size_t at = 0; at <= line.size(); ++number) {
      const std::size_t end = std::min(line.find(by, at), line.size());
      const bool wanted = std::any_of(ranges.begin(), ranges.end(),
                                      [&](const auto& r) { return r.first <= number && number <= r.second; });
      if (wanted) kept += (std::exchange(any, true) ? std::string(1, by) : "") + line.substr(at, end - at);
      at = end + 1;
    }
    out += kept + "\n";
  }
  return Filtered{out, 0};
}

}  // namespace

std::vector<std::string> lines_of(std::string_view text) {
  const std::vector<std::string_view> lines = line_views(text);
  return {lines.begin(), lines.end()};
}

std::optional<Filtered> filter(Arguments words, const std::string& input) {
  if (words.empty()) return std::nullopt;
  const Arguments rest = words.subspan(1);
  if (words[0] == "grep") return grep(rest, input);
  if (words[0] == "head") return ends(rest, input, true);
  if (words[0] == "tail") return ends(rest, input, false);
  if (words[0] == "wc") return wc(rest, input);
  if (words[0] == "sort") return sort(rest, input);
  if (words[0] == "cut") return cut(rest, input);
  if (words[0] == "cat" && rest.empty()) return Filtered{input, 0};
  return std::nullopt;
}

void Filtered::report_to(Report& report) const {
  for (const std::string& line : lines_of(text)) failed ? report.err("{}", line) : report.out("{}", line);
  report.status = status;
}

std::optional<FileFilter> file_filter(Arguments words) {
  if (words.size() < 2 || words[0] == "cat" || words.back().starts_with('-')) return std::nullopt;
  const Arguments before = words.first(words.size() - 1);
  if (!filter(before, "")) return std::nullopt;
  return FileFilter{before, words.back()};
}

// Of coreutils 9.1 and grep 3.8.
std::optional<Filtered> FileFilter::complaint(std::string_view reason) const {
  const std::string& tool = filter[0];
  const bool ends = tool == "head" || tool == "tail";
  const int status = tool == "grep" || tool == "sort" ? 2 : 1;
  if (reason == "No such file or directory") {
    if (ends)
      return Filtered{fmt::format("{}: cannot open '{}' for reading: {}", tool, path, reason), status, true};
    if (tool == "sort") return Filtered{fmt::format("sort: cannot read: {}: {}", path, reason), status, true};
    return Filtered{fmt::format("{}: {}: {}", tool, path, reason), status, true};
  }
  if (reason != "Is a directory") return std::nullopt;
  if (ends) return Filtered{fmt::format("{}: error reading '{}': {}", tool, path, reason), status, true};
  if (tool == "grep") return Filtered{fmt::format("grep: {}: {}", path, reason), status, true};
  return std::nullopt;
}

Filtered FileFilter::of(const std::string& contents) const {
  Filtered made = *rehearse::filter(filter, contents);
  if (filter[0] == "wc") made.text.insert(made.text.size() - 1, " " + path);
  return made;
}

}  // namespace rehearse
