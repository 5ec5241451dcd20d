#include "backends/shell_line.h"

#include <algorithm>
#include <array>
#include <optional>

namespace rehearse {
namespace {

constexpr std::array<std::string_view, 14> kReserved = {"if",   "then",  "else",     "elif", "fi",
                                                        "for",  "while", "until",    "do",   "done",
                                                        "case", "esac",  "function", "{"};

class LineReader {
 public:
  explicit LineReader(std::string_view text) : text_(text) {}

  std::variant<std::vector<Pipeline>, ShellSyntax> operator()() {
    lines_.emplace_back().commands.emplace_back();
    while (at_ < text_.size() && !odd_) step();
    if (odd_) return ShellSyntax{*odd_};
    if (bare(lines_.back()) && lines_.back().when == Pipeline::When::always && lines_.size() > 1)
      lines_.pop_back();
    for (const Pipeline& line : lines_) {
      for (const SimpleCommand& command : line.commands) {
        if (command.words.empty()) return ShellSyntax{"an empty command"};
        if (std::find(kReserved.begin(), kReserved.end(), command.words[0]) != kReserved.end()) {
          return ShellSyntax{"`" + command.words[0] + "`"};
        }
      }
    }
    return std::move(lines_);
  }

 private:
  static bool bare(const Pipeline& line) {
    return line.commands.size() == 1 && line.commands[0].words.empty();
  }
  SimpleCommand& command() { return lines_.back().commands.back(); }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  void next_line(Pipeline::When when) {
    lines_.emplace_back().when = when;
    lines_.back().commands.emplace_back();
  }

  void step() {
    const char c = peek();
    if (c == ' ' || c == '\t' || c == '\n') {
      ++at_;
    } else if (c == '#') {
      at_ = text_.size();
    } else if (take("&&")) {
      next_line(Pipeline::When::after_success);
    } else if (take("||")) {
      next_line(Pipeline::When::after_failure);
    } else if (c == ';') {
      ++at_;
      next_line(Pipeline::When::always);
    } else if (c == '|') {
      ++at_;
      lines_.back().commands.emplace_back();
    } else if (c == '!' && bare(lines_.back()) && (peek(1) == ' ' || peek(1) == '\t')) {
      ++at_;
      lines_.back().negated = true;
    } else if (c == '&' && peek(1) != '>') {
      odd_ = "a job in the background";
    } else if (c == '(' || c == ')') {
      odd_ = "a subshell";
    } else if (!redirection()) {
      word_of_command();
    }
  }

  void word_of_command() {
    if (const auto word = read_word()) {
      // NAME=VALUE before a command sets a variable.
      const std::size_t equals = word->find('=');
      if (command().words.empty() && equals != std::string::npos && equals > 0 &&
          word->find_first_of("/-.") > equals) {
        odd_ = "a variable";
      }
      command().words.push_back(*word);
    }
  }

  bool redirection() {
    Redirection made;
    std::size_t ahead = 0;
    if ((peek() == '0' || peek() == '1' || peek() == '2') && (peek(1) == '>' || peek(1) == '<')) {
      made.stream = peek() - '0';
      ahead = 1;
    }
    const char sign = peek(ahead);
    const bool both = peek() == '&' && peek(1) == '>';
    if (sign != '>' && sign != '<' && !both) return false;
    at_ += both ? 2 : ahead + 1;
    if (sign == '<') {
      if (peek() == '<') odd_ = "a here-document";
      if (ahead == 0) made.stream = 0;
      made.kind = Redirection::Kind::input;
    } else if (!both && peek() == '>') {
      ++at_;
      made.kind = Redirection::Kind::append;
    } else if (!both && peek() == '&') {
      ++at_;
      made.kind = Redirection::Kind::duplicate;
    }
    while (peek() == ' ' || peek() == '\t') ++at_;
    const auto word = read_word();
    if (!word || word->empty()) {
      odd_ = "a redirection to nowhere";
      return true;
    }
    made.target = *word;
    command().redirections.push_back(made);
    if (both) command().redirections.push_back({2, Redirection::Kind::duplicate, "1"});
    return true;
  }

  // A word with its quotes taken off, or none if it needs a shell.
  std::optional<std::string> read_word() {
    std::string word;
    const auto needs = [&](const char* what) {
      odd_ = what;
      return std::nullopt;
    };
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (std::string_view(" \t\n;|<>&()").find(c) != std::string_view::npos) break;
      ++at_;
      if (c == '\'') {
        const std::size_t end = text_.find('\'', at_);
        if (end == std::string_view::npos) return needs("an open quote");
        word += text_.substr(at_, end - at_);
        at_ = end + 1;
      } else if (c == '"') {
        if (!double_quoted(word)) return std::nullopt;
      } else if (c == '\\') {
        if (at_ >= text_.size()) return needs("a trailing backslash");
        word += text_[at_++];
      } else if (c == '$' || c == '`') {
        return needs("a substitution");
      } else if (c == '*' || c == '?') {
        return needs("a file name pattern");
      } else {
        word += c;
      }
    }
    return word;
  }

  bool double_quoted(std::string& word) {
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '$' || text_[at_] == '`') {
        odd_ = "a substitution";
        return false;
      }
      if (text_[at_] == '\\' && std::string_view("\"\\$`").find(peek(1)) != std::string_view::npos) ++at_;
      word += text_[at_++];
    }
    if (at_ >= text_.size()) {
      odd_ = "an open quote";
      return false;
    }
    ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Pipeline> lines_;
  std::optional<std::string> odd_;
};

}  // namespace

std::variant<std::vector<Pipeline>, ShellSyntax> read_shell_line(std::string_view line) {
  return LineReader(line)();
}

}  // namespace rehearse
