#include "backends/printf.h"

#include <string_view>

namespace rehearse {
namespace {

class Printing {
 public:
  Printing(std::string_view format, std::span<const std::string> words) : format_(format), words_(words) {}

  std::optional<std::vector<std::string>> operator()() {
    do {
      taken_ = false;
      if (!once()) return std::nullopt;
    } while (taken_ && next_ < words_.size());
    if (!lines_.back().empty()) return std::nullopt;
    lines_.pop_back();
    return std::move(lines_);
  }

 private:
  bool once() {
    for (std::size_t i = 0; i < format_.size(); ++i) {
      const char c = format_[i];
      if (c != '%' && c != '\\') {
        put(c);
        continue;
      }
      const char next = ++i < format_.size() ? format_[i] : '\0';
      if (!(c == '%' ? directive(next) : escape(next))) return false;
    }
    return true;
  }

  bool directive(char letter) {
    if (letter == '%') return put('%');
    if (letter != 's') return false;
    taken_ = true;
    if (next_ >= words_.size()) return true;
    for (const char c : words_[next_]) put(c);
    ++next_;
    return true;
  }

  bool escape(char letter) {
    if (letter == 'n') return put('\n');
    if (letter == 't') return put('\t');
    return (letter == '\\' || letter == '"') && put(letter);
  }

  bool put(char c) {
    if (c == '\n') {
      lines_.emplace_back();
    } else {
      lines_.back() += c;
    }
    return true;
  }

  std::string_view format_;
  std::span<const std::string> words_;
  std::vector<std::string> lines_ = std::vector<std::string>(1);
  std::size_t next_ = 0;
  bool taken_ = false;
};

}  // namespace

std::optional<std::vector<std::string>> printed_lines(const std::string& format,
                                                      std::span<const std::string> words) {
  return Printing(format, words)();
}

}  // namespace rehearse
