// What real tools print, whole: whatever can be read of a host becomes a sound world.
#include <cstdlib>

#include "backends/observe/reports.h"
#include "fuzz/reading.h"
#include "fuzz/target.h"
#include "scenarios/world_capture.h"
#include "scenarios/world_file.h"

using namespace rehearse;

int FUZZ_TARGET(reports)(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  const auto texts = split_reports(text);
  if (const auto* bad = std::get_if<Unobserved>(&texts)) {
    reads_or_says_why(*bad);
    return 0;
  }
  std::vector<Unobserved> problems;
  Observation seen = read_what_can_be_read(std::get<ReportTexts>(texts), problems);
  for (const Unobserved& problem : problems) reads_or_says_why(problem);
  const Observing again = read_observation(as_json(seen));
  if (!std::holds_alternative<Observation>(again)) std::abort();
  const Captured captured = world_from({{"host", std::move(seen)}});
  const Input<World> kept = read_world(write_world(captured.world, captured.notes), "captured.json");
  if (!std::holds_alternative<World>(kept)) std::abort();
  return 0;
}
