// How the player and a stand-in talk over their socket: frames, each a length and as many bytes. The stand-in
// sends its words, each ended by a NUL. The answer is "I", and then the stand-in sends all it can read; or
// "A", the exit status as one byte, and lines, each opened by 'o' or 'e' for where it goes and ended by a
// newline.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>

namespace rehearse {

inline constexpr std::uint32_t kLongestFrame = 16 << 20;

inline bool send_bytes(int socket, const char* at, std::size_t count) {
  while (count > 0) {
    const ssize_t sent = send(socket, at, count, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    at += sent;
    count -= static_cast<std::size_t>(sent);
  }
  return true;
}

inline bool receive_bytes(int socket, char* at, std::size_t count) {
  while (count > 0) {
    const ssize_t got = recv(socket, at, count, 0);
    if (got <= 0) return false;
    at += got;
    count -= static_cast<std::size_t>(got);
  }
  return true;
}

inline bool send_frame(int socket, const std::string& text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  char head[sizeof size];
  std::memcpy(head, &size, sizeof size);
  return text.size() <= kLongestFrame && send_bytes(socket, head, sizeof head) &&
         send_bytes(socket, text.data(), text.size());
}

inline bool receive_frame(int socket, std::string& text) {
  std::uint32_t size = 0;
  char head[sizeof size];
  if (!receive_bytes(socket, head, sizeof head)) return false;
  std::memcpy(&size, head, sizeof size);
  if (size > kLongestFrame) return false;
  text.resize(size);
  return receive_bytes(socket, text.data(), size);
}

}  // namespace rehearse
