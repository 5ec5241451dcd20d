// Mounts of hosts and guests: what reaches the disk when, and what two kernels do to one file system.
#include <gtest/gtest.h>

#include <utility>

#include "model/fs/flush.h"
#include "model/fs/guest.h"
#include "model/fs/kernel.h"
#include "model/fs/probe.h"
#include "model/op.h"
#include "model/step.h"

namespace rehearse::fs {
namespace {

class AFileSystem : public testing::Test {
 protected:
  void SetUp() override {
    add_host(world, "alpha", {{"vda", 64 * kMiB}, {"vdb", 64 * kMiB}});
    run("mkfs.ext4 -q /dev/vda");
    run("mkdir -p /mnt/a /mnt/b");
    run("sync");
  }

  // What it says on both streams, and its status if that is not 0.
  std::string run(const std::string& line) {
    Words words;
    std::string word;
    for (const char c : line + " ") {
      if (c != ' ') {
        word += c;
      } else if (!word.empty()) {
        words.push_back(std::exchange(word, {}));
      }
    }
    Op op;
    EXPECT_EQ(parse(words, op).kind, Mismatch::Kind::none) << line;
    Report report;
    perform(world, "alpha", op, report);
    std::string said;
    for (const Line& one : report.lines) said += one.text + "\n";
    return report.status == 0 ? said : said + "[" + std::to_string(report.status) + "]";
  }
  std::string write(Name path, std::string text) {
    return put_file(world, "alpha", text_file(path, std::move(text))) == PathError::none ? "" : "failed";
  }
  std::optional<std::string> text(Name path) { return text_at(world, "alpha", path); }
  void restart() {
    lose_power(world, "alpha");
    Report report;
    boot(world, "alpha", report);
  }

  World world;
};

// Seen in the lab: four texts changed by sed and echo took 33 chunks of the snapshot beneath.
TEST_F(AFileSystem, writes_more_blocks_the_more_texts_are_written_anew) {
  const auto blocks_after = [&](int texts) {
    run("mount /dev/vda /mnt/a");
    const std::uint64_t before = world.hosts.find("alpha")->mounts->back().super->journal_next;
    for (int i = 0; i < texts; ++i) write("/mnt/a/" + std::to_string(i), "another");
    run("sync");
    const std::uint64_t after = world.hosts.find("alpha")->mounts->back().super->journal_next;
    for (int i = 0; i < 3; ++i) write("/mnt/a/" + std::to_string(i), "text");
    run("umount /mnt/a");
    return after - before;
  };
  blocks_after(0);
  const std::uint64_t one = blocks_after(1);
  EXPECT_EQ(blocks_after(3), one + 2);
}

TEST_F(AFileSystem, loses_what_was_not_flushed) {
  run("mount /dev/vda /mnt/a");
  write("/mnt/a/early", "1");
  run("sync");
  write("/mnt/a/late", "2");
  restart();
  EXPECT_EQ(superblock_on(world, "alpha", "vda")->state, State::in_use);
  EXPECT_EQ(run("e2fsck -n /dev/vda").substr(0, 27), "e2fsck 1.47.0 (5-Feb-2023)\n");
  EXPECT_EQ(run("mount /dev/vda /mnt/a"), "");
  EXPECT_EQ(text("/mnt/a/early"), "1");
  EXPECT_EQ(text("/mnt/a/late"), std::nullopt);
}

TEST_F(AFileSystem, keeps_names_but_not_data_of_files_beside_one_that_was_synced) {
  run("mount /dev/vda /mnt/a");
  write("/mnt/a/mine", "1");
  write("/mnt/a/other", "2");
  run("sync /mnt/a/mine");
  restart();
  run("mount /dev/vda /mnt/a");
  EXPECT_EQ(text("/mnt/a/mine"), "1");
  EXPECT_EQ(text("/mnt/a/other"), "");
}

TEST_F(AFileSystem, sees_one_file_system_in_two_places) {
  run("mount /dev/vda /mnt/a");
  run("mount /dev/vda /mnt/b");
  write("/mnt/a/f", "x");
  EXPECT_EQ(text("/mnt/b/f"), "x");
  EXPECT_EQ(run("umount /mnt/a"), "");
  write("/mnt/b/g", "y");
  EXPECT_EQ(run("umount /mnt/b"), "");
  EXPECT_EQ(tree_on(world, "alpha", "vda")->files.size(), 3u) << "lost+found, f and g";
}

TEST_F(AFileSystem, refuses_to_write_where_it_may_not) {
  run("mount -o ro /dev/vda /mnt/a");
  EXPECT_EQ(run("touch /mnt/a/f"), "touch: cannot touch '/mnt/a/f': Read-only file system\n[1]");
  run("mount -o remount,rw /mnt/a");
  EXPECT_EQ(run("touch /mnt/a/f"), "");
  EXPECT_EQ(run("dd if=/dev/zero of=/mnt/a/big bs=1M status=none"),
            "dd: error writing '/mnt/a/big': No space left on device\n[1]");
}

TEST_F(AFileSystem, moves_data_between_file_systems) {
  run("mkfs.ext4 -q /dev/vdb");
  run("mount /dev/vda /mnt/a");
  run("mount /dev/vdb /mnt/b");
  run("dd if=/dev/urandom of=/mnt/a/big bs=1M count=3 conv=fsync status=none");
  const File* file = file_at(world, "alpha", "/mnt/a/big");
  ASSERT_TRUE(file);
  const Stamp stamp = file->data.at(0).stamp;
  run("mv /mnt/a/big /mnt/b/moved");
  run("sync");
  EXPECT_FALSE(file_at(world, "alpha", "/mnt/a/big"));
  const Place place = place_of(world, "alpha", "/mnt/b/moved");
  EXPECT_EQ(file_at(world, place)->data.at(0).stamp, stamp);
  EXPECT_TRUE(intact(world, place));
  EXPECT_EQ(run("dd if=/dev/zero of=/dev/vdb bs=1M count=60 status=none"), "");
  EXPECT_FALSE(intact(world, place)) << "its blocks were overwritten behind the file system's back";
}

// A domain on the same device as a host's mount: each has its own memory.
class AGuestsRoot : public AFileSystem {
 protected:
  void SetUp() override {
    AFileSystem::SetUp();
    run("mount /dev/vda /mnt/a");
    run("mkdir -p /mnt/a/etc /mnt/a/var/lib/list");
    write("/mnt/a/etc/fstab", "/dev/xvda1 / ext4 defaults 0 1\n");
    write("/mnt/a/etc/hostname", "echelon\n");
    File program = text_file("/mnt/a/usr", "");
    File data = text_file("/mnt/a/var/lib/list/config", "old");
    data.format = Format{"list", 1};
    program.service = Service{"listd", {"list", 1}, "/var/lib/list"};
    put_file(world, "alpha", program);
    put_file(world, "alpha", data);
    run("umount /mnt/a");
  }
  Refused start() {
    domain::Domain domain;
    domain.config.name = "guest";
    domain.config.disks.push_back({"/dev/vda", "vda", "xvda1", true});
    const Refused refused = mount_guest(world, "alpha", domain, report);
    if (!refused) world.hosts.edit("alpha").domains.edit().push_back(domain);
    return refused;
  }
  const domain::Domain& guest() { return *world.hosts.find("alpha")->domain("guest"); }

