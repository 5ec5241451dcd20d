#include "model/drbd/config_reader.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cstdlib>

namespace rehearse::drbd {
namespace {

constexpr int kInvalid = 10;  // drbdadm's exit status for a configuration that it does not take

std::string beginning(std::string_view text) {
  const std::string_view shown = text.substr(0, text.find('\0'));
  return fmt::format("{}{}", shown.substr(0, 20), shown.size() > 20 ? "..." : "");
}

// How a message calls the token it wanted; a single character stands for itself.
std::string name_of(int token) {
  switch (token) {
    case kString:
      return "TK_STRING";
    case kInteger:
      return "TK_INTEGER";
    case kIpAddress:
      return "TK_IPADDR";
    case kIpv6Address:
      return "TK_IPADDR6";
    case kDevice:
      return "TK_DEVICE";
    default:
      return std::string(1, static_cast<char>(token));
  }
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

std::string under(const std::string& folder, const std::string& path) {
  if (path.starts_with('/')) return path;
  return folder.ends_with('/') ? folder + path : folder + "/" + path;
}

bool has_wildcard(std::string_view text) { return text.find_first_of("?*[") != std::string_view::npos; }

// The paths that a pattern stands for, spelled as the pattern spells them, in order.
std::vector<std::string> matches(const ConfigFiles& files, const std::string& folder,
                                 const std::string& pattern) {
  std::vector<std::string> found{pattern.starts_with('/') ? "/" : ""};
  std::size_t from = 0;
  while (from < pattern.size()) {
    const std::size_t slash = std::min(pattern.find('/', from), pattern.size());
    const std::string part = pattern.substr(from, slash - from);
    from = slash + 1;
    if (part.empty()) continue;
    std::vector<std::string> longer;
    for (const std::string& before : found) {
      const std::string joined = before.empty() || before.ends_with('/') ? before : before + "/";
      if (!has_wildcard(part)) {
        longer.push_back(joined + part);
        continue;
      }
      for (const std::string& name : files.list(under(folder, before))) {
        if (fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0) longer.push_back(joined + name);
      }
    }
    found = std::move(longer);
  }
  std::erase_if(found, [&](const std::string& path) { return !files.text(under(folder, path)); });
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

int ConfigReader::next() {
  now_ = over() ? Lexeme{} : place_->lexer.next();
  return now_.token;
}

void ConfigReader::invalid(std::string message) {
  say(std::move(message));
  valid_ = false;
}

void ConfigReader::expected(std::string_view what) {
  say(fmt::format("{}:{}: Parse error: '{}' expected,\n\tbut got '{}'", place_->shown, line(), what,
                  beginning(now_.text)));
  end(kInvalid);
}

void ConfigReader::expected_got(std::string_view what, int token) {
  say(fmt::format("{}:{}: Parse error: '{}' expected,\n\tbut got '{}' (TK {})", place_->shown, line(), what,
                  beginning(now_.text), token));
  end(kInvalid);
}

bool ConfigReader::expect(int token) {
  const int got = next();
  if (got == token) return !over();
  if (token == kString) string_error(got);
  expected_got(name_of(token), got);
  return false;
}

void ConfigReader::string_error(int token) {
  std::string_view what;
  if (token == kLongString) what = "Token too long";
  if (token == kLongQuoted) what = "Double quoted string too long";
  if (token == kOpenQuoted) what = "Unterminated double quoted string\n  we don't allow embedded newlines\n ";
  if (what.empty()) return;
  say(fmt::format("{}:{}: {} >>>{}...<<<", place_->shown, line(), what,
                  std::string_view(now_.text).substr(0, 20)));
  end(kInvalid);
}

void ConfigReader::string_or_number() {
  const int token = next();
  if (token == kInteger || token == kString || token == kOn) return;
  string_error(token);
  expected_got("TK_STRING | TK_INTEGER", token);
}

bool ConfigReader::unique(std::string_view what, const std::string& key, bool in_resource) {
  if (over()) return false;
  const std::string here = fmt::format("{}:{}", place_->shown, statement_line_);
  auto& used = in_resource ? used_in_resource_ : used_;
  const auto [row, is_new] = used.emplace(key, here);
  if (is_new) return true;
  say(fmt::format("{}: conflicting use of {} '{}' ...\n{}: {} '{}' first used here.", here, what, key,
                  row->second, what, key));
  end(kInvalid);
  return false;
}

void ConfigReader::check_range(const Bound& bound, std::string_view name, std::string& value) {
  if (bound.unit == 0 || over()) return;
  if (bound.unit == 'p') {
    const bool known =
        value.size() == 1 && std::string_view("ABCabc").find(value[0]) != std::string_view::npos;
    if (known) {
      value[0] = static_cast<char>(value[0] & ~0x20);
    } else {
      invalid(fmt::format("unknown protocol '{}', should be one of A,B,C", value));
    }
    return;
  }
  std::uint64_t number = 0;
  if (const NumberError error = read_number(value, bound.unit, number); error != NumberError::none) {
    say(words_of(error, value));
    end(status_of(error));
    return;
  }
  if (bound.least <= number && number <= bound.most) return;
  const std::string unit = bound.unit == '1' ? "" : std::string(1, bound.unit);
  invalid(fmt::format("{}:{}: {} {} => {}{} out of range [{}..{}]{}.", place_->shown, statement_line_, name,
                      value, number, unit, bound.least, bound.most, unit));
}

std::uint64_t ConfigReader::number_in(std::string_view name, std::uint64_t least, std::uint64_t most) {
  if (!expect(kInteger)) return 0;
  check_range({'1', least, most}, name, now_.text);
  return std::strtoull(now_.text.c_str(), nullptr, 10);
}

ConfigReading ConfigReader::read(const std::string& path) {
  const std::optional<std::string> text = files_.text(path);
  if (!text) {
    say(fmt::format("Can not open '{}': No such file or directory", path));
    end(kInvalid);
    return std::move(reading_);
  }
  const std::string name = path.substr(path.rfind('/') + 1);
  reading_.config.file = under(files_.real(folder_of(path)), name);
  used_.emplace(files_.real(path), files_.real(path));
  file(path, reading_.config.file, *text);
  if (!valid_) end(kInvalid);
  return std::move(reading_);
}

void ConfigReader::file(const std::string& shown, const std::string& full, const std::string& text) {
  Place place{shown, full, Lexer(text)};
  Place* outer = place_;
  place_ = &place;
  statements();
  place_ = outer;
}

void ConfigReader::statements() {
  while (!over()) {
    const int token = next();
    statement_line_ = line();
    switch (token) {
      case kGlobal:
        global();
        break;
      case kCommon:
        if (expect('{')) reading_.config.common = resource("common", true);
        break;
      case kResource: {
        if (!expect(kString)) return;
        const std::string name = now_.text;
        if (name.empty() ||
            std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < ' ' || c == 127; })) {
          say(name.empty() ? "Resource name is empty."
                           : "Resource name is invalid - please don't use control characters.");
          return end(1);
        }
        if (expect('{')) reading_.config.resources.push_back(resource(name, false));
        break;
      }
      case kSkip:
        skip();
        break;
      case kInclude: {
        if (!expect(kString)) return;
        const std::string pattern = now_.text;
        if (expect(';')) include(pattern);
        break;
      }
      case kEnd:
        return;
      default:
        return expected("global | common | resource | skip | include");
    }
  }
}

void ConfigReader::include(const std::string& pattern) {
  const std::string folder = folder_of(place_->full);
  const std::vector<std::string> found = matches(files_, folder, pattern);
  if (found.empty() && !has_wildcard(pattern)) {
    invalid(fmt::format("{}:{}: Failed to open include file '{}'.", place_->shown, line(), pattern));
  }
  for (const std::string& path : found) {
    const std::string full = under(folder, path);
    const std::string real = files_.real(full);
    if (!used_.emplace(real, real).second) continue;  // each file is read once
    const std::string name = path.substr(path.rfind('/') + 1);
    file(path, under(files_.real(folder_of(full)), name), *files_.text(full));
    if (over()) return;
  }
}

void ConfigReader::skip() {
  statement_line_ = line();
  const int token = next();
  if (token == kString) {
    if (!expect('{')) return;
  } else if (token != '{') {
    string_error(token);
    return expected("[ some_text ] {");
  }
  for (std::size_t depth = 1; depth > 0 && !over();) {
    switch (next()) {
      case '{':
        ++depth;
        break;
      case '}':
        --depth;
        break;
      case kEnd:
        say(fmt::format("{}:{}: reached eof while parsing this skip block.", place_->shown, statement_line_));
        return end(kInvalid);
      default:
        break;
    }
  }
}

void ConfigReader::global() {
  statement_line_ = line();
  if (!unique("global section", "global")) return;
  if (!reading_.config.resources.empty()) {
    say(fmt::format("{}:{}: You should put the global {{}} section\n\tin front of any resource {{}} section",
                    place_->shown, line()));
  }
  if (!expect('{')) return;
  GlobalSection& global = reading_.config.global;
  while (!over()) {
    const int token = next();
    statement_line_ = line();
    switch (token) {
      case kUdevAlwaysUseNumber:
        global.udev_always_use_number = true;
        break;
      case kDisableIpVerification:
        global.disable_ip_verification = true;
        break;
      case kMinorCount:
        global.minor_count = number_in("minor-count", 1, 255);
        break;
      case kDialogRefresh:
        global.dialog_refresh = number_in("dialog-refresh", 0, 600);
        break;
      case kTimeoutShort:
        global.timeout_short = number_in("cmd-timeout-short", 0, 900);
        break;
      case kTimeoutMedium:
        global.timeout_medium = number_in("cmd-timeout-medium", 0, 900);
        break;
      case kTimeoutLong:
        global.timeout_long = number_in("cmd-timeout-long", 0, 900);
        break;
      case kUsageCount:
        switch (next()) {
          case kYes:
            global.usage_count = UsageCount::yes;
            break;
          case kNo:
            global.usage_count = UsageCount::no;
            break;
          case kAsk:
            global.usage_count = UsageCount::ask;
            break;
          default:
            return expected("yes | no | ask");
        }
        break;
      case '}':
        return;
      default:
        return expected("dialog-refresh | minor-count | disable-ip-verification");
    }
    if (!expect(';')) return;
  }
}

void ConfigReader::unfollowed(std::string what) {
  reading_.not_modelled = std::move(what);
  end(kInvalid);
}

ConfigReading read_configuration(const ConfigFiles& files, const std::string& file, ConfigKind kind) {
  return ConfigReader(files, kind).read(file);
}

}  // namespace rehearse::drbd
