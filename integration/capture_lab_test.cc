// Capturing real machines in states that random scripts left them in: the captured world shows what they do.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "backends/observe/model.h"
#include "backends/observe/reports.h"
#include "integration/lab/lab_script.h"
#include "integration/random_script.h"
#include "scenarios/world_capture.h"
#include "scenarios/world_file.h"

namespace rehearse {
namespace {

constexpr std::uint64_t kWorldsEach = 5;

class CaptureInTheLab : public testing::TestWithParam<std::uint64_t> {};

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

TEST_P(CaptureInTheLab, shows_the_same_as_the_machines) {
  for (std::uint64_t i = 0; i < kWorldsEach; ++i) {
    const std::uint64_t seed = GetParam() * kWorldsEach + i;
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
  }
}

INSTANTIATE_TEST_SUITE_P(Worlds, CaptureInTheLab, testing::Range(std::uint64_t{0}, std::uint64_t{10}));

}  // namespace
}  // namespace rehearse
