// What the model shows of itself and what its reports say are the same: the reports are printed as the real
// tools print them and read as the real tools' are.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "backends/observe/model.h"
#include "fuzz/random_world.h"
#include "scenarios/world_capture.h"
#include "scenarios/world_file.h"

namespace rehearse {
namespace {

using Numbers = std::vector<std::uint16_t>;

RC_GTEST_PROP(EveryReport, is_read_back_as_what_the_model_shows, (const Numbers& numbers)) {
  const World world = random_world(numbers);
  const Observation shown = observe(world, "alpha");
  const Observing read = read_reports(printed_reports(world, "alpha"));
  const auto* bad = std::get_if<Unobserved>(&read);
  if (bad) RC_FAIL(bad->text());
  for (const std::string& line : difference(shown, std::get<Observation>(read), "shown", "read"))
    RC_LOG() << line << "\n";
  RC_ASSERT(std::get<Observation>(read) == shown);
}

// From the model's reports to a world file, and from its world to what it shows.
RC_GTEST_PROP(EveryWorld, shows_the_same_when_it_was_captured, (const Numbers& numbers)) {
  const World world = random_world(numbers);
  const Observing read = read_reports(printed_reports(world, "alpha"));
  RC_ASSERT(std::holds_alternative<Observation>(read));
  const Captured captured = world_from({{"alpha", std::get<Observation>(read)}});
  const Input<World> kept = read_world(write_world(captured.world), "captured.json");
  if (const auto* bad = std::get_if<InputError>(&kept)) RC_FAIL(bad->text());
  const Observation before = normalised(observe(world, "alpha"));
  const Observation after = normalised(observe(std::get<World>(kept), "alpha"));
  for (const std::string& line : difference(before, after, "before", "after")) RC_LOG() << line << "\n";
  for (const std::string& note : captured.notes) RC_LOG() << note << "\n";
  RC_ASSERT(before == after);
}

RC_GTEST_PROP(EveryObservation, is_read_back_from_its_json, (const Numbers& numbers)) {
  const Observation shown = observe(random_world(numbers), "alpha");
  const Observing read = read_observation(as_json(shown));
  RC_ASSERT(std::holds_alternative<Observation>(read));
  RC_ASSERT(std::get<Observation>(read) == shown);
  RC_ASSERT(difference(shown, std::get<Observation>(read)).empty());
}

// The generator reaches worlds with something to tell: otherwise the laws above say nothing.
TEST(RandomWorlds, have_snapshots_mounts_swaps_orphans_and_missing_disks) {
  int snapshots = 0, mounts = 0, swaps = 0, orphans = 0, missing = 0, merging = 0, partitions = 0;
  const auto all = [&] {
    return snapshots > 0 && mounts > 0 && swaps > 0 && orphans > 0 && missing > 0 && merging > 0 &&
           partitions > 0;
  };
  for (std::uint16_t seed = 0; seed < 400 && !all(); ++seed) {
    Numbers numbers;
    for (std::uint32_t i = 0, x = seed * 2654435761u + 1; i < 400; ++i) {
      x = x * 1664525u + 1013904223u;
      numbers.push_back(static_cast<std::uint16_t>(x >> 16));
    }
    const Observation seen = observe(random_world(numbers), "alpha");
    for (const seen::Volume& volume : seen.volumes) {
      snapshots += !volume.origin.empty();
      merging += volume.attr[0] == 'O';
    }
    mounts += !seen.mounts.empty();
    swaps += !seen.swaps.empty();
    for (const seen::Pv& pv : seen.pvs) {
      orphans += pv.group.empty();
      missing += pv.path == "[unknown]";
    }
    for (const seen::BlockDevice& device : seen.devices) partitions += device.type == "part";
  }
  EXPECT_GT(snapshots, 0);
  EXPECT_GT(merging, 0);
  EXPECT_GT(mounts, 0);
  EXPECT_GT(swaps, 0);
  EXPECT_GT(orphans, 0);
  EXPECT_GT(missing, 0);
  EXPECT_GT(partitions, 0);
}

}  // namespace
}  // namespace rehearse
