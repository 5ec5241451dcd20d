#include "tools/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <vector>

#include "model/op.h"
#include "scenarios/finding.h"
#include "scenarios/phrase.h"
#include "tools/check.h"

namespace rehearse {
namespace {

// The words of a table row with their places for details made readable: "Volume group \"...\" not found".
std::string words_of(const RefusalRow& row) {
  std::string words;
  for (std::size_t i = 0; i < row.words.size(); ++i) {
    if (row.words[i] == '{' && i + 2 < row.words.size() && row.words[i + 2] == '}') {
      words += "...";
      i += 2;
    } else {
      words += row.words[i];
    }
  }
  return words;
}

std::vector<std::string_view> all_words() {
  std::vector<std::string_view> words;
  for (const RulePage& page : rule_pages()) words.push_back(page.code);
  for (const RefusalRow& row : refusal_table()) words.push_back(row.name);
  return words;
}

void print_phrases() {
  for (const PhraseRow& row : phrase_table()) {
    std::cout << fmt::format("{} {}\n      {}\n      {}\n", row.mark, row.pattern, row.example, row.meaning);
  }
}

bool explain_command(const std::string& word) {
  bool found = false;
  for (const Usage& usage : all_usages()) {
    if (("," + std::string(usage.command) + ",").find("," + word + ",") == std::string::npos) continue;
    std::cout << synopsis(usage) << "\n";
    found = true;
  }
  return found;
}

}  // namespace

int explain(const std::string& word) {
  for (const RulePage& page : rule_pages()) {
    if (page.code != word) continue;
    std::cout << page.markdown << (page.markdown.ends_with('\n') ? "" : "\n");
    return kClean;
  }
  if (const auto why = refusal_named(word)) {
    const RefusalRow& row = row_of(*why);
    std::cout << fmt::format("{}: the tool ends with status {} and says\n\n{}\n", row.name, row.status,
                             words_of(row));
    return kClean;
  }
  if (explain_command(word)) return kClean;
  const std::string_view meant = nearest(word, all_words());
  return bad_input(
      fmt::format("there is no rule, refusal or command {}{}", quote_word(word),
                  meant.empty() ? "; see `rehearse list rules`" : fmt::format("; did you mean {}?", meant)));
}

int list(const std::string& what) {
  if (what == "rules") {
    for (const RulePage& page : rule_pages())
      std::cout << fmt::format("{}  {:<6}  {}\n", page.code, page.kind, page.name);
  } else if (what == "refusals") {
    for (const RefusalRow& row : refusal_table()) {
      std::string words = words_of(row);
      std::replace(words.begin(), words.end(), '\n', ' ');
      std::cout << fmt::format("{:<32} {:>3}  {}\n", row.name, row.status,
                               words.substr(words.find_first_not_of(' ')));
    }
  } else if (what == "commands") {
    std::vector<std::string> lines;
    for (const Usage& usage : all_usages()) lines.push_back(synopsis(usage));
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines) std::cout << line << "\n";
  } else {
    print_phrases();
  }
  return kClean;
}

int print_completion() {
  // clang-format off
  std::cout << R"BASH(# bash completion for rehearse; use it with: eval "$(rehearse completion bash)"
_rehearse() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
  COMPREPLY=()
  case $before in
    --format) COMPREPLY=($(compgen -W 'text json junit sarif dot svg' -- "$word")); return ;;
    --output|--world|--save-world) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W 'check explain list world completion --help --version' -- "$word"))
    return
  fi
  case $command in
    check)
      case $word in
        -*) COMPREPLY=($(compgen -W '--format --output --strict --world --until --save-world --verbose' \
              -- "$word")) ;;
        *) COMPREPLY=($(compgen -d -S / -- "$word") $(compgen -f -X '!*.md' -- "$word")) ;;
      esac ;;
    explain) COMPREPLY=($(compgen -W "$(rehearse list rules | cut -d' ' -f1)" -- "$word")) ;;
    list) COMPREPLY=($(compgen -W 'rules refusals commands phrases' -- "$word")) ;;
    world)
      if [ "$COMP_CWORD" = 2 ]; then
        COMPREPLY=($(compgen -W 'show graph new' -- "$word"))
      else
        COMPREPLY=($(compgen -d -S / -- "$word") $(compgen -f -X '!*.json' -- "$word"))
      fi ;;
    completion) COMPREPLY=($(compgen -W bash -- "$word")) ;;
  esac
}
complete -o filenames -o nospace -F _rehearse rehearse
)BASH";
  // clang-format on
  return kClean;
}

}  // namespace rehearse
