// xl list -l and xl info: any text is read or turned down, and what was read is read again from what the
// model would print of it.
#include <cstdlib>

#include "backends/reports/domain_details.h"
#include "backends/reports/xen_host.h"
#include "fuzz/target.h"

using namespace rehearse;

int FUZZ_TARGET(domain_details)(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  if (const auto read = reports::read_domain_details(text)) {
    if (reports::read_domain_details(reports::show_domain_details(*read)) != read) std::abort();
  }
  if (const auto read = reports::read_xen_host(text)) {
    if (read->version().empty()) std::abort();
  }
  return 0;
}
