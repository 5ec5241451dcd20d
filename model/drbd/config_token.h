// The words of drbd.conf: text cut into the tokens of drbdadm 8.4's scanner, with the numbers that its error
// messages print ("TK 282"). The longest word that fits is taken, a keyword before a plain word of its
// length.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rehearse::drbd {

/// Numbers below 256 are the character itself; 0 is the end of the file.
enum Token : int {
  kEnd = 0,
  kGlobal = 258,
  kResource,
  kOn,
  kStacked,
  kIgnore,
  kNet,
  kDisk,
  kSkip,
  kSyncer,
  kStartup,
  kDisableIpVerification,
  kDialogRefresh,
  kProtocol,
  kHandlers,
  kCommon,
  kAddress,
  kAlternateAddress,
  kDevice,
  kMinor,
  kMetaDisk,
  kFlexibleMetaDisk,
  kMinorCount,
  kIpAddress,
  kInteger,
  kString,
  kElse,
  kDiskFlag,
  kDiskNoFlag,
  kDiskOption,
  kNetFlag,
  kNetNoFlag,
  kNetOption,
  kSyncerFlag,
  kSyncerOption,
  kStartupFlag,
  kStartupOption,
  kStartupList,
  kHandlerOption,
  kUsageCount,
  kAsk,
  kYes,
  kNo,
  kThisHost,
  kRemoteHost,
  kProxy,
  kInside,
  kOutside,
  kMemlimit,
  kProxyOption,
  kProxyPlugin,
  kLongString,
  kLongQuoted,
  kOpenQuoted,
  kSci,
  kSdp,
  kSsocks,
  kIpv4,
  kIpv6,
  kIpv6Address,
  kNetDelegate,
  kInclude,
  kBandwidthLimit,
  kFloating,
  kDeprecatedOption,
  kVolume,
  kTimeoutShort,
  kTimeoutMedium,
  kTimeoutLong,
  kResourceOption,
  kOptions,
  kUdevAlwaysUseNumber,
  // Bits set beside an option's token.
  kInSyncer = 0x2000,  // was an option of the syncer section once
  kInProxy = 0x3000,
  kPlainToken = 0x0fff,
};

/// Between which numbers an option's value must lie.
struct Bound {
  char unit = 0;  // what a number without one means; 0: not checked
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

struct Lexeme {
  int token = kEnd;
  std::string text;  // as it stands in the file, a quoted one without its quotes
  Bound bound;       // of an option keyword
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}
  Lexeme next();
  std::size_t line() const { return line_; }

 private:
  Lexeme take(int token, std::size_t length);
  Lexeme word();
  Lexeme quoted();

  std::string_view rest_;
  std::size_t line_ = 1;
};

/// "10k" and the like, as drbd's tools read numbers: units of 1024, `s` for sectors; `unit` for one without.
enum class NumberError : std::uint8_t { none, missing, invalid, out_of_range };
NumberError read_number(std::string_view text, char unit, std::uint64_t& value);
/// The tool's words for it, after which it ends with this status.
std::string words_of(NumberError, std::string_view text);
int status_of(NumberError);

}  // namespace rehearse::drbd
