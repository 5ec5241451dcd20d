// What all hazards share: where a device really lies, who runs, how things are called.
#include <fmt/format.h>

#include <algorithm>

#include "model/drbd/kernel.h"
#include "model/io.h"
#include "model/lvm/activation.h"
#include "scenarios/judge.h"

namespace rehearse::judging {
namespace {

constexpr int kDeepest = 64;  // exports may lead in a circle

// The disk below a replicated device. Two sides that are connected write to each other's disks: they are one,
// that of the host whose name comes first.
struct Below {
  Name host;
  Name device;
};
std::optional<Below> replica_below(const World& world, Name host, std::uint32_t minor) {
  const Part<drbd::Kernel>& kernel = world.hosts.find(host)->drbd;
  if (!kernel) return std::nullopt;
  const auto [resource, device] = kernel->minor(minor);
  if (!device) return std::nullopt;
  std::optional<Below> own;
  if (device->backing) own = Below{host, device->backing->device};
  const bool connected = device->state.conn >= drbd::Connection::connected;
  const Host* peer = connected ? world.hosts.find(resource->peer_host) : nullptr;
  const drbd::Resource* theirs = peer && peer->drbd ? peer->drbd->resource(resource->name) : nullptr;
  const drbd::Device* other = theirs ? theirs->volume(device->volume) : nullptr;
  if (!other || !other->backing) return own;
  if (own && host.str() < resource->peer_host.str()) return own;
  return Below{resource->peer_host, other->backing->device};
}

std::optional<Root> root_below(const World& world, Name host, Name name, Sectors at, int depth) {
  const Host* here = world.hosts.find(host);
  const Device* device = here && here->powered ? here->device(name) : nullptr;
  if (!device || depth > kDeepest) return std::nullopt;
  if (const auto* map = device->as<PartitionDevice>()) {
    return root_below(world, host, map->disk, map->range.first + at, depth + 1);
  }
  if (const auto* map = device->as<LinearMap>(); map && !map->segments.empty()) {
    const LinearSegment& first = map->segments[0];
    return root_below(world, host, first.device, first.offset + at, depth + 1);
  }
  if (const auto* map = device->as<SnapshotOriginMap>())
    return root_below(world, host, map->real, at, depth + 1);
  if (const auto* map = device->as<SnapshotMergeMap>())
    return root_below(world, host, map->real, at, depth + 1);
  if (const auto* map = device->as<SnapshotMap>()) return root_below(world, host, map->cow, at, depth + 1);
  if (const auto* map = device->as<AoeDevice>()) {
    const Host* server = world.hosts.find(map->server);
    if (!server || !server->powered) return std::nullopt;
    for (const Export& row : *server->exports) {
      if (row.shelf == map->shelf && row.slot == map->slot) {
        return root_below(world, map->server, row.device, at, depth + 1);
      }
    }
    return std::nullopt;
  }
  if (device->as<DrbdDevice>()) {
    const auto below = replica_below(world, host, device->minor);
    return below ? root_below(world, below->host, below->device, at, depth + 1) : std::nullopt;
  }
  const Disk* disk = here->disk(name);
  return disk && device->as<DiskDevice>() ? std::optional<Root>({disk->medium, at}) : std::nullopt;
}

}  // namespace

std::string amount(Bytes bytes) {
  const std::string text = human_size(bytes);
  return text.starts_with('<') ? text.substr(1) : text;
}

std::optional<Root> root_of(const World& world, Name host, Name device) {
  return root_below(world, host, device, 0, 0);
}

std::string name_of(const World& world, Name host, Name name) {
  const Host* here = world.hosts.find(host);
  const Device* device = here ? here->device(name) : nullptr;
  if (const auto* map = device ? device->as<AoeDevice>() : nullptr) {
    const Host* server = world.hosts.find(map->server);
    if (server && server->powered) {
      for (const Export& row : *server->exports) {
        const bool same = row.shelf == map->shelf && row.slot == map->slot;
        if (same && row.device != name) return name_of(world, map->server, row.device);
      }
    }
  }
  for (const GroupOnMedia& found : groups_on_media(world)) {
    for (const lvm::Volume& volume : found.group->volumes) {
      if (lvm::mapped_name(found.group->name, volume.name) == name) {
        return found.group->name.str() + "/" + volume.name.str();
      }
    }
  }
  return "/dev/" + name.str();
}

const Command* command_of(const Played& played) { return std::get_if<Command>(&played.step); }

Words words_of(const Played& played) {
  const Command* command = command_of(played);
  return command ? render(command->op) : Words();
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
    text += parts[i];
  }
  return text;
}

std::string lines_text(const std::vector<std::size_t>& lines) {
  std::vector<std::string> parts;
  for (const std::size_t line : lines) parts.push_back(std::to_string(line));
  return (parts.size() == 1 ? "line " : "lines ") + joined(parts);
}

std::vector<Guest> guests(const World& world) {
  std::vector<Guest> all;
  world.hosts.for_each([&](Name name, const Host& host) {
    if (!host.powered) return;
    for (const domain::Domain& domain : *host.domains) all.push_back({name, &domain});
  });
  return all;
}

std::vector<Guest> started(const Look& look) {
  std::vector<Guest> fresh;
  for (const Guest& guest : guests(look.new_world())) {
    if (guest.domain->mounts.empty()) continue;  // nothing has booted in it yet
    const Host* was = look.old_world().hosts.find(guest.host);
    const domain::Domain* old = was ? was->domain(guest.domain->config.name) : nullptr;
    if (!old || old->id != guest.domain->id || old->mounts.empty()) fresh.push_back(guest);
  }
  return fresh;
}

}  // namespace rehearse::judging
