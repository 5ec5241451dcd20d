#include "model/net/hosts.h"

#include <gtest/gtest.h>

#include "model/fs/path.h"

namespace rehearse::net {
namespace {

using Ends = Way::Ends;

struct Names : testing::Test {
  Names() {
    for (const char* name : {"trolls", "perceval", "galaad"}) {
      add_host(world, name, {});
      world.hosts.edit(name).root.edit().put(
          fs::text_file("/etc/hosts", "127.0.0.1 localhost\n127.0.1.1 " + std::string(name) +
                                          "\n10.0.0.2 trolls\n10.0.0.3 perceval p # a comment galaad\n"));
    }
    world.hosts.edit("trolls").hardware.edit().addresses = {"10.0.0.2"};
    world.hosts.edit("perceval").hardware.edit().addresses = {"10.0.0.3"};
  }
  void put(Name host, Name file, const std::string& text) {
    world.hosts.edit(host).root.edit().put(fs::text_file(file, text));
  }
  Ends ends(Name from, const std::string& name, Daemon daemon = Daemon::ssh) const {
    return way_to(world, from, name, daemon).ends;
  }
  World world;
};

TEST_F(Names, are_those_of_the_host_that_asks) {
  EXPECT_EQ(resolve(world, "trolls", "perceval"), Name("perceval"));
  EXPECT_EQ(resolve(world, "trolls", "p"), Name("perceval"));
  EXPECT_EQ(resolve(world, "trolls", "10.0.0.3"), Name("perceval"));
  EXPECT_EQ(resolve(world, "trolls", "galaad"), Name("galaad")) << "as by DNS";
  EXPECT_EQ(resolve(world, "trolls", "lancelot"), Name());
  put("trolls", "/etc/hosts", "10.0.0.2 perceval\n10.0.0.9 galaad\n");
  EXPECT_EQ(resolve(world, "trolls", "perceval"), Name("trolls")) << "the address counts";
  EXPECT_EQ(ends("trolls", "lancelot"), Ends::unknown_name);
}

TEST_F(Names, of_oneself_lead_to_oneself) {
  EXPECT_EQ(resolve(world, "trolls", "trolls"), Name("trolls")) << "by 127.0.1.1";
  EXPECT_EQ(resolve(world, "trolls", "localhost"), Name("trolls"));
}

TEST_F(Names, lead_to_whoever_has_power_and_a_whole_way) {
  EXPECT_EQ(ends("trolls", "perceval"), Ends::well);
  set_way(world, "perceval", "trolls", {.cut = true});
  EXPECT_EQ(ends("trolls", "perceval"), Ends::no_route) << "the answers do not come";
  set_way(world, "perceval", "trolls", {});
  world.hosts.edit("perceval").powered = false;
  EXPECT_EQ(ends("trolls", "perceval"), Ends::no_route);
  EXPECT_EQ(ssh_words(way_to(world, "trolls", "perceval", Daemon::ssh), "perceval"),
            "ssh: connect to host perceval port 22: No route to host");
}

TEST_F(Names, of_ones_own_are_a_trap_for_a_daemon_that_listens_there) {
  put("perceval", "/etc/ssh/sshd_config", "Port 22\nListenAddress perceval\n");
  EXPECT_EQ(ends("trolls", "perceval"), Ends::refused) << "it listens on 127.0.1.1";
  EXPECT_EQ(ends("perceval", "perceval"), Ends::well);
  put("perceval", "/etc/ssh/sshd_config", "ListenAddress perceval\nListenAddress 10.0.0.3:22\n");
  EXPECT_EQ(ends("trolls", "perceval"), Ends::well);
}

TEST_F(Names, lead_to_xend_only_where_it_was_told_to_listen) {
  EXPECT_EQ(ends("trolls", "perceval", Daemon::relocation), Ends::well);
  put("perceval", "/etc/xen/xend-config.sxp", "#(xend-relocation-server yes)\n(xend-port 8000)\n");
  EXPECT_EQ(ends("trolls", "perceval", Daemon::relocation), Ends::refused);
  put("perceval", "/etc/xen/xend-config.sxp",
      "(xend-relocation-server yes)\n(xend-relocation-address 'perceval')\n");
  EXPECT_EQ(ends("trolls", "perceval", Daemon::relocation), Ends::refused);
  put("perceval", "/etc/xen/xend-config.sxp", "(xend-relocation-server yes)\n(xend-relocation-address '')\n");
  EXPECT_EQ(ends("trolls", "perceval", Daemon::relocation), Ends::well);
}

}  // namespace
}  // namespace rehearse::net
