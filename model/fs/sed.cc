#include "model/fs/sed.h"

#include <regex.h>

#include <charconv>
#include <memory>

namespace rehearse::fs {
namespace {

constexpr std::size_t kGroups = 10;

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::optional<std::vector<SedCommand>> operator()() {
    std::vector<SedCommand> commands;
    while (true) {
      const std::size_t at = rest_.find_first_not_of(" \t\n;");
      if (at == std::string_view::npos) break;
      rest_.remove_prefix(at);
      SedCommand command;
      if (!read(command)) return std::nullopt;
      commands.push_back(std::move(command));
    }
    if (commands.empty()) return std::nullopt;
    return commands;
  }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void blanks() {
    while (take(' ') || take('\t')) {
    }
  }

  // Up to the delimiter; an escaped delimiter stands for itself.
  bool piece(char delimiter, std::string& text) {
    while (!rest_.empty() && rest_[0] != delimiter) {
      if (rest_[0] == '\n') return false;
      if (rest_[0] == '\\' && rest_.size() > 1) {
        if (rest_[1] != delimiter) text += '\\';
        text += rest_[1];
        rest_.remove_prefix(2);
        continue;
      }
      text += rest_[0];
      rest_.remove_prefix(1);
    }
    return take(delimiter);
  }

  bool address(SedAddress& address) {
    if (take('$')) {
      address.kind = SedAddress::Kind::last;
    } else if (take('/')) {
      address.kind = SedAddress::Kind::pattern;
      return piece('/', address.pattern) && !address.pattern.empty();
    } else if (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
      address.kind = SedAddress::Kind::line;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), address.line);
      if (error != std::errc() || address.line == 0) return false;
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    }
    return true;
  }

  bool read(SedCommand& command) {
    if (!address(command.from)) return false;
    if (command.from.kind != SedAddress::Kind::none && take(',')) {
      if (!address(command.to) || command.to.kind == SedAddress::Kind::none) return false;
    }
    blanks();
    command.negated = take('!');
    blanks();
    if (take('d')) {
      command.name = 'd';
    } else if (!take('s') || !substitution(command)) {
      return false;
    }
    blanks();
    return rest_.empty() || rest_[0] == ';' || rest_[0] == '\n';
  }

  bool substitution(SedCommand& command) {
    if (rest_.empty() || rest_[0] == '\n' || rest_[0] == '\\') return false;
    const char delimiter = rest_[0];
    rest_.remove_prefix(1);
    if (!piece(delimiter, command.pattern) || command.pattern.empty()) return false;
    if (!piece(delimiter, command.replacement)) return false;
    while (!rest_.empty()) {
      if (take('g')) {
        command.global = true;
      } else if (take('i') || take('I')) {
        command.any_case = true;
      } else if (rest_[0] >= '1' && rest_[0] <= '9') {
        command.nth = static_cast<std::size_t>(rest_[0] - '0');
        rest_.remove_prefix(1);
      } else {
        break;
      }
    }
    return true;
  }

  std::string_view rest_;
};

// GNU's regular expressions: the C library's own.
class Regex {
 public:
  Regex(const std::string& pattern, bool extended, bool any_case) {
    const int flags = (extended ? REG_EXTENDED : 0) | (any_case ? REG_ICASE : 0);
    valid_ = regcomp(&compiled_, pattern.c_str(), flags) == 0;
  }
  ~Regex() {
    if (valid_) regfree(&compiled_);
  }
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  bool valid() const { return valid_; }
  bool find(const char* text, bool at_start, regmatch_t (&groups)[kGroups]) const {
    return regexec(&compiled_, text, kGroups, groups, at_start ? 0 : REG_NOTBOL) == 0;
  }

 private:
  regex_t compiled_{};
  bool valid_ = false;
};

