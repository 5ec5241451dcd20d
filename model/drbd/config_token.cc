#include "model/drbd/config_token.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "model/text.h"

namespace rehearse::drbd {
namespace {

struct Keyword {
  std::string_view word;
  int token;
  Bound bound = {};
};

constexpr std::uint64_t kMillion = std::uint64_t{1} << 20;

// drbdadm_scanner.fl; the bounds are those of drbd_limits.h that drbdadm looks at.
constexpr Keyword kKeywords[] = {
    {"_remote_host", kRemoteHost},
    {"_this_host", kThisHost},
    {"address", kAddress},
    {"after", kInSyncer | kDiskOption},
    {"after-resync-target", kHandlerOption},
    {"after-sb-0pri", kNetOption},
    {"after-sb-1pri", kNetOption},
    {"after-sb-2pri", kNetOption},
    {"al-extents", kInSyncer | kDiskOption},
    {"al-updates", kDiskFlag},
    {"allow-two-primaries", kNetFlag},
    {"alternate-link-address", kAlternateAddress},
    {"always-asbp", kNetFlag},
    {"ask", kAsk},
    {"become-primary-on", kStartupList},
    {"before-resync-source", kHandlerOption},
    {"before-resync-target", kHandlerOption},
    {"bwlimit", kInProxy | kProxyOption},
    {"c-delay-target", kInSyncer | kDiskOption, {'1', 1, 100}},
    {"c-fill-target", kInSyncer | kDiskOption, {'s', 0, kMillion}},
    {"c-max-rate", kInSyncer | kDiskOption, {'k', 250, 4 * kMillion}},
    {"c-min-rate", kInSyncer | kDiskOption, {'k', 0, 4 * kMillion}},
    {"c-plan-ahead", kInSyncer | kDiskOption, {'1', 0, 300}},
    {"cmd-timeout-long", kTimeoutLong},
    {"cmd-timeout-medium", kTimeoutMedium},
    {"cmd-timeout-short", kTimeoutShort},
    {"common", kCommon},
    {"compression", kInProxy | kProxyOption},
    {"congestion-extents", kNetOption, {'1', 67, 65534}},
    {"congestion-fill", kNetOption, {'s', 0, 20 * kMillion}},
    {"connect-int", kNetOption, {'1', 1, 120}},
    {"cpu-mask", kInSyncer | kResourceOption},
    {"cram-hmac-alg", kNetOption},
    {"csums-after-crash-only", kNetFlag},
    {"csums-alg", kInSyncer | kNetOption},
    {"data-integrity-alg", kNetOption},
    {"degr-wfc-timeout", kStartupOption, {'1', 0, 300000}},
    {"delay-probe-interval", kDeprecatedOption},
    {"delay-probe-volume", kDeprecatedOption},
    {"device", kDevice},
    {"dialog-refresh", kDialogRefresh},
    {"disable-ip-verification", kDisableIpVerification},
    {"disable-write-same", kDiskFlag},
    {"discard-my-data", kNetDelegate},
    {"discard-zeroes-if-aligned", kDiskFlag},
    {"disk", kDisk},
    {"disk-barrier", kDiskFlag},
    {"disk-drain", kDiskFlag},
    {"disk-flushes", kDiskFlag},
    {"disk-timeout", kDiskOption},
    {"fence-peer", kHandlerOption},
    {"fencing", kDiskOption},
    {"flexible-meta-disk", kFlexibleMetaDisk},
    {"floating", kFloating},
    {"global", kGlobal},
    {"handlers", kHandlers},
    {"hold-off-threshold", kDeprecatedOption},
    {"ignore-on", kIgnore},
    {"include", kInclude},
    {"initial-split-brain", kHandlerOption},
    {"inside", kInside},
    {"ipv4", kIpv4},
    {"ipv6", kIpv6},
    {"ko-count", kNetOption, {'1', 0, 200}},
    {"local-io-error", kHandlerOption},
    {"max-bio-bvecs", kDiskOption},
    {"max-buffers", kNetOption, {'1', 32, 131072}},
    {"max-epoch-size", kNetOption, {'1', 1, 20000}},
    {"md-flushes", kDiskFlag},
    {"memlimit", kInProxy | kProxyOption},
    {"meta-disk", kMetaDisk},
    {"minor", kMinor},
    {"minor-count", kMinorCount},
    {"net", kNet},
    {"no", kNo},
    {"no-disk-barrier", kDiskNoFlag},
    {"no-disk-drain", kDiskNoFlag},
    {"no-disk-flushes", kDiskNoFlag},
    {"no-md-flushes", kDiskNoFlag},
    {"no-tcp-cork", kNetNoFlag},
    {"on", kOn},
    {"on-congestion", kNetOption},
    {"on-io-error", kDiskOption},
    {"on-no-data-accessible", kInSyncer | kResourceOption},
    {"options", kOptions},
    {"out-of-sync", kHandlerOption},
    {"outdate-peer", kHandlerOption},
    {"outdated-wfc-timeout", kStartupOption, {'1', 0, 300000}},
    {"outside", kOutside},
    {"ping-int", kNetOption, {'1', 1, 120}},
    {"ping-timeout", kInProxy | kNetOption},
    {"plugin", kProxyPlugin},
    {"pri-lost", kHandlerOption},
    {"pri-lost-after-sb", kHandlerOption},
    {"pri-on-incon-degr", kHandlerOption},
    {"protocol", kNetOption, {'p', 0, 0}},
    {"proxy", kProxy},
    {"rate", kInSyncer | kDiskOption, {'k', 1, 4 * kMillion}},
    {"rcvbuf-size", kInProxy | kNetOption, {'1', 0, 10 * kMillion}},
    {"read-balancing", kDiskOption},
    {"read-loops", kInProxy | kProxyOption},
    {"resource", kResource},
    {"resync-after", kDiskOption},
    {"resync-rate", kDiskOption, {'k', 1, 4 * kMillion}},
    {"rr-conflict", kNetOption},
    {"rs-discard-granularity", kDiskOption},
    {"sci", kSci},
    {"sdp", kSdp},
    {"shared-secret", kNetOption},
    {"size", kDiskOption, {'s', 0, std::uint64_t{2} << 40}},
    {"skip", kSkip},
    {"sndbuf-size", kInProxy | kNetOption, {'1', 0, 10 * kMillion}},
    {"socket-check-timeout", kNetOption},
    {"split-brain", kHandlerOption},
    {"ssocks", kSsocks},
    {"stacked-on-top-of", kStacked},
    {"stacked-timeouts", kStartupList},
    {"startup", kStartup},
    {"syncer", kSyncer},
    {"tcp-cork", kNetFlag},
    {"throttle-threshold", kDeprecatedOption},
    {"timeout", kNetOption, {'1', 1, 600}},
    {"udev-always-use-vnr", kUdevAlwaysUseNumber},
    {"unfence-peer", kHandlerOption},
    {"unplug-watermark", kNetOption},
    {"usage-count", kUsageCount},
    {"use-bmbv", kDiskFlag},
    {"use-rle", kInSyncer | kNetFlag},
    {"verify-alg", kInSyncer | kNetOption},
    {"volume", kVolume},
    {"wait-after-sb", kStartupFlag},
    {"wfc-timeout", kStartupOption, {'1', 0, 300000}},
    {"yes", kYes},
};
static_assert(std::is_sorted(std::begin(kKeywords), std::end(kKeywords),
                             [](const Keyword& a, const Keyword& b) { return a.word < b.word; }));

constexpr std::size_t kLongestString = 128;
constexpr std::size_t kLongestQuoted = 255;

bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '/' || c == '.' || c == '_' || c == '-';
}

template <class Is>
std::size_t run(std::string_view text, Is is, std::size_t most = std::string_view::npos) {
  std::size_t length = 0;
  while (length < text.size() && length < most && is(text[length])) ++length;
  return length;
}

// Four numbers of one to three digits with dots between; 0 if the text does not begin so.
std::size_t ipv4_length(std::string_view text) {
  std::size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at >= text.size() || text[at++] != '.')) return 0;
    const std::size_t digits = run(text.substr(at), is_digit, 3);
    if (digits == 0) return 0;
    at += digits;
  }
  return at;
}

