#include "scenarios/sides.h"

#include <fmt/format.h>

#include "model/drbd/compare.h"
#include "model/io.h"

namespace rehearse {
namespace {

std::optional<Patch> whole_of(const World& world, const Side& side) {
  ReadResult whole = read(world, side.host, side.device->backing->device, {0, side.device->size});
  if (whole.error != IoError::none) return std::nullopt;
  Patch pieces;
  for (Run& run : whole.data) append(pieces, std::move(run));
  return pieces;
}

}  // namespace

bool Side::target() const {
  using enum drbd::Connection;
  const drbd::Connection conn = device->state.conn;
  return conn == starting_sync_t || conn == wf_bitmap_t || conn == wf_sync_uuid || conn == sync_target ||
         conn == paused_sync_t;
}

std::map<std::string, std::vector<Side>> replica_sides(const World& world) {
  std::map<std::string, std::vector<Side>> found;
  world.hosts.for_each([&](Name name, const Host& host) {
    if (!host.powered || !host.drbd) return;
    for (const drbd::Resource& resource : host.drbd->resources) {
      for (const drbd::Device& device : resource.devices) {
        if (!device.backing) continue;
        std::string subject = resource.name.str();
        if (resource.devices.size() > 1) subject += fmt::format("/{}", device.volume);
        found[subject].push_back({name, resource.peer_host, &device});
      }
    }
  });
  return found;
}

bool may_be_a_pair(const Side& a, const Side& b) {
  return (a.peer.empty() || a.peer == b.host) && (b.peer.empty() || b.peer == a.host);
}

std::map<std::string, Sides> replicated_volumes(const World& world) {
  std::map<std::string, Sides> both;
  for (const auto& [subject, sides] : replica_sides(world)) {
    if (sides.size() == 2 && may_be_a_pair(sides[0], sides[1])) both[subject] = {sides[0], sides[1]};
  }
  return both;
}

Patch contents_of(const World& world, const Side& side) { return whole_of(world, side).value_or(Patch()); }

WriteSet writes_on(const World& world, const Side& side) {
  WriteSet here;
  add_writes(here, contents_of(world, side));
  return here;
}

bool have_parted(const Sides& sides) {
  drbd::Compared asked;
  asked.self = sides[0].uuids();
  asked.peer = sides[1].uuids();
  const int result = drbd::compare(asked).result;
  return result == 100 || result == -100;
}

std::optional<bool> alike(const World& world, const Sides& sides) {
  const auto here = whole_of(world, sides[0]);
  const auto there = whole_of(world, sides[1]);
  if (!here || !there) return std::nullopt;
  return *here == *there;
}

}  // namespace rehearse
