#include "model/domain/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "model/text.h"

namespace rehearse::domain {
namespace {

enum class Kind : std::uint8_t {
  ident,
  text,
  number,
  newline,
  comma,
  open,
  close,
  equals,
  plus_equals,
  semicolon,
  end
};

std::string_view kind_words(Kind kind) {
  switch (kind) {
    case Kind::ident:
      return "IDENT";
    case Kind::text:
      return "STRING";
    case Kind::number:
      return "NUMBER";
    case Kind::newline:
      return "NEWLINE";
    case Kind::comma:
      return "','";
    case Kind::open:
      return "'['";
    case Kind::close:
      return "']'";
    case Kind::equals:
      return "'='";
    case Kind::plus_equals:
      return "+=";
    case Kind::semicolon:
      return "';'";
    case Kind::end:
      return "$end";
  }
  return "";
}

struct Token {
  Kind kind = Kind::end;
  std::string_view text;
  std::size_t line = 1;
};

constexpr bool lower(char c) { return c >= 'a' && c <= 'z'; }

// A NUL ends the text that the tool quotes.
std::string_view quoted(std::string_view text) { return text.substr(0, text.find('\0')); }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::optional<Token> next(ConfigError& error) {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    if (at_ < text_.size() && text_[at_] == '#') at_ = std::min(text_.find('\n', at_), text_.size());
    if (at_ == text_.size()) return Token{Kind::end, {}, line_};
    const char c = text_[at_];
    if (c == '\n') {
      const Token token = take(Kind::newline, 1);
      ++line_;
      return token;
    }
    if (lower(c))
      return take(Kind::ident, span([](char d) { return lower(d) || is_digit(d) || d == '_' || d == '.'; }));
    if (is_digit(c))
      return take(Kind::number,
                  span([](char d) { return is_digit(d) || (d >= 'a' && d <= 'f') || d == 'x'; }));
    if (c == '\'' || c == '"') {
      if (const std::size_t size = quoted_size(c)) return take(Kind::text, size);
      return lexical_error(error);
    }
    if (text_.substr(at_).starts_with("+=")) return take(Kind::plus_equals, 2);
    static constexpr std::string_view kMarks = ",[]=;";
    static constexpr Kind kKinds[] = {Kind::comma, Kind::open, Kind::close, Kind::equals, Kind::semicolon};
    const std::size_t mark = kMarks.find(c);
    if (mark == std::string_view::npos) return lexical_error(error);
    return take(kKinds[mark], 1);
  }

 private:
  Token take(Kind kind, std::size_t size) {
    const Token token{kind, text_.substr(at_, size), line_};
    at_ += size;
    return token;
  }

  template <class F>
  std::size_t span(F belongs) const {
    std::size_t end = at_;
    while (end < text_.size() && belongs(text_[end])) ++end;
    return end - at_;
  }

  // With both quotes; 0 if the text does not end on its line.
  std::size_t quoted_size(char quote) const {
    for (std::size_t i = at_ + 1; i < text_.size() && text_[i] != '\n'; ++i) {
      if (text_[i] == quote) return i + 1 - at_;
      if (text_[i] == '\\' && i + 1 < text_.size() && text_[i + 1] != '\n') ++i;
    }
    return 0;
  }

  std::optional<Token> lexical_error(ConfigError& error) {
    const bool python = std::string_view("-+.():").find(text_[at_]) != std::string_view::npos;
    const std::size_t size = span([](char c) { return c != ' ' && c != '\t' && c != '\n'; });
    error = {line_,
             fmt::format("config parsing error near `{}': lexical error", quoted(text_.substr(at_, size)))};
    if (python) {
      error.what +=
          "\nwarning: Config file looks like it contains Python code.\n"
          "warning:  Arbitrary Python is no longer supported.\n"
          "warning:  See https://wiki.xen.org/wiki/PythonInXlConfig";
    }
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

// The text between the quotes, with its escapes read (libxlu_cfg.c xlu__cfgl_dequote).
std::optional<std::string> dequote(std::string_view text, std::string& wrong) {
  static constexpr std::string_view kLetters = "abfnrtv\\'\"";
  static constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\'\"";
  std::string plain;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] != '\\') {
      plain += text[i];
      continue;
    }
    const std::size_t letter = kLetters.find(text[++i]);
    if (letter == std::string_view::npos) {
      wrong = text[i] == 'x' ? "invalid digit after backslash hexnumerical character escape in quoted string"
                             : "invalid character after backlash in quoted string";
      return std::nullopt;
    }
    plain += kMeanings[letter];
  }
  return plain;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  std::variant<std::vector<Setting>, ConfigError> operator()() {
    if (advance() && statements()) return std::move(settings_);
    return error_;
  }

