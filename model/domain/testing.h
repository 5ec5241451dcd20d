// For tests: `trolls` keeps volumes in group vg1 and serves them by AoE, `perceval` and `galaad` run guests.
// The volume vg1/echelon is a guest's root, e3.4 on the network.
#pragma once

#include <gtest/gtest.h>

#include "model/domain/life.h"
#include "model/step.h"  // before ext4.h, whose usage_of would hide that of the commands

#include "model/fs/ext4.h"
#include "model/fs/guest.h"
#include "model/fs/path.h"
#include "model/fs/probe.h"
#include "model/io.h"
#include "model/lvm/activation.h"
#include "model/net/exports.h"

namespace rehearse::domain {

struct Site : testing::Test {
  static constexpr const char* kConfig =
      "name = 'echelon'\nmemory = 256\ndisk = [ 'phy:/dev/etherd/e3.4,xvda1,w' ]\n"
      "vif = [ 'mac=00:16:3e:00:00:0c,ip=192.168.0.12' ]\n";
  static constexpr const char* kInittab =
      "id:2:initdefault:\nv4:23:respawn:/usr/sbin/vblade 3 4 eth0 /dev/vg1/echelon\n";

  Site() {
    add_host(world, "trolls", {{"sda", kGiB}});
    make_group();
    put("trolls", "/etc/inittab", kInittab);
    for (const char* name : {"perceval", "galaad"}) {
      add_host(world, name, {{"sda", kGiB}});
      Hardware& hardware = world.hosts.edit(name).hardware.edit();
      hardware.has_aoe = hardware.runs_xen = true;
      hardware.memory_mib = 1024;
      put(name, "/etc/xen/echelon.cfg", kConfig);
    }
    make_root("mapper/vg1-echelon");
    net::reread_inittab(world, "trolls");
  }

  /// Two volumes of 200 MiB: echelon, and spare.
  void make_group() {
    lvm::Label label{7, kGiB / kSector, lvm::kDefaultPeStart};
    write(world, "trolls", "sda", block_at(lvm::kLabelAt, Block{1, Part<lvm::Label>(label)}));
    lvm::Group group;
    group.name = "vg1";
    group.uuid = 70;
    lvm::PhysicalVolume pv{7, "/dev/sda", label.device_size, label.pe_start};
    pv.extents = (label.device_size - label.pe_start) / group.extent;
    group.pvs.push_back(pv);
    for (std::uint64_t i = 0; i < 2; ++i) {
      lvm::Volume volume;
      volume.name = i == 0 ? "echelon" : "spare";
      volume.uuid = 71 + i;
      volume.segments.push_back({0, 50, 7, i * 50});
      group.volumes.push_back(volume);
    }
    lvm::commit(world, "trolls", group);
    lvm::activate_all(world, "trolls", *lvm::find_group(world, "trolls", "vg1"));
  }

  void make_root(Name device) {
    fs::Superblock super = fs::make_ext4(200 * kMiB, 0, 5);
    fs::Tree tree = fs::new_tree();
    tree.put(fs::text_file("/etc/hostname", "echelon\n"));
    tree.put(fs::text_file("/etc/fstab", "/dev/xvda1 / ext4 defaults 0 1\n"));
    tree.put(fs::text_file("/var/log/start", "x\n"));
    fs::count(super, tree);
    ASSERT_EQ(fs::put_superblock(world, "trolls", device, super), IoError::none);
    ASSERT_EQ(fs::put_tree(world, "trolls", device, Part<fs::Tree>(tree)), IoError::none);
  }

  /// A file of a host, in memory and on its disk.
  void put(Name host, Name path, std::string text) {
    Host& at = world.hosts.edit(host);
    at.root.edit().put(fs::text_file(path, text));
    at.disk_root.edit().put(fs::text_file(path, text));
  }

  Refused run(Name host, const Words& words) {
    rehearse::Op op;
    EXPECT_EQ(rehearse::parse(words, op).kind, Mismatch::Kind::none) << words[0];
    return step(Command{host, op});
  }
  Refused step(const Step& step) {
    report = Report();
    return play(world, step, report);
  }
  std::string said() const {
    std::string text;
    for (const Line& line : report.lines) text += line.text + "\n";
    return text;
  }
  const Domain* echelon(Name host = "perceval") const { return world.hosts.find(host)->domain("echelon"); }
  const Host& host(Name name) const { return *world.hosts.find(name); }
  IoError reads(Name host, Name device) const { return read(world, host, device, {0, 8}).error; }

  World world;
  Report report;
};

}  // namespace rehearse::domain
