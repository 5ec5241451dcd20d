// For tests: commands as typed on a host with four disks, and what is seen afterwards.
#pragma once

#include <gtest/gtest.h>

#include "model/fs/filesystem.h"
#include "model/io.h"
#include "model/lvm/observe.h"
#include "model/op.h"

namespace rehearse::lvm {

/// A host with four disks of 256 MiB, and commands as typed on it. Figures and words are those of
/// LVM 2.03.16.
struct FourDisks : testing::Test {
  FourDisks() {
    add_host(world, "alpha",
             {{"vda", 256 * kMiB}, {"vdb", 256 * kMiB}, {"vdc", 256 * kMiB}, {"vdd", 256 * kMiB}});
  }
  // Runs the line; gives its output, standard error marked by "2>", and its status.
  std::string run(const std::string& line) {
    Words words;
    for (std::size_t at = 0; at < line.size();) {
      const std::size_t end = std::min(line.find(' ', at), line.size());
      if (end > at) words.push_back(line.substr(at, end - at));
      at = end + 1;
    }
    rehearse::Op op;
    if (rehearse::parse(words, op).kind != Mismatch::Kind::none) return "not understood";
    Report report;
    const World before = world;
    if (perform(world, "alpha", op, report)) {
      EXPECT_TRUE(world == before) << line << ": refused means untouched";
    }
    std::string text;
    for (const Line& said : report.lines) text += (said.error ? "2>" : "") + said.text + "\n";
    return text + "[" + std::to_string(report.status) + "]";
  }
  void done(const std::string& line) {
    const std::string said = run(line);
    EXPECT_TRUE(said.ends_with("[0]")) << line << "\n" << said;
  }
  PvRow pv(Name path) {
    for (const PvRow& row : observe(world, "alpha").pvs) {
      if (row.path == path) return row;
    }
    return {};
  }
  GroupRow group(Name name) {
    for (const GroupRow& row : observe(world, "alpha").groups) {
      if (row.name == name) return row;
    }
    return {};
  }
  void present(std::size_t disk, bool is) {
    world.hosts.edit("alpha").hardware.edit().disks[disk].present = is;
  }
  void put_ext4(Name device) {
    const Block block{2, Part<fs::Superblock>(fs::Superblock{})};
    write(world, "alpha", device, block_at(fs::kSuperblockAt, block));
  }
  World world;
};

}  // namespace rehearse::lvm
