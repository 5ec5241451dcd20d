// For tests: two modelled dom0s, trolls and perceval, with a guest's root on the DRBD resource r0 between
// them, and a second disk of it on r1 if it is asked for, made by the commands that an operator types.
#pragma once

#include <gtest/gtest.h>

#include "model/fs/path.h"
#include "scenarios/migrate/modelled.h"

namespace rehearse::migrate {

inline constexpr const char* kDrbdConf =
    "global { usage-count no; }\n"
    "resource r0 {\n  protocol C;\n  device /dev/drbd0;\n  disk /dev/vda;\n  meta-disk internal;\n"
    "  net { allow-two-primaries yes; }\n"
    "  on trolls { address 10.0.0.1:7788; }\n  on perceval { address 10.0.0.2:7788; }\n}\n";
inline constexpr const char* kSecondResource =
    "resource r1 {\n  protocol C;\n  device /dev/drbd1;\n  disk /dev/vdb;\n  meta-disk internal;\n"
    "  net { allow-two-primaries yes; }\n"
    "  on trolls { address 10.0.0.1:7789; }\n  on perceval { address 10.0.0.2:7789; }\n}\n";

/// Runs a line that has to go well.
inline void must(ModelBackend& model, Name host, const std::string& line) {
  const Outcome outcome = model.run_line(host, line);
  std::string said = outcome.what;
  for (const Line& row : outcome.report.lines) said += "\n" + row.text;
  EXPECT_TRUE(outcome.verdict == Outcome::Verdict::done && outcome.report.status == 0)
      << host.str() << "# " << line << ": " << said;
}

/// Both secondary, connected and up to date; the guest runs nowhere.
inline World drbd_site(std::size_t resources = 1) {
  const bool second = resources > 1;
  World world;
  const std::pair<const char*, const char*> hosts[] = {{"trolls", "10.0.0.1"}, {"perceval", "10.0.0.2"}};
  for (const auto& [name, address] : hosts) {
    add_host(world, name, {{"vda", 64 * kMiB}, {"vdb", 16 * kMiB}});
    Hardware& hardware = world.hosts.edit(name).hardware.edit();
    hardware.runs_xen = true;
    hardware.addresses = {address};
    const bool home = std::string_view(name) == "trolls";
    const std::pair<const char*, std::string> files[] = {
        {"/etc/drbd.conf", std::string(kDrbdConf) + (second ? kSecondResource : "")},
        {"/etc/hosts", "127.0.0.1 localhost\n10.0.0.1 trolls\n10.0.0.2 perceval\n"},
        {"/etc/modules", "drbd\n"},
        {"/etc/rc2.d/S99xen-drbd-auto", "#!/bin/sh\n"},
        {"/etc/xen/migrate-tab.txt", home ? "echelon perceval --live\n" : "echelon trolls --live\n"},
        {"/etc/xen/drbd-auto/echelon.cfg",
         std::string("name = 'echelon'\nmemory = 256\ndisk = [ 'phy:/dev/drbd0,xvda1,w'") +
             (second ? ", 'phy:/dev/drbd1,xvdb1,w' ]\n" : " ]\n")},
        {"/root/.ssh/authorized_keys",
         home ? "" : "command=\"/usr/sbin/xen-migrate migrate2 trolls\" ssh-ed25519 A\n"},
    };
    for (const auto& [path, text] : files) {
      world.hosts.edit(name).root.edit().put(fs::text_file(path, text));
      world.hosts.edit(name).disk_root.edit().put(fs::text_file(path, text));
    }
  }
  ModelBackend model(world);
  for (const char* line : {"modprobe drbd", "drbdadm create-md --force all", "drbdadm up all"}) {
    for (const char* host : {"trolls", "perceval"}) must(model, host, line);
  }
  if (second) must(model, "trolls", "drbdadm new-current-uuid --clear-bitmap r1/0");
  for (const char* line :
       {"drbdadm new-current-uuid --clear-bitmap r0/0", "drbdadm primary r0", "mkfs.ext4 -q /dev/drbd0",
        "mkdir -p /mnt", "mount /dev/drbd0 /mnt", "mkdir /mnt/etc", "echo echelon > /mnt/etc/hostname",
        "echo '/dev/xvda1 / ext4 defaults 0 1' > /mnt/etc/fstab", "umount /mnt", "drbdadm secondary r0"}) {
    must(model, "trolls", line);
  }
  return model.world();
}

/// Hosts on which the guest runs.
inline std::vector<Name> running_on(const World& world) {
  std::vector<Name> names;
  world.hosts.for_each([&](Name name, const Host& host) {
    const domain::Domain* row = host.powered ? host.domain("echelon") : nullptr;
    if (row && row->state == domain::State::running) names.push_back(name);
  });
  return names;
}

}  // namespace rehearse::migrate
