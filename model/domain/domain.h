// A running virtual machine, as its host's hypervisor and its own kernel see it. It lives in memory only:
// what defines it is a configuration file, what it keeps is on its disks.
#pragma once

#include <string>
#include <vector>

#include "model/fs/mount.h"
#include "model/qemu/machine.h"

namespace rehearse::domain {

struct Disk {
  Name backend;   // as configured: "/dev/etherd/e3.6"
  Name device;    // the same below /dev, as resolved when the domain was created
  Name frontend;  // in the guest: "xvda1"
  bool writable = true;
  Name script = {};  // "block-drbd"; empty: the usual one
  friend auto fields(const Disk& disk) {
    const auto& [backend, device, frontend, writable, script] = disk;
    return std::tie(backend, device, frontend, writable, script);
  }
  bool operator==(const Disk&) const = default;
};

struct Interface {
  Name mac;
  Name ip;
  Name bridge;
  friend auto fields(const Interface& interface) {
    const auto& [mac, ip, bridge] = interface;
    return std::tie(mac, ip, bridge);
  }
  bool operator==(const Interface&) const = default;
};

/// What a configuration file says (xl.cfg(5)).
struct Config {
  Name name;
  std::uint64_t memory_mib = 128;
  std::uint32_t vcpus = 1;
  std::vector<Disk> disks;
  std::vector<Interface> interfaces;
  friend auto fields(const Config& config) {
    const auto& [name, memory_mib, vcpus, disks, interfaces] = config;
    return std::tie(name, memory_mib, vcpus, disks, interfaces);
  }
  bool operator==(const Config&) const = default;
};

enum class State : std::uint8_t {
  running,
  paused,
  suspended,  // its memory was given away to another host (xl list: s)
  frozen,     // it counts as running and does not move: it came from a newer hypervisor
};

struct Domain {
  std::uint32_t id = 1;
  State state = State::running;
  Config config;
  Name hostname;                  // what its own system calls itself
  std::vector<fs::Mount> mounts;  // of its own kernel; `device` is below the host's /dev
  std::vector<Name> stopped;      // services that are not running, sorted
  Name file = {};                 // the configuration file it was made from: "/etc/xen/echelon.cfg"
  Name xen = {};                  // version of the hypervisor under which it was started: "4.17"
  bool arrived_paused = false;    // and did not run since: its QEMU has not taken its disks yet
  Name definition = {};           // of libvirt's: its XML, as it was started; empty: it is not libvirt's
  std::optional<qemu::Machine> machine = {};  // of plain QEMU's: its process
  friend auto fields(const Domain& domain) {
    const auto& [id, state, config, hostname, mounts, stopped, file, xen, arrived_paused, definition,
                 machine] = domain;
    return std::tie(id, state, config, hostname, mounts, stopped, file, xen, arrived_paused, definition,
                    machine);
  }
  bool operator==(const Domain&) const = default;
};

}  // namespace rehearse::domain
