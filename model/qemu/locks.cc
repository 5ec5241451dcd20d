#include "model/qemu/locks.h"

#include <vector>

#include "model/io.h"
#include "model/libvirt/definition.h"
#include "model/qemu/start.h"

namespace rehearse::qemu {
namespace {

std::vector<Wanted> wanted_by(const Host& host, const StartMachine& command) {
  std::vector<Wanted> all;
  for (const Block& block : blocks_of(command)) {
    if (block.qdev.empty() || !block.drive->locks) continue;
    all.push_back({device_name(host, block.drive->file), !block.drive->read_only, block.shares});
  }
  return all;
}

std::vector<Wanted> held_by(const Host& host, const domain::Domain& row) {
  if (row.machine) {
    return row.machine->owns_disks ? wanted_by(host, command_of(*row.machine)) : std::vector<Wanted>();
  }
  std::vector<Wanted> all;
  if (row.definition.empty() || row.arrived_paused) return all;
  const auto read = libvirt::read_definition(row.definition.str());
  for (const libvirt::Disk& disk : std::get<libvirt::Definition>(read).disks) {
    if (!disk.source.empty())
      all.push_back({device_name(host, disk.source), !disk.read_only, disk.shareable});
  }
  return all;
}

}  // namespace

std::string lock_missed(const Host& host, const Wanted& wanted, std::uint32_t but) {
  for (const domain::Domain& row : *host.domains) {
    if (row.id == but) continue;
    for (const Wanted& held : held_by(host, row)) {
      if (held.device != wanted.device) continue;
      if (wanted.writes && !held.shares) return "\"write\" lock";
      if (!wanted.shares && held.writes) return "shared \"write\" lock";
    }
  }
  return "";
}

std::string lock_missed(const Host& host, const domain::Domain& row) {
  for (const Wanted& wanted : wanted_by(host, command_of(*row.machine))) {
    const std::string missed = lock_missed(host, wanted, row.id);
    if (!missed.empty()) return missed;
  }
  return "";
}

}  // namespace rehearse::qemu
