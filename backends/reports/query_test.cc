#include "backends/reports/query.h"

#include <gtest/gtest.h>

#include "backends/model_backend.h"
#include "backends/reports/columns.h"
#include "model/io.h"

namespace rehearse::reports {
namespace {

Words words_of(std::string_view line) {
  const auto read = read_shell_line(line);
  return std::get<std::vector<Pipeline>>(read)[0].commands[0].words;
}

TEST(Query, WhatIsReadIsRenderedTheSame) {
  for (const char* line :
       {"lvs", "lvs -a -o +devices vg", "vgs --units m --noheadings", "pvs --segments -O -pv_free",
        "lvdisplay -m vg/a", "vgdisplay -s", "pvdisplay -c /dev/vda", "dmsetup table --target linear",
        "dmsetup ls --tree -o ascii,nodevice", "blkid -o value -s TYPE /dev/vg/a", "df -h /mnt",
        "swapon --show", "cmp -n 4096 /dev/vda /dev/zero", "xl list", "tune2fs -l /dev/vda"}) {
    Query query;
    ASSERT_EQ(parse(words_of(line), query).kind, Mismatch::Kind::none) << line;
    Query again;
    ASSERT_EQ(parse(render(query), again).kind, Mismatch::Kind::none) << line;
    EXPECT_EQ(query, again) << line;
    EXPECT_EQ(claims(words_of(line)), 1) << line;
  }
}

TEST(Query, AnOptionOrColumnThatIsNotModelledIsNamed) {
  Query query;
  EXPECT_EQ(parse(words_of("lvs -S x=1"), query).word, "-S");
  EXPECT_EQ(parse(words_of("lvs -o lv_time"), query).kind, Mismatch::Kind::bad_value);
  EXPECT_EQ(parse(words_of("dmsetup info -c -o nosuch"), query).kind, Mismatch::Kind::bad_value);
  EXPECT_EQ(parse(words_of("df --output=inum /"), query).kind, Mismatch::Kind::bad_value);
}

TEST(Query, LeavesTheWorldAsItIs) {
  World world;
  add_host(world, "alpha", {{"vda", 64 * kMiB}});
  ModelBackend backend(world);
  for (const char* line : {"lvs", "pvs -a", "lsblk", "blkid", "dmsetup status", "xl list"}) {
    EXPECT_EQ(backend.run_line("alpha", line).verdict, Outcome::Verdict::done) << line;
  }
  EXPECT_EQ(backend.world(), world);
}

TEST(Dmsetup, TablesAndStatusAreReadBackTheSame) {
  for (const char* line :
       {"vg-o: 0 40960 snapshot-origin 253:1", "0 40960 linear 254:0 2048", "vg-s: 0 40960 error ",
        "my--vg-a--s: 0 40960 snapshot 253:1 253:2 P 8", "vg-o-real: 0 40960 linear "}) {
    const auto read = read_dm_target(line);
    ASSERT_TRUE(read.has_value()) << line;
    EXPECT_EQ(show(*read), line);
    EXPECT_EQ(read_dm_target(show(*read)), read);
  }
  for (const DmSnapshotStatus& status :
       {DmSnapshotStatus{false, 8200, 24576, 40}, DmSnapshotStatus{true, 0, 0, 0}}) {
    EXPECT_EQ(read_dm_snapshot_status(show(status)), status);
  }
  EXPECT_FALSE(read_dm_target("no such line").has_value());
  EXPECT_FALSE(read_dm_snapshot_status("8/16").has_value());
}

TEST(DeviceNumbers, AreTheKernelsOwn) {
  World world;
  add_host(world, "alpha", {{"sda", kGiB}, {"sdb", kGiB}, {"vdc", kGiB}});
  const Host& host = *world.hosts.find("alpha");
  EXPECT_EQ(device_number(host, "sdb").text(), "8:16");
  EXPECT_EQ(device_number(host, "sdb2").text(), "8:18");
  EXPECT_EQ(device_number(host, "vdc").text(), "254:32");
  EXPECT_EQ(device_numbered(host, {8, 16}), Name("sdb"));
  EXPECT_EQ(read_device_number("254:32"), (DeviceNumber{254, 32}));
  EXPECT_EQ(read_device_number("254"), std::nullopt);
}

TEST(DomainList, IsReadBackTheSame) {
  World world;
  add_host(world, "alpha", {});
  Host& host = world.hosts.edit("alpha");
  domain::Domain one;
  one.id = 7;
  one.state = domain::State::paused;
  one.config.name = "echelon";
  one.config.memory_mib = 512;
  host.domains.edit().push_back(one);
  Report report;
  print(world, "alpha", ListDomains{}, report);
  std::string text;
  for (const Line& line : report.lines) text += line.text + "\n";
  EXPECT_EQ(read_domain_list(text), domain_rows(*world.hosts.find("alpha")));
  ASSERT_EQ(report.lines.size(), 3u);
  EXPECT_EQ(report.lines[2].text,
            "echelon                                      7   512     1     --p---       0.0");
}

}  // namespace
}  // namespace rehearse::reports
