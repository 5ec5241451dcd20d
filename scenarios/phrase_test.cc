#include "scenarios/phrase.h"

#include <gtest/gtest.h>

#include <fstream>

namespace rehearse {
namespace {

template <class T>
T step(std::string_view line) {
  const auto read = read_phrase(line);
  if (const auto* bad = std::get_if<PhraseError>(&read)) throw std::runtime_error(bad->what);
  return std::get<T>(std::get<Step>(std::get<Phrase>(read)));
}

template <class T>
T assertion(std::string_view line) {
  const auto read = read_phrase(line);
  if (const auto* bad = std::get_if<PhraseError>(&read)) throw std::runtime_error(bad->what);
  return std::get<T>(std::get<Assertion>(std::get<Phrase>(read)));
}

TEST(Phrase, reads_each_example_of_the_table_as_its_own_row) {
  for (const PhraseRow& row : phrase_table()) {
    const auto read = read_phrase(row.example);
    EXPECT_TRUE(std::holds_alternative<Phrase>(read)) << row.example;
    EXPECT_EQ(row.example[0], row.mark) << row.example;
  }
}

TEST(Phrase, is_documented_row_by_row) {
  std::ifstream file(REHEARSE_SCENARIOS "/README.md");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  std::erase(text, '\\');  // before the bars inside a table
  for (const PhraseRow& row : phrase_table()) {
    for (const std::string_view part : {row.pattern, row.example, row.meaning}) {
      EXPECT_NE(text.find(part), std::string::npos) << part;
    }
  }
}

TEST(Phrase, reads_what_guests_write) {
  EXPECT_EQ(step<GuestWrite>("~ echelon writes 1.5G to /"),
            (GuestWrite{"echelon", 1536 * kMiB, "/", false, true}));
  EXPECT_EQ(step<GuestWrite>("~ a writes 64k to /var at random unflushed"),
            (GuestWrite{"a", 65536, "/var", true, false}));
  EXPECT_EQ(step<GuestWrite>("~ a writes 200M at random"), (GuestWrite{"a", 200 * kMiB, "/", true, true}));
  EXPECT_EQ(step<GuestWrite>("~ a writes 200M at random to /x"),
            (GuestWrite{"a", 200 * kMiB, "/x", true, true}));
}

TEST(Phrase, tells_a_hosts_writes_to_a_device_from_a_guests) {
  EXPECT_EQ(step<HostWrite>("~ trolls writes 64M to /dev/vg1/x from 1G"),
            (HostWrite{"trolls", 64 * kMiB, "/dev/vg1/x", false, kGiB}));
  EXPECT_EQ(step<HostWrite>("~ trolls writes 64M to /dev/vg1/x at random"),
            (HostWrite{"trolls", 64 * kMiB, "/dev/vg1/x", true, 0}));
}

TEST(Phrase, reads_time_and_progress) {
  EXPECT_EQ(step<Pass>("~ 2 hours pass").seconds, 7200u);
  EXPECT_EQ(step<Pass>("~ 1 day passes").seconds, 86400u);
  EXPECT_EQ(step<Progress>("~ progress").all, false);
  EXPECT_EQ(step<Progress>("~  settle ").all, true);
  EXPECT_EQ(step<Upgrade>("~ m upgrades mailman to 2"), (Upgrade{"m", "mailman", 2}));
}

TEST(Phrase, reads_faults) {
  EXPECT_EQ(step<PowerOff>("! trolls loses power").host, Name("trolls"));
  EXPECT_EQ(step<PowerOn>("! trolls powers on").host, Name("trolls"));
  EXPECT_EQ(step<DiskEvent>("! disk sda of trolls fails"), (DiskEvent{"trolls", "sda", DiskFault::fails}));
  EXPECT_EQ(step<DiskEvent>("! disk sda of trolls fails writes"),
            (DiskEvent{"trolls", "sda", DiskFault::fails_writes}));
  EXPECT_EQ(step<DiskEvent>("! disk sda of trolls is mended"),
            (DiskEvent{"trolls", "sda", DiskFault::mended}));
  EXPECT_EQ(step<DiskEvent>("! disk sda of trolls hangs"), (DiskEvent{"trolls", "sda", DiskFault::hangs}));
  EXPECT_EQ(step<DiskEvent>("! disk sda of trolls fails reads from 8M for 64k"),
            (DiskEvent{"trolls", "sda", DiskFault::fails_reads, Range{16384, 128}}));
  for (const char* odd :
       {"! disk sda of trolls fails from 1b for 64k", "! disk sda of trolls fails from 8M for 0M",
        "! disk sda of trolls fails from 8M"}) {
    EXPECT_TRUE(std::holds_alternative<PhraseError>(read_phrase(odd))) << odd;
  }
}

TEST(Phrase, reads_assertions) {
  EXPECT_EQ(assertion<VolumeIs>("? vg1/s is invalid on trolls"),
            (VolumeIs{{"vg1", "s"}, VolumeState::invalid, "trolls"}));
  EXPECT_EQ(assertion<SnapshotUses>("? vg1/s uses at most 40%"), (SnapshotUses{{"vg1", "s"}, true, 40, {}}));
  EXPECT_EQ(assertion<GroupHasFree>("? vg1 has at least 2G free"), (GroupHasFree{"vg1", 2 * kGiB, {}}));
  EXPECT_EQ(assertion<DomainIs>("? echelon does not run on galaad"),
            (DomainIs{"echelon", DomainState::absent, "galaad"}));
  EXPECT_EQ(assertion<FileIs>("? trolls:/etc/hosts contains \"a b\""),
            (FileIs{"trolls", "/etc/hosts", "a b", false}));
  EXPECT_EQ(assertion<MountedAt>("? /dev/vg1/x is not mounted at /mnt"),
            (MountedAt{"/dev/vg1/x", "/mnt", {}, true}));
}

TEST(Phrase, reads_assertions_about_resources) {
  const ReplicaRef whole{"r0", {}};
  EXPECT_EQ(assertion<ReplicaIs>("? r0 is UpToDate on alpha"),
            (ReplicaIs{whole, "UpToDate", false, "alpha"}));
  EXPECT_EQ(assertion<ReplicaIs>("? r0/12 is not Primary"), (ReplicaIs{{"r0", 12}, "Primary", true, {}}));
  EXPECT_EQ(assertion<OutOfSync>("? r0 has nothing out of sync"), (OutOfSync{whole, true, 0, {}}));
  EXPECT_EQ(assertion<OutOfSync>("? r0 has at least 2M out of sync on beta"),
            (OutOfSync{whole, false, 2 * kMiB, "beta"}));
  EXPECT_EQ(assertion<SidesAre>("? r0/1 is not the same on both sides"),
            (SidesAre{{"r0", 1}, SidesSay::same, true}));
  EXPECT_EQ(assertion<SidesAre>("? r0 has no split brain"), (SidesAre{whole, SidesSay::parted, true}));
}

TEST(Phrase, reads_sizes_exactly_and_only_with_a_unit) {
  EXPECT_EQ(read_size("0.5k"), 512u);
  EXPECT_EQ(read_size("1.5G"), 1610612736u);
  EXPECT_EQ(read_size("0B"), 0u);
  for (const char* bad :
       {"", "12", "G", "1.G", ".5G", "1..5G", "1,5G", "1GiB", "-1G", "99999999999999999999G", "1.0000001G"}) {
    EXPECT_EQ(read_size(bad), std::nullopt) << bad;
  }
}

TEST(Phrase, says_what_was_expected_where_and_what_was_probably_meant) {
  const struct {
    std::string_view line;
    std::size_t at;
    std::string_view what;
  } rows[] = {
      {"! trolls looses power", 9, "expected \"loses\", \"powers\", \"hangs\" or \"goes\", found \"looses\""},
      {"! trolls loses", 14, "expected \"power\", found the end of the line"},
      {"~ echelon writes 1.5 to /", 17, "expected a size such as 1.5G or 200M, found \"1.5\""},
      {"~ echelon wrties 1G to /", 10, "did you mean \"writes\"?"},
      {"~ 3 hour psas", 9, "did you mean \"pass\"?"},
      {"~ echelon writes 1G to var", 23,
       "expected a device such as /dev/vg1/echelon or a path such as /var/mail"},
      {"? vg1/s is vaild", 11, "did you mean \"valid\"?"},
      {"? vg1/s is valid now", 17, "expected \"on\" or the end of the line, found \"now\""},
      {"? vg1/s uses at most 40", 21, "expected a share such as 40%, found \"40\""},
      {"? trolls:/etc/hosts contains x", 29, "expected a text in double quotes, found \"x\""},
      {"? ", 2, "found the end of the line"},
      {"! disk sda of trolls fials", 21, "did you mean \"fails\"?"},
  };
  for (const auto& row : rows) {
    const auto read = read_phrase(row.line);
    const auto* bad = std::get_if<PhraseError>(&read);
    ASSERT_TRUE(bad) << row.line;
    EXPECT_EQ(bad->at, row.at) << row.line << ": " << bad->what;
    EXPECT_NE(bad->what.find(row.what), std::string::npos) << row.line << ": " << bad->what;
  }
}

TEST(Phrase, shows_what_it_quotes_on_one_short_line) {
  EXPECT_EQ(quote_word("a\x1b[31m\nb"), "\"a?[31m?b\"");
  EXPECT_EQ(quote_word(std::string(1000, 'x')).size(), 65u);
}

}  // namespace
}  // namespace rehearse
