#include "scenarios/allowance.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "backends/model_backend.h"

namespace rehearse {
namespace {

class Allowed : public testing::Test {
 protected:
  Allowed() : backend_(world()) {
    for (const char* line : {"vgcreate vg /dev/vda", "lvcreate -L 64M -n my-data vg",
                             "mkfs.ext4 -q /dev/vg/my-data", "lvcreate -s -L 32M -n then vg/my-data"}) {
      EXPECT_EQ(backend_.run_line("alpha", line).report.status, 0) << line;
    }
  }
  static World world() {
    World world;
    add_host(world, "alpha", {{"vda", 256 * kMiB}});
    return world;
  }
  // The same as the model shows, with so many sectors used by the snapshot.
  Sights shown(unsigned used) {
    Sights sights = look(backend_.world(), std::set<Name>{"alpha"});
    for (seen::MappedDevice& device : sights["alpha"].shows->mapped) {
      if (device.name == "vg-then") device.targets[0].status = fmt::format("{}/65536 16", used);
    }
    return sights;
  }
  bool same(unsigned used) {
    const Sights real = shown(used);
    return allowance_.adjusted(look(backend_.world(), std::set<Name>{"alpha"}), real) == real;
  }
  void step() { allowance_.count(backend_.world(), backend_.world(), "alpha"); }
  void mount() {
    fs::File folder;
    folder.path = "/mnt";
    folder.kind = fs::FileKind::directory;
    World world = backend_.world();
    world.hosts.edit("alpha").root.edit().put(folder);
    backend_.set_world(world);
    ASSERT_EQ(backend_.run_line("alpha", "mount /dev/vg/my-data /mnt").report.status, 0);
  }

  ModelBackend backend_;
  Allowance allowance_;
};

TEST_F(Allowed, is_nothing_while_no_file_system_is_mounted) {
  step();
  EXPECT_TRUE(same(16));
  EXPECT_FALSE(same(24));
}

TEST_F(Allowed, is_some_chunks_for_each_step_of_a_mounted_one) {
  mount();
  step();
  EXPECT_TRUE(same(24 + 8 * Allowance::kChunks));
  EXPECT_FALSE(same(24 + 8 * Allowance::kChunks + 8));
  step();
  EXPECT_TRUE(same(24 + 8 * Allowance::kChunks + 8));
}

TEST_F(Allowed, stays_when_it_is_unmounted_and_is_told) {
  mount();
  step();
  ASSERT_EQ(backend_.run_line("alpha", "umount /mnt").report.status, 0);
  const Sights real = shown(40);
  std::vector<std::string> used;
  EXPECT_EQ(allowance_.adjusted(look(backend_.world(), std::set<Name>{"alpha"}), real, &used), real);
  ASSERT_EQ(used.size(), 1u);
  EXPECT_TRUE(used[0].starts_with("alpha: vg/then uses 40 sectors, 24 in the model")) << used[0];
}

}  // namespace
}  // namespace rehearse