// "fe80::1%eth0", "::ffff:10.0.0.1": hexadecimal groups with one "::", or something short between its colons.
std::size_t ipv6_tail(std::string_view text, std::size_t at) {
  for (int groups = 0; groups < 6; ++groups) {
    std::size_t from = at;
    if (groups > 0) {
      if (from >= text.size() || text[from] != ':') break;
      ++from;
    }
    const std::size_t digits = run(text.substr(from), is_hex, 4);
    if (digits == 0) break;
    at = from + digits;
  }
  if (at < text.size() && text[at] == '%') {
    const std::size_t zone = run(text.substr(at + 1), is_word, kLongestString);
    if (zone > 0) at += 1 + zone;
  }
  return at;
}

std::size_t ipv6_length(std::string_view text) {
  std::size_t best = 0;
  std::size_t head = 0;  // groups before the first of the two colons
  for (int groups = 0; groups <= 6; ++groups) {
    if (groups > 0) {
      const std::size_t from = groups > 1 ? head + 1 : head;
      if (groups > 1 && (head >= text.size() || text[head] != ':')) break;
      const std::size_t digits = run(text.substr(std::min(from, text.size())), is_hex, 4);
      if (digits == 0) break;
      head = from + digits;
    }
    if (head >= text.size() || text[head] != ':') continue;
    const std::size_t middle = run(text.substr(head + 1), is_hex, 4);
    const std::size_t second = head + 1 + middle;
    if (second < text.size() && text[second] == ':') best = std::max(best, ipv6_tail(text, second + 1));
  }
  if (text.size() > 7 && text.starts_with("::") && text[6] == ':') {
    const bool mapped =
        std::all_of(text.begin() + 2, text.begin() + 6, [](char c) { return c == 'f' || c == 'F'; });
    const std::size_t v4 = mapped ? ipv4_length(text.substr(7)) : 0;
    if (v4 > 0) best = std::max(best, 7 + v4);
  }
  return best;
}

