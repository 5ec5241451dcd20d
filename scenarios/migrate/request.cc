#include "scenarios/migrate/request.h"

#include "scenarios/migrate/tab.h"

namespace rehearse::migrate {
namespace {

constexpr std::size_t kLongest = 80;
constexpr std::string_view kReverse = "reverse ";

}  // namespace

std::variant<Request, BadRequest> read_request(std::string_view text) {
  if (text.empty()) return BadRequest{"expected a request, found nothing"};
  if (text.size() > kLongest) return BadRequest{"expected at most 80 characters"};
  if (text == "ping") return Request{};
  if (!text.starts_with(kReverse)) return BadRequest{"expected ping, or reverse and a domain"};
  const std::string_view domain = text.substr(kReverse.size());
  if (!plain_domain(domain)) return BadRequest{"expected the name of a domain behind reverse"};
  return Request{Request::Kind::reverse, std::string(domain)};
}

std::string write_request(const Request& request) {
  return request.kind == Request::Kind::ping ? "ping" : std::string(kReverse) + request.domain;
}

}  // namespace rehearse::migrate
