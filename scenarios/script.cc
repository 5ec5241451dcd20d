#include "scenarios/script.h"

#include <fmt/format.h>

#include <algorithm>

namespace rehearse {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-';
}

std::size_t word_at(std::string_view line, std::size_t at) {
  std::size_t end = at;
  while (end < line.size() && host_char(line[end])) ++end;
  return end;
}

bool letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// "Really remove it? [y/n]: y", "Proceed anyway? (y,N) y", "Fix<y>? yes".
bool answered_yes(std::string_view line) {
  line = trimmed(line);
  std::string_view question = line;
  if (question.ends_with(" yes")) question.remove_suffix(4);
  if (question.ends_with(" y")) question.remove_suffix(2);
  if (question.size() == line.size()) return false;
  return question.ends_with("[y/n]:") || question.ends_with("[y/n]") || question.ends_with("(y,N)") ||
         question.ends_with("<y>?");
}

bool continued(std::string_view line) {
  std::size_t slashes = 0;
  while (slashes < line.size() && line[line.size() - 1 - slashes] == '\\') ++slashes;
  return slashes % 2 == 1;
}

class Script {
 public:
  Script(const std::vector<BlockLine>& lines, const std::string& file, Runbook& into)
      : lines_(lines), file_(file), into_(into) {}

  std::optional<InputError> read() {
    while (at_ < lines_.size() && !error_) {
      if (into_.items.size() >= kMostItems) {
        fail(0, fmt::format("the runbook has more than {} steps", kMostItems));
      } else {
        line(lines_[at_++].text);
      }
    }
    return error_;
  }

 private:
  // Errors speak of the line read last.
  void fail(std::size_t column, std::string what) {
    const BlockLine& row = lines_[at_ > 0 ? at_ - 1 : 0];
    error_ = InputError{file_, row.line, place(column).column, "", std::move(what)};
  }

  Place place(std::size_t byte) const {
    const BlockLine& row = lines_[at_ > 0 ? at_ - 1 : 0];
    const std::string_view before = row.text.substr(0, byte);
    const auto characters = std::count_if(
        before.begin(), before.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
    return {file_, row.line, row.indent + static_cast<std::size_t>(characters) + 1};
  }

  void line(std::string_view text) {
    const std::string_view bare = trimmed(text);
    const bool marked = !text.empty() && std::string_view("~!?").find(text[0]) != std::string_view::npos;
    if (bare.empty()) {
      if (command_) command_->shown.emplace_back();
    } else if (text[0] == '#') {
      // a comment
    } else if (marked && text.size() > 1 && (text[1] == ' ' || text[1] == '\t')) {
      phrase(text);
    } else if (marked && text.size() > 1 && letter_or_digit(text[1])) {
      fail(1, fmt::format("expected a space after \"{}\": \"{} {}\"", text[0], text[0],
                          quote_word(text.substr(1)).substr(1, 40)));
    } else if (const auto prompt = read_prompt(text)) {
      command(text, *prompt);
    } else if (text.starts_with("$ ")) {
      fail(0, "expected a prompt that names the host, such as \"root@trolls:~# \", found \"$ \"");
    } else if (!keyword(text)) {
      output(text);
    }
  }

  void phrase(std::string_view text) {
    command_ = nullptr;
    auto read = read_phrase(text);
    if (const auto* bad = std::get_if<PhraseError>(&read)) {
      fail(bad->at, bad->what);
      return;
    }
    Item item{place(0), std::string(trimmed(text)), Step{}, {}, {}};
    auto& what = std::get<Phrase>(read);
    if (auto* step = std::get_if<Step>(&what)) item.what = std::move(*step);
    if (auto* assertion = std::get_if<Assertion>(&what)) item.what = std::move(*assertion);
    into_.items.push_back(std::move(item));
    step_here_ = true;
  }

  void command(std::string_view text, const Prompt& prompt) {
    CommandLine command{prompt.host, prompt.user, std::string(text.substr(prompt.length)), {}, {}, false};
    Item item{place(prompt.length), "", CommandLine{}, {}, {}};
    while (continued(command.text)) {
      command.text.pop_back();
      if (at_ >= lines_.size()) {
        fail(text.size(), "the command goes on (\\ at its end), but the block ends here");
        return;
      }
      const std::string_view more = lines_[at_++].text;
      command.text += more.starts_with("> ") ? more.substr(2) : more;
      if (command.text.size() > kLongestLine) {
        fail(0, fmt::format("the command is longer than {} bytes", kLongestLine));
        return;
      }
    }
    command.text = trimmed(command.text);
    command_ = nullptr;
    if (command.text.empty()) return;
    if (const auto word = heredoc_word(command.text)) heredoc(*word, command);
    item.text = command.text;
    item.what = std::move(command);
    into_.items.push_back(std::move(item));
    command_ = &std::get<CommandLine>(into_.items.back().what);
    step_here_ = true;
  }

  void heredoc(const std::string& word, CommandLine& command) {
    const std::size_t opened = at_;
    // A shell shows "> " before each line; either all lines have it or none.
    const bool prompted = at_ < lines_.size() && lines_[at_].text.starts_with("> ");
    while (at_ < lines_.size()) {
      std::string_view text = lines_[at_++].text;
      if (prompted && text.starts_with("> ")) text.remove_prefix(2);
      if (text == word) return;
      command.heredoc.emplace_back(text);
    }
    at_ = opened;
    fail(0, fmt::format("expected a line {} that ends the text of this command, found the end of the block",
                        quote_word(word)));
  }

  bool keyword(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon > 10) return false;
    std::string word(text.substr(0, colon));
    if (word == "refused") {
      refused(text, colon + 1);
      return true;
    }
    if (word == "expect") {
      expect(text, colon + 1);
      return true;
    }
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    const bool refusal = word == "refuse" || word == "refuses" || word == "refused";
    if (!refusal && word != "expect" && word != "expects" && word != "expected") return false;
    fail(0, fmt::format("expected \"{0}:\", found {1}; did you mean \"{0}:\"?",
                        refusal ? "refused" : "expect", quote_word(text.substr(0, colon + 1))));
    return true;
  }

