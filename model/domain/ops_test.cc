#include "model/domain/ops.h"

#include "model/domain/testing.h"

namespace rehearse::domain {
namespace {

using Domains = Site;

TEST_F(Domains, are_created_from_a_file_and_boot_their_guest) {
  ASSERT_FALSE(run("perceval", {"xl", "create", "/etc/xen/echelon.cfg"})) << said();
  EXPECT_EQ(said(), "Parsing config from /etc/xen/echelon.cfg\n");
  ASSERT_TRUE(echelon());
  EXPECT_EQ(echelon()->id, 1u);
  EXPECT_EQ(echelon()->hostname, Name("echelon"));
  ASSERT_EQ(echelon()->mounts.size(), 1u);
  EXPECT_EQ(echelon()->mounts[0].device, Name("etherd/e3.4"));
  EXPECT_EQ(echelon()->file, Name("/etc/xen/echelon.cfg"));
}

TEST_F(Domains, are_found_by_xm_in_etc_xen_with_and_without_the_suffix) {
  ASSERT_FALSE(run("perceval", {"xm", "create", "echelon"})) << said();
  EXPECT_EQ(said(), "Using config file \"/etc/xen/echelon.cfg\".\nStarted domain echelon\n");
  EXPECT_EQ(run("galaad", {"xl", "create", "echelon"}).why, Refusal::config_not_read);
  EXPECT_EQ(said(), "Failed to read config file: echelon: No such file or directory\n");
  EXPECT_EQ(report.status, 3);
}

TEST_F(Domains, are_refused_when_the_name_is_taken_on_this_host) {
  run("perceval", {"xm", "create", "echelon"});
  EXPECT_EQ(run("perceval", {"xm", "create", "echelon"}).why, Refusal::domain_name_taken);
  EXPECT_NE(said().find("Domain 2:Domain with name \"echelon\" already exists."), std::string::npos);
}

TEST_F(Domains, may_run_twice_on_one_disk_only_from_different_hosts) {
  run("perceval", {"xm", "create", "echelon"});
  put("perceval", "/etc/xen/twin.cfg", "name='twin'\nmemory=256\ndisk=['phy:/dev/etherd/e3.4,xvda1,r']\n");
  EXPECT_EQ(run("perceval", {"xm", "create", "twin"}).why, Refusal::domain_disk_in_guest);
  EXPECT_NE(said().find("Device /dev/etherd/e3.4 is mounted read-write in a guest domain,\n"
                        "and so cannot be mounted read-only now."),
            std::string::npos);
  EXPECT_FALSE(run("galaad", {"xm", "create", "echelon"})) << "nothing looks beyond the host";
}

TEST_F(Domains, may_share_a_disk_that_none_of_them_writes) {
  for (const char* name : {"one", "two"}) {
    put("perceval", std::string("/etc/xen/") + name,
        "name='" + std::string(name) + "'\nmemory=64\ndisk=['phy:/dev/etherd/e3.4,xvda1,r']\n");
    EXPECT_FALSE(run("perceval", {"xm", "create", name})) << said();
  }
}

TEST_F(Domains, are_refused_a_disk_that_the_host_has_mounted) {
  world.hosts.edit("trolls").hardware.edit().runs_xen = true;
  put("trolls", "/etc/xen/echelon", "name='echelon'\nmemory=64\ndisk=['phy:/dev/vg1/echelon,xvda1,w']\n");
  fs::Mount mount;
  mount.target = "/mnt";
  mount.device = "mapper/vg1-echelon";
  world.hosts.edit("trolls").mounts.edit().push_back(mount);
  EXPECT_EQ(run("trolls", {"xm", "create", "echelon"}).why, Refusal::domain_disk_mounted);
  EXPECT_NE(said().find("Device /dev/dm-"), std::string::npos) << said();
  EXPECT_NE(said().find(" is mounted in the privileged domain,\nand so cannot be mounted by a guest."),
            std::string::npos);
}

TEST_F(Domains, are_refused_without_their_disks_their_memory_or_a_root) {
  put("perceval", "/etc/xen/a", "name='a'\ndisk=['phy:/dev/etherd/e3.9,xvda1,w']\n");
  EXPECT_EQ(run("perceval", {"xm", "create", "a"}).why, Refusal::domain_disk_not_found);
  EXPECT_NE(said().find("Disk vdev=xvda1 failed to stat: /dev/etherd/e3.9: No such file or directory"),
            std::string::npos);
  put("perceval", "/etc/xen/b", "name='b'\nmemory=1000\ndisk=['phy:/dev/etherd/e3.4,xvda1,w']\n");
  EXPECT_EQ(run("perceval", {"xm", "create", "b"}).why, Refusal::not_enough_memory);
  put("perceval", "/etc/xen/c", "name='c'\ndisk=['phy:/dev/sda,xvda1,w']\n");
  const World before = world;
  EXPECT_EQ(run("perceval", {"xm", "create", "c"}).why, Refusal::guest_without_root);
  EXPECT_EQ(world, before);
  EXPECT_EQ(run("trolls", {"xl", "create", "/x"}).why, Refusal::not_a_xen_host);
}

TEST_F(Domains, tell_what_is_wrong_with_their_file) {
  put("perceval", "/etc/xen/a", "name = a\n");
  EXPECT_EQ(run("perceval", {"xl", "create", "/etc/xen/a"}).why, Refusal::config_syntax);
  EXPECT_EQ(said(),
            "Parsing config from /etc/xen/a\n"
            "/etc/xen/a:1: config parsing error near `a': syntax error, unexpected IDENT, expecting STRING "
            "or NUMBER "
            "or '['\nFailed to parse config: Invalid argument\n");
  put("perceval", "/etc/xen/a", "name = 'a'\ndisk=['x']\n");
  EXPECT_EQ(run("perceval", {"xl", "create", "-q", "/etc/xen/a"}).why, Refusal::config_disk);
  EXPECT_EQ(said(), "/etc/xen/a: config parsing error in disk specification: no vdev specified in `x'\n");
}

TEST_F(Domains, shut_down_in_order_and_are_destroyed_without) {
  run("perceval", {"xm", "create", "echelon"});
  EXPECT_EQ(fs::superblock_on(world, "perceval", "etherd/e3.4")->state, fs::State::in_use);
  EXPECT_FALSE(run("perceval", {"xl", "shutdown", "-w", "echelon"}));
  EXPECT_EQ(said(),
            "Shutting down domain 1\nWaiting for 1 domains\nDomain 1 has been shut down, reason code 0\n");
  EXPECT_FALSE(echelon());
  EXPECT_EQ(fs::superblock_on(world, "perceval", "etherd/e3.4")->state, fs::State::clean);
  ASSERT_FALSE(run("perceval", {"xm", "create", "echelon"})) << said();
  EXPECT_EQ(echelon()->id, 2u);
  EXPECT_FALSE(run("perceval", {"xl", "destroy", "2"}));
  EXPECT_FALSE(echelon());
  EXPECT_EQ(fs::superblock_on(world, "perceval", "etherd/e3.4")->state, fs::State::in_use);
}

TEST_F(Domains, are_called_by_name_or_number) {
  run("perceval", {"xm", "create", "echelon"});
  EXPECT_FALSE(run("perceval", {"xl", "pause", "1"}));
  EXPECT_EQ(echelon()->state, State::paused);
  EXPECT_EQ(run("perceval", {"xl", "pause", "mercure"}).why, Refusal::invalid_domain);
  EXPECT_EQ(said(), "mercure is an invalid domain identifier (rc=-6)\n");
  EXPECT_EQ(run("perceval", {"xl", "destroy", "7"}).why, Refusal::no_such_domain_id);
  EXPECT_EQ(run("perceval", {"xl", "destroy", "0"}).why, Refusal::not_destroying_domain_0);
  EXPECT_EQ(run("perceval", {"xl", "shutdown"}).why, Refusal::no_domain_given);
}

TEST_F(Domains, created_paused_boot_when_they_are_unpaused) {
  run("perceval", {"xl", "create", "-p", "/etc/xen/echelon.cfg"});
  ASSERT_TRUE(echelon());
  EXPECT_TRUE(echelon()->mounts.empty());
  EXPECT_FALSE(run("perceval", {"xl", "unpause", "echelon"}));
  EXPECT_EQ(echelon()->state, State::running);
  EXPECT_EQ(echelon()->mounts.size(), 1u);
}

TEST_F(Domains, reboot_with_a_new_number_and_the_configuration_they_had) {
  run("perceval", {"xm", "create", "echelon"});
  put("perceval", "/etc/xen/echelon.cfg", "name='other'\n");
  EXPECT_FALSE(run("perceval", {"xl", "reboot", "echelon"}));
  EXPECT_EQ(said(), "Rebooting domain 1\n");
  ASSERT_TRUE(echelon());
  EXPECT_EQ(echelon()->id, 2u);
}

TEST_F(Domains, can_be_renamed_to_a_free_name) {
  run("perceval", {"xm", "create", "echelon"});
  EXPECT_FALSE(run("perceval", {"xl", "rename", "echelon", "old"}));
  EXPECT_TRUE(host("perceval").domain("old"));
  put("perceval", "/etc/xen/two", "name='two'\nmemory=64\ndisk=['phy:/dev/etherd/e3.5,xvda1,w']\n");
  run("trolls", {"vblade", "3", "5", "eth0", "/dev/vg1/spare"});
  make_root("mapper/vg1-spare");
  ASSERT_FALSE(run("perceval", {"xm", "create", "two"})) << said();
  EXPECT_EQ(run("perceval", {"xl", "rename", "two", "old"}).why, Refusal::rename_name_taken);
}

TEST_F(Domains, take_no_settings_on_the_command_line) {
  Op op;
  EXPECT_NE(parse(Words{"xl", "create", "memory=3"}, op).kind, Mismatch::Kind::none);
  EXPECT_NE(parse(Words{"xl", "create", "a.cfg", "memory=3"}, op).kind, Mismatch::Kind::none);
  EXPECT_EQ(parse(Words{"xl", "create", "-F", "a.cfg"}, op),
            (Mismatch{Mismatch::Kind::unknown_option, "-F"}));
}

TEST_F(Domains, are_paused_when_their_file_names_a_disk_that_is_not_to_be_seen) {
  put("perceval", "/etc/xen-watch-disks", "yes\n");
  run("perceval", {"xm", "create", "echelon"});
  put("perceval", "/etc/xen/echelon.cfg", "name='echelon-etch'\ndisk=['phy:/dev/etherd/e3.6,xvda1,w']\n");
  // Put into the file as a command would: the watch compares the world before a step with that after it.
  World before = world;
  before.hosts.edit("perceval").root.edit().put(fs::text_file("/etc/xen/echelon.cfg", kConfig));
  watch_disks(before, world);
  EXPECT_EQ(echelon()->state, State::paused);
  EXPECT_FALSE(run("perceval", {"xm", "unpause", "echelon"}));
  EXPECT_EQ(echelon()->state, State::running) << "by hand it goes on";
  step(Pass{60});
  EXPECT_EQ(echelon()->state, State::running);
}

TEST_F(Domains, are_paused_when_the_server_of_their_disk_loses_power) {
  put("perceval", "/etc/xen-watch-disks", "yes\n");
  run("perceval", {"xm", "create", "echelon"});
  run("galaad", {"xm", "create", "echelon"});
  step(PowerOff{"trolls"});
  EXPECT_EQ(echelon("perceval")->state, State::paused);
  EXPECT_EQ(echelon("galaad")->state, State::running) << "nobody watches there";
}

}  // namespace
}  // namespace rehearse::domain
