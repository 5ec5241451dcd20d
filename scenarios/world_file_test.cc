#include "scenarios/world_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "model/dm/exceptions.h"
#include "model/dm/partition.h"
#include "model/fs/filesystem.h"
#include "model/fs/tree.h"
#include "model/io.h"
#include "model/lvm/metadata.h"

namespace rehearse {
namespace {

World read_good(std::string_view text) {
  auto world = read_world(text, "w.json");
  if (auto* error = std::get_if<InputError>(&world)) {
    ADD_FAILURE() << error->text();
    return {};
  }
  return std::get<World>(world);
}

std::string error_of(std::string_view text) {
  auto world = read_world(text, "w.json");
  return std::holds_alternative<InputError>(world) ? std::get<InputError>(world).text() : "no error";
}

std::string exact(std::string_view text) {
  return R"({"rehearse_world": 1, "exact": )" + std::string(text) + "}";
}

// A world with one of everything that memory and media can hold, made by hand.
void add_devices(World& world) {
  add_host(world, "alpha", {{"vda", 200 * kMiB}, {"vdb", 100 * kMiB}});
  Host& host = world.hosts.edit("alpha");
  const Sectors size = 50 * kMiB / kSector;
  host.put({"vda1", size, false, false, 0, PartitionDevice{"vda", {2048, size}}});
  host.put({"mapper/g-o-real", size, false, false, 1, LinearMap{{{{0, size}, "vda", 2048}}}});
  host.put({"mapper/g-o", size, false, false, 2, SnapshotOriginMap{"mapper/g-o-real"}});
  host.put({"mapper/g-s-cow", 8192, false, false, 3, LinearMap{{{{0, 8192}, "vdb", 2048}}}});
  host.put({"mapper/g-s", size, true, true, 4, SnapshotMap{"mapper/g-o-real", "mapper/g-s-cow", 8}});
  host.put({"mapper/g-m", size, false, false, 5, SnapshotMergeMap{"mapper/g-o-real", "mapper/g-s-cow", 8}});
  host.put({"mapper/g-e", size, false, false, 6, ErrorMap{}});
  host.put({"etherd/e3.6", size, false, false, 0, AoeDevice{"trolls", 3, 6}});
  ExceptionStore store;
  EXPECT_EQ(put_exceptions(world, "alpha", "mapper/g-s-cow", store), IoError::none);
}

World crowded() {
  World world;
  add_devices(world);
  const Sectors size = 50 * kMiB / kSector;
  Medium& cached = world.media.edit("alpha.vda");
  cached.flushed = Contents(cached.contents);
  const Stamp stamp = acknowledge(world, "guest", {0, 8192, "/var", "10.0.0.1", false});
  EXPECT_EQ(write(world, "alpha", "mapper/g-o", stamped({64, 16}, stamp)), IoError::none);
  PartitionTable table;
  table.partitions.push_back({1, {2048, size}, "83"});
  write(world, "alpha", "vda", block_at(0, {1, Part<PartitionTable>(table)}));
  lvm::Group group;
  group.name = "g";
  group.uuid = 0xfedcba9876543210;
  group.pvs.push_back({7, "/dev/vdb", 204800, 2048, 24, true, false});
  lvm::Volume origin;
  origin.name = "o";
  origin.segments.push_back({0, 2, 7, 0});
  lvm::Volume snapshot = origin;
  snapshot.name = "s";
  snapshot.snapshot = lvm::SnapshotOf{"o", 8, true};
  snapshot.segments[0].pv_first = 2;
  group.volumes = {origin, snapshot};
  write(world, "alpha", "vdb", block_at(8, {8, Part<lvm::Group>(group)}));
  write(world, "alpha", "vdb", block_at(1, {1, Part<lvm::Label>(lvm::Label{7, 204800, 2048})}));
  Host& again = world.hosts.edit("alpha");
  fs::Tree tree;
  tree.put(fs::text_file("/etc/hosts", "127.0.0.1 localhost\n\"quoted\" \t\n"));
  fs::File program = fs::text_file("/usr/bin/m", "");
  program.service = fs::Service{"mailman", {"mailman", 2}, "/var/m"};
  program.format = fs::Format{"mailman", 3};
  program.data = stamped({100, 4}, stamp);
  tree.put(program);
  again.root = Part<fs::Tree>(tree);
  fs::Mount mount;
  mount.target = "/mnt";
  mount.super = Part<fs::Superblock>(fs::Superblock{});
  mount.tree = again.root;
  mount.pending = stamped({4, 4}, stamp);
  again.mounts.edit().push_back(mount);
  again.swaps.edit().push_back({"/dev/vda1", "vda1", 7});
  again.exports.edit().push_back({3, 7, "/dev/g/o", "mapper/g-o"});
  domain::Domain domain;
  domain.config.name = "guest";
  domain.config.disks.push_back({"/dev/g/o", "mapper/g-o", "xvda1", false});
  domain.config.interfaces.push_back({"00:16:3e:00:00:0c", "10.0.0.1", "eth0"});
  domain.mounts = {mount};
  domain.stopped = {"mailman"};
  again.domains.edit().push_back(domain);
  Host dark = bare_host();
  dark.powered = false;
  dark.root = {};
  dark.devices = {};
  dark.mounts = {};
  dark.swaps = {};
  dark.exports = {};
  dark.domains = {};
  world.hosts.put("dark", dark);
  return world;
}

TEST(WorldFile, reads_back_exactly_what_it_wrote) {
  const World world = crowded();
  const std::string text = write_world(world);
  EXPECT_TRUE(read_good(text) == world);
  EXPECT_EQ(write_world(read_good(text)), text);
}

TEST(WorldFile, writes_an_empty_world) { EXPECT_TRUE(read_good(write_world(World())) == World()); }

TEST(WorldFile, lists_a_piece_of_metadata_once_however_many_runs_lie_of_it) {
  World world;
  add_host(world, "alpha", {{"vda", kMiB}});
  const Block block{8, Part<fs::Tree>(fs::Tree{})};
  const Patch whole = block_at(0, block);
  write(world, "alpha", "vda", cut(whole, {0, 4}, 0));
  write(world, "alpha", "vda", cut(whole, {2, 4}, 100));
  const std::string text = write_world(world);
  EXPECT_EQ(text.find("\"tree\""), text.rfind("\"tree\""));
  EXPECT_TRUE(read_good(text) == world);
}

TEST(WorldFile, makes_hosts_with_disks_partitions_and_files) {
  const World world = read_good(R"({"rehearse_world": 1, "hosts": {"trolls": {
    "memory": "8G", "xen": true,
    "disks": {"sda": {"size": "10G", "partitions": [{"size": "100M"}, {"type": "8e"}]}},
    "files": {"/etc/hosts": "127.0.0.1 localhost\n", "/mnt": {"directory": true}}}}})");
  const Host* host = world.hosts.find("trolls");
  ASSERT_NE(host, nullptr);
  EXPECT_EQ(host->hardware->memory_mib, 8192u);
  EXPECT_EQ(host->device("sda1")->size, 100 * kMiB / kSector);
  EXPECT_EQ(host->device("sda2")->size, 20971520 - 2048 - 204800);
  EXPECT_EQ(*host->disk_root->find("/etc/hosts")->text, "127.0.0.1 localhost\n");
  EXPECT_TRUE(host->root->directory("/mnt"));
  EXPECT_NE(block_on(world, "trolls", "sda", 0)->as<PartitionTable>(), nullptr);
}

