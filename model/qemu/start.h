// qemu-system-x86_64 as a person types it who has no libvirt: one process in the background for one guest,
// with a socket to talk to it. What is checked, and in which order, is QEMU's: its process file, its socket,
// its images, its memory, their locks, the port where it waits for a guest.
#pragma once

#include <optional>
#include <vector>

#include "model/domain/domain.h"
#include "model/qemu/values.h"
#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::qemu {

struct StartMachine {
  std::optional<GuestName> name;
  std::optional<Memory> memory;
  std::optional<std::uint32_t> cpus;
  std::optional<Name> accelerator;
  std::optional<Name> cpu;
  bool kvm = false;
  bool bare = false;  // without the drives that a machine has by default
  bool no_config = false;
  bool no_reboot = false;
  std::vector<Drive> drives;
  std::vector<DeviceArgument> devices;
  std::optional<MonitorSocket> qmp;
  std::optional<Nothing> display, vga, monitor, serial, parallel, nic, net;
  std::optional<Address> incoming;
  bool stopped = false;  // it does not run before it is told to
  std::optional<Name> pidfile;
  static constexpr Usage usage() {
    return with_whole_words(usage_of(
        "qemu-system-x86_64", maybe<&StartMachine::name>("-name"),
        maybe<&StartMachine::accelerator>("-accel"), toggle<&StartMachine::kvm>("-enable-kvm"),
        maybe<&StartMachine::cpu>("-cpu"), maybe<&StartMachine::memory>("-m"),
        maybe<&StartMachine::cpus>("-smp"), toggle<&StartMachine::bare>("-nodefaults"),
        toggle<&StartMachine::no_config>("-no-user-config"), toggle<&StartMachine::no_reboot>("-no-reboot"),
        maybe<&StartMachine::drives>("-drive"), maybe<&StartMachine::devices>("-device"),
        maybe<&StartMachine::qmp>("-qmp"), maybe<&StartMachine::display>("-display"),
        maybe<&StartMachine::vga>("-vga"), maybe<&StartMachine::monitor>("-monitor"),
        maybe<&StartMachine::serial>("-serial"), maybe<&StartMachine::parallel>("-parallel"),
        maybe<&StartMachine::nic>("-nic"), maybe<&StartMachine::net>("-net"),
        maybe<&StartMachine::incoming>("-incoming"), toggle<&StartMachine::stopped>("-S"),
        maybe<&StartMachine::pidfile>("-pidfile"), flag("-daemonize")));
  }
  bool operator==(const StartMachine&) const = default;
};
Refused refuse(const World&, Name host, const StartMachine&, Report&);
void apply(World&, Name host, const StartMachine&, Report&);

/// The command line of a process, read again.
StartMachine command_of(const Machine&);

/// A drive of a process, as its monitor calls it, and the device by which the guest sees it.
struct Block {
  const Drive* drive = nullptr;
  std::string name;      // "virtio0", or the drive's id
  std::string qdev;      // "/machine/peripheral-anon/device[0]/virtio-backend"; empty: no device has it
  std::string option;    // that QEMU names when the device does not get it: "-drive file=..."
  std::size_t turn = 0;  // in which the devices are made
  bool shares = false;
};
/// In the order of the command line; valid as long as the command is.
std::vector<Block> blocks_of(const StartMachine&);

}  // namespace rehearse::qemu
