// The runbook reader: any Markdown is a runbook or one error that says where. Included files are the text
// itself, so that cycles are among what is tried.
#include <cstdlib>

#include "fuzz/target.h"
#include "scenarios/runbook.h"

using namespace rehearse;

int FUZZ_TARGET(runbook)(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  const Load load = [&](const std::string&) -> Input<std::string> { return std::string(text); };
  const Input<Runbook> read = read_runbook(text, "fuzz.md", load);
  if (const auto* error = std::get_if<InputError>(&read)) {
    if (error->what.empty() || error->file.empty()) std::abort();
  }
  return 0;
}
