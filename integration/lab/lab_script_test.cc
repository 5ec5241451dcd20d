// Scripts for the lab, read.
#include "integration/lab/lab_script.h"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

using Kind = LabFault::Kind;

LabScript script(std::string_view text) {
  auto read = read_lab_script(text, "script");
  const auto* bad = std::get_if<InputError>(&read);
  EXPECT_EQ(bad, nullptr) << bad->text();
  return bad == nullptr ? std::get<LabScript>(read) : LabScript();
}

std::string error(std::string_view text) {
  auto read = read_lab_script(text, "script");
  const auto* bad = std::get_if<InputError>(&read);
  return bad == nullptr ? "none" : bad->text();
}

TEST(LabScript, has_commands_faults_and_times_as_recordings_have_them) {
  const LabScript read = script(
      "# About.\n"
      "lab: disks=2 size=64M\n"
      "\n"
      "alpha# echo one \\\n"
      "  two\n"
      "root@alpha:~# lvs\n"
      "! alpha loses power\n"
      "~ 3 seconds pass\n"
      "~ until alpha# true\n"
      "~ settle\n");
  EXPECT_EQ(read.guests, 1U);
  EXPECT_EQ(read.disks, 2U);
  EXPECT_EQ(read.disk_size, 64 * kMiB);
  ASSERT_EQ(read.lines.size(), 7U);
  EXPECT_EQ(read.lines[0].kind, LabLine::Kind::comment);
  EXPECT_EQ(read.lines[1].command, "echo one \\\n  two");
  EXPECT_EQ(read.lines[1].line, 4U);
  EXPECT_EQ(read.lines[2].command, "lvs");
  EXPECT_EQ(read.lines[3].fault.kind, Kind::power_off);
  EXPECT_EQ(read.lines[4].time, std::chrono::seconds(3));
  EXPECT_EQ(read.lines[5].kind, LabLine::Kind::until);
  EXPECT_EQ(read.lines[5].command, "true");
  EXPECT_EQ(read.lines[6].kind, LabLine::Kind::settle);
}

TEST(LabScript, says_what_its_guests_are_to_have) {
  EXPECT_EQ(script("lab: disks=2 size=64M\n").with, LabWith::tools);
  EXPECT_EQ(script("lab: disks=2 size=64M with=qemu\n").with, LabWith::qemu);
  EXPECT_EQ(error("lab: disks=2 with=libvirt\n"),
            "script:1: the lab has no libvirt; expected a script without `with=libvirt`");
}

TEST(LabScript, is_read_from_a_recording_without_what_the_commands_said) {
  const LabScript read = script(
      "lab: disks=4 size=256M\n\n"
      "alpha# cat /etc/motd\n# not a comment\n! nor a fault\n[0]\n\n"
      "! plug alpha vdb\n[it is now vde]\n\n"
      "alpha# sleep 100\n[timed out]\n\n"
      "# stops here: alpha went down\n");
  ASSERT_EQ(read.lines.size(), 3U);
  EXPECT_EQ(read.lines[0].command, "cat /etc/motd");
  EXPECT_EQ(read.lines[1].fault.kind, Kind::plug);
  EXPECT_EQ(read.lines[2].command, "sleep 100");
}

TEST(LabScript, is_read_from_a_recording_to_which_commands_were_added) {
  const LabScript read = script("alpha# one\nyes\n[0]\n\nalpha# two\n\nbeta# three\n\nalpha# four\n");
  ASSERT_EQ(read.lines.size(), 4U);
  EXPECT_EQ(read.lines[1].command, "two");
  EXPECT_EQ(read.lines[3].command, "four");
}

TEST(LabScript, needs_two_guests_when_it_speaks_of_beta) {
  EXPECT_EQ(script("alpha# true\n").guests, 1U);
  EXPECT_EQ(script("beta# true\n").guests, 2U);
  EXPECT_EQ(script("! kill beta\n").guests, 2U);
  EXPECT_EQ(script("lab: guests=2\nalpha# true\n").guests, 2U);
}

TEST(LabScript, says_what_it_cannot_read) {
  EXPECT_EQ(error("alpha# true\ngamma# true\n"), "script:2: no guest gamma; expected alpha or beta");
  EXPECT_EQ(
      error("nonsense\n"),
      "script:1: expected `alpha# COMMAND`, `! FAULT`, `~ TIME`, `lab: disks=N size=SIZE` or a comment");
  EXPECT_EQ(error("~ echelon writes 1M to /\n"),
            "script:1: expected `~ N seconds pass`, `~ settle` or `~ until GUEST# COMMAND`");
  EXPECT_TRUE(error("! alpha explodes\n").starts_with("script:1: no fault that the lab knows; besides"));
  EXPECT_TRUE(error("! trolls loses power\n").starts_with("script:1: no fault that the lab knows"));
  EXPECT_TRUE(error("lab: colour=red\n").starts_with("script:1: expected disks=N"));
}

