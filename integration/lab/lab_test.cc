// What the lab promises, seen from inside its guests.
#include "integration/lab/lab.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <future>
#include <iostream>
#include <sstream>
#include <thread>

#include "integration/lab/accelerator.h"

namespace rehearse {

// For messages of a failed test.
void PrintTo(const LabFailure& failure, std::ostream* out) { *out << failure.why; }

namespace {

using std::chrono::milliseconds;
using Ended = ShellAnswer::Ended;

class LabTest : public testing::Test {
 protected:
  void start(std::size_t guests, std::size_t disks = 4) {
    auto made = Lab::start({.guests = guests, .disks = disks, .say = [](const std::string& line) {
                              std::cerr << line << "\n";
                            }});
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Lab>>(made)) << std::get<LabFailure>(made).why;
    lab_ = std::move(std::get<std::unique_ptr<Lab>>(made));
  }

  ShellAnswer run(const std::string& line, milliseconds deadline = milliseconds(60'000),
                  const std::string& guest = "alpha") {
    return lab_->shell(guest).run(line_call(line, deadline));
  }
  // What the line said, standard error behind the rest, and how it ended unless that was well.
  std::string said(const std::string& line, const std::string& guest = "alpha") {
    const ShellAnswer answer = run(line, milliseconds(60'000), guest);
    if (answer.ended != Ended::exited) return answer.out + answer.err + "no status: " + answer.why;
    return answer.out + answer.err + (answer.status == 0 ? "" : "[" + std::to_string(*answer.status) + "]");
  }
  // Of 4 KiB at this place of a disk, past every cache.
  std::string read(const std::string& disk, unsigned block) {
    return said("dd if=/dev/" + disk + " bs=4k count=1 iflag=direct status=none skip=" +
                std::to_string(block) + " | tr -d '\\0' | head -c 4");
  }
  std::string write(const std::string& disk, unsigned block, const std::string& what, const char* more = "") {
    return said("yes " + what + " | head -c 4096 | dd of=/dev/" + disk +
                " bs=4k count=1 iflag=fullblock oflag=direct conv=notrunc" + more +
                " status=none seek=" + std::to_string(block));
  }

  std::unique_ptr<Lab> lab_;
};

TEST_F(LabTest, clones_a_debian_host_with_blank_disks) {
  start(1);
  EXPECT_EQ(lab_->guests(), std::vector<std::string>{"alpha"});
  EXPECT_EQ(lab_->shell("alpha").where(), "lab:alpha");
  EXPECT_EQ(said("hostname; lsblk -bdno NAME,SIZE /dev/vd?"),
            "alpha\nvda  268435456\nvdb  268435456\nvdc  268435456\nvdd  268435456\n");
  EXPECT_EQ(said("for d in /dev/vd?; do cmp -n 4194304 $d /dev/zero; done"), "");
  EXPECT_EQ(said("pidof systemd-udevd dmeventd lvmpolld | wc -w"), "3\n");
  EXPECT_EQ(
      said("vgcreate -qq vg /dev/vda && lvcreate -qq -L 8M -n o vg && lvcreate -qq -s -L 4M -n s vg/o && "
           "lvs --noheadings -o seg_monitor vg/s && ls /dev/vg"),
      "  monitored\no\ns\n");
}

TEST_F(LabTest, gives_a_clone_the_time_and_randomness_of_its_own) {
  start(1);
  const auto behind = std::time(nullptr) - std::stoll(said("date +%s"));
  EXPECT_LE(std::abs(behind), 5);
  const std::string uuid = said("cat /proc/sys/kernel/random/uuid");
  lab_.reset();
  start(1);
  EXPECT_NE(said("cat /proc/sys/kernel/random/uuid"), uuid);
}

TEST_F(LabTest, runs_exactly_the_words_it_is_given) {
  start(1);
  const ShellAnswer answer = lab_->shell("alpha").run(
      {{"printf", "%s|", "it's", "\"$HOME\"", "a\nb", "", "\xff"}, "", milliseconds(9'000)});
  EXPECT_EQ(answer.out, "it's|\"$HOME\"|a\nb||\xff|");
  EXPECT_EQ(run("head -c 1000000 /dev/zero").out.size(), 1'000'000U);
  EXPECT_EQ(lab_->put("alpha", "/etc/fstab", "/dev/vg/o /mnt ext4 noauto 0 2\n"), std::nullopt);
  EXPECT_EQ(said("cat /etc/fstab"), "/dev/vg/o /mnt ext4 noauto 0 2\n");
}

TEST_F(LabTest, tells_when_not_even_SIGKILL_ends_a_command) {
  start(1);
  ASSERT_EQ(
      said("dmsetup create d --table '0 2048 linear /dev/vda 0' && udevadm settle && dmsetup suspend d"), "");
  const ShellAnswer answer = run("dd if=/dev/mapper/d of=/dev/null iflag=direct count=1", milliseconds(500));
  EXPECT_EQ(answer.ended, Ended::stuck);
  EXPECT_EQ(answer.status, std::nullopt);
  EXPECT_EQ(said("echo there"), "there\n");
}

TEST_F(LabTest, keeps_disks_and_forgets_the_rest_when_the_power_goes) {
  start(1);
  // The first disk keeps all; the second has a volatile cache.
  ASSERT_EQ(lab_->cache_writes("alpha", "vdb"), std::nullopt);
  ASSERT_EQ(write("vda", 0, "kept"), "");
  ASSERT_EQ(write("vdb", 0, "kept", ",fsync"), "");
  ASSERT_EQ(write("vdb", 1, "lost"), "");
  ASSERT_EQ(write("vdb", 0, "over"), "");
  ASSERT_EQ(said("vgcreate -qq vg /dev/vdc && lvcreate -qq -L 8M -n o vg && touch /root/forgotten"), "");
  ASSERT_EQ(read("vdb", 1), "lost");

  EXPECT_EQ(lab_->kill("alpha"), std::nullopt);
  EXPECT_FALSE(lab_->is_up("alpha"));
  EXPECT_EQ(run("true").ended, Ended::lost);
  EXPECT_EQ(lab_->kill("alpha"), LabFailure{"alpha is down"});
  ASSERT_EQ(lab_->boot("alpha"), std::nullopt);
  EXPECT_TRUE(lab_->is_up("alpha"));

  EXPECT_EQ(read("vda", 0), "kept");
  EXPECT_EQ(read("vdb", 0), "kept");
  EXPECT_EQ(read("vdb", 1), "");
  EXPECT_EQ(said("ls /root; lvs --noheadings -o lv_name,lv_active"), "  o    active\n");

  // The cache is as good the second time.
  ASSERT_EQ(write("vdb", 1, "soon", ",fsync"), "");
  ASSERT_EQ(write("vdb", 2, "lost"), "");
  // What is done to disks outlives the power, and can be done without it.
  ASSERT_EQ(lab_->fail("alpha", "vda", {.reads = false}), std::nullopt);
  EXPECT_EQ(lab_->kill("alpha"), std::nullopt);
  ASSERT_EQ(lab_->unplug("alpha", "vdd"), std::nullopt);
  ASSERT_EQ(lab_->boot("alpha"), std::nullopt);
  EXPECT_EQ(said("ls /dev/vd?"), "/dev/vda\n/dev/vdb\n/dev/vdc\n");
  EXPECT_EQ(write("vda", 1, "no"), "dd: error writing '/dev/vda': Input/output error\n[1]");
  EXPECT_EQ(read("vda", 0), "kept");
  EXPECT_EQ(read("vdb", 0), "kept");
  EXPECT_EQ(read("vdb", 1), "soon");
  EXPECT_EQ(read("vdb", 2), "");
}

TEST_F(LabTest, keeps_a_part_of_what_was_not_flushed_where_writes_are_torn) {
  start(1);
  ASSERT_EQ(lab_->cache_writes("alpha", "vdb", 7), std::nullopt);
  ASSERT_EQ(write("vdb", 0, "kept", ",fsync"), "");
  const std::string each = "for at in $(seq 24); do dd bs=4k count=1 status=none ";
  ASSERT_EQ(said("yes part | head -c 4096 >/tmp/part; " + each +
                 "if=/tmp/part of=/dev/vdb oflag=direct conv=notrunc seek=$at; done"),
            "");
  ASSERT_EQ(lab_->kill("alpha"), std::nullopt);
  ASSERT_EQ(lab_->boot("alpha"), std::nullopt);
  EXPECT_EQ(read("vdb", 0), "kept");
  std::istringstream sizes(said(each + "if=/dev/vdb iflag=direct skip=$at | tr -d '\\0' | wc -c; done"));
  std::size_t lost = 0;
  std::size_t whole = 0;
  std::size_t torn = 0;
  for (std::size_t bytes = 0; sizes >> bytes;) ++(bytes == 0 ? lost : bytes == 4096 ? whole : torn);
  EXPECT_EQ(lost + whole + torn, 24U);
  EXPECT_GT(lost, 0U);
  EXPECT_GT(whole, 0U);
  EXPECT_GT(torn, 0U);
}

TEST_F(LabTest, lets_a_disk_fail_where_it_is_told_to) {
  start(1);
  static constexpr const char* kWrite = "dd: error writing '/dev/vda': Input/output error\n[1]";
  static constexpr const char* kRead = "dd: error reading '/dev/vda': Input/output error\n";
  ASSERT_EQ(lab_->fail("alpha", "vda", {.reads = false, .writes = true}), std::nullopt);
  EXPECT_EQ(write("vda", 3, "no"), kWrite);
  EXPECT_EQ(read("vda", 3), "");
  ASSERT_EQ(lab_->fail("alpha", "vda", {.reads = true, .writes = true, .where = Range{16, 8}}), std::nullopt);
  EXPECT_EQ(write("vda", 1, "yes"), "");
  EXPECT_EQ(write("vda", 2, "no"), kWrite);
  EXPECT_EQ(write("vda", 3, "yes"), "");
  EXPECT_EQ(read("vda", 2), kRead);
  EXPECT_EQ(read("vda", 3), "yes\n");
  EXPECT_NE(lab_->fail("alpha", "vda", {.where = Range{0, 10'000}}), std::nullopt);
  ASSERT_EQ(lab_->mend("alpha", "vda"), std::nullopt);
  EXPECT_EQ(write("vda", 2, "yes"), "");
  EXPECT_EQ(lab_->mend("alpha", "vdz"), LabFailure{"alpha has no disk vdz"});
}

TEST_F(LabTest, takes_a_disk_away_and_gives_it_back_under_another_name_if_it_is_held) {
  start(1);
  ASSERT_EQ(write("vdb", 0, "mark"), "");
  ASSERT_EQ(said("vgcreate -qq vg /dev/vdb && lvcreate -qq -L 8M -n o vg"), "");
  ASSERT_EQ(write("vdd", 0, "free"), "");
  ASSERT_EQ(lab_->unplug("alpha", "vdb"), std::nullopt);
  ASSERT_EQ(lab_->unplug("alpha", "vdd"), std::nullopt);
  EXPECT_EQ(said("ls /dev/vd?"), "/dev/vda\n/dev/vdc\n");
  EXPECT_NE(lab_->unplug("alpha", "vdb"), std::nullopt);
  const auto free = lab_->plug("alpha", "vdd");
  const auto held = lab_->plug("alpha", "vdb");
  ASSERT_TRUE(std::holds_alternative<std::string>(free)) << std::get<LabFailure>(free).why;
  ASSERT_TRUE(std::holds_alternative<std::string>(held)) << std::get<LabFailure>(held).why;
  EXPECT_EQ(std::get<std::string>(free), "vdd");
  EXPECT_EQ(std::get<std::string>(held), "vde");
  EXPECT_EQ(read("vdd", 0), "free");
}

TEST_F(LabTest, lets_a_disk_hang_until_it_is_released) {
  start(1);
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(lab_->hang("alpha", "vda"), std::nullopt);
    const ShellAnswer waiting = run("dd if=/dev/vda of=/dev/null iflag=direct count=1", milliseconds(1'000));
    EXPECT_EQ(waiting.ended, Ended::stuck);
    EXPECT_EQ(read("vdb", 0), "");
    ASSERT_EQ(lab_->release("alpha", "vda"), std::nullopt);
    EXPECT_EQ(write("vda", 0, "goes"), "");
    EXPECT_EQ(read("vda", 0), "goes");
  }
}

TEST_F(LabTest, lets_a_guest_stand_still_until_it_goes_on) {
  start(1);
  ASSERT_EQ(lab_->stop("alpha"), std::nullopt);
  EXPECT_TRUE(lab_->is_up("alpha"));
  ASSERT_EQ(lab_->hang("alpha", "vda"), std::nullopt);
  ASSERT_EQ(lab_->release("alpha", "vda"), std::nullopt);
  auto answer = std::async(std::launch::async, [&] { return said("echo there"); });
  EXPECT_EQ(answer.wait_for(milliseconds(500)), std::future_status::timeout);
  ASSERT_EQ(lab_->go_on("alpha"), std::nullopt);
  EXPECT_EQ(answer.get(), "there\n");
  ASSERT_EQ(lab_->stop("alpha"), std::nullopt);
  ASSERT_EQ(lab_->kill("alpha"), std::nullopt);
  EXPECT_NE(lab_->go_on("alpha"), std::nullopt);
}

TEST_F(LabTest, joins_two_guests_by_a_link_that_can_be_cut_slowed_and_healed) {
  start(2, 1);
  const auto rtt = [&](const std::string& size = "") {
    const ShellAnswer answer = run("busybox ping -c 3 -i 1 -w 20" + size +
                                   " beta | sed -n 's|.*min/avg/max = \\([0-9]*\\).*|\\1|p'");
    return answer.out.empty() ? -1 : std::stoi(answer.out);
  };
  EXPECT_EQ(said("hostname", "beta"), "beta\n");
  const int quick = rtt();
  EXPECT_GE(quick, 0);
  const auto each_way = [&](const LinkWay& way) {
    for (const char* guest : {"alpha", "beta"}) ASSERT_EQ(lab_->set_way(guest, way), std::nullopt);
  };
  each_way({.delay = milliseconds(300)});
  EXPECT_GE(rtt(), quick + 590);
  ASSERT_EQ(lab_->heal(), std::nullopt);
  EXPECT_LT(rtt(), quick + 590);
  // A thousand bytes and some take half a second, each way.
  each_way({.rate = 2 * kKiB});
  EXPECT_GE(rtt(" -s 1000"), 1'000);
  EXPECT_LT(rtt(" -s 1"), 500);
  ASSERT_EQ(lab_->cut(), std::nullopt);
  EXPECT_EQ(said("cat /sys/class/net/eth0/carrier", "beta"), "0\n");
  EXPECT_NE(run("busybox ping -c 1 -w 2 beta").status, 0);

  // A guest that boots finds the link as it is.
  ASSERT_EQ(lab_->kill("beta"), std::nullopt);
  ASSERT_EQ(lab_->boot("beta"), std::nullopt);
  EXPECT_EQ(said("cat /sys/class/net/eth0/carrier", "beta"), "0\n");
  ASSERT_EQ(lab_->heal(), std::nullopt);
  each_way({.delay = milliseconds(300)});
  ASSERT_EQ(lab_->kill("beta"), std::nullopt);
  ASSERT_EQ(lab_->boot("beta"), std::nullopt);
  EXPECT_GE(rtt(), 600);
  ASSERT_EQ(lab_->heal(), std::nullopt);
  EXPECT_EQ(said("until busybox ping -c 1 -w 1 alpha >/dev/null; do :; done; echo reached", "beta"),
            "reached\n");
}

TEST_F(LabTest, loses_on_the_way_what_is_large_or_goes_in_one_direction) {
  start(2, 1);
  const auto pings = [&](const char* size) {
    return run(std::string("busybox ping -c 1 -w 2 -s ") + size + " beta").status == 0;
  };
  EXPECT_TRUE(pings("1400"));
  ASSERT_EQ(lab_->set_way("alpha", {.loses_large = true}), std::nullopt);
  EXPECT_TRUE(pings("100"));
  EXPECT_FALSE(pings("1400"));
  ASSERT_EQ(lab_->heal("beta"), std::nullopt);
  EXPECT_FALSE(pings("1400"));
  ASSERT_EQ(lab_->heal("alpha"), std::nullopt);
  EXPECT_TRUE(pings("1400"));

  // What beta receives tells that the question arrives, and the answer does not.
  const std::string received = "cat /sys/class/net/eth0/statistics/rx_packets";
  ASSERT_EQ(lab_->set_way("beta", {.cut = true}), std::nullopt);
  const int before = std::stoi(said(received, "beta"));
  EXPECT_FALSE(pings("100"));
  EXPECT_GT(std::stoi(said(received, "beta")), before);
  EXPECT_EQ(said("cat /sys/class/net/eth0/carrier", "beta"), "1\n");

  // Of a cable that was pulled one direction is healed: the other stays cut, with a carrier.
  ASSERT_EQ(lab_->cut(), std::nullopt);
  ASSERT_EQ(lab_->heal("beta"), std::nullopt);
  EXPECT_EQ(said("cat /sys/class/net/eth0/carrier", "beta"), "1\n");
  EXPECT_TRUE(lab_->way("alpha").cut);
  EXPECT_FALSE(pings("100"));
  ASSERT_EQ(lab_->heal(), std::nullopt);
  EXPECT_TRUE(pings("100"));
}

TEST(Accelerator, remembers_for_one_boot_and_image_whether_kvm_works) {
  const std::filesystem::path memory = testing::TempDir() + "kvm-" + std::to_string(getpid());
  int probes = 0;
  const auto works = [&] { return ++probes > 0; };
  EXPECT_TRUE(remembered_kvm(memory, "one", works).works);
  EXPECT_FALSE(remembered_kvm(memory, "one", works).probed);
  EXPECT_TRUE(remembered_kvm(memory, "two", works).probed);
  EXPECT_EQ(probes, 2);
  EXPECT_FALSE(remembered_kvm(memory, "three", [] { return false; }).works);
  EXPECT_FALSE(remembered_kvm(memory, "three", works).works);
  EXPECT_EQ(probes, 2);
  std::filesystem::remove(memory);
  std::filesystem::remove(memory.string() + ".lock");
}

TEST(Accelerator, takes_a_guest_that_does_not_answer_in_time_for_one_that_does_not_run) {
  const auto image = lab_image(LabWith::tools, {});
  ASSERT_TRUE(std::holds_alternative<std::filesystem::path>(image)) << std::get<LabFailure>(image).why;
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(kvm_works(std::get<std::filesystem::path>(image), milliseconds(1)));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
}

TEST(Places, are_waited_for_when_all_are_taken) {
  // Others' guests are not waited for here.
  const std::filesystem::path folder = testing::TempDir() + "places-" + std::to_string(getpid());
  std::filesystem::create_directory(folder);
  auto first = Places::take(2, 2, {}, folder);
  ASSERT_TRUE(std::holds_alternative<Places>(first));
  std::atomic<bool> got = false;
  std::atomic<bool> heard = false;
  std::thread other([&] {
    const auto second = Places::take(
        1, 2, [&](const std::string&) { heard = true; }, folder);
    got = std::holds_alternative<Places>(second);
  });
  while (!heard) std::this_thread::yield();
  EXPECT_FALSE(got);
  first = LabFailure{"given back"};
  other.join();
  EXPECT_TRUE(got);
  std::filesystem::remove_all(folder);
}

TEST(Lab, has_disks_of_other_names_and_sizes) {
  auto made = Lab::start({.own_disks = {{{"sda", 40 * kGiB}, {"sdb", 8 * kMiB}, {"vda", 16 * kMiB}}}});
  ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Lab>>(made)) << std::get<LabFailure>(made).why;
  Lab& lab = *std::get<std::unique_ptr<Lab>>(made);
  EXPECT_EQ(lab.shell("alpha").run(line_call("lsblk -bdno NAME,SIZE | tr -s ' '")).out,
            "sda 42949672960\nsdb 8388608\nvda 16777216\n");
  EXPECT_FALSE(lab.unplug("alpha", "sdb"));
  EXPECT_EQ(std::get<std::string>(lab.plug("alpha", "sdb")), "sdb");
  EXPECT_FALSE(lab.fail("alpha", "sda", {}));
  EXPECT_NE(lab.shell("alpha").run(line_call("dd if=/dev/sda of=/dev/null count=1 iflag=direct")).status, 0);
}

TEST(Lab, says_what_cannot_be) {
  EXPECT_TRUE(std::holds_alternative<LabFailure>(Lab::start({.guests = 3})));
  EXPECT_TRUE(std::holds_alternative<LabFailure>(Lab::start({.disks = 21})));
  EXPECT_TRUE(std::holds_alternative<LabFailure>(Lab::start({.disk_size = 1000})));
  EXPECT_TRUE(std::holds_alternative<LabFailure>(Lab::start({.own_disks = {{{"sdb", kMiB}}}})));
  EXPECT_TRUE(std::holds_alternative<LabFailure>(Lab::start({.own_disks = {{{"hda", kMiB}}}})));
}

}  // namespace
}  // namespace rehearse
