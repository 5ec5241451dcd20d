// The reader of /proc/drbd: any text gives rows that read the same once printed, or what is wrong with it.
#include <cstdlib>

#include "backends/reports/drbd_proc.h"
#include "fuzz/target.h"

using namespace rehearse::reports;

int FUZZ_TARGET(drbd_proc)(const std::uint8_t* data, std::size_t size) {
  const auto read = read_drbd_proc(rehearse::text_of(data, size));
  if (const auto* bad = std::get_if<std::string>(&read)) {
    if (bad->empty()) std::abort();
    return 0;
  }
  const auto again = read_drbd_proc(print_drbd_proc(std::get<0>(read)));
  if (!std::holds_alternative<std::vector<DrbdProcRow>>(again) || std::get<0>(again) != std::get<0>(read))
    std::abort();
  return 0;
}