bool is_number(std::string_view word) {
  const std::size_t digits = run(word, is_digit);
  if (digits == 0 || digits > 8) return false;
  if (digits == word.size()) return true;
  return digits + 1 == word.size() && std::string_view("MKGs").find(word.back()) != std::string_view::npos;
}

// Quotes go, a backslash makes the next character stand for itself.
std::string unquoted(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') continue;
    if (text[i] == '\\' && ++i >= text.size()) break;
    plain += text[i];
  }
  return plain;
}

}  // namespace

Lexeme Lexer::take(int token, std::size_t length) {
  Lexeme lexeme{token, std::string(rest_.substr(0, length)), {}};
  rest_.remove_prefix(length);
  return lexeme;
}

Lexeme Lexer::next() {
  while (!rest_.empty()) {
    const char c = rest_[0];
    if (c == '\n') ++line_;
    if (c == '#') {
      rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
    } else if (c == '\n' || c == ' ' || c == '\t' || c == '\r') {
      rest_.remove_prefix(1);
    } else if (const std::size_t v6 = ipv6_length(rest_); v6 > 0) {
      return take(kIpv6Address, v6);
    } else if (std::string_view("{};[]:").find(c) != std::string_view::npos) {
      return take(static_cast<unsigned char>(c), 1);
    } else if (c == '"') {
      return quoted();
    } else if (is_word(c)) {
      return word();
    } else {
      return take(kElse, 1);
    }
  }
  return {};
}

Lexeme Lexer::word() {
  const std::size_t length = run(rest_, is_word, kLongestString + 1);
  if (length > kLongestString) return take(kLongString, length);
  const std::string_view text = rest_.substr(0, length);
  const auto* keyword =
      std::lower_bound(std::begin(kKeywords), std::end(kKeywords), text,
                       [](const Keyword& row, std::string_view sought) { return row.word < sought; });
  if (keyword != std::end(kKeywords) && keyword->word == text) {
    Lexeme lexeme = take(keyword->token, length);
    lexeme.bound = keyword->bound;
    return lexeme;
  }
  if (ipv4_length(text) == length) return take(kIpAddress, length);
  return take(is_number(text) ? kInteger : kString, length);
}

// A quoted string holds at most 255 characters or escapes, on one line. What fails is told by the longest
// piece that the scanner could take.
Lexeme Lexer::quoted() {
  std::size_t at = 1;
  std::size_t open = 0;  // how far an unterminated one reaches
  for (std::size_t count = 0;; ++count) {
    if (at >= rest_.size()) break;
    const char c = rest_[at];
    if (c == '"') {
      Lexeme lexeme = take(kString, at + 1);
      lexeme.text = unquoted(lexeme.text);
      return lexeme;
    }
    const bool escape = c == '\\';
    if (escape || c == '\n') open = at + 1;
    if (count == kLongestQuoted) {
      if (c != '\n') return take(kLongQuoted, at + 1);
      break;
    }
    if (c == '\n' || (escape && (at + 1 >= rest_.size() || rest_[at + 1] == '\n'))) break;
    at += escape ? 2 : 1;
  }
  if (open == 0) return take(kElse, 1);
  return take(kOpenQuoted, open);
}

NumberError read_number(std::string_view text, char unit, std::uint64_t& value) {
  if (text.empty()) return NumberError::missing;
  const std::string number(text);
  char* end = nullptr;
  value = std::strtoull(number.c_str(), &end, 10);
  const std::string_view rest(end, static_cast<std::size_t>(number.c_str() + number.size() - end));
  if (end == number.c_str() || rest.size() > 1) return NumberError::invalid;
  if (rest.empty()) return NumberError::none;
  int shift = unit == 'k' ? -10 : unit == 's' ? -9 : 0;
  switch (rest[0]) {
    case 'K':
    case 'k':
      shift += 10;
      break;
    case 'M':
    case 'm':
      shift += 20;
      break;
    case 'G':
    case 'g':
      shift += 30;
      break;
    case 's':
      shift += 9;
      break;
    default:
      return NumberError::invalid;
  }
  if (shift < 0) {
    value = (value + (std::uint64_t{1} << -shift) - 1) >> -shift;
  } else if (value > (~std::uint64_t{0} >> shift)) {
    return NumberError::out_of_range;
  } else {
    value <<= shift;
  }
  return NumberError::none;
}

std::string words_of(NumberError error, std::string_view text) {
  switch (error) {
    case NumberError::missing:
      return "missing number argument";
    case NumberError::out_of_range:
      return fmt::format("{}: out of range", text);
    default:
      return fmt::format("{} is not a valid number", text);
  }
}

int status_of(NumberError error) { return error == NumberError::missing ? 100 : 20; }

}  // namespace rehearse::drbd
