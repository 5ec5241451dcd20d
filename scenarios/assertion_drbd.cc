// Assertions about replicated resources: what each host says of its own side, and what neither can say, as
// whether the two hold the same.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/assertion.h"
#include "scenarios/sides.h"

namespace rehearse {
namespace {

using Answer = std::optional<std::string>;

// A volume as one host's kernel has it.
struct OwnSide {
  Name host;
  const drbd::Device* device = nullptr;
};

std::vector<OwnSide> own_sides(const World& world, const ReplicaRef& ref, Name only) {
  std::vector<OwnSide> all;
  world.hosts.for_each([&](Name name, const Host& host) {
    if (!host.powered || !host.drbd || (!only.empty() && only != name)) return;
    const drbd::Resource* resource = host.drbd->resource(ref.resource);
    if (!resource) return;
    for (const drbd::Device& device : resource->devices) {
      if (!ref.volume || *ref.volume == device.volume) all.push_back({name, &device});
    }
  });
  return all;
}

std::string nowhere(const ReplicaRef& ref, Name host) {
  return host.empty() ? fmt::format("{} is configured on no host", ref.str())
                      : fmt::format("{} is not configured on {}", ref.str(), host.str());
}

// What the state has in place of the word: the role for a role, and so on.
std::string said_instead(const drbd::State& state, std::string_view word) {
  if (word == "suspended") return "not suspended";
  if (drbd::role_named(word)) return std::string(name_of(state.role));
  if (drbd::disk_named(word)) return std::string(name_of(state.disk));
  return std::string(name_of(state.conn));
}

bool is_so(const drbd::State& state, std::string_view word) {
  if (word == "suspended") return state.suspended();
  return said_instead(state, word) == word;
}

}  // namespace

std::string ReplicaRef::str() const {
  return volume ? fmt::format("{}/{}", resource.str(), *volume) : resource.str();
}

namespace asserting {

std::optional<std::string> judge(const World& world, const ReplicaIs& says) {
  const std::vector<OwnSide> all = own_sides(world, says.replica, says.host);
  const auto so = [&](const OwnSide& seen) { return is_so(seen.device->state, says.state); };
  if (says.negated) {
    const auto at = std::find_if(all.begin(), all.end(), so);
    if (at == all.end()) return std::nullopt;
    return fmt::format("{} is {} on {}", says.replica.str(), says.state, at->host.str());
  }
  if (all.empty()) return nowhere(says.replica, says.host);
  // All volumes of a host have to be as it is said of the resource.
  std::vector<Name> failing;
  std::string instead;
  for (const OwnSide& seen : all) {
    if (so(seen)) continue;
    failing.push_back(seen.host);
    instead += fmt::format("{}{} on {}", instead.empty() ? "" : ", ",
                           said_instead(seen.device->state, says.state), seen.host.str());
  }
  const bool holds = std::any_of(all.begin(), all.end(), [&](const OwnSide& seen) {
    return std::find(failing.begin(), failing.end(), seen.host) == failing.end();
  });
  if (holds) return std::nullopt;
  return fmt::format("{} is {}", says.replica.str(), instead);
}

std::optional<std::string> judge(const World& world, const OutOfSync& says) {
  const std::vector<OwnSide> all = own_sides(world, says.replica, says.host);
  if (all.empty()) return nowhere(says.replica, says.host);
  Answer why;
  for (const OwnSide& seen : all) {
    const Bytes bytes = seen.device->out_of_sync() * drbd::kBit * kSector;
    const bool holds = says.at_most ? bytes <= says.bytes : bytes >= says.bytes;
    // One host that misses more than it is said to is too many.
    if (holds && !says.at_most) return std::nullopt;
    if (holds) continue;
    std::string amount = bytes == 0 ? "nothing" : human_size(bytes);
    if (amount.starts_with('<')) amount.erase(0, 1);  // its mark of rounding
    why = fmt::format("{} has {} out of sync on {}", says.replica.str(), amount, seen.host.str());
  }
  return why;
}

std::optional<std::string> judge(const World& world, const SidesAre& says) {
  std::vector<std::pair<std::string, Sides>> pairs;
  for (const auto& [subject, sides] : replicated_volumes(world)) {
    const std::string whole = says.replica.resource.str();
    const bool meant = says.replica.volume
                           ? subject == says.replica.str() ||
                                 (subject == whole && sides[0].device->volume == *says.replica.volume)
                           : subject == whole || subject.starts_with(whole + "/");
    if (meant) pairs.emplace_back(subject, sides);
  }
  if (pairs.empty()) return fmt::format("{} has no two sides with disks", says.replica.str());
  for (const auto& [subject, sides] : pairs) {
    if (says.what == SidesSay::parted) {
      const bool parted = have_parted(sides);
      if (parted == says.negated) return fmt::format("{} has {} split brain", subject, parted ? "a" : "no");
      continue;
    }
    const auto same = alike(world, sides);
    if (!same) return fmt::format("a disk of {} cannot be read", subject);
    if (*same == says.negated) {
      return fmt::format("{} {} on {} and {}", subject, *same ? "is the same" : "is not the same",
                         sides[0].host.str(), sides[1].host.str());
    }
  }
  return std::nullopt;
}

}  // namespace asserting
}  // namespace rehearse