TEST(WorldFile, says_where_and_what_it_expected) {
  EXPECT_EQ(error_of("[1]"), "w.json: expected an object with \"rehearse_world\": 1, found a list");
  EXPECT_EQ(error_of(R"({"rehearse_world": 2})"), "w.json: at /rehearse_world: expected version 1, found 2");
  EXPECT_EQ(error_of(R"({"rehearse_world": 1, "host": {}})"),
            "w.json: unknown key \"host\", did you mean \"hosts\"?");
  EXPECT_EQ(error_of(R"({"rehearse_world": 1, "hosts": {"a": {"disks": {"sda": {"size": "10 gig"}}}}})"),
            "w.json: at /hosts/a/disks/sda/size: expected a size such as \"512M\", found \"10 gig\"");
  EXPECT_EQ(error_of(R"({"rehearse_world": 1, "hosts": {"a": {"files": {"etc/hosts": ""}}}})"),
            "w.json: at /hosts/a/files/etc~1hosts: expected an absolute path such as \"/etc/hosts\"");
  EXPECT_EQ(error_of(R"({"rehearse_world": 1, "hosts": {"a": {"disks": {"sda": {"partitions": []}}}}})"),
            "w.json: at /hosts/a/disks/sda: expected a key \"size\"");
}

TEST(WorldFile, says_line_and_column_of_what_is_not_json) {
  EXPECT_EQ(error_of("{\n  \"rehearse_world\": 1,\n  oops\n}").substr(0, 22), "w.json:3:3: not JSON: ");
  EXPECT_EQ(error_of("").substr(0, 22), "w.json:1:1: not JSON: ");
  EXPECT_EQ(error_of(R"({"rehearse_world": 1, "hosts": {"a": {}, "a": {}}})"),
            "w.json: at /hosts: the key \"a\" is given twice");
  EXPECT_NE(error_of("{\"rehearse_world\": 1e999}").find("w.json:1:"), std::string::npos);
}

