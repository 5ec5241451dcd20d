// SSH_ORIGINAL_COMMAND: a request holds nothing that a shell or a tool would take for more than a name, and
// an answer to one that is none holds nothing of it.
#include <cstdlib>

#include "fuzz/target.h"
#include "scenarios/migrate/request.h"
#include "scenarios/migrate/tab.h"

using namespace rehearse;

int FUZZ_TARGET(migrate_request)(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  const auto read = migrate::read_request(text);
  if (const auto* bad = std::get_if<migrate::BadRequest>(&read)) {
    if (bad->what.empty()) std::abort();
    return 0;
  }
  const auto& request = std::get<migrate::Request>(read);
  if (migrate::write_request(request) != text) std::abort();
  if (request.kind == migrate::Request::Kind::reverse && !migrate::plain_domain(request.domain)) std::abort();
  return 0;
}
