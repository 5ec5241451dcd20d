#include "model/lvm/allocate.h"

#include <gtest/gtest.h>

namespace rehearse::lvm {
namespace {

// Physical volumes 1, 2, ... of 63 extents, as disks of 256 MiB have them.
Group group_of(std::size_t pvs) {
  Group group;
  group.name = "vg";
  for (std::size_t i = 1; i <= pvs; ++i) group.pvs.push_back({i, "", 0, kDefaultPeStart, 63});
  return group;
}

std::string shown(const std::vector<Segment>& segments) {
  std::string text;
  for (const Segment& segment : segments) {
    if (!text.empty()) text += ' ';
    text += std::to_string(segment.pv) + ':' + std::to_string(segment.pv_first) + '-' +
            std::to_string(segment.pv_first + segment.count - 1);
  }
  return text;
}

std::string make(Group& group, Name name, std::uint64_t extents, Alloc policy = Alloc::normal,
                 std::vector<Allowed> from = {}) {
  if (from.empty()) from = everywhere(group);
  Volume volume;
  volume.name = name;
  volume.segments = allocate(group, {}, extents, policy, from);
  std::string text = shown(volume.segments);
  const auto at = std::partition_point(group.volumes.begin(), group.volumes.end(),
                                       [&](const Volume& row) { return row.name < name; });
  group.volumes.insert(at, std::move(volume));
  return text;
}

std::string extend(Group& group, Name name, std::uint64_t extents, Alloc policy = Alloc::normal,
                   std::vector<Allowed> from = {}) {
  if (from.empty()) from = everywhere(group);
  Volume& volume = *group.volume(name);
  volume.segments = allocate(group, volume.segments, extents, policy, from);
  return shown(volume.segments);
}

void drop(Group& group, Name name) {
  std::erase_if(group.volumes, [&](const Volume& volume) { return volume.name == name; });
}

// recordings lvm/lvcreate-placement-one-pv.
TEST(Allocate, takes_the_hole_that_lvcreate_takes_on_one_physical_volume) {
  Group group = group_of(1);
  const std::vector<std::pair<Name, int>> made = {{"a", 4}, {"b", 10}, {"c", 4}, {"d", 6},
                                                  {"e", 3}, {"f", 3},  {"g", 8}};
  for (const auto& [name, extents] : made) make(group, name, static_cast<std::uint64_t>(extents));
  for (const char* name : {"b", "d", "f"}) drop(group, name);
  EXPECT_EQ(make(group, "p", 2), "1:27-28");
  EXPECT_EQ(make(group, "q", 6), "1:4-9");
  EXPECT_EQ(make(group, "r", 5), "1:18-22");
  drop(group, "r");
  drop(group, "g");
  EXPECT_EQ(make(group, "s", 28), "1:29-56");
  EXPECT_EQ(make(group, "t", 2, Alloc::contiguous), "1:18-19");
  EXPECT_EQ(make(group, "v", 3, Alloc::contiguous), "1:57-59");
}

// recordings lvm/lvcreate-placement-several-pvs.
TEST(Allocate, spreads_as_lvcreate_does_over_several_physical_volumes) {
  Group group = group_of(4);
  EXPECT_EQ(make(group, "a", 10), "1:0-9");
  EXPECT_EQ(make(group, "b", 60), "2:0-59");
  EXPECT_EQ(make(group, "c", 100), "3:0-62 1:10-46");
  EXPECT_EQ(make(group, "d", 40), "4:0-39");
  drop(group, "b");
  EXPECT_EQ(make(group, "e", 53), "2:0-52");
  EXPECT_EQ(make(group, "f", 20), "4:40-59");
  EXPECT_EQ(make(group, "g", 29), "1:47-62 2:53-62 4:60-62");
  drop(group, "a");
  drop(group, "e");
  EXPECT_EQ(make(group, "h", 12), "2:0-11");
  EXPECT_EQ(make(group, "i", 30), "2:12-41");
}

// recordings lvm/lvextend-placement.
TEST(Allocate, extends_as_lvextend_does) {
  Group group = group_of(3);
  for (const char* name : {"a", "b", "c"}) make(group, name, 5);
  EXPECT_EQ(extend(group, "a", 3), "1:0-4 1:15-17");
  EXPECT_EQ(extend(group, "c", 3), "1:10-14 1:18-20");
  EXPECT_EQ(extend(group, "b", 3, Alloc::normal, {{2, {{0, 63}}}}), "1:5-9 2:0-2");
  EXPECT_EQ(extend(group, "b", 3), "1:5-9 2:0-5");
  EXPECT_EQ(extend(group, "b", 3, Alloc::normal, {{3, {{30, 11}}}}), "1:5-9 2:0-5 3:30-32");
  EXPECT_EQ(extend(group, "a", 60, Alloc::normal, {{1, {{0, 63}}}, {2, {{0, 63}}}}),
            "1:0-4 1:15-17 1:21-62 2:6-23");
  EXPECT_EQ(extend(group, "c", 3, Alloc::normal, {{3, {{50, 3}}}}), "1:10-14 1:18-20 3:50-52");
  group.volume("a")->segments = cut_off(group.volume("a")->segments, 58);
  EXPECT_EQ(shown(group.volume("a")->segments), "1:0-4 1:15-17 1:21-62 2:6-13");
  EXPECT_EQ(extend(group, "a", 106), "1:0-4 1:15-17 1:21-62 2:6-62 3:0-29 3:53-62 3:33-49");
}

// recordings lvm/lvcreate-alloc-policies: what is lacking is what lvcreate and lvextend said.
TEST(Allocate, finds_less_under_a_stricter_policy) {
  Group group = group_of(2);
  make(group, "a", 18);
  make(group, "b", 3, Alloc::cling, {{1, {{0, 63}}}});
  EXPECT_EQ(extend(group, "b", 60, Alloc::cling), "1:18-62");  // 15 more required
  group.volume("b")->segments = cut_off(group.volume("b")->segments, 3);
  EXPECT_EQ(make(group, "g", 70, Alloc::cling), "2:0-62");  // 7 more required
  drop(group, "g");
  EXPECT_EQ(make(group, "g", 70, Alloc::contiguous), "");
}

// recordings lvm/lvcreate-pv-restriction.
TEST(Allocate, keeps_to_the_extents_and_the_order_it_is_given) {
  Group group = group_of(3);
  make(group, "a", 5, Alloc::normal, {{2, {{0, 63}}}});
  EXPECT_EQ(make(group, "b", 5, Alloc::normal, {{3, {{10, 11}}}}), "3:10-14");
  EXPECT_EQ(make(group, "c", 5, Alloc::normal, {{3, {{10, 11}}}}), "3:15-19");
  EXPECT_EQ(free_in(group, {{3, {{10, 11}}}}), 1u);
  EXPECT_EQ(make(group, "e", 2, Alloc::normal, {{1, {{50, 13}}}}), "1:50-51");
  EXPECT_EQ(make(group, "f", 2, Alloc::normal, {{1, {{10, 5}}}}), "1:10-11");
  EXPECT_EQ(make(group, "g", 3, Alloc::normal, {{1, {{10, 11}, {0, 6}}}}), "1:12-14");
  EXPECT_EQ(make(group, "h", 70, Alloc::normal, {{3, {{0, 63}}}, {2, {{0, 63}}}}), "2:5-62 3:20-31");
}

}  // namespace
}  // namespace rehearse::lvm
