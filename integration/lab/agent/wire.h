// What lab and agent say to each other over a virtio-serial port: frames of a fixed head and a body, so that
// any bytes can be carried. Both ends read with this file; a frame begins with a mark, so that an end which
// finds itself in the middle of one can look for the next.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace rehearse::wire {

enum class Kind : std::uint8_t {
  // to the guest
  hello = 1,  // body: any bytes; they come back in a hello
  run,        // milliseconds, count of words, words, input
  put,        // mode, path, contents
  refresh,    // seconds since 1970, random bytes: a clone's clock and random pool are its template's
  look,       // count of files, their paths: no process is started, which costs more than all of the reading
  // from the guest
  out,   // what a run wrote, or what a file that was looked at says
  err,   // what it wrote to its standard error; of a file: it is not there
  done,  // Ending, status, microseconds; ends a run, a put and a look
};

enum class Ending : std::uint32_t { exited, timed_out, stuck, failed };  // failed: status is an errno

struct Frame {
  Kind kind = Kind::hello;
  std::uint32_t id = 0;  // of the run or put it belongs to
  std::string body;
};

inline constexpr std::string_view kMark = "\xab\x1aLAB";
inline constexpr std::size_t kHead = kMark.size() + 1 + 4 + 4;
inline constexpr std::size_t kLongest = 256U << 20U;

inline void add_number(std::string& to, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) to += static_cast<char>(value >> (8 * i));
}
inline void add_text(std::string& to, std::string_view text) {
  add_number(to, static_cast<std::uint32_t>(text.size()));
  to += text;
}

inline std::string encode(const Frame& frame) {
  std::string bytes(kMark);
  bytes += static_cast<char>(frame.kind);
  add_number(bytes, frame.id);
  add_text(bytes, frame.body);
  return bytes;
}

/// Takes numbers and texts off the front of a body; `good` turns false when it was too short.
struct Reader {
  std::string_view rest;
  bool good = true;

  std::uint32_t number() {
    std::uint32_t value = 0;
    if (rest.size() < 4) {
      good = false;
      return 0;
    }
    for (unsigned i = 0; i < 4; ++i) value |= std::uint32_t{static_cast<unsigned char>(rest[i])} << (8 * i);
    rest.remove_prefix(4);
    return value;
  }
  std::string text() {
    const std::size_t length = number();
    if (rest.size() < length) {
      good = false;
      return {};
    }
    std::string made(rest.substr(0, length));
    rest.remove_prefix(length);
    return made;
  }
};

/// Collects what arrives and hands out whole frames; bytes in front of a mark are dropped.
class Inbox {
 public:
  void add(const char* bytes, std::size_t count) { buffer_.append(bytes, count); }

  std::optional<Frame> next() {
    std::size_t at = buffer_.find(kMark, used_);
    if (at == std::string::npos) {
      // A mark may have begun with the last bytes.
      used_ = std::max(used_, buffer_.size() - std::min(buffer_.size(), kMark.size() - 1));
      shrink();
      return std::nullopt;
    }
    used_ = at;
    if (buffer_.size() - at < kHead) return std::nullopt;
    Frame frame;
    frame.kind = static_cast<Kind>(buffer_[at + kMark.size()]);
    Reader head{std::string_view(buffer_).substr(at + kMark.size() + 1, 8)};
    frame.id = head.number();
    const std::size_t length = head.number();
    if (length > kLongest) {
      used_ = at + 1;
      return next();
    }
    if (buffer_.size() - at - kHead < length) return std::nullopt;
    frame.body = buffer_.substr(at + kHead, length);
    used_ = at + kHead + length;
    shrink();
    return frame;
  }

 private:
  void shrink() {
    if (used_ < buffer_.size() && used_ < (1U << 20U)) return;
    buffer_.erase(0, used_);
    used_ = 0;
  }

  std::string buffer_;
  std::size_t used_ = 0;
};

}  // namespace rehearse::wire