TEST(WorldFile, survives_input_that_is_out_of_all_bounds) {
  EXPECT_NE(error_of(std::string(1000000, '[')).find("nested too deeply"), std::string::npos);
  const std::string long_text(10u << 20, 'x');
  for (const std::string& text :
       {"{\"rehearse_world\": \"" + long_text + "\"}", "{\"" + long_text + "\": 1}",
        "{\"rehearse_world\": 1, \"" + long_text + "\": 1}", "\"" + long_text, long_text,
        "{\"rehearse_world\": 1, \"hosts\": {\"" + long_text + "\": {\"disks\": 1}}}",
        "{\"rehearse_world\": 1, \"hosts\": {\"a\": {\"disks\": {\"sda\": {\"size\": \"" + long_text +
            "\"}}}}}"}) {
    const std::string error = error_of(text);
    EXPECT_LT(error.size(), 400u);
    EXPECT_EQ(error.find('\n'), std::string::npos);
    EXPECT_NE(error, "no error");
  }
  EXPECT_NE(error_of("{\"rehearse_world\": 1, \"\xff\xfe\": 1}").find("w.json:1:"), std::string::npos);
}

TEST(WorldFile, refuses_an_exact_world_that_the_model_could_not_play) {
  EXPECT_EQ(error_of(exact(R"({"media": {"m": {"size": 8, "runs": [{"first": 4, "count": 5}]}}})")),
            "w.json: at /exact/media/m/runs/0: expected sectors within the 8 there are");
  EXPECT_EQ(
      error_of(exact(R"({"media": {"m": {"size": 8, "runs": [{"first": 0, "count": 1, "block": 0}]}}})")),
      "w.json: at /exact/media/m/runs/0/block: there is no block 0 before this, only 0");
  const std::string memory = R"("root": {}, "mounts": [], "swaps": [], "exports": [], "domains": [])";
  const auto with_devices = [&](const std::string& devices) {
    return exact(R"({"hosts": {"a": {"powered": true, "hardware": {}, "disk_root": {}, )" + memory +
                 R"(, "devices": )" + devices + "}}}");
  };
  EXPECT_EQ(error_of(with_devices("[]")), "no error");
  EXPECT_EQ(error_of(with_devices(R"([{"name": "mapper/x", "size": 1,
      "map": {"linear": {"segments": [{"range": {"count": 1}, "device": "mapper/x"}]}}}])")),
            "w.json: at /exact/hosts/a/devices/0: lies on itself");
  EXPECT_EQ(error_of(with_devices(R"([{"name": "sda", "size": 1, "map": {"disk": {}}}])")),
            "w.json: at /exact/hosts/a/devices/0: the hardware has no such disk");
}

struct Folder : testing::Test {
  Folder() : folder(std::filesystem::path(testing::TempDir()) / "world_file_test") {
    std::filesystem::create_directories(folder);
  }
  ~Folder() override { std::filesystem::remove_all(folder); }
  std::string put(const std::string& name, const std::string& text) {
    std::ofstream(folder / name) << text;
    return (folder / name).string();
  }
  std::filesystem::path folder;
};

TEST_F(Folder, takes_hosts_from_included_files) {
  put("network.json", R"({"rehearse_world": 1, "hosts": {"perceval": {"xen": true}}})");
  const auto world =
      load_world(put("w.json", R"({"rehearse_world": 1, "include": "network.json", "hosts": {"a": {}}})"));
  ASSERT_TRUE(std::holds_alternative<World>(world)) << std::get<InputError>(world).text();
  EXPECT_TRUE(std::get<World>(world).hosts.find("perceval")->hardware->runs_xen);
}

TEST_F(Folder, refuses_files_that_include_each_other) {
  put("b.json", R"({"rehearse_world": 1, "include": ["a.json"]})");
  const auto world = load_world(put("a.json", R"({"rehearse_world": 1, "include": ["b.json"]})"));
  ASSERT_TRUE(std::holds_alternative<InputError>(world));
  EXPECT_EQ(std::get<InputError>(world).pointer, "/include/0");
  EXPECT_EQ(std::get<InputError>(world).what, "\"a.json\" includes itself");
}

TEST_F(Folder, refuses_a_host_that_two_files_describe) {
  put("b.json", R"({"rehearse_world": 1, "hosts": {"x": {}}})");
  const auto world =
      load_world(put("a.json", R"({"rehearse_world": 1, "include": "b.json", "hosts": {"x": {}}})"));
  ASSERT_TRUE(std::holds_alternative<InputError>(world));
  EXPECT_EQ(std::get<InputError>(world).pointer, "/hosts/x");
}

}  // namespace
}  // namespace rehearse