std::string filled(const std::string& replacement, const char* text, const regmatch_t (&groups)[kGroups]) {
  std::string out;
  const auto group = [&](std::size_t n) {
    if (groups[n].rm_so >= 0) {
      out.append(text + groups[n].rm_so, static_cast<std::size_t>(groups[n].rm_eo - groups[n].rm_so));
    }
  };
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] == '&') {
      group(0);
    } else if (replacement[i] == '\\' && i + 1 < replacement.size()) {
      const char next = replacement[++i];
      if (next >= '0' && next <= '9') {
        group(static_cast<std::size_t>(next - '0'));
      } else {
        out += next == 'n' ? '\n' : next == 't' ? '\t' : next;
      }
    } else {
      out += replacement[i];
    }
  }
  return out;
}

std::string substituted(const SedCommand& command, const Regex& regex, const std::string& line) {
  std::string out;
  std::size_t place = 0;
  std::size_t seen = 0;
  regmatch_t groups[kGroups];
  while (place <= line.size() && regex.find(line.c_str() + place, place == 0, groups)) {
    const auto first = static_cast<std::size_t>(groups[0].rm_so);
    const auto end = static_cast<std::size_t>(groups[0].rm_eo);
    out += line.substr(place, first);
    const bool wanted = ++seen == command.nth || (command.global && seen > command.nth);
    out += wanted ? filled(command.replacement, line.c_str() + place, groups)
                  : line.substr(place + first, end - first);
    if (end == first) {
      if (place + first < line.size()) out += line[place + first];
      place += first + 1;
    } else {
      place += end;
    }
    if (wanted && !command.global) break;
  }
  return place <= line.size() ? out + line.substr(place) : out;
}

struct Ready {
  const SedCommand* command;
  std::unique_ptr<Regex> from;
  std::unique_ptr<Regex> to;
  std::unique_ptr<Regex> what;
  bool inside = false;
};

bool hits(const SedAddress& address, const Regex* regex, const std::string& line, std::size_t number,
          bool last) {
  switch (address.kind) {
    case SedAddress::Kind::none:
      return true;
    case SedAddress::Kind::line:
      return number == address.line;
    case SedAddress::Kind::last:
      return last;
    case SedAddress::Kind::pattern:
      break;
  }
  regmatch_t groups[kGroups];
  return regex->find(line.c_str(), true, groups);
}

bool chosen(Ready& ready, const std::string& line, std::size_t number, bool last) {
  const SedCommand& command = *ready.command;
  if (command.to.kind == SedAddress::Kind::none)
    return hits(command.from, ready.from.get(), line, number, last);
  if (ready.inside) {
    ready.inside = command.to.kind == SedAddress::Kind::line
                       ? number < command.to.line
                       : !hits(command.to, ready.to.get(), line, number, last);
    return true;
  }
  if (!hits(command.from, ready.from.get(), line, number, last)) return false;
  ready.inside = command.to.kind != SedAddress::Kind::line || number < command.to.line;
  return true;
}

}  // namespace

std::optional<std::vector<SedCommand>> read_sed(std::string_view script) { return Reader(script)(); }

std::optional<std::string> run_sed(const std::vector<SedCommand>& commands, const std::string& text,
                                   bool extended) {
  std::vector<Ready> all;
  for (const SedCommand& command : commands) {
    Ready ready{&command, {}, {}, {}};
    const auto compile = [&](const std::string& pattern, bool any_case) {
      return std::make_unique<Regex>(pattern, extended, any_case);
    };
    ready.from = compile(command.from.pattern, false);
    ready.to = compile(command.to.pattern, false);
    ready.what = compile(command.pattern, command.any_case);
    if (!ready.from->valid() || !ready.to->valid() || !ready.what->valid()) return std::nullopt;
    all.push_back(std::move(ready));
  }
  std::string out;
  std::size_t number = 0;
  for (std::size_t place = 0; place < text.size();) {
    const std::size_t end = std::min(text.find('\n', place), text.size());
    const bool ended = end < text.size();
    std::string line = text.substr(place, end - place);
    place = end + 1;
    ++number;
    bool deleted = false;
    for (Ready& ready : all) {
      if (chosen(ready, line, number, place >= text.size()) == ready.command->negated) continue;
      deleted = ready.command->name == 'd';
      if (deleted) break;
      line = substituted(*ready.command, *ready.what, line);
    }
    if (!deleted) out += line + (ended ? "\n" : "");
  }
  return out;
}

}  // namespace rehearse::fs
