#include "model/qemu/process.h"

#include <algorithm>
#include <cassert>

#include "model/domain/life.h"
#include "model/fs/guest.h"
#include "model/fs/path.h"
#include "model/io.h"
#include "model/qemu/locks.h"

namespace rehearse::qemu {
namespace {

// A guest that finds no root stays without a system: the process runs on.
void boot(World& world, Name host, std::uint32_t id) {
  domain::boot_guest(world, host, row_of(world, host, id)->config.name);
  edit_row(world, host, id).machine->booted = true;
}

void leave(World& world, Name host, std::uint32_t id) {
  std::erase_if(world.hosts.edit(host).domains.edit(),
                [&](const domain::Domain& row) { return row.id == id; });
}

}  // namespace

const domain::Domain* row_of(const World& world, Name host, std::uint32_t id) {
  const Host* at = world.hosts.find(host);
  if (!at || !at->powered) return nullptr;
  for (const domain::Domain& row : *at->domains) {
    if (row.id == id && row.machine) return &row;
  }
  return nullptr;
}

domain::Domain& edit_row(World& world, Name host, std::uint32_t id) {
  auto& rows = world.hosts.edit(host).domains.edit();
  const auto at =
      std::find_if(rows.begin(), rows.end(), [&](const domain::Domain& row) { return row.id == id; });
  assert(at != rows.end());
  return *at;
}

const domain::Domain* process_at(const World& world, Name host, const std::string& socket) {
  for (const domain::Domain& row : *world.hosts.find(host)->domains) {
    if (!row.machine || row.machine->cut_off) continue;
    const auto qmp = command_of(*row.machine).qmp;
    if (qmp && qmp->path == socket) return &row;
  }
  return nullptr;
}

void run(World& world, Name host, std::uint32_t id) {
  domain::Domain& row = edit_row(world, host, id);
  row.state = domain::State::running;
  row.machine->state = RunState::running;
  if (!row.machine->memory.empty()) row.mounts = std::exchange(row.machine->memory, {});
  if (!row.machine->booted) boot(world, host, id);
}

void halt(World& world, Name host, std::uint32_t id, RunState state) {
  domain::Domain& row = edit_row(world, host, id);
  row.state = domain::State::paused;
  row.machine->state = state;
}

std::string take_disks(World& world, Name host, std::uint32_t id) {
  const domain::Domain& row = *row_of(world, host, id);
  if (row.machine->owns_disks) return "";
  const std::string missed = lock_missed(*world.hosts.find(host), row);
  if (missed.empty()) edit_row(world, host, id).machine->owns_disks = true;
  return missed;
}

void end(World& world, Name host, std::uint32_t id) {
  const Machine machine = *row_of(world, host, id)->machine;
  const StartMachine command = command_of(machine);
  if (command.qmp && !machine.cut_off) fs::erase_file(world, host, command.qmp->path);
  if (command.pidfile) fs::erase_file(world, host, *command.pidfile);
  leave(world, host, id);
}

void kill(World& world, Name host, std::uint32_t id) { leave(world, host, id); }

std::uint32_t process_number(std::uint32_t id) {
  constexpr std::uint32_t kFirst = 2000;
  return kFirst + id;
}

}  // namespace rehearse::qemu
