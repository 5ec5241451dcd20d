// `rehearse check --on lab` as a person runs it: the runbooks of scenarios/ on guests, and what happens to
// machines without a command.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace rehearse {
namespace {

namespace files = std::filesystem;
using Json = nlohmann::json;

struct Ran {
  int status = 0;
  Json report;
  std::string text;
};

Ran check(const std::string& runbook) {
  const std::string line =
      fmt::format("{} check {} --on lab --deadline 30 --format json", REHEARSE_PROGRAM, runbook);
  FILE* pipe = popen(line.c_str(), "r");
  Ran ran;
  for (int c; (c = std::fgetc(pipe)) != EOF;) ran.text += static_cast<char>(c);
  const int status = pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  ran.report = Json::parse(ran.text, nullptr, false);
  return ran;
}

// A runbook on a world in a folder that goes with it.
class Written {
 public:
  Written(const std::string& world, const std::string& lines) {
    std::string name = (files::temp_directory_path() / "lab-check-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    std::ofstream(folder_ / "it.world.json") << world;
    std::ofstream(runbook()) << "# It\n```world\nit.world.json\n```\n```console\n" << lines << "```\n";
  }
  ~Written() { files::remove_all(folder_); }
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;
  std::string runbook() const { return (folder_ / "it.md").string(); }

 private:
  files::path folder_;
};

constexpr const char* kWorld = R"({"rehearse_world": 1, "hosts": {"nas-1": {
  "disks": {"sda": {"size": "300M", "partitions": [{"size": "64M"}, {"type": "8e"}]}, "sdb": {"size": "96M"}},
  "devices": {"/dev/sda1": {"fs": {"label": "boot", "files": {"/kernel": {"size": "2M"}}}}},
  "lvm": {"vg": {"pvs": ["/dev/sda2"], "extent": "2M", "volumes": {
    "data": {"size": "64M",
             "fs": {"mount_count": 7, "max_mount_count": 30, "files": {"/it/says": "hello\n"}}},
    "swap": {"size": "32M", "swap": true},
    "then": {"size": "16M", "snapshot_of": "data", "chunk": "8k"}}}},
  "files": {"/etc/fstab": "/dev/vg/data /srv ext4 defaults 0 2\n/dev/vg/swap none swap sw 0 0\n",
            "/etc/motd": "it's a file\n", "/srv": {"directory": true}},
  "mounts": [{"source": "/dev/vg/data", "target": "/srv"}],
  "swaps": ["/dev/vg/swap"]}}})";

// Played to its end without a finding.
void expect_clean(const std::string& runbook, int played, int skipped) {
  const Ran ran = check(runbook);
  EXPECT_EQ(ran.status, 0) << ran.text;
  EXPECT_EQ(ran.report["clean"], true) << ran.text;
  EXPECT_EQ(ran.report["played"], played) << ran.text;
  EXPECT_EQ(ran.report["skipped"], skipped) << ran.text;
}

TEST(CheckOnLab, plays_the_upgrade_of_echelon_as_far_as_the_lab_can) {
  expect_clean(REHEARSE_SCENARIOS "/echelon-upgrade.md", 21, 18);
}

TEST(CheckOnLab, plays_the_upgrade_of_mercure_as_far_as_the_lab_can) {
  expect_clean(REHEARSE_SCENARIOS "/mercure-upgrade.md", 22, 17);
}

TEST(CheckOnLab, makes_what_the_world_has_and_keeps_it_over_a_loss_of_power) {
  const Written written(kWorld,
                        "nas-1# cat /etc/motd /srv/it/says\n"
                        "nas-1# echo new > /etc/motd\n"
                        "nas-1# sync\n"
                        "~ nas-1 writes 1M to /dev/sdb\n"
                        "! nas-1 loses power\n"
                        "! nas-1 powers on\n"
                        "nas-1# cat /etc/motd\n"
                        "nas-1# umount /srv\n"
                        "nas-1# lvremove -y vg/then\n");
  expect_clean(written.runbook(), 9, 0);
}

TEST(CheckOnLab, lets_disks_fail_and_go_away) {
  const Written written(kWorld,
                        "nas-1# vgextend vg /dev/sdb\n"
                        "! disk sdb of nas-1 fails writes\n"
                        "! disk sdb of nas-1 is mended\n"
                        "nas-1# vgreduce vg /dev/sdb\n"
                        "! disk sdb of nas-1 is unplugged\n"
                        "nas-1# pvs\n"
                        "! disk sdb of nas-1 is plugged\n"
                        "nas-1# pvs\n");
  expect_clean(written.runbook(), 8, 0);
}

TEST(CheckOnLab, lets_a_disk_hang_and_goes_on) {
  const Written written(kWorld,
                        "! disk sdb of nas-1 hangs\n"
                        "nas-1# lvcreate -L 8M -n a vg\n"
                        "nas-1# dd if=/dev/sdb of=/dev/null bs=4k count=1\n"
                        "! disk sdb of nas-1 is mended\n"
                        "! disk sdb of nas-1 fails reads from 8M for 64k\n"
                        "nas-1# dd if=/dev/sdb of=/dev/null bs=1M count=9\n"
                        "nas-1# lvremove -y vg/a\n");
  const Ran ran = check(written.runbook());
  EXPECT_EQ(ran.status, 1) << "one command does not end, and one fails";
  EXPECT_TRUE(ran.report["stopped"].empty()) << ran.text;
  EXPECT_EQ(ran.report["played"], 7) << ran.text;
}

TEST(CheckOnLab, cuts_and_slows_the_link_and_lets_a_host_hang) {
  const Written written(R"({"rehearse_world": 1, "hosts": {
    "nas-1": {"disks": {"sda": {"size": "64M"}}, "lvm": {"vg": {"pvs": ["/dev/sda"]}}},
    "nas-2": {"disks": {"sda": {"size": "64M"}}, "lvm": {"wg": {"pvs": ["/dev/sda"]}}}}})",
                        "! the link is cut\n"
                        "nas-1# vgs\n"
                        "! the link between nas-1 and nas-2 is slowed by 50ms\n"
                        "! the link is healed\n"
                        "! nas-1 hangs\n"
                        "nas-2# lvcreate -L 8M -n a wg\n"
                        "! nas-1 goes on\n"
                        "nas-1# lvcreate -L 8M -n a vg\n");
  expect_clean(written.runbook(), 8, 0);
}

TEST(CheckOnLab, stops_where_reality_is_not_as_predicted) {
  const Written written(kWorld,
                        "nas-1# lvcreate -L 8M -n a vg; true\n"
                        "nas-1# env lvremove -y vg/a\n"
                        "nas-1# lvs\n");
  const Ran ran = check(written.runbook());
  EXPECT_EQ(ran.status, 1) << ran.text;
  EXPECT_EQ(ran.report["played"], 2) << ran.text;
  EXPECT_FALSE(ran.report["stopped"].empty());
}

TEST(CheckOnLab, has_nothing_to_take_up_again) {
  const std::string line = fmt::format("{} check {} --on lab --resume 2>/dev/null", REHEARSE_PROGRAM,
                                       REHEARSE_SCENARIOS "/echelon-upgrade.md");
  const int status = std::system(line.c_str());
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 2);
}

}  // namespace
}  // namespace rehearse