  Report report;
};

TEST_F(AGuestsRoot, mounts_its_root_and_starts_its_services) {
  ASSERT_FALSE(start());
  EXPECT_EQ(guest().hostname, Name("echelon"));
  EXPECT_TRUE(guest().stopped.empty());
  EXPECT_EQ(superblock_on(world, "alpha", "vda")->state, State::in_use);
  unmount_guest(world, "alpha", "guest");
  EXPECT_EQ(superblock_on(world, "alpha", "vda")->state, State::clean);
}

TEST_F(AGuestsRoot, is_checked_when_a_check_is_due) {
  run("tune2fs -c 20 -C 30 /dev/vda");
  ASSERT_FALSE(start());
  ASSERT_EQ(report.lines.size(), 1u);
  EXPECT_EQ(report.lines[0].text,
            "forced check of /dev/xvda1: has been mounted 30 times without being checked");
  EXPECT_EQ(superblock_on(world, "alpha", "vda")->mount_count, 1u);
}

TEST_F(AGuestsRoot, does_not_start_without_a_root) {
  run("mkswap -q /dev/vda");
  EXPECT_EQ(start().why, Refusal::guest_without_root);
}

TEST_F(AGuestsRoot, converts_the_data_it_can_reach) {
  start();
  EXPECT_EQ(upgrade_guest_service(world, "alpha", "guest", "listd", 2), Upgraded::converted);
  EXPECT_EQ(guest_file(guest(), "/var/lib/list/config")->format->version, 2u);
  EXPECT_EQ(upgrade_guest_service(world, "alpha", "guest", "other", 2), Upgraded::no_service);
}

TEST_F(AGuestsRoot, stops_a_service_whose_data_have_another_format) {
  start();
  upgrade_guest_service(world, "alpha", "guest", "listd", 2);
  unmount_guest(world, "alpha", "guest");
  run("mount /dev/vda /mnt/a");
  File data = *file_at(world, "alpha", "/mnt/a/var/lib/list/config");
  data.path = "/mnt/a/var/lib/list/config";
  data.format->version = 1;  // the old data come back
  put_file(world, "alpha", data);
  run("umount /mnt/a");
  world.hosts.edit("alpha").domains.edit().clear();
  start();
  EXPECT_EQ(guest().stopped, std::vector<Name>{"listd"});
}

TEST_F(AGuestsRoot, writes_through_to_its_disk) {
  start();
  const Stamp stamp{"guest", 1};
  EXPECT_EQ(guest_write(world, "alpha", "guest", kMiB, "/var", false, true, stamp), IoError::none);
  const File* file = guest_file(guest(), "/var/guest.1");
  ASSERT_TRUE(file);
  const Range range = covered(file->data).at(0);
  EXPECT_EQ(read(world, "alpha", "vda", range).data.at(0).stamp, stamp);
  EXPECT_EQ(guest_write(world, "alpha", "guest", kMiB, "/", true, true, {"guest", 2}), IoError::none);
  EXPECT_NE(covered(guest_file(guest(), "/var/guest.1")->data), std::vector<Range>{});
  EXPECT_EQ(guest_write(world, "alpha", "guest", kGiB, "/var", false, true, {"guest", 3}), IoError::no_space);
}

TEST_F(AGuestsRoot, spoils_a_file_system_that_its_host_has_mounted_too) {
  start();
  run("mount /dev/vda /mnt/a");
  write("/mnt/a/host", "h");
  run("sync");
  guest_write(world, "alpha", "guest", kMiB, "/var", false, true, {"guest", 1});
  EXPECT_TRUE(tree_on(world, "alpha", "vda")->mixed);
  EXPECT_FALSE(tree_on(world, "alpha", "vda")->find("/host")) << "the last one to write wins";
  run("umount /mnt/a");
  unmount_guest(world, "alpha", "guest");
  const std::string said = run("e2fsck -fp /dev/vda");
  EXPECT_NE(said.find("UNEXPECTED INCONSISTENCY"), std::string::npos) << said;
}

}  // namespace
}  // namespace rehearse::fs
