#include "backends/observation.h"

#include <gtest/gtest.h>

#include "backends/observe/model.h"
#include "backends/observe/reports.h"
#include "backends/shell/model_shell.h"
#include "model/fs/tree.h"

namespace rehearse {
namespace {

// What lvm2 2.03.16, dmsetup, lsblk and blkid of util-linux 2.38 printed on one machine.
ReportTexts real_texts() { return load_reports(REHEARSE_ARCHIVE); }

Observation real() { return std::get<Observation>(read_reports(real_texts())); }

TEST(ReadReports, understands_what_the_real_tools_print) {
  const Observation seen = real();
  ASSERT_EQ(seen.pvs.size(), 3u);
  EXPECT_EQ(seen.pvs[0].path, "/dev/vda");
  EXPECT_EQ(seen.pvs[0].place, 1u);
  EXPECT_EQ(seen.pvs[1].place, 0u);
  ASSERT_EQ(seen.groups.size(), 1u);
  EXPECT_EQ(seen.groups[0].free_extents, 104u);
  ASSERT_EQ(seen.volumes.size(), 2u);
  EXPECT_EQ(seen.volumes[0].name, "snap");
  EXPECT_EQ(seen.volumes[0].place, 1u);
  EXPECT_EQ(seen.volumes[0].segments, (std::vector<seen::Segment>{{0, 2, "linear", "/dev/vdb:20-21"}}));
  ASSERT_EQ(seen.mapped.size(), 5u);
  EXPECT_TRUE(seen.mapped[0].suspended);
  EXPECT_TRUE(seen.mapped[0].targets.empty());
  EXPECT_EQ(seen.mapped[1].targets,
            (std::vector<seen::Target>{
                {0, 81920, "snapshot", "mapper/vg-zed-real mapper/vg-snap-cow P 8", "16/16384 16"}}));
  EXPECT_EQ(seen.mapped[2].targets[0].arguments, "vdb 165888");
  EXPECT_TRUE(seen.mapped[3].read_only);
  EXPECT_EQ(seen.mapped[4].targets[0].arguments, "254:64 2048");  // a disk that went away
  ASSERT_EQ(seen.devices.size(), 3u);
  EXPECT_EQ(seen.devices[0].parents, (std::vector<std::string>{"mapper/vg-snap-cow", "mapper/vg-zed-real"}));
  EXPECT_EQ(seen.devices[2].start, 2048u);
  EXPECT_EQ(seen.devices[2].partition_type, "82");
  ASSERT_EQ(seen.signatures.size(), 2u);
  EXPECT_EQ(seen.signatures[0].label, "my label");
  EXPECT_EQ(seen.mounts,
            (std::vector<seen::Mount>{{"/dev/mapper/vg-snap", "/mnt/a b", "ext4", "rw,relatime"}}));
  EXPECT_EQ(seen.swaps, (std::vector<seen::Swap>{{"mapper/vg-snap-cow", 10236 * 1024, -2}}));
}

TEST(ReadReports, takes_the_output_of_the_one_call_apart) {
  std::string output;
  const ReportTexts texts = real_texts();
  for (const ReportSource& source : report_sources()) {
    output += "=== report " + std::string(source.file) + "\n" +
              texts[static_cast<std::size_t>(source.of)].text + "\n=== end 0\n";
  }
  const auto split = split_reports(output);
  ASSERT_TRUE(std::holds_alternative<ReportTexts>(split));
  EXPECT_EQ(std::get<Observation>(read_reports(std::get<ReportTexts>(split))), real());
  const auto cut = split_reports(std::string_view(output).substr(0, output.size() - 4));
  ASSERT_TRUE(std::holds_alternative<Unobserved>(cut));
  EXPECT_EQ(
      std::get<Unobserved>(cut).text(),
      "cat /proc/drbd > /dev/null && drbdadm -v get-gi all: expected the end of its output, it is cut off");
}

TEST(ReadReports, tie_generation_identifiers_to_their_devices) {
  ReportTexts texts = real_texts();
  texts[static_cast<std::size_t>(ReportOf::drbd)] = {
      true, 0,
      "version: 8.4.11 (api:1/proto:86-101)\nsrcversion: F73C670A7EC572DB9CF3E5B \n"
      " 0: cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate C r-----\n"
      "    ns:0 nr:0 dw:0 dr:0 al:8 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:0\n"
      " 1: cs:WFConnection ro:Secondary/Unknown ds:Diskless/DUnknown C r-----\n"
      "    ns:0 nr:0 dw:0 dr:0 al:0 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:b oos:0\n"};
  const auto gi = [&](const std::string& text) {
    texts[static_cast<std::size_t>(ReportOf::drbd_gi)] = {true, 1, text};
    return read_reports(texts);
  };
  const Observing read =
      gi("drbdsetup-84 get-gi 0\n"
         "A3C5B99FCA1FA581:0000000000000000:2C5E8026DC52EEC6:0000000000000004:1:1:1:1:0:0:0\n"
         "drbdsetup-84 get-gi 1\n"
         "drbdmeta 1 v08 /dev/vdb internal get-gi\n"
         "0000000000000004:0000000000000000:0000000000000000:0000000000000000:0:0:0:0:0:0:0\n"
         "drbdsetup-84 get-gi 2\n");
  ASSERT_TRUE(std::holds_alternative<Observation>(read)) << std::get<Unobserved>(read).text();
  const Observation& seen = std::get<Observation>(read);
  ASSERT_EQ(seen.replicas.size(), 2u);
  EXPECT_EQ(seen.replicas[0].current, Identity{"A3C5B99FCA1FA580"});
  EXPECT_EQ(seen.replicas[0].bitmap, Identity{});
  EXPECT_EQ(seen.replicas[0].younger, Identity{"2C5E8026DC52EEC6"});
  EXPECT_EQ(seen.replicas[0].marks, "1-0n");
  EXPECT_EQ(seen.replicas[0].generation, "1:1:1:1:0:0:0");
  EXPECT_EQ(seen.replicas[1].marks, "n---");
  EXPECT_EQ(std::get<Observation>(read_observation(as_json(seen))), seen);
  const Observing odd = gi("drbdsetup-84 get-gi 0\nA3C5B99FCA1FA581:0:0:0:1:1:1:1:0:0:0\n");
  ASSERT_TRUE(std::holds_alternative<Unobserved>(odd));
  EXPECT_EQ(std::get<Unobserved>(odd).text(),
            "drbdadm get-gi: expected generation identifiers: \"A3C5B99FCA1FA581:0:0:0:1:1:1:1:0:0:0\"");
}

// Both sides of a pair, while it is made, used, apart and synchronised: what the model shows of itself is
// what is read out of what it prints.
TEST(ReadReports, read_of_a_modelled_pair_what_the_model_shows) {
  World world;
  for (const auto& [name, address] : {std::pair("alpha", "10.0.0.1"), std::pair("beta", "10.0.0.2")}) {
    add_host(world, name, {{"vda", 64 * kMiB}});
    world.hosts.edit(name).hardware.edit().addresses = {address};
    world.hosts.edit(name).root.edit().put(
        fs::text_file("/etc/drbd.conf",
                      "resource r0 {\n  device /dev/drbd0;\n  disk /dev/vda;\n  meta-disk internal;\n"
                      "  on alpha { address 10.0.0.1:7788; }\n  on beta { address 10.0.0.2:7788; }\n}\n"));
  }
  auto model = std::make_shared<ModelBackend>(world);
  std::string marks;
  for (const char* line : {"alpha modprobe drbd", "beta modprobe drbd", "alpha drbdadm create-md --force r0",
                           "beta drbdadm create-md --force r0", "alpha drbdadm up r0", "beta drbdadm up r0",
                           "alpha drbdadm primary --force r0", "beta drbdadm disconnect r0",
                           "beta drbdadm detach r0", "alpha drbdadm down r0"}) {
    const std::string_view text(line);
    const std::size_t space = text.find(' ');
    model->run_line(Name(text.substr(0, space)), text.substr(space + 1));
    for (const char* host : {"alpha", "beta"}) {
      ModelShell shell(model, host);
      const Observing read = observe(shell);
      ASSERT_TRUE(std::holds_alternative<Observation>(read))
          << line << ": " << std::get<Unobserved>(read).text();
      const Observation shown = observe(model->world(), host);
      EXPECT_EQ(difference(std::get<Observation>(read), shown, "read", "shown"), std::vector<std::string>())
          << line;
      if (!shown.replicas.empty()) marks += shown.replicas[0].marks + " ";
    }
  }
  // Fresh; the source and its target while they are synchronised; what was detached is read from the disk.
  // The mark of the base, drawn for the resync, is chance.
  EXPECT_EQ(marks, "n--- n--- n--- 11n- 0--- 11n- 0--- 11n- 0--- 0--- ");
}

TEST(ReadReports, name_the_command_and_what_was_expected) {
  const auto complaint = [](std::size_t which, const std::string& text, int status = 0) {
    ReportTexts texts = real_texts();
    texts[which] = {true, status, text};
    const Observing read = read_reports(texts);
    const auto* bad = std::get_if<Unobserved>(&read);
    return bad ? bad->text() : "read";
  };
  EXPECT_EQ(complaint(0, "bash: pvs: command not found"), "pvs: expected a report as JSON");
  EXPECT_EQ(complaint(2, "vg-zed|253|x|L--w|0\n"),
            "dmsetup info: expected NAME|MAJOR|MINOR|ATTR|OPEN: \"vg-zed|253|x|L--w|0\"");
  EXPECT_EQ(complaint(3, "other: 0 8 linear 254:0 0\n"),
            "dmsetup table: expected a device that dmsetup info tells of: \"other: 0 8 linear 254:0 0\"");
  EXPECT_EQ(complaint(5, "{}"), "lsblk: expected JSON with \"blockdevices\"");
  EXPECT_EQ(complaint(6, "", 2), "read");  // nothing found
  EXPECT_EQ(complaint(6, "", 4), "blkid -c /dev/null -o export: expected exit status 0, it is 4");
  EXPECT_EQ(complaint(4, "", 127), "dmsetup status: there is no program dmsetup");
  EXPECT_EQ(complaint(8, "/dev/vda partition much 0 -2\n"),
            "/proc/swaps: expected FILENAME TYPE SIZE USED PRIORITY: \"/dev/vda partition much 0 -2\"");
}

TEST(Difference, says_in_words_what_differs) {
  const Observation a = real();
  Observation b = a;
  EXPECT_TRUE(difference(a, b).empty());
  b.volumes[0].size += 4096;
  b.mapped[1].targets[0].status = "24/16384 16";
  b.mounts.clear();
  b.pvs[0].uuid = {"other"};
  EXPECT_EQ(
      difference(a, b, "in the model", "in the lab"),
      (std::vector<std::string>{
          "physical volume /dev/vda: uuid \"LzaMYA-gvVV-56Jx-cZHZ-qjYF-2Og3-rYT8cA\" in the model, \"other\" "
          "in the lab",
          "volume vg/snap: size 8388608 in the model, 8392704 in the lab",
          "mapped device vg-snap, target 0: status \"16/16384 16\" in the model, \"24/16384 16\" in the lab",
          "mount /dev/mapper/vg-snap on /mnt/a b: only in the model"}));
  b = a;
  b.mounts.push_back({"/dev/vdb", "/mnt", "ext4", "rw"});
  Observation c = b;
  std::swap(c.mounts[0], c.mounts[1]);
  EXPECT_EQ(difference(b, c), (std::vector<std::string>{"mounts stand in another order"}));
}

TEST(Normalised, forgets_which_identities_there_are_but_not_which_are_equal) {
  const Observation a = real();
  Observation b = a;
  b.pvs[0].uuid = {"x"};
  for (seen::MappedDevice& device : b.mapped) *device.minor += 7;
  EXPECT_NE(a, b);
  EXPECT_EQ(normalised(a), normalised(b));
  b.pvs[1].uuid = {"x"};
  EXPECT_NE(normalised(a), normalised(b));
}

TEST(ReadObservation, says_where_its_json_is_wrong) {
  const auto complaint = [](std::string_view json) {
    const Observing read = read_observation(json);
    const auto* bad = std::get_if<Unobserved>(&read);
    return bad ? bad->what : "read";
  };
  EXPECT_EQ(complaint("{"), "expected JSON");
  EXPECT_EQ(complaint("[]"), "expected an object");
  EXPECT_EQ(complaint(R"({"volumes": [{"segments": [{"first": -1}]}]})"),
            "/volumes/0/segments/0/first: expected a number from 0 on");
  EXPECT_EQ(complaint(R"({"volumes": [{"lv_size": 1}]})"), "/volumes/0/lv_size: expected no such key");
  EXPECT_EQ(complaint("{}"), "read");
}

}  // namespace
}  // namespace rehearse
