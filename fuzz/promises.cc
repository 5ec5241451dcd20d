#include "fuzz/promises.h"

#include <fmt/format.h>

#include "model/drbd/kernel.h"
#include "model/io.h"

namespace rehearse {
namespace {

WriteSet both(const WriteSet& one, const WriteSet& other) { return minus(one, minus(one, other)); }

// Sector by sector, past every file system.
WriteSet raw_writes(const Patch& contents) {
  WriteSet rows, found;
  for (const Run& run : contents) {
    if (!run.stamp.blank()) rows[run.stamp].push_back({run.offset, run.count});
  }
  add(found, rows);
  return found;
}

WriteSet held_by(const World& world, Name host) {
  WriteSet held;
  for (const Disk& disk : world.hosts.find(host)->hardware->disks)
    add(held, raw_writes(world.media.find(disk.medium)->contents.runs()));
  return held;
}

WriteSet held_at_all(const World& world) {
  WriteSet held;
  for (const Name host : world.hosts.names()) add(held, held_by(world, host));
  return held;
}

// What its users read on a device now; nothing if they cannot.
std::optional<WriteSet> view_of(const World& world, Name host, std::uint32_t minor) {
  const auto& kernel = world.hosts.find(host)->drbd;
  const auto found = kernel ? kernel->minor(minor) : drbd::Kernel::Found{};
  if (!found) return std::nullopt;
  const Waiting waiting;
  const ReadResult all = read(world, host, found.device->name(), {0, found.device->size});
  if (all.error != IoError::none || waiting.met()) return std::nullopt;
  return raw_writes(all.data);
}

bool attached(const drbd::Device& device) {
  return device.backing && device.state.disk >= drbd::Disk::inconsistent;
}

// Both sides of a device as one: it is connected, and its peer says so too.
const drbd::Device* connected_peer(const World& world, const drbd::Kernel::Found& mine) {
  if (mine.device->state.conn < drbd::Connection::connected || mine.resource->peer_host.empty())
    return nullptr;
  const auto& kernel = world.hosts.find(mine.resource->peer_host)->drbd;
  const auto found = kernel ? kernel->minor(mine.device->minor) : drbd::Kernel::Found{};
  return found && found.device->state.conn >= drbd::Connection::connected ? found.device : nullptr;
}

std::string told(const WriteSet& writes) {
  std::string text;
  for (const auto& [stamp, ranges] : writes)
    text += fmt::format(" write {} of {} from its sector {}", stamp.sequence, stamp.writer.str(),
                        ranges[0].first);
  return text;
}

}  // namespace

void Promises::written(const World& before, const World& after, Name host, std::uint32_t minor,
                       bool acknowledged) {
  WriteSet& live = live_[minor];
  WriteSet gone;
  for (const Name at : after.hosts.names()) add(gone, minus(held_by(before, at), held_by(after, at)));
  WriteSet ended = both(live, gone);
  if (const auto seen = view_of(before, host, minor)) ended = both(ended, *seen);
  live = minus(live, ended);
  if (!acknowledged) return;
  const WriteSet held = held_at_all(after);
  for (const Name writer : after.ledger.names()) {
    const WriterLog* old = before.ledger.find(writer);
    const std::size_t known = old ? old->writes.size() : 0;
    for (const Write& write : after.ledger.find(writer)->writes) {
      if (write.sequence <= known) continue;
      const auto at = held.find({writer, write.sequence});
      // What lies nowhere is broken at once.
      live[{writer, write.sequence}] = at == held.end() ? std::vector<Range>{{0, 1}} : at->second;
    }
  }
}

std::string Promises::broken(const World& world) const {
  const WriteSet held = held_at_all(world);
  for (const auto& [minor, live] : live_) {
    if (const WriteSet lost = minus(live, held); !lost.empty())
      return fmt::format("no disk has any more:{}", told(lost));
    for (const Name host : world.hosts.names()) {
      const Host& at = *world.hosts.find(host);
      if (!at.powered || at.hung || !at.drbd) continue;
      const auto mine = at.drbd->minor(minor);
      if (!mine || mine.device->state.role != drbd::Role::primary) continue;
      const drbd::Device* peer = connected_peer(world, mine);
      const auto view = peer ? view_of(world, host, minor) : std::nullopt;
      if (!view) continue;
      WriteSet lies;
      if (attached(*mine.device)) add(lies, held_by(world, host));
      if (attached(*peer)) add(lies, held_by(world, mine.resource->peer_host));
      if (const WriteSet unseen = minus(both(live, lies), *view); !unseen.empty())
        return fmt::format("{} is primary of minor {}, connected, and does not see:{}", host.str(), minor,
                           told(unseen));
    }
  }
  return "";
}

WriteSet Promises::only_on(const World& world, Name host) const {
  WriteSet others, alone;
  for (const Name name : world.hosts.names()) {
    if (name != host) add(others, held_by(world, name));
  }
  for (const auto& [minor, live] : live_) add(alone, minus(both(live, held_by(world, host)), others));
  return alone;
}

}  // namespace rehearse
