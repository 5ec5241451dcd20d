#include "backends/shell/call_log.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "backends/shell/quote.h"

namespace rehearse {
namespace {

using Ended = ShellAnswer::Ended;

constexpr std::string_view kIn = "< ";
constexpr std::string_view kOut = "> ";
constexpr std::string_view kErr = "2> ";

bool prints(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; }

void escape(char c, std::string& into) {
  if (c == '\\') {
    into += "\\\\";
  } else if (prints(c)) {
    into += c;
  } else {
    into += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
}

std::string escaped(std::string_view text) {
  std::string made;
  for (const char c : text) escape(c, made);
  return made;
}

// Lines of the log, each behind the mark of its stream.
void write_stream(std::string_view text, std::string_view mark, std::string& into) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    into += mark;
    into += escaped(text.substr(0, end));
    if (end == std::string_view::npos) into += '\\';
    into += '\n';
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

std::string_view name_of(Ended ended) {
  switch (ended) {
    case Ended::timed_out:
      return "timed out";
    case Ended::stuck:
      return "stuck";
    case Ended::lost:
      return "lost";
    case Ended::exited:
      break;
  }
  return "exited";
}

// Takes the escapes off. A newline stands where the line of the log ends, unless a lone backslash is there.
bool unescape(std::string_view line, bool with_end, std::string& into) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\') {
      if (!prints(line[i])) return false;
      into += line[i];
    } else if (i + 1 == line.size()) {
      return with_end;
    } else if (line[i + 1] == '\\') {
      into += '\\';
      ++i;
    } else {
      unsigned value = 0;
      const bool digits = line.substr(i).size() >= 4 && line[i + 1] == 'x';
      if (!digits) return false;
      const char* first = line.data() + i + 2;
      const auto read = std::from_chars(first, first + 2, value, 16);
      if (read.ec != std::errc() || read.ptr != first + 2) return false;
      into += static_cast<char>(value);
      i += 3;
    }
  }
  if (with_end) into += '\n';
  return true;
}