TEST(LabFault, is_read_in_the_words_of_runbooks_of_recordings_and_in_its_own) {
  const auto read = [](const char* words) {
    return read_lab_fault(words).value_or(LabFault{.kind = Kind::heal, .guest = "?"});
  };
  EXPECT_EQ(read("alpha powers on"), read("boot alpha"));
  EXPECT_EQ(read("disk vdb of alpha is unplugged"), read("unplug alpha vdb"));
  EXPECT_EQ(read("disk vdb of alpha is plugged"), read("plug alpha vdb"));
  EXPECT_EQ(read("disk vdb of alpha fails"), read("fail alpha vdb both"));
  EXPECT_EQ(read("disk vdb of alpha fails reads"), read("fail alpha vdb read"));
  EXPECT_EQ(read("disk vdb of alpha fails writes"), read("fail alpha vdb write"));
  EXPECT_EQ(read("disk vdb of alpha is mended"), read("mend alpha vdb"));
  EXPECT_EQ(read("the link is cut"), read("cut"));
  EXPECT_EQ(read("the link is healed"), read("heal"));
  EXPECT_EQ(read("disk vdb of beta hangs"), (LabFault{.kind = Kind::hang, .guest = "beta", .disk = "vdb"}));
  EXPECT_EQ(read("disk vdb of beta caches writes"),
            (LabFault{.kind = Kind::cache_writes, .guest = "beta", .disk = "vdb"}));
  EXPECT_EQ(
      read("disk vda of alpha fails from 8M for 64k"),
      (LabFault{
          .kind = Kind::fail, .guest = "alpha", .disk = "vda", .errors = {true, true, Range{16384, 128}}}));
  EXPECT_EQ(
      read("disk vda of alpha fails reads from 8M for 64k"),
      (LabFault{
          .kind = Kind::fail, .guest = "alpha", .disk = "vda", .errors = {true, false, Range{16384, 128}}}));
  EXPECT_EQ(read("the link is slowed by 200ms"),
            (LabFault{.kind = Kind::slow, .delay = std::chrono::milliseconds(200)}));
  EXPECT_EQ(read("the link is slowed to 64k per second"), (LabFault{.kind = Kind::slow, .rate = 64 * kKiB}));
  EXPECT_EQ(read("disk vda of alpha tears writes by seed 7"),
            (LabFault{.kind = Kind::tear_writes, .guest = "alpha", .disk = "vda", .seed = 7}));
  for (const char* words :
       {"", "the link is slowed by 0ms", "the link is slowed by 20s", "the link is slowed to 0B per second",
        "the link is slowed to 64k per hour", "disk vda of alpha tears writes by seed x",
        "fail alpha vda never", "disk vda of alpha fails from 8M for 100B", "disk vda of gamma hangs",
        "the link from alpha to gamma is cut", "kill"}) {
    EXPECT_EQ(read_lab_fault(words), std::nullopt) << words;
  }
}

TEST(LabFault, is_written_as_it_is_read) {
  for (const char* words : {"alpha loses power",
                            "beta powers on",
                            "disk vdb of alpha is unplugged",
                            "disk vdb of alpha is plugged",
                            "disk vdb of alpha fails",
                            "disk vdb of alpha fails reads",
                            "disk vdb of alpha fails writes",
                            "disk vdb of alpha is mended",
                            "disk vdb of alpha hangs",
                            "disk vdb of alpha caches writes",
                            "alpha hangs",
                            "beta goes on",
                            "disk vdb of alpha tears writes by seed 18446744073709551615",
                            "disk vda of alpha fails reads from 8M for 64k",
                            "disk vda of alpha fails from 512B for 1536B",
                            "the link is cut",
                            "the link is slowed by 200ms",
                            "the link is slowed to 1M per second",
                            "the link is healed",
                            "the link loses large packets",
                            "the link from alpha to beta is cut",
                            "the link from beta to alpha is slowed by 200ms",
                            "the link from alpha to beta loses large packets",
                            "the link from beta to alpha is healed"}) {
    const auto fault = read_lab_fault(words);
    ASSERT_TRUE(fault) << words;
    EXPECT_EQ(words_of(*fault), words);
  }
  const auto of_host = read_lab_fault("disk sda of trolls hangs", {"trolls"});
  ASSERT_TRUE(of_host);
  EXPECT_EQ(of_host->guest, "trolls");
  EXPECT_EQ(read_lab_fault("disk sda of alpha hangs", {"trolls"}), std::nullopt);
}

TEST(LabFault, is_a_step_of_a_runbook_where_the_lab_can_do_it) {
  const auto cut = lab_fault_of(LinkEvent{"alpha", "beta"});
  ASSERT_TRUE(cut);
  EXPECT_EQ(words_of(*cut), "the link is cut");
  const auto slowed = lab_fault_of(LinkEvent{{}, {}, false, LinkFault::slowed, 200});
  ASSERT_TRUE(slowed);
  EXPECT_EQ(words_of(*slowed), "the link is slowed by 200ms");
  const auto one_way = lab_fault_of(LinkEvent{"alpha", "beta", true});
  ASSERT_TRUE(one_way);
  EXPECT_EQ(words_of(*one_way), "the link from alpha to beta is cut");
  const auto loses = lab_fault_of(LinkEvent{{}, {}, false, LinkFault::loses_large});
  ASSERT_TRUE(loses);
  EXPECT_EQ(words_of(*loses), "the link loses large packets");
  const auto hangs = lab_fault_of(HostEvent{"trolls", true});
  ASSERT_TRUE(hangs);
  EXPECT_EQ(words_of(*hangs), "trolls hangs");
}

}  // namespace
}  // namespace rehearse
