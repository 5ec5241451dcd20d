// migrate-tab.txt: whatever is read stands for itself on a command line, and is written as it is read.
#include <cstdlib>

#include "fuzz/target.h"
#include "scenarios/migrate/tab.h"

using namespace rehearse;

int FUZZ_TARGET(migrate_tab)(const std::uint8_t* data, std::size_t size) {
  const auto read = migrate::read_tab(text_of(data, size), "tab");
  if (const auto* error = std::get_if<InputError>(&read)) {
    if (error->what.empty() || error->line == 0 || error->text().find('\n') != std::string::npos)
      std::abort();
    return 0;
  }
  const auto& tab = std::get<migrate::Tab>(read);
  for (const migrate::TabRow& row : tab.rows) {
    if (!migrate::plain_domain(row.domain) || !migrate::plain_host(row.peer)) std::abort();
    if (tab.find(row.domain) != &row) std::abort();
  }
  const auto again = migrate::read_tab(migrate::write_tab(tab), "again");
  // Written out, a line may become longer than is read.
  if (std::holds_alternative<migrate::Tab>(again) && !(std::get<migrate::Tab>(again) == tab)) std::abort();
  return 0;
}