 private:
  bool advance() {
    const std::optional<Token> token = lexer_.next(error_);
    if (token) token_ = *token;
    return token.has_value();
  }

  bool unexpected(std::string_view expected) {
    const std::string near =
        token_.kind == Kind::newline ? "<newline>" : fmt::format("`{}'", quoted(token_.text));
    error_ = {token_.line,
              fmt::format("config parsing error near {}: syntax error, unexpected {}, expecting {}", near,
                          kind_words(token_.kind), expected)};
    return false;
  }

  bool statements() {
    while (token_.kind != Kind::end) {
      if (token_.kind == Kind::newline || token_.kind == Kind::semicolon) {
        if (!advance()) return false;
        continue;
      }
      if (token_.kind != Kind::ident) return unexpected("$end or IDENT or NEWLINE or ';'");
      if (!statement()) return false;
      const bool over =
          token_.kind == Kind::newline || token_.kind == Kind::semicolon || token_.kind == Kind::end;
      if (!over) return unexpected("$end");
    }
    return true;
  }

  bool statement() {
    Setting setting{std::string(token_.text), token_.line, false, {}};
    if (!advance()) return false;
    if (token_.kind != Kind::equals && token_.kind != Kind::plus_equals) return unexpected("+= or '='");
    const bool add = token_.kind == Kind::plus_equals;
    if (!advance()) return false;
    if (token_.kind == Kind::open) {
      setting.list = true;
      if (!list(setting.values, 0)) return false;
    } else if (!value(setting.values)) {
      return false;
    }
    put(std::move(setting), add);
    return true;
  }

  void put(Setting setting, bool add) {
    const auto same = std::find_if(settings_.begin(), settings_.end(),
                                   [&](const Setting& row) { return row.name == setting.name; });
    if (same == settings_.end()) {
      settings_.push_back(std::move(setting));
    } else if (add && same->list && setting.list) {
      same->values.insert(same->values.end(), setting.values.begin(), setting.values.end());
    } else if (add && !same->list && !setting.list) {
      same->values[0] += setting.values[0];
    } else {
      *same = std::move(setting);
    }
  }

  bool value(std::vector<std::string>& values) {
    if (token_.kind == Kind::number) {
      values.emplace_back(token_.text);
      return advance();
    }
    if (token_.kind != Kind::text) return unexpected("STRING or NUMBER or '['");
    std::string wrong;
    std::optional<std::string> text = dequote(token_.text, wrong);
    if (!text) {
      error_ = {token_.line, fmt::format("config parsing error near `{}': {}", quoted(token_.text), wrong)};
      return false;
    }
    values.push_back(std::move(*text));
    return advance();
  }

  bool newlines() {
    while (token_.kind == Kind::newline) {
      if (!advance()) return false;
    }
    return true;
  }

  // A list within a list is read and has no meaning for what the model knows.
  bool list(std::vector<std::string>& values, int depth) {
    static constexpr int kDeepest = 100;
    if (!advance() || !newlines()) return false;
    while (token_.kind != Kind::close) {
      std::vector<std::string> inner;
      if (token_.kind == Kind::open && depth < kDeepest) {
        if (!list(inner, depth + 1)) return false;
      } else if (token_.kind != Kind::text && token_.kind != Kind::number) {
        return unexpected("']'");
      } else if (!value(values)) {
        return false;
      }
      if (!newlines()) return false;
      if (token_.kind == Kind::comma) {
        if (!advance() || !newlines()) return false;
      } else if (token_.kind != Kind::close) {
        return unexpected("']'");
      }
    }
    return advance();
  }

  Lexer lexer_;
  Token token_;
  std::vector<Setting> settings_;
  ConfigError error_;
};

}  // namespace

std::variant<std::vector<Setting>, ConfigError> read_settings(std::string_view text) {
  return Parser(text)();
}

}  // namespace rehearse::domain
