// What is judged of replicated resources, and what runbooks may say of them, played on the library's own
// pair: r0 is mounted on alpha with 4 MiB in /mnt/orders, beta is its secondary.
#include <gtest/gtest.h>

#include "scenarios/player.h"
#include "scenarios/world_file.h"

namespace rehearse {
namespace {

struct Paired : testing::Test {
  // Plays lines; what was found is in `found`, "RH701 r0: the two sides ...", one for each finding.
  void rehearse(const std::string& lines) {
    const std::string folder = REHEARSE_SCENARIOS "/drbd/";
    auto read = read_runbook("# A test\n```include\npaired.include.md\n```\n```console\n" + lines + "```\n",
                             folder + "test.md", load_file);
    if (const auto* bad = std::get_if<InputError>(&read)) throw std::runtime_error(bad->text());
    runbook = std::get<Runbook>(std::move(read));
    PlayOptions options;
    options.judge = make_judge;
    rehearsal = play(runbook, std::get<World>(load_world(folder + "pair.world.json")), options);
    for (const PlacedFinding* row : rehearsal.findings()) {
      found.push_back(row->finding.code + " " + row->finding.subject + ": " + row->finding.what);
    }
    for (const Complaint* row : rehearsal.all_complaints()) {
      if (row->what.starts_with("it does not hold: ")) failed.push_back(row->what.substr(18));
    }
  }
  std::string codes() const {
    std::string all;
    for (const std::string& row : found) all += (all.empty() ? "" : " ") + row.substr(0, 5);
    return all;
  }

