#include "scenarios/world_view.h"

#include <gtest/gtest.h>

#include "model/dm/exceptions.h"
#include "model/io.h"

namespace rehearse {
namespace {

World two_hosts() {
  World world;
  add_host(world, "trolls", {{"sda", 10 * kGiB}});
  add_host(world, "perceval", {});
  Host& host = world.hosts.edit("trolls");
  host.put({"sda1", 8 * kGiB / kSector, false, false, 0, PartitionDevice{"sda", {2048, 8 * kGiB / kSector}}});
  const Sectors size = 4 * kGiB / kSector;
  host.put({"mapper/vg1-o-real", size, false, false, 0, LinearMap{{{{0, size}, "sda1", 2048}}}});
  host.put({"mapper/vg1-o", size, false, false, 1, SnapshotOriginMap{"mapper/vg1-o-real"}});
  host.put({"mapper/vg1-s-cow", 4096, false, false, 2, LinearMap{{{{0, 4096}, "sda1", 2048 + size}}}});
  host.put({"mapper/vg1-s", size, false, false, 3, SnapshotMap{"mapper/vg1-o-real", "mapper/vg1-s-cow", 8}});
  host.exports.edit().push_back({3, 4, "/dev/vg1/o", "mapper/vg1-o"});
  EXPECT_EQ(put_exceptions(world, "trolls", "mapper/vg1-s-cow", ExceptionStore{}), IoError::none);
  Host& other = world.hosts.edit("perceval");
  other.put({"etherd/e3.4", size, false, false, 0, AoeDevice{"trolls", 3, 4}});
  domain::Domain domain;
  domain.config.name = "echelon";
  domain.config.disks.push_back({"/dev/etherd/e3.4", "etherd/e3.4", "xvda1", true});
  domain.config.interfaces.push_back({"00:16:3e:00:00:0c", "192.168.0.12", ""});
  other.domains.edit().push_back(domain);
  return world;
}

TEST(WorldView, shows_a_tree_in_the_manner_of_lsblk) {
  EXPECT_EQ(show_world(two_hosts()),
            "perceval: up, 4G of memory\n"
            "NAME        SIZE TYPE  HOLDS, USED BY\n"
            "etherd/e3.4   4G aoe   from trolls; echelon xvda1\n"
            "domain echelon (running) 128M 192.168.0.12 00:16:3e:00:00:0c xvda1=/dev/etherd/e3.4\n"
            "\n"
            "trolls: up, 4G of memory\n"
            "NAME           SIZE TYPE  HOLDS, USED BY\n"
            "sda             10G disk\n"
            "└─sda1           8G part\n"
            "  ├─vg1-o-real   4G lvm\n"
            "  │ ├─vg1-o      4G lvm   exported as e3.4\n"
            "  │ └─vg1-s      4G lvm   snapshot, 0.4% of 2M used\n"
            "  └─vg1-s-cow    2M lvm\n"
            "    └─vg1-s      4G lvm   snapshot, 0.4% of 2M used\n");
}

TEST(WorldView, draws_clusters_and_edges_across_hosts) {
  const std::string dot = graph_world(two_hosts());
  EXPECT_EQ(dot.rfind("digraph", 0), 0u);
  EXPECT_NE(dot.find("cluster_trolls"), std::string::npos);
  EXPECT_NE(dot.find("cluster_perceval"), std::string::npos);
  EXPECT_NE(dot.find("label=\"e3.4\""), std::string::npos);
  EXPECT_NE(dot.find("label=changes"), std::string::npos);
}

TEST(WorldView, shows_a_host_without_power_by_its_disks) {
  World world = two_hosts();
  world.hosts.edit("trolls").powered = false;
  EXPECT_NE(show_world(world).find("trolls: without power, 4G of memory\nsda (medium trolls.sda)\n"),
            std::string::npos);
  EXPECT_EQ(graph_world(world).find("label=\"e3.4\""), std::string::npos);
}

TEST(ShortSize, has_a_decimal_where_it_is_needed) {
  EXPECT_EQ(short_size(60 * kGiB), "60G");
  EXPECT_EQ(short_size(kGiB + kGiB / 2), "1.5G");
  EXPECT_EQ(short_size(512 * kMiB), "512M");
  EXPECT_EQ(short_size(512), "512B");
}

}  // namespace
}  // namespace rehearse
