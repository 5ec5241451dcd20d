// Hazards of replicated devices: two sides that have parted, for either choice of a victim what it would
// cost; sides that call themselves up to date and are not alike; a promotion of older data.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/drbd/compare.h"
#include "model/drbd/kernel.h"
#include "model/io.h"
#include "scenarios/judge.h"

namespace rehearse::judging {
namespace {

// A volume of a resource on one host, with its disk attached.
struct Side {
  Name host;
  Name resource;
  const drbd::Device* device = nullptr;

  const drbd::Uuids& uuids() const { return device->backing->super.uuids; }
};
using Sides = std::array<Side, 2>;

bool belongs(const drbd::Resource& resource, Name other) {
  return resource.peer_host.empty() || resource.peer_host == other;
}

// The volumes that two hosts have a disk of, by "r0" or "r0/1".
std::map<std::string, Sides> volumes(const World& world) {
  std::map<std::string, std::vector<std::pair<Side, const drbd::Resource*>>> found;
  world.hosts.for_each([&](Name name, const Host& host) {
    if (!host.powered || !host.drbd) return;
    for (const drbd::Resource& resource : host.drbd->resources) {
      for (const drbd::Device& device : resource.devices) {
        if (!device.backing) continue;
        std::string subject = resource.name.str();
        if (resource.devices.size() > 1) subject += fmt::format("/{}", device.volume);
        found[subject].push_back({{name, resource.name, &device}, &resource});
      }
    }
  });
  std::map<std::string, Sides> both;
  for (const auto& [subject, rows] : found) {
    if (rows.size() != 2) continue;  // of one name on many hosts, who belongs to whom is not to be seen
    if (!belongs(*rows[0].second, rows[1].first.host) || !belongs(*rows[1].second, rows[0].first.host))
      continue;
    both[subject] = {rows[0].first, rows[1].first};
  }
  return both;
}

Patch contents(const World& world, const Side& side) {
  ReadResult whole = read(world, side.host, side.device->backing->device, {0, side.device->size});
  Patch pieces;
  if (whole.error != IoError::none) return pieces;
  for (Run& run : whole.data) append(pieces, std::move(run));
  return pieces;
}

// What can be read on a side.
WriteSet writes_on(const World& world, const Side& side) {
  WriteSet here;
  add_writes(here, contents(world, side));
  return here;
}

bool split_brain(const Sides& sides) {
  drbd::Compared asked;
  asked.self = sides[0].uuids();
  asked.peer = sides[1].uuids();
  const int result = drbd::compare(asked).result;
  return result == 100 || result == -100;
}

bool connected(const Side& side) { return side.device->state.conn >= drbd::Connection::connected; }
bool up_to_date(const Side& side) { return side.device->state.disk == drbd::Disk::up_to_date; }

// What it would cost to lose these writes, and the lines on which they were written.
struct Cost {
  std::string text = "nothing that was acknowledged";
  std::vector<std::size_t> lines;
};

Cost cost_of(const Look& look, const WriteSet& lost) {
  Cost cost;
  std::vector<std::string> parts;
  for (const auto& [writer, loss] : by_writer(look, lost)) {
    parts.push_back(fmt::format("{} that {} wrote {}", amount(loss.bytes), writer.str(), places_text(loss)));
    cost.lines.insert(cost.lines.end(), loss.lines.begin(), loss.lines.end());
  }
  if (!lost.empty()) cost.text = joined(parts);
  return cost;
}

}  // namespace

void split_brain(const Look& look) {
  const auto before = volumes(look.old_world());
  for (const auto& [subject, sides] : volumes(look.new_world())) {
    if (!split_brain(sides)) continue;
    // Told when they part, and again when they meet and find it out: the writes may be others then.
    const auto old = before.find(subject);
    const bool parted = old != before.end() && split_brain(old->second);
    const auto alone = [](const Side& side) {
      return side.device->state.conn == drbd::Connection::stand_alone;
    };
    const bool met =
        parted && (alone(sides[0]) || alone(sides[1])) && !alone(old->second[0]) && !alone(old->second[1]);
    if (parted && !met) continue;
    const WriteSet here = writes_on(look.new_world(), sides[0]);
    const WriteSet there = writes_on(look.new_world(), sides[1]);
    Cost first = cost_of(look, minus(here, there));
    const Cost second = cost_of(look, minus(there, here));
    first.lines.insert(first.lines.end(), second.lines.begin(), second.lines.end());
    look.tell(
        "RH701", subject,
        fmt::format("the two sides of {} {}: if {} is the victim, {} is lost; if {} is, {}", subject,
                    met ? "meet and find that both have gone on alone" : "part, each with data of its own",
                    sides[0].host.str(), first.text, sides[1].host.str(), second.text),
        "promote a side only when the other is known to be down or secondary, or let a fence-peer handler "
        "see to it; copy what the victim alone has before it is discarded",
        std::move(first.lines));
  }
}

void up_to_date_unlike(const Look& look) {
  for (const auto& [subject, sides] : volumes(look.new_world())) {
    if (!connected(sides[0]) || !connected(sides[1]) || !up_to_date(sides[0]) || !up_to_date(sides[1]))
      continue;
    if (contents(look.new_world(), sides[0]) == contents(look.new_world(), sides[1])) continue;
    look.tell_once("RH702", subject,
                   fmt::format("{} is UpToDate on {} and on {}, but the contents differ", subject,
                               sides[0].host.str(), sides[1].host.str()),
                   "run drbdadm verify, then disconnect and connect the side that is to be mended");
  }
}

void older_promoted(const Look& look) {
  const auto before = volumes(look.old_world());
  for (const auto& [subject, sides] : volumes(look.new_world())) {
    const auto old = before.find(subject);
    if (old == before.end()) continue;
    for (std::size_t i = 0; i < 2; ++i) {
      const Side& side = sides[i];
      const Side& was = old->second[i];
      if (was.host != side.host || was.device->state.role == drbd::Role::primary) continue;
      if (side.device->state.role != drbd::Role::primary || connected(side)) continue;
      const WriteSet missing =
          minus(writes_on(look.new_world(), sides[1 - i]), writes_on(look.new_world(), side));
      if (missing.empty()) continue;
      Cost cost = cost_of(look, missing);
      look.tell("RH703", subject,
                fmt::format("{} is made Primary of {} without {}, which only {} has", side.host.str(),
                            subject, cost.text, sides[1 - i].host.str()),
                fmt::format("bring {} back and let it synchronise first", sides[1 - i].host.str()),
                std::move(cost.lines));
    }
  }
}

}  // namespace rehearse::judging
