#include "scenarios/world_capture.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "backends/model_backend.h"
#include "backends/observe/model.h"
#include "scenarios/capture_read.h"
#include "scenarios/world_file.h"

namespace rehearse {
namespace {

CapturedHost archived() {
  return std::get<CapturedHost>(capture_archive(REHEARSE_SCENARIOS "/archive/alpha"));
}

bool notes_say(const Captured& captured, std::string_view words) {
  return std::any_of(captured.notes.begin(), captured.notes.end(),
                     [&](const std::string& note) { return note.find(words) != std::string::npos; });
}

TEST(Capture, of_a_real_machines_outputs_shows_the_same) {
  const CapturedHost host = archived();
  EXPECT_EQ(host.name, "alpha");
  EXPECT_EQ(host.unread, (std::vector<std::string>{"not read: /etc/hostname", "not read: /etc/inittab"}));
  const Captured captured = world_from({host});
  const Observation after = observe(captured.world, "alpha");
  EXPECT_EQ(difference(normalised(host.seen), normalised(after), "on the machine", "in the world"),
            std::vector<std::string>());
  EXPECT_EQ(normalised(after), normalised(host.seen));
  EXPECT_EQ(captured.world.hosts.find("alpha")->hardware->memory_mib, 223u);
  EXPECT_TRUE(notes_say(captured, "alpha: which chunks vg-snap holds is not known"));
}

TEST(Capture, can_be_rehearsed_on) {
  ModelBackend backend(world_from({archived()}).world);
  for (const char* line : {"cat /etc/fstab", "lvcreate -s -L 8M -n third vg/zed", "mkfs.ext4 -q /dev/vg/zed",
                           "lvremove -f vg/snap2", "vgextend vg /dev/vdd"}) {
    const Outcome outcome = backend.run_line("alpha", line);
    EXPECT_EQ(outcome.verdict, Outcome::Verdict::done) << line;
    EXPECT_EQ(outcome.report.status, 0) << line;
  }
  backend.play(PowerOff{"alpha"});
  backend.play(PowerOn{"alpha"});
  const Observation seen = observe(backend.world(), "alpha");
  EXPECT_EQ(seen.volumes.size(), 3u);
  EXPECT_EQ(seen.mapped.size(), 6u);
}

TEST(Capture, keeps_its_notes_in_the_world_file) {
  const Captured captured = world_from({archived()});
  const std::string text = write_world(captured.world, captured.notes);
  EXPECT_NE(text.find("which chunks vg-snap holds"), std::string::npos);
  const auto again = read_world(text, "captured.json");
  ASSERT_TRUE(std::holds_alternative<World>(again));
  EXPECT_EQ(std::get<World>(again), captured.world);
}

// What the model does not know must not be kinder than it is, and must be said.
TEST(Capture, names_what_is_not_modelled_and_keeps_its_room) {
  CapturedHost host{"beta", {}, {}, 1024, {}};
  Observation& seen = host.seen;
  seen.devices = {{"sda", "disk", 4 * kGiB, false, "", {}, "", {}},
                  {"md0", "raid1", kGiB, false, "", {}, "", {"sda"}},
                  {"mapper/vault", "crypt", kGiB, false, "/vault", {}, "", {"md0"}},
                  {"sr0", "rom", 700 * kMiB, false, "", {}, "", {}}};
  seen.mapped = {{"vault", 0, false, false, 1, {{0, 2097152, "crypt", "aes 0 md0 0", ""}}}};
  seen.pvs = {
      {"/dev/sda", {"pv"}, "vg", 0, "a--", 4 * kGiB, 4092 * kMiB, 4072 * kMiB, kMiB, 1023, 5, "blue"}};
  seen.groups = {{"vg", {"vg"}, "wz--n-", 7, 4 * kMiB, 1023, 1018, 0, 0, ""}};
  seen.volumes = {{"vg",
                   "pool",
                   {"lv"},
                   0,
                   "twi-a-tz--",
                   20 * kMiB,
                   "",
                   0,
                   0,
                   "",
                   "",
                   {{0, 5, "thin-pool", "pool_tdata:0-4"}}}};
  seen.signatures = {{"sda", "LVM2_member", {"pv"}, "", 0}, {"mapper/vault", "xfs", {"fs"}, "", 512}};
  const Captured captured = world_from({host, host});
  for (const char* words :
       {"beta: md0 (raid1) is not modelled: it is taken as a disk of its own", "sr0 (rom) is left out",
        "vault (crypt) is not modelled: it is taken as a disk of its own, captured-vault",
        "volume vg/pool (thin-pool) is not modelled: only the room it takes is kept",
        "5 extents of /dev/sda in group vg are taken by captured_vg_0", "tags of /dev/sda",
        "xfs on mapper/vault", "beta: left out: there is such a host already"}) {
    EXPECT_TRUE(notes_say(captured, words)) << words;
  }
  const Observation after = observe(captured.world, "beta");
  ASSERT_EQ(after.groups.size(), 1u);
  EXPECT_EQ(after.groups[0].free_extents, 1018u);
  ModelBackend backend(captured.world);
  EXPECT_EQ(backend.run_line("beta", "mount /dev/mapper/vault /mnt").verdict, Outcome::Verdict::refused);
}

TEST(CaptureArchive, says_what_it_misses) {
  const auto none = capture_archive("/nonexistent");
  ASSERT_TRUE(std::holds_alternative<InputError>(none));
  EXPECT_EQ(std::get<InputError>(none).text(),
            "/nonexistent: expected kept outputs such as pvs.json, there are none");
}

}  // namespace
}  // namespace rehearse