// The words of a line that quote_for_shell has made.
bool read_words(std::string_view line, std::vector<std::string>& words) {
  bool open = false;
  while (!line.empty()) {
    if (!open) words.emplace_back();
    open = true;
    if (line[0] == ' ') {
      open = false;
      line.remove_prefix(1);
      if (line.empty()) return false;
    } else if (line[0] == '\'') {
      const std::size_t end = line.find('\'', 1);
      if (end == std::string_view::npos) return false;
      words.back() += line.substr(1, end - 1);
      line.remove_prefix(end + 1);
    } else {
      if (line[0] == '\\') line.remove_prefix(1);
      if (line.empty()) return false;
      words.back() += line[0];
      line.remove_prefix(1);
    }
  }
  return true;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// "[5] 12345 us", "[lost] 12 us why".
bool read_end(std::string_view line, ShellAnswer& answer) {
  const std::size_t close = line.find("] ");
  const std::size_t unit = line.find(" us", close);
  if (close == std::string_view::npos || unit == std::string_view::npos || unit < close + 2) return false;
  const std::string_view how = line.substr(1, close - 1);
  answer.status.reset();
  if (const auto status = number(how); status && *status < 256) {
    answer.ended = Ended::exited;
    answer.status = static_cast<int>(*status);
  } else {
    answer.ended = Ended::exited;
    for (const Ended ended : {Ended::timed_out, Ended::stuck, Ended::lost}) {
      if (how == name_of(ended)) answer.ended = ended;
    }
    if (answer.ended == Ended::exited) return false;
  }
  const auto took = number(line.substr(close + 2, unit - close - 2));
  if (!took) return false;
  answer.took = std::chrono::microseconds(*took);
  std::string_view rest = line.substr(unit + 3);
  return rest.empty() || (take(rest, " ") && !rest.empty() && unescape(rest, false, answer.why));
}

class LogReader {
 public:
  explicit LogReader(std::string_view text) : text_(text) {}

  std::variant<std::vector<LoggedCall>, CallLogError> operator()() {
    if (!take(text_, kCallLogHead)) return CallLogError{1, "expected \"rehearse calls 1\""};
    number_ = 1;
    while (!text_.empty() && what_.empty()) {
      const std::size_t end = text_.find('\n');
      if (end == std::string_view::npos) {
        // Whoever wrote it was stopped in the middle: the call is as if it had not been made.
        break;
      }
      ++number_;
      one(text_.substr(0, end));
      text_.remove_prefix(end + 1);
    }
    if (!what_.empty()) return CallLogError{number_, what_};
    return std::move(calls_);
  }

 private:
  void one(std::string_view line) {
    if (!open_) return line.empty() ? void() : begin(line);
    constexpr std::string_view kDeadline = "deadline ";
    std::string_view rest = line;
    if (rest.starts_with('[')) {
      if (!read_end(rest, now_.answer)) return wrong("how the command ended, such as \"[0] 1234 us\"");
      calls_.push_back(std::move(now_));
      open_ = false;
    } else if (take(rest, kDeadline)) {
      const auto time = rest.ends_with(" ms") ? number(rest.substr(0, rest.size() - 3)) : std::nullopt;
      if (!time) return wrong("a deadline such as \"deadline 5000 ms\"");
      now_.call.deadline = std::chrono::milliseconds(*time);
    } else if (take(rest, kIn)) {
      stream(rest, now_.call.input);
    } else if (take(rest, kOut)) {
      stream(rest, now_.answer.out);
    } else if (take(rest, kErr)) {
      stream(rest, now_.answer.err);
    } else {
      wrong("a line of the call: \"< \", \"> \", \"2> \", \"deadline\" or \"[\"");
    }
  }

  void stream(std::string_view line, std::string& into) {
    if (!into.empty() && into.back() != '\n')
      return wrong("nothing more of a stream that ended without newline");
    if (!unescape(line, true, into)) wrong("bytes that print, \\\\ or \\xNN");
  }

  // "trolls# lvs vg1": the host is a word as the others are.
  void begin(std::string_view line) {
    now_ = {};
    std::string plain;
    if (!unescape(line, false, plain)) return wrong("bytes that print, \\\\ or \\xNN");
    std::size_t at = 0;
    for (bool quoted = false; at < plain.size() && (quoted || plain.compare(at, 2, "# ") != 0); ++at) {
      if (plain[at] == '\'') quoted = !quoted;
      if (plain[at] == '\\' && !quoted) ++at;
    }
    std::vector<std::string> host;
    if (at >= plain.size() || !read_words(plain.substr(0, at), host) || host.size() != 1) {
      return wrong("a call such as \"trolls# lvs vg1\"");
    }
    now_.host = host[0];
    if (!read_words(plain.substr(at + 2), now_.call.words)) return wrong("the words of a call");
    open_ = true;
  }

  void wrong(const std::string& expected) { what_ = "expected " + expected; }

  std::string_view text_;
  std::size_t number_ = 0;
  std::string what_;
  LoggedCall now_;
  bool open_ = false;
  std::vector<LoggedCall> calls_;
};

}  // namespace

std::string write_call(const LoggedCall& row) {
  std::string text = "\n" + escaped(quote_for_shell(std::string_view(row.host))) + "# " +
                     escaped(quote_for_shell(row.call.words)) + "\n";
  write_stream(row.call.input, kIn, text);
  if (row.call.deadline != ShellCall().deadline) {
    text += fmt::format("deadline {} ms\n", row.call.deadline.count());
  }
  write_stream(row.answer.out, kOut, text);
  write_stream(row.answer.err, kErr, text);
  const bool exited = row.answer.ended == Ended::exited;
  text += fmt::format("[{}] {} us",
                      exited ? std::to_string(row.answer.status.value_or(0)) : name_of(row.answer.ended),
                      row.answer.took.count());
  if (!row.answer.why.empty()) text += " " + escaped(row.answer.why);
  return text + "\n";
}

std::string write_call_log(const std::vector<LoggedCall>& calls) {
  std::string text(kCallLogHead);
  for (const LoggedCall& row : calls) text += write_call(row);
  return text;
}

std::variant<std::vector<LoggedCall>, CallLogError> read_call_log(std::string_view text) {
  return LogReader(text)();
}

}  // namespace rehearse
