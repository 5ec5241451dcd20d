#include "backends/shell/quote.h"

#include <algorithm>

namespace rehearse {
namespace {

bool is_plain(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || std::string_view("_-+./:,@%").find(c) != std::string_view::npos;
}

}  // namespace

// Between single quotes every byte stands for itself but the quote, which therefore stands outside of them.
// A word of letters alone may still be a reserved one (`if`), which matters where a command begins.
std::string quote_for_shell(std::string_view word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string quote_for_shell(std::span<const std::string> words) {
  static constexpr std::string_view kReserved[] = {"case", "do",    "done",  "elif",     "else",   "esac",
                                                   "fi",   "for",   "if",    "in",       "select", "then",
                                                   "time", "until", "while", "function", "coproc"};
  std::string line;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool reserved =
        i == 0 && std::find(std::begin(kReserved), std::end(kReserved), words[i]) != std::end(kReserved);
    if (i > 0) line += ' ';
    line += reserved ? "'" + words[i] + "'" : quote_for_shell(words[i]);
  }
  return line;
}

}  // namespace rehearse
