#include "model/lvm/resize_ops.h"

#include <gtest/gtest.h>

#include "model/lvm/activation.h"
#include "model/lvm/cow_size.h"
#include "model/lvm/testing.h"
#include "model/op.h"

namespace rehearse::lvm {
namespace {

// vda and vdb of 63 extents each, and on vda these volumes, active.
World world_with(std::vector<Volume> volumes) {
  World world = group_world(256 * kMiB, {"vda", "vdb"});
  Group group = *find_group(world, "alpha", "vg")->group;
  group.volumes = std::move(volumes);
  commit(world, "alpha", group);
  activate_all(world, "alpha", *find_group(world, "alpha", "vg"));
  return world;
}

// An origin of ten extents and a snapshot of two.
World world_with_snapshot() {
  Volume snapshot = volume_at("s", 10, 2);
  snapshot.snapshot = SnapshotOf{"o", 8, false, 0};
  return world_with({volume_at("o", 0, 10), snapshot});
}

Report report_of(World& world, const std::string& line) {
  Words words;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  rehearse::Op op;
  const Mismatch bad = rehearse::parse(words, op);
  EXPECT_EQ(bad.kind, Mismatch::Kind::none) << line << ": " << bad.word;
  EXPECT_EQ(rehearse::claims(words), 1) << line;
  Report report;
  perform(world, "alpha", op, report);
  return report;
}

std::string said(World& world, const std::string& line) {
  std::string text;
  for (const Line& row : report_of(world, line).lines) text += (text.empty() ? "" : "\n") + row.text;
  return text;
}

const Volume& volume(const World& world, Name name) {
  static Part<Group> group;
  group = find_group(world, "alpha", "vg")->group;
  return *group->volume(name);
}

std::vector<Segment> segments(const World& world, Name name) { return volume(world, name).segments; }

// recordings lvm/lvextend-sizes
TEST(Extend, says_what_it_changed_and_how_it_rounded) {
  World world = world_with({volume_at("a", 0, 5)});
  EXPECT_EQ(said(world, "lvextend -L 24M vg/a"),
            "  Size of logical volume vg/a changed from 20.00 MiB (5 extents) to 24.00 MiB (6 extents).\n"
            "  Logical volume vg/a successfully resized.");
  EXPECT_EQ(said(world, "lvextend -L+1 vg/a"),
            "  Rounding size to boundary between physical extents: 4.00 MiB.\n"
            "  Size of logical volume vg/a changed from 24.00 MiB (6 extents) to 28.00 MiB (7 extents).\n"
            "  Logical volume vg/a successfully resized.");
  EXPECT_EQ(world.hosts.find("alpha")->device("mapper/vg-a")->size, 7 * kDefaultExtent);
}

TEST(Extend, counts_every_kind_of_per_cent) {
  World world = world_with({volume_at("a", 0, 14)});
  const auto extents_after = [&](const std::string& options) {
    report_of(world, "lvextend " + options);
    return volume(world, "a").extents();
  };
  EXPECT_EQ(extents_after("-l +10%VG vg/a"), 27u);
  EXPECT_EQ(extents_after("-l +10%FREE vg/a"), 37u);
  EXPECT_EQ(extents_after("-l +50%LV vg/a"), 56u);
  EXPECT_EQ(extents_after("-l 150%LV vg/a"), 84u);
  EXPECT_EQ(extents_after("-l +5%PVS vg/a /dev/vdb"), 87u);
  EXPECT_EQ(said(world, "lvextend -l 200%VG vg/a").substr(0, 59),
            "  Reducing 200%VG to remaining free space 504.00 MiB in VG.");
  EXPECT_EQ(volume(world, "a").extents(), 126u);
}

TEST(Extend, refuses_in_the_words_of_the_tool) {
  World world = world_with({volume_at("a", 0, 5)});
  const World before = world;
  EXPECT_EQ(said(world, "lvextend -L 20M vg/a"), "  New size (5 extents) matches existing size (5 extents).");
  EXPECT_EQ(said(world, "lvextend -l 3 vg/a"),
            "  New size given (3 extents) not larger than existing size (5 extents)");
  EXPECT_EQ(said(world, "lvextend -L +1G vg/a"),
            "  Insufficient free space: 256 extents needed, but only 121 available");
  EXPECT_EQ(said(world, "lvextend -L +1G vg/a /dev/vdb"),
            "  Insufficient free space: 256 extents needed, but only 63 available");
  EXPECT_EQ(said(world, "lvextend -L +4M vg/nope"), "  Logical volume nope not found in volume group vg.");
  EXPECT_EQ(said(world, "lvextend -L +4M vg/a /dev/vdd"),
            "  Physical Volume \"/dev/vdd\" not found in Volume Group \"vg\".");
  EXPECT_EQ(said(world, "lvextend -l +50%ORIGIN vg/a"), "  Specified LV does not have an origin LV.");
  EXPECT_EQ(said(world, "lvextend -L 0 vg/a"),
            "  --size may not be zero.\n  Run `lvextend --help' for more information.");
  EXPECT_EQ(
      said(world, "lvextend -L +4M -l +1 vg/a"),
      "  Please specify either size or extents but not both.\n  Run `lvextend --help' for more information.");
  EXPECT_EQ(said(world, "lvextend -L +4M a"),
            "  Please specify a logical volume path.\n  Run `lvextend --help' for more information.");
  EXPECT_EQ(said(world, "lvextend vg/a"),
            "  No command with matching syntax recognised.  Run 'lvextend --help' for more information.");
  EXPECT_EQ(said(world, "lvextend --use-policies vg/a"),
            "  Policy-based resize is supported only for snapshot, thin pool and vdo pool volumes.");
  EXPECT_EQ(world, before);
}

TEST(Extend, takes_extents_where_it_is_told) {
  World world = world_with({volume_at("a", 0, 5)});
  const std::uint64_t vdb = hash_of(Name("vdb"));
  report_of(world, "lvextend -l +3 vg/a /dev/vdb:30-40");
  EXPECT_EQ(segments(world, "a").back(), (Segment{5, 3, vdb, 30}));
  report_of(world, "lvextend vg/a /dev/vdb:50-52");
  EXPECT_EQ(segments(world, "a").back(), (Segment{8, 3, vdb, 50}));
  report_of(world, "lvextend -l +2 vg/a /dev/vdb:7+1:60-");
  EXPECT_EQ(segments(world, "a").back(), (Segment{11, 2, vdb, 60}));
  EXPECT_EQ(said(world, "lvextend -l +1 vg/a /dev/vdb:1-2:2-5"),
            "  Overlapping PE ranges specified (2-5, 1-2) on /dev/vdb.");
  EXPECT_EQ(said(world, "lvextend -l +1 vg/a /dev/vdb:60-63"),
            "  PE range error: start extent 60 to end extent 63.");
  EXPECT_EQ(said(world, "lvextend -l +1 vg/a /dev/vdb:x"), "  Physical extent parsing error at x.");
}

// recordings lvm/snapshot-extended-in-time, lvm/merge-pending-refusals
TEST(Extend, gives_a_snapshot_no_more_than_it_can_use) {
  World world = world_with_snapshot();
  EXPECT_EQ(said(world, "lvextend -l +100%FREE vg/s"),
            "  Reached maximum COW size 44.00 MiB (11 extents).\n"
            "  Size of logical volume vg/s changed from 8.00 MiB (2 extents) to 44.00 MiB (11 extents).\n"
            "  Logical volume vg/s successfully resized.");
  EXPECT_EQ(report_of(world, "lvextend -L +4M vg/s").status, 0);
  EXPECT_EQ(said(world, "lvextend -L 60M vg/s"),
            "  Reached maximum COW size 44.00 MiB (11 extents).\n"
            "  Size of logical volume vg/s unchanged from 44.00 MiB (11 extents).\n"
            "  Logical volume vg/s successfully resized.");
  EXPECT_EQ(world.hosts.find("alpha")->device("mapper/vg-s-cow")->size, 11 * kDefaultExtent);
}

TEST(Resize, changes_an_origin_only_while_it_is_inactive) {
  World world = world_with_snapshot();
  EXPECT_EQ(said(world, "lvextend -L +4M vg/o"),
            "  Snapshot origin volumes can be resized only while inactive: try lvchange -an.");
  EXPECT_EQ(said(world, "lvreduce -f -L 20M vg/o"),
            "  Snapshot origin volumes cannot be reduced in size yet.");
  deactivate(world, "alpha", "vg", "o");
  EXPECT_EQ(report_of(world, "lvresize -L +8M vg/o").status, 0);
  EXPECT_EQ(volume(world, "s").snapshot->extents, 10u);
  activate_all(world, "alpha", *find_group(world, "alpha", "vg"));
  EXPECT_EQ(world.hosts.find("alpha")->device("mapper/vg-s")->size, 10 * kDefaultExtent);
}

// recordings lvm/lvreduce
TEST(Reduce, wants_to_be_told_that_data_may_go) {
  World world = world_with({volume_at("a", 0, 25)});
  const std::string warning =
      "  WARNING: Reducing active logical volume to 80.00 MiB.\n"
      "  THIS MAY DESTROY YOUR DATA (filesystem etc.)\n";
  EXPECT_EQ(said(world, "lvreduce -L 80M vg/a"),
            warning + "Do you really want to reduce vg/a? [y/n]: [n]\n  Logical volume vg/a NOT reduced.");
  const std::string changed =
      "  Size of logical volume vg/a changed from 100.00 MiB (25 extents) to 80.00 MiB (20 extents).\n"
      "  Logical volume vg/a successfully resized.";
  World forced = world;
  EXPECT_EQ(said(forced, "lvreduce -f -L 80M vg/a"), warning + changed);
  EXPECT_EQ(said(world, "lvresize -y -L -20M vg/a"), warning + changed);
  deactivate(world, "alpha", "vg", "a");
  EXPECT_EQ(report_of(world, "lvreduce -l 5 vg/a").lines.size(), 2u);
}

TEST(Reduce, takes_no_more_off_than_asked_and_leaves_one_extent) {
  World world = world_with({volume_at("a", 0, 5)});
  EXPECT_EQ(said(world, "lvreduce -f -L -1M vg/a"),
            "  Rounding size to boundary between physical extents: 0   .\n"
            "  New size (5 extents) matches existing size (5 extents).");
  EXPECT_EQ(said(world, "lvreduce -f -l -5 vg/a"), "  Unable to reduce vg/a below 1 extent.");
  EXPECT_EQ(said(world, "lvreduce -f -L 60M vg/a"),
            "  New size given (15 extents) not less than existing size (5 extents)");
  report_of(world, "lvreduce -f -l -25%LV vg/a");
  EXPECT_EQ(volume(world, "a").extents(), 4u);
}

TEST(CowSize, is_what_lvcreate_cuts_a_snapshot_down_to) {
  EXPECT_EQ(cow_max_size(16384, 8), 16464u);
  const Group group = *find_group(world_with({volume_at("o", 0, 10)}), "alpha", "vg")->group;
  for (const Sectors chunk : {8u, 128u, 1024u})
    EXPECT_EQ(cow_max_extents(group, *group.volume("o"), chunk), 11u);
}

}  // namespace
}  // namespace rehearse::lvm
