#include "integration/making.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/lvm/scan.h"
#include "scenarios/world_file.h"

namespace rehearse {
namespace {

World read(const std::string& hosts) {
  auto read = read_world(R"({"rehearse_world": 1, "hosts": {)" + hosts + "}}", "it");
  EXPECT_TRUE(std::holds_alternative<World>(read));
  return std::get<World>(std::move(read));
}

bool has(const std::vector<std::string>& rows, const std::string& wanted) {
  return std::find(rows.begin(), rows.end(), wanted) != rows.end();
}

std::vector<std::string> lines_of(const HostMaking& making) {
  std::vector<std::string> lines;
  for (const MakingStep& step : making.steps) lines.push_back(step.line);
  return lines;
}

TEST(Making, takes_the_world_of_the_upgrades_as_it_is) {
  const auto world = load_world(REHEARSE_SCENARIOS "/trolls.world.json");
  const Making making = plan_making(std::get<World>(world));
  ASSERT_EQ(making.hosts.size(), 1u);
  EXPECT_EQ(making.hosts[0].host, Name("trolls"));
  EXPECT_EQ(making.hosts[0].disks, (std::vector<LabDiskPlan>{{"sda", 60 * kGiB}}));
  EXPECT_EQ(making.notes,
            (std::vector<std::string>{"galaad is left out: it has no disks of its own",
                                      "perceval is left out: it has no disks of its own",
                                      "trolls serves no disks to the network: 5 exports are not made"}));
}

TEST(Making, is_commands_that_the_model_has_played) {
  const Making making = plan_making(
      read(R"("a": {"disks": {"vda": {"size": "64M"}}, "lvm": {"v": {"pvs": ["/dev/vda"], "volumes": {
           "x": {"size": "16M", "fs": {"mount_count": 3, "files": {"/it's": "text"}}},
           "s": {"size": "8M", "snapshot_of": "x"}}}}})"));
  ASSERT_EQ(making.hosts.size(), 1u);
  const std::vector<std::string> lines = lines_of(making.hosts[0]);
  EXPECT_TRUE(has(lines, "'vgcreate' '-s' '4194304b' 'v' '/dev/vda'"));
  EXPECT_TRUE(has(lines, "'lvcreate' '-y' '-n' 'x' '-l' '4' 'v'"));
  EXPECT_TRUE(has(lines, "'lvcreate' '-y' '-n' 's' '-l' '2' '-c' '4096b' '-s' 'v/x'"));
  EXPECT_TRUE(std::any_of(making.hosts[0].steps.begin(), making.hosts[0].steps.end(), [](const auto& step) {
    return step.path == "/.making/it's" && step.contents == "text";
  }));
  EXPECT_EQ(lvm::find_group(making.world, "a", "v")->group->volumes.size(), 2u);
  EXPECT_TRUE(has(making.notes, "a: v/s begins empty"));
}

TEST(Making, leaves_out_hosts_that_no_guest_can_be) {
  const Making making = plan_making(read(R"("a": {"disks": {"sdb": {"size": "8M"}}},
      "b": {"disks": {"vda": {"size": "8M"}}}, "c": {"disks": {"vda": {"size": "8M"}}},
      "d": {"disks": {"vda": {"size": "64M"}},
            "lvm": {"v": {"pvs": ["/dev/vda"], "volumes": {"x": {"size": "4M"}}}}})"));
  ASSERT_EQ(making.hosts.size(), 2u);
  EXPECT_EQ(making.hosts[0].host, Name("d"));
  EXPECT_TRUE(has(making.notes, "a is left out: no guest can have a disk sdb"));
  EXPECT_TRUE(has(making.notes, "c is left out: there are two guests at most"));
  EXPECT_FALSE(making.world.hosts.contains("c"));
}

TEST(Making, says_what_it_cannot_make) {
  World world = read(R"("a": {"disks": {"vda": {"size": "64M"}}, "files": {"/big": {"size": "64M"}}})");
  world.hosts.edit("a").hardware.edit().disks[0].fails_writes = true;
  const Making making = plan_making(world);
  EXPECT_TRUE(has(making.notes, "a: /big is left out: the root of a guest is in its memory"));
  EXPECT_TRUE(has(making.notes, "a: vda does not fail"));
}

}  // namespace
}  // namespace rehearse
