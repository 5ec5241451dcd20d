// Hazards of replicated devices: two sides that have parted, for either choice of a victim what it would
// cost; a resync that throws writes away; sides that call themselves up to date and are not alike; a
// promotion of older data.
#include <fmt/format.h>

#include <algorithm>

#include "model/io.h"
#include "scenarios/judge.h"
#include "scenarios/sides.h"

namespace rehearse::judging {
namespace {

// A side as it is, or, of a host that is down or has lost the disk, as it was seen last: the disk has kept
// it.
struct Known {
  const World* world = nullptr;
  Side side;
  bool live = true;
};
using KnownPair = std::array<Known, 2>;

// Does the disk below a side that was seen then still hold the same data?
bool has_kept(const World& then, const World& now, const Side& side) {
  const auto root = root_of(then, side.host, side.device->backing->device);
  if (!root) return false;
  const Medium* old = then.media.find(root->medium);
  const Medium* medium = now.media.find(root->medium);
  const Range data{root->first, side.device->size};
  return old && medium && old->contents.read(data) == medium->contents.read(data);
}

bool can_be_read(const World& world, const Side& side) {
  return read(world, side.host, side.device->backing->device, {0, 1}).error == IoError::none;
}

std::map<std::string, KnownPair> known_volumes(const Story& story, const World& world) {
  std::map<std::string, KnownPair> pairs;
  for (const auto& [subject, live] : replica_sides(world)) {
    std::vector<Known> known;
    for (const Side& side : live) {
      if (can_be_read(world, side)) known.push_back({&world, side, true});
    }
    const auto seen = story.replicas.find(subject);
    if (known.size() == 1 && seen != story.replicas.end()) {
      const Name only = known[0].side.host;
      for (const auto& [host, then] : seen->second) {
        if (host == only) continue;
        const auto sides = replica_sides(then);
        for (const Side& side : sides.at(subject)) {
          if (side.host == host && has_kept(then, world, side)) known.push_back({&then, side, false});
        }
      }
    }
    if (known.size() != 2 || !may_be_a_pair(known[0].side, known[1].side)) continue;
    if (known[1].side.host.str() < known[0].side.host.str()) std::swap(known[0], known[1]);
    pairs[subject] = {known[0], known[1]};
  }
  return pairs;
}

// What can be read on `from` and not on the other side. What its own users wrote over or removed since is
// missed by nobody: the side that was left behind merely still has it.
WriteSet only_on(const Look& look, const Known& from, const Known& other) {
  return minus(minus(writes_on(*from.world, from.side), writes_on(*other.world, other.side)),
               look.story.overwritten);
}

// What only the victim has, in blocks that either side's bitmap names.
WriteSet writes_to_be_copied_over(const Look& look, const Side& victim, const Side& source) {
  drbd::Bitmap marked = victim.device->bitmap;
  marked.set(source.device->bitmap);
  const Patch here = contents_of(look.new_world(), victim);
  const Patch copied = contents_of(look.new_world(), source);
  Contents after;  // as the victim will be read afterwards
  after.write(here);
  for (const Range& bits : marked.runs) {
    const Range sectors{bits.first * drbd::kBit, bits.count * drbd::kBit};
    after.write(cut(copied, sectors, sectors.first));
  }
  WriteSet own, kept;
  add_writes(own, here);
  add_writes(kept, after.runs());
  add_writes(kept, copied);
  return minus(own, kept);
}

// What can be read without this side: in other volumes, and in the memory of kernels.
WriteSet readable_without(const Look& look, const Side& side) {
  const World& world = look.new_world();
  const Name backing = side.device->backing->device;
  const std::string disk = backing.str() + " of " + side.host.str();
  const std::string volume = name_of(world, side.host, backing);
  WriteSet all;
  for (const auto& [place, writes] : look.after.readable.places) {
    if (place != disk && place != volume) add(all, writes);
  }
  return all;
}

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

// Was the connection given up in this step?
bool gives_up(const Side& before, const Side& now) {
  constexpr auto kAlone = drbd::Connection::stand_alone;
  return before.host == now.host && before.device->state.conn != kAlone && now.device->state.conn == kAlone;
}

// Somebody said so: that is no handshake.
bool hangs_up(const Look& look) {
  const Words words = words_of(look.played);
  return std::any_of(words.begin(), words.end(),
                     [](const std::string& word) { return word == "disconnect" || word == "down"; });
}

// ", under its file system at /mnt", or nothing if nobody uses the device there.
std::string under_whom(const World& world, const Side& side) {
  const Host& host = *world.hosts.find(side.host);
  for (const fs::Mount& mount : *host.mounts) {
    if (mount.device == side.device->name())
      return fmt::format(", under the file system that is mounted at {}", mount.target.str());
  }
  for (const domain::Domain& domain : *host.domains) {
    const auto& disks = domain.config.disks;
    if (std::any_of(disks.begin(), disks.end(),
                    [&](const domain::Disk& disk) { return disk.device == side.device->name(); }))
      return fmt::format(", under {}, which runs on it", domain.config.name.str());
  }
  return "";
}

// What the users of a host's device can read: with a file system in use, what its kernel knows of it. None if
// reading fails.
std::optional<WriteSet> view_of(const World& world, Name host, const drbd::Device& device) {
  WriteSet view;
  const ReadResult whole = read(world, host, device.name(), {0, device.size});
  if (whole.error != IoError::none) return std::nullopt;
  Patch pieces;
  for (const Run& run : whole.data) append(pieces, run);
  bool in_use = false;
  const auto through = [&](const fs::Mount& mount) {
    if (mount.device != device.name()) return;
    in_use = true;
    add_writes(view, mount, pieces);
  };
  const Host& at = *world.hosts.find(host);
  for (const fs::Mount& mount : *at.mounts) through(mount);
  for (const domain::Domain& domain : *at.domains) {
    for (const fs::Mount& mount : domain.mounts) through(mount);
  }
  if (!in_use) add_writes(view, pieces);
  return view;
}

}  // namespace

void remember_overwritten(const Look& look) {
  if (!may_destroy(look)) {
    look.new_world().hosts.for_each([&](Name name, const Host& host) {
      const Host* was = look.old_world().hosts.find(name);
      if (!host.powered || !host.drbd || !was || !was->powered || !was->drbd) return;
      for (const drbd::Resource& resource : host.drbd->resources) {
        for (const drbd::Device& device : resource.devices) {
          const auto old = was->drbd->minor(device.minor);
          if (!old || device.state.role != drbd::Role::primary) continue;
          const auto could = view_of(look.old_world(), name, *old.device);
          const auto can = view_of(look.new_world(), name, device);
          if (could && can) add(look.story.overwritten, minus(*could, *can));
        }
      }
    });
  }
  if (look.story.overwritten.empty()) return;
  // What both sides have again, as the newer data were thrown away, is in use like any other; unless its
  // users have only not written it back yet.
  for (const auto& [subject, sides] : replicated_volumes(look.new_world())) {
    const WriteSet here = writes_on(look.new_world(), sides[0]);
    WriteSet both = minus(here, minus(here, writes_on(look.new_world(), sides[1])));
    for (const Side& side : sides) {
      if (side.device->state.role != drbd::Role::primary) continue;
      const auto view = view_of(look.new_world(), side.host, *side.device);
      if (view) both = minus(both, minus(both, *view));
    }
    look.story.overwritten = minus(look.story.overwritten, both);
  }
}

void split_brain(const Look& look) {
  const auto before = known_volumes(look.story, look.old_world());
  for (const auto& [subject, pair] : known_volumes(look.story, look.new_world())) {
    const Sides sides = {pair[0].side, pair[1].side};
    if (!have_parted(sides)) continue;
    // Told when they part, and again when they meet and find it out: the writes may be others then.
    const auto old = before.find(subject);
    const bool parted = old != before.end() && have_parted({old->second[0].side, old->second[1].side});
    const bool met = parted && !hangs_up(look) &&
                     (gives_up(old->second[0].side, sides[0]) || gives_up(old->second[1].side, sides[1]));
    if (parted && !met) continue;
    Cost first = cost_of(look, only_on(look, pair[0], pair[1]));
    const Cost second = cost_of(look, only_on(look, pair[1], pair[0]));
    first.lines.insert(first.lines.end(), second.lines.begin(), second.lines.end());
    look.tell(
        "RH701", subject,
        fmt::format("the two sides of {} {}: if it is {}, {} is lost; if it is {}, {}", subject,
                    met ? "meet, find that both have gone on alone, and wait for somebody to choose a victim"
                        : "part, and cannot be joined again without a victim",
                    sides[0].host.str(), first.text, sides[1].host.str(), second.text),
        met ? "copy what the victim alone has before it is discarded"
            : "promote a side only when the other is known to be down, or let a fence-peer handler see to it",
        std::move(first.lines));
  }
}

void overwritten_by_resync(const Look& look) {
  const auto before = replicated_volumes(look.old_world());
  for (const auto& [subject, sides] : replicated_volumes(look.new_world())) {
    const auto old = before.find(subject);
    for (std::size_t i = 0; i < 2; ++i) {
      const Side& victim = sides[i];
      const Side& source = sides[1 - i];
      const bool went_on = old != before.end() && old->second[i].target();
      if (!victim.target() || went_on) continue;
      const WriteSet gone = minus(writes_to_be_copied_over(look, victim, source), look.story.overwritten);
      if (gone.empty()) continue;
      Cost cost = cost_of(look, minus(gone, readable_without(look, victim)));
      if (cost.lines.empty()) continue;
      look.tell("RH704", subject,
                fmt::format("{} takes over the data of {} from {}{}: {} is thrown away", victim.host.str(),
                            subject, source.host.str(), under_whom(look.new_world(), victim), cost.text),
                fmt::format("disconnect {} at once, and copy from {} what it alone has before the two are "
                            "joined; blocks that were copied already are gone",
                            subject, victim.host.str()),
                std::move(cost.lines));
    }
  }
}

void up_to_date_unlike(const Look& look) {
  for (const auto& [subject, sides] : replicated_volumes(look.new_world())) {
    if (!sides[0].connected() || !sides[1].connected() || !sides[0].up_to_date() || !sides[1].up_to_date())
      continue;
    if (alike(look.new_world(), sides).value_or(true)) continue;
    look.tell_once("RH702", subject,
                   fmt::format("{} is UpToDate on {} and on {}, but the contents differ", subject,
                               sides[0].host.str(), sides[1].host.str()),
                   "run drbdadm verify, then disconnect and connect the side that is to be mended");
  }
}

void older_promoted(const Look& look) {
  const auto before = known_volumes(look.story, look.old_world());
  for (const auto& [subject, pair] : known_volumes(look.story, look.new_world())) {
    const auto old = before.find(subject);
    if (old == before.end()) continue;
    for (std::size_t i = 0; i < 2; ++i) {
      const Known& known = pair[i];
      const Known& other = pair[1 - i];
      const Side& side = known.side;
      const Side& was = old->second[i].side;
      if (!known.live || was.host != side.host || was.device->state.role == drbd::Role::primary) continue;
      if (side.device->state.role != drbd::Role::primary || side.connected()) continue;
      const WriteSet missing = only_on(look, other, known);
      if (missing.empty()) continue;
      Cost cost = cost_of(look, missing);
      look.tell("RH703", subject,
                fmt::format("{} is made Primary of {} without {}, which only {} has", side.host.str(),
                            subject, cost.text, other.side.host.str()),
                have_parted({old->second[0].side, old->second[1].side})
                    ? std::string("choose the victim of the split brain first, and copy what it alone has")
                    : fmt::format("bring {} back and let it synchronise first", other.side.host.str()),
                std::move(cost.lines));
    }
  }
}

void remember_replicas(const Look& look) {
  for (const auto& [subject, sides] : replica_sides(look.new_world())) {
    for (const Side& side : sides) {
      if (can_be_read(look.new_world(), side)) look.story.replicas[subject][side.host] = look.new_world();
    }
  }
}

}  // namespace rehearse::judging
