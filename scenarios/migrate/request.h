// What another host asks for through the forced command of its key: the text of SSH_ORIGINAL_COMMAND. Whoever
// has the key may send anything, so it is two words of plain characters or nothing. What the request may
// bring about is decided afterwards, by this host's own files.
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace rehearse::migrate {

struct Request {
  enum class Kind : std::uint8_t { ping, reverse };
  Kind kind = Kind::ping;
  std::string domain;  // of reverse
  bool operator==(const Request&) const = default;
};

/// Why a text is no request, fit to be shown to whoever sent it: nothing of the text is in it.
struct BadRequest {
  std::string_view what;
};

std::variant<Request, BadRequest> read_request(std::string_view text);
std::string write_request(const Request&);

}  // namespace rehearse::migrate
