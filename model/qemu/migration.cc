#include "model/qemu/migration.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "model/net/hosts.h"

namespace rehearse::qemu {
namespace {

// Unanswered data are sent again for about so long (tcp_retries2).
constexpr std::uint64_t kGivenUp = 925;

struct Place {
  Name host;
  std::uint32_t id = 0;
};

// All processes that send or wait, in the order of hosts and numbers.
std::vector<Place> moving(const World& world) {
  std::vector<Place> all;
  world.hosts.for_each([&](Name name, const Host& host) {
    if (!host.powered || !host.domains) return;
    for (const domain::Domain& row : *host.domains) {
      if (row.machine && row.machine->migration == Migration::active) all.push_back({name, row.id});
    }
  });
  return all;
}

bool sends(const domain::Domain& row) {
  return row.machine->migration == Migration::active && row.machine->state != RunState::inmigrate;
}

// Is the process at the other end still the one that this one talks to?
bool is_other_end(const World& world, const Place& at, const domain::Domain& row) {
  const domain::Domain* other = row_of(world, row.machine->peer, row.machine->peer_id);
  return other && other->machine->migration == Migration::active && other->machine->peer == at.host &&
         other->machine->peer_id == at.id;
}

void fail(World& world, const Place& at, const std::string& why) {
  Machine& machine = *edit_row(world, at.host, at.id).machine;
  machine.migration = Migration::failed;
  machine.why = why;
}

// Two processes are one guest only if they have the same hardware.
bool same_memory(const domain::Domain& one, const domain::Domain& other) {
  return one.config.memory_mib == other.config.memory_mib;
}

std::string port_of(Name address) {
  const std::string& text = address.str();
  return text.substr(text.rfind(':') + 1);
}

const domain::Domain* listener(const World& world, Name host, const std::string& port) {
  for (const domain::Domain& row : *world.hosts.find(host)->domains) {
    if (row.machine && row.machine->listens && port_of(row.machine->incoming) == port) return &row;
  }
  return nullptr;
}

bool listens_inside(const domain::Domain& row) {
  Address address;
  return read_value(row.machine->incoming.str(), address) && net::loopback(address.host);
}

// The mounts of its system, with the disks where they are called otherwise there.
std::vector<fs::Mount> carried(const domain::Domain& from, const domain::Domain& there) {
  std::vector<fs::Mount> mounts = from.mounts;
  for (fs::Mount& mount : mounts) {
    for (std::size_t i = 0; i < from.config.disks.size() && i < there.config.disks.size(); ++i) {
      if (mount.device != from.config.disks[i].device) continue;
      mount.device = there.config.disks[i].device;
      break;
    }
  }
  return mounts;
}

// At most all; a bandwidth of none is any.
Bytes sent_in(std::uint64_t seconds, std::uint64_t bandwidth, Bytes all) {
  return bandwidth == 0 || seconds > all / bandwidth ? all : seconds * bandwidth;
}

// The one that sends does; the other one, which only reads, waits on.
void give_up(World& world, const Place& at, const Place& to) {
  fail(world, at, "Unable to write to socket: Connection timed out");
  if (row_of(world, to.host, to.id)) edit_row(world, to.host, to.id).machine->peer = {};
}

void give_away(World& world, const Place& at) {
  domain::Domain& here = edit_row(world, at.host, at.id);
  here.machine->migration = Migration::completed;
  here.machine->memory = std::exchange(here.mounts, {});
  here.machine->owns_disks = false;
  halt(world, at.host, at.id, RunState::postmigrate);
}

void complete(World& world, const Place& from, const Place& to) {
  const domain::Domain sent = *row_of(world, from.host, from.id);
  give_away(world, from);
  // It finds out when it reads of a device that it does not have. The sender may hear of it or not, as the
  // last bytes come; here it does not, which leaves the guest on neither side.
  if (sent.config.disks.size() > row_of(world, to.host, to.id)->config.disks.size())
    return kill(world, to.host, to.id);
  domain::Domain& there = edit_row(world, to.host, to.id);
  there.mounts = carried(sent, there);
  there.hostname = sent.hostname;
  there.stopped = sent.stopped;
  there.machine->booted = sent.machine->booted;
  there.machine->migration = Migration::completed;
  there.machine->peer = {};
  const RunState was = sent.machine->state;
  const bool taken = take_disks(world, to.host, to.id).empty();
  if (was != RunState::running) return halt(world, to.host, to.id, was);
  if (taken && row_of(world, to.host, to.id)->machine->goes_on) return run(world, to.host, to.id);
  halt(world, to.host, to.id, RunState::paused);
}

}  // namespace

std::string not_listening(const World& world, Name host, const Address& address) {
  const Host& at = *world.hosts.find(host);
  const auto& own = at.hardware->addresses;
  const bool any = address.host.empty() || address.host == "0" || address.host == "0.0.0.0" ||
                   address.host == "::" || net::loopback(address.host);
  if (!any && std::find(own.begin(), own.end(), Name(address.host)) == own.end() &&
      net::resolve(world, host, address.host) != host) {
    return "Failed to bind socket: Cannot assign requested address";
  }
  if (listener(world, host, address.port)) return "Failed to find an available port: Address already in use";
  return "";
}

void send(World& world, Name host, std::uint32_t id, const Address& address) {
  using enum net::Way::Ends;
  const Place from{host, id};
  const auto fails = [&](const std::string& why) { fail(world, from, why); };
  const std::string where = address.host + ":" + address.port;
  const net::Way way = net::way_to(world, host, address.host, net::Daemon::any);
  if (way.ends == unknown_name) {
    return fails(
        fmt::format("address resolution failed for {}: Temporary failure in name resolution", where));
  }
  if (way.ends != well) return fails(fmt::format("Failed to connect to '{}': No route to host", where));
  const domain::Domain* there = listener(world, way.host, address.port);
  const bool hidden = there && way.host != host && listens_inside(*there);
  if (!there || hidden) return fails(fmt::format("Failed to connect to '{}': Connection refused", where));
  const Place to{way.host, there->id};
  if (!same_memory(*row_of(world, host, id), *there)) {
    kill(world, to.host, to.id);
    return fails("Unable to write to socket: Broken pipe");
  }
  Machine& machine = *edit_row(world, host, id).machine;
  machine.migration = Migration::active;
  machine.why = {};
  machine.sent = 0;
  machine.peer = to.host;
  machine.peer_id = to.id;
  Machine& other = *edit_row(world, to.host, to.id).machine;
  other.migration = Migration::active;
  other.listens = false;
  other.peer = host;
  other.peer_id = id;
}

void cancel(World& world, Name host, std::uint32_t id) {
  Machine& machine = *edit_row(world, host, id).machine;
  machine.migration = Migration::cancelled;
  notice(world);
}

void notice(World& world) {
  for (const Place& at : moving(world)) {
    const domain::Domain* row = row_of(world, at.host, at.id);
    if (!row || row->machine->peer.empty()) continue;
    const Name peer = row->machine->peer;
    if (is_other_end(world, at, *row)) continue;
    const bool reachable = peer == at.host || net::connected(world, at.host, peer);
    if (sends(*row)) {
      if (reachable) fail(world, at, "Unable to write to socket: Broken pipe");
    } else if (reachable) {
      kill(world, at.host, at.id);
    } else if (!world.hosts.find(peer)->powered) {
      edit_row(world, at.host, at.id).machine->peer = {};  // nobody will ever tell it
    }
  }
}

void progress(World& world, std::optional<std::uint64_t> seconds) {
  for (const Place& at : moving(world)) {
    const domain::Domain* row = row_of(world, at.host, at.id);
    if (!row || !sends(*row) || world.hosts.find(at.host)->hung) continue;
    const Place to{row->machine->peer, row->machine->peer_id};
    if (to.host != at.host && !net::connected(world, at.host, to.host)) {
      if (seconds && *seconds >= kGivenUp) give_up(world, at, to);
      continue;
    }
    const Bytes all = row->config.memory_mib * kMiB;
    Machine& machine = *edit_row(world, at.host, at.id).machine;
    machine.sent = std::min(all, machine.sent + (seconds ? sent_in(*seconds, machine.bandwidth, all) : all));
    if (machine.sent == all) complete(world, at, to);
  }
}

}  // namespace rehearse::qemu
