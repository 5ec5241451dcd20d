// The reader of recorded calls: any text is a log that survives being written and read again, or one error.
#include <cstdlib>

#include "backends/shell/call_log.h"
#include "fuzz/target.h"

using namespace rehearse;

int FUZZ_TARGET(replay)(const std::uint8_t* data, std::size_t size) {
  const auto read = read_call_log(text_of(data, size));
  if (const auto* error = std::get_if<CallLogError>(&read)) {
    if (error->what.empty() || error->line == 0) std::abort();
    return 0;
  }
  const auto& calls = std::get<std::vector<LoggedCall>>(read);
  const auto again = read_call_log(write_call_log(calls));
  const auto* same = std::get_if<std::vector<LoggedCall>>(&again);
  if (!same || *same != calls) std::abort();
  return 0;
}