  Runbook runbook;
  Rehearsal rehearsal;
  std::vector<std::string> found;
  std::vector<std::string> failed;
};

using Texts = std::vector<std::string>;

constexpr const char* kApart =
    "! the link is cut\n"
    "alpha# dd if=/dev/urandom of=/mnt/more bs=1M count=2\n"
    "alpha# sync\n"
    "beta# drbdadm primary r0\n";

TEST_F(Paired, tells_for_either_victim_what_would_be_lost_when_they_part_and_when_they_meet) {
  rehearse(std::string(kApart) +
           "beta# mount /dev/drbd0 /mnt\n"
           "beta# dd if=/dev/urandom of=/mnt/others bs=1M count=1\n"
           "beta# sync\n"
           "alpha# drbdadm disconnect r0\n"  // that is no meeting
           "alpha# drbdadm connect r0\n"
           "! the link is healed\n");
  EXPECT_EQ(
      found,
      (Texts{"RH701 r0: the two sides of r0 part, and cannot be joined again without a victim: if it is "
             "alpha, 2.00 MiB that alpha wrote to /mnt/more is lost; if it is beta, nothing that was "
             "acknowledged",
             "RH703 r0: beta is made Primary of r0 without 2.00 MiB that alpha wrote to /mnt/more, which "
             "only alpha has",
             "RH701 r0: the two sides of r0 meet, find that both have gone on alone, and wait for somebody "
             "to choose a victim: if it is alpha, 2.00 MiB that alpha wrote to /mnt/more is lost; if it is "
             "beta, 1.00 MiB that beta wrote to /mnt/others"}));
}

TEST_F(Paired, does_not_miss_what_the_users_of_the_other_side_have_removed) {
  rehearse(
      "! the link is cut\n"
      "alpha# rm /mnt/orders\n"
      "alpha# sync\n"
      "beta# drbdadm primary r0\n");
  ASSERT_EQ(codes(), "RH701");
  EXPECT_NE(found[0].find("if it is beta, nothing that was acknowledged"), std::string::npos) << found[0];
}

TEST_F(Paired, count_nothing_as_lost_that_is_copied_over_with_newer_data) {
  rehearse(
      "! the link is cut\n"
      "alpha# rm /mnt/orders\n"
      "alpha# dd if=/dev/urandom of=/mnt/new bs=1M count=6\n"
      "alpha# sync\n"
      "! the link is healed\n"
      "~ settle\n");
  EXPECT_EQ(codes(), "");
}

TEST_F(Paired, remember_what_a_host_without_power_has_on_its_disk) {
  rehearse(
      "! the link is cut\n"
      "alpha# dd if=/dev/urandom of=/mnt/more bs=1M count=2\n"
      "alpha# sync\n"
      "! alpha loses power\n"
      "! the link is healed\n"
      "beta# drbdadm primary r0\n");
  ASSERT_EQ(codes(), "RH701 RH703");
  EXPECT_NE(found[1].find("without 2.00 MiB that alpha wrote to /mnt/more, which only alpha has"),
            std::string::npos)
      << found[1];
}

TEST_F(Paired, remember_nothing_of_a_disk_that_was_written_anew) {
  rehearse(
      "! the link is cut\n"
      "alpha# dd if=/dev/urandom of=/mnt/more bs=1M count=2\n"
      "alpha# umount /mnt\n"
      "alpha# drbdadm down r0\n"
      "alpha# dd if=/dev/zero of=/dev/vda bs=1M count=60\n"
      "beta# drbdadm primary r0\n");
  EXPECT_EQ(codes(), "RH301") << "the dd is the loss, the promotion is none";
}

TEST_F(Paired, do_not_call_a_failed_disk_different) {
  rehearse("! disk vda of beta fails\n");
  EXPECT_EQ(codes(), "");
}

TEST_F(Paired, tell_of_a_resync_that_throws_writes_away_when_it_begins_and_of_who_is_above_it) {
  rehearse(std::string(kApart) +
           "beta# drbdadm secondary r0\n"
           "! the link is healed\n"
           "alpha# umount /mnt\n"
           "alpha# drbdadm secondary r0\n"
           "alpha# drbdadm connect --discard-my-data r0\n"
           "beta# drbdadm connect r0\n");
  EXPECT_EQ(codes(), "RH701 RH703 RH701 RH704");
  EXPECT_EQ(found.back(),
            "RH704 r0: alpha takes over the data of r0 from beta: 2.00 MiB that alpha wrote to "
            "/mnt/more is thrown away");
}

TEST_F(Paired, takes_two_connected_sides_for_one_disk) {
  rehearse(
      "alpha# umount /mnt\n"
      "alpha# drbdadm disconnect r0\n"
      "beta# drbdadm disconnect r0\n"
      "alpha# sed -i 's/protocol C;/protocol C; net { allow-two-primaries; }/' /etc/drbd.d/r0.res\n"
      "beta# sed -i 's/protocol C;/protocol C; net { allow-two-primaries; }/' /etc/drbd.d/r0.res\n"
      "alpha# drbdadm secondary r0\n"
      "alpha# drbdadm connect r0\n"
      "beta# drbdadm connect r0\n"
      "~ settle\n"
      "alpha# drbdadm primary r0\n"
      "beta# drbdadm primary r0\n"
      "alpha# mount /dev/drbd0 /mnt\n"
      "beta# mount /dev/drbd0 /mnt\n");
  EXPECT_EQ(codes(), "RH401") << (found.empty() ? "" : found[0]);
}

TEST_F(Paired, may_be_spoken_of_by_role_connection_and_disk) {
  rehearse(
      "? r0 is Primary on alpha\n"
      "? r0 is Primary\n"
      "? r0/0 is UpToDate on beta\n"
      "? r0 is not StandAlone\n"
      "? r0 is Primary on beta\n"
      "? r0 is not Secondary\n"
      "? r0 is SyncSource\n"
      "? r0/1 is UpToDate\n"
      "? r9 is not Primary\n"
      "? r9 is Primary on beta\n"
      "? r0 is suspended on alpha\n"
      "alpha# drbdadm suspend-io r0\n"
      "? r0 is suspended on alpha\n");
  EXPECT_EQ(failed, (Texts{"r0 is Secondary on beta", "r0 is Secondary on beta",
                           "r0 is Connected on alpha, Connected on beta", "r0/1 is configured on no host",
                           "r9 is not configured on beta", "r0 is not suspended on alpha"}));
}

TEST_F(Paired, may_be_spoken_of_by_what_lies_on_their_disks) {
  rehearse(std::string(kApart) +
           "? r0 has a split brain\n"
           "? r0 is not the same on both sides\n"
           "? r0 has at least 2M out of sync on alpha\n"
           "? r0 has nothing out of sync on beta\n"
           "? r0 has no split brain\n"
           "? r0 is the same on both sides\n"
           "? r0 has nothing out of sync\n"
           "? r0 has at most 4k out of sync on alpha\n"
           "? r0 has at least 4k out of sync on beta\n"
           "! beta loses power\n"
           "? r0 is the same on both sides\n");
  ASSERT_EQ(failed.size(), 6u);
  EXPECT_EQ(failed[0], "r0 has a split brain");
  EXPECT_EQ(failed[1], "r0 is not the same on alpha and beta");
  EXPECT_EQ(failed[2].substr(0, 9), "r0 has 2.");
  EXPECT_EQ(failed[3], failed[2]);
  EXPECT_EQ(failed[4], "r0 has nothing out of sync on beta");
  EXPECT_EQ(failed[5], "r0 has no two sides with disks");
}

TEST_F(Paired, cannot_be_compared_where_a_disk_does_not_answer) {
  rehearse("! disk vda of beta fails\n? r0 is the same on both sides\n");
  EXPECT_EQ(failed, Texts{"a disk of r0 cannot be read"});
}

}  // namespace
}  // namespace rehearse
