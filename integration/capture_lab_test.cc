// Capturing real machines in states that random scripts left them in: the captured world shows what they do.
// REHEARSE_CAPTURES=N captures N of them, REHEARSE_SEED=N begins with that one.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "backends/observe/model.h"
#include "backends/observe/reports.h"
#include "integration/lab/lab_script.h"
#include "integration/random_script.h"
#include "scenarios/world_capture.h"
#include "scenarios/world_file.h"

namespace rehearse {
namespace {

// The environment's number, or another.
std::uint64_t number(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

// What the lab's guest shows after a random script, or why it cannot be seen.
Observing after_script(std::uint64_t seed) {
  ScriptPlan plan;
  plan.seed = seed;
  auto started = Lab::start({1, plan.disks, plan.disk_size});
  if (const auto* failure = std::get_if<LabFailure>(&started)) return Unobserved{"lab", failure->why};
  Lab& lab = *std::get<std::unique_ptr<Lab>>(started);
  std::string said;
  for (const std::string& line : random_script(plan)) {
    const bool command = !line.starts_with("! ") && !line.starts_with("~ ");
    const auto read = read_lab_line(command ? "alpha# " + line : line);
    if (const auto* bad = std::get_if<InputError>(&read)) return Unobserved{line, bad->what};
    const Done why = play_lab_line(lab, std::get<LabLine>(read), std::chrono::minutes(2), said);
    if (why) return Unobserved{line, why->why};
  }
  return observe(lab.shell("alpha"));
}

TEST(CaptureInTheLab, shows_the_same_as_the_machines) {
  const std::uint64_t first = number("REHEARSE_SEED", 0);
  const std::uint64_t count = number("REHEARSE_CAPTURES", 4);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const Observing seen = after_script(seed);
    if (const auto* bad = std::get_if<Unobserved>(&seen)) FAIL() << "seed " << seed << ": " << bad->text();
    const Observation real = normalised(std::get<Observation>(seen));
    EXPECT_FALSE(real.devices.empty()) << "seed " << seed;
    const Captured captured = world_from({{"alpha", std::get<Observation>(seen)}});
    const auto kept = read_world(write_world(captured.world, captured.notes), "captured.json");
    ASSERT_TRUE(std::holds_alternative<World>(kept)) << std::get<InputError>(kept).text();
    const Observation again = normalised(observe(std::get<World>(kept), "alpha"));
    EXPECT_EQ(difference(real, again, "on the machine", "in the world"), std::vector<std::string>())
        << "seed " << seed << "\n"
        << fmt::format("{}\n", fmt::join(captured.notes, "\n")) << as_json(real);
    fmt::print("seed {}: {} volumes captured\n", seed, real.volumes.size());
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace rehearse