  void refused(std::string_view text, std::size_t from) {
    const std::size_t at = std::min(text.find_first_not_of(" \t", from), text.size());
    const std::string_view name = trimmed(text.substr(at));
    if (!step_here_ || std::holds_alternative<Assertion>(into_.items.back().what)) {
      fail(0, "\"refused:\" must stand below the command that is to be refused");
      return;
    }
    Item& item = into_.items.back();
    if (item.refused) {
      fail(0, "this command already has a \"refused:\" line");
      return;
    }
    const auto why = refusal_named(name);
    if (!why) {
      std::vector<std::string_view> known;
      for (const RefusalRow& row : refusal_table()) known.push_back(row.name);
      const std::string_view meant = nearest(name, known);
      fail(at,
           name.empty()
               ? "expected the name of a refusal (see `rehearse list refusals`), found the end of the line"
               : fmt::format("expected the name of a refusal (see `rehearse list refusals`), found {}{}",
                             quote_word(name),
                             meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant)));
      return;
    }
    item.refused = ExpectedRefusal{*why, place(0)};
  }

  void expect(std::string_view text, std::size_t from) {
    const std::size_t at = std::min(text.find_first_not_of(" \t", from), text.size());
    const std::string_view rest = trimmed(text.substr(at));
    const std::size_t space = std::min(rest.find_first_of(" \t"), rest.size());
    const std::string_view code = rest.substr(0, space);
    const bool good = code.size() == 5 && code.starts_with("RH") &&
                      code.find_first_not_of("0123456789", 2) == std::string_view::npos;
    if (!good) {
      fail(at, fmt::format("expected a finding's code such as RH101 (see `rehearse list rules`), found {}",
                           code.empty() ? "the end of the line" : quote_word(code)));
      return;
    }
    ExpectedFinding wanted{std::string(code), std::string(trimmed(rest.substr(space))), place(0)};
    if (!wanted.subject.empty()) {
      into_.expected.push_back(std::move(wanted));
    } else if (step_here_) {
      into_.items.back().expected.push_back(std::move(wanted));
    } else {
      fail(text.size(),
           fmt::format("expected a subject, as in \"expect: {} vg1/echelon_etch\": no step of this block "
                       "stands above",
                       code));
    }
  }

  void output(std::string_view text) {
    if (!command_) {
      fail(0,
           "expected a command with its prompt (\"root@trolls:~# ...\"), \"~\", \"!\", \"?\" or a comment; "
           "a tool's output stands below its command, found " +
               quote_word(text));
      return;
    }
    command_->shown.emplace_back(text);
    if (answered_yes(text)) command_->yes = true;
  }

  const std::vector<BlockLine>& lines_;
  const std::string& file_;
  Runbook& into_;
  std::size_t at_ = 0;
  bool step_here_ = false;          // this block has a step already
  CommandLine* command_ = nullptr;  // whose output follows; good until an item is added
  std::optional<InputError> error_;
};

}  // namespace

std::optional<Prompt> read_prompt(std::string_view line) {
  const bool bracketed = line.starts_with('[');
  std::size_t at = bracketed ? 1 : 0;
  std::size_t end = word_at(line, at);
  Prompt prompt;
  if (end < line.size() && line[end] == '@') {
    if (end == at) return std::nullopt;
    prompt.user = line.substr(at, end - at);
    at = end + 1;
    end = word_at(line, at);
  }
  prompt.host = line.substr(at, end - at);
  if (prompt.host.empty() || prompt.host[0] == '-' || prompt.host[0] == '.') return std::nullopt;
  bool folder = false;
  if (end < line.size() && (bracketed ? line[end] == ' ' : line[end] == ':')) {
    folder = true;
    end = std::min(line.find_first_of(bracketed ? "]" : " #$", end + 1), line.size());
    if (bracketed && end < line.size()) ++end;
  }
  if (end >= line.size()) return std::nullopt;
  const bool root = line[end] == '#';
  // `word$ ` alone is rather output than a prompt.
  if (!root && (line[end] != '$' || prompt.user.empty() || !folder)) return std::nullopt;
  if (bracketed && (prompt.user.empty() || !folder)) return std::nullopt;
  if (end + 1 < line.size() && line[end + 1] != ' ') return std::nullopt;
  prompt.length = std::min(end + 2, line.size());
  return prompt;
}

std::optional<std::string> heredoc_word(std::string_view command) {
  char quote = 0;
  for (std::size_t i = 0; i + 1 < command.size(); ++i) {
    const char c = command[i];
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '\\') {
      ++i;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '<' && command[i + 1] == '<' && command.substr(i, 3) != "<<<") {
      std::size_t at = command.find_first_not_of("- \t", i + 2);
      if (at == std::string_view::npos) return std::nullopt;
      if (command[at] == '\'' || command[at] == '"') ++at;
      const std::size_t end = std::min(command.find_first_of("'\" \t;&|<>()", at), command.size());
      if (end == at) return std::nullopt;
      return std::string(command.substr(at, end - at));
    } else if (c == '<' && command.substr(i, 3) == "<<<") {
      i += 2;
    }
  }
  return std::nullopt;
}

std::optional<InputError> read_script(const std::vector<BlockLine>& lines, const std::string& file,
                                      Runbook& into) {
  return Script(lines, file, into).read();
}

}  // namespace rehearse
