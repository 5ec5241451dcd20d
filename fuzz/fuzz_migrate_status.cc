// migrate-status.txt: reading and writing are inverse, and what is read is fit for a command line.
#include <cstdlib>

#include "fuzz/target.h"
#include "scenarios/migrate/status.h"
#include "scenarios/migrate/tab.h"

using namespace rehearse;

int FUZZ_TARGET(migrate_status)(const std::uint8_t* data, std::size_t size) {
  const auto read = migrate::read_status(text_of(data, size), "status");
  if (const auto* error = std::get_if<InputError>(&read)) {
    if (error->what.empty() || error->line == 0) std::abort();
    return 0;
  }
  const auto& status = std::get<migrate::Status>(read);
  for (const migrate::StatusRow& row : status.rows) {
    if (!migrate::plain_domain(row.domain) || !migrate::plain_host(row.host)) std::abort();
  }
  const auto again = migrate::read_status(migrate::write_status(status), "again");
  if (!std::holds_alternative<migrate::Status>(again) || !(std::get<migrate::Status>(again) == status))
    std::abort();
  return 0;
}
