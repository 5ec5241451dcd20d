#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/migrate/move.h"

namespace rehearse::migrate {
namespace {

Checked yes(std::string found) { return {true, std::move(found)}; }
Checked no(std::string found) { return {false, std::move(found)}; }

Checked this_host_answers(const Facts& facts) {
  if (!facts.here.why.empty()) return no(facts.here.why);
  return yes(facts.here.own.value_or(""));
}

Checked peer_answers(const Facts& facts) {
  if (!facts.there.why.empty()) return no(facts.there.why);
  if (!facts.there.own) return no("it does not say its name");
  return yes(fmt::format("{} calls itself {}", facts.there.name, *facts.there.own));
}

// A name may lead back to this host: by an alias, or by a line of /etc/hosts with a loopback address.
Checked peer_is_another_host(const Facts& facts) {
  if (facts.there.own && facts.there.own == facts.here.own) {
    return no(fmt::format("{} leads to this host itself", facts.there.name));
  }
  return yes(facts.there.own.value_or("it did not answer"));
}

Checked runs_here(const Facts& facts) {
  switch (facts.at_here.guest) {
    case Copy::running:
      break;
    case Copy::paused:
      return no("it is paused");
    case Copy::stopped:
      return no("it is stopped");
    case Copy::none:
      return no(facts.at_here.seen ? "there is no such domain" : facts.at_here.why);
  }
  if (facts.at_here.incoming) return no(facts.domain + "--incoming is there too");
  if (facts.at_here.given_away) return no(facts.domain + "--migratedaway is there too");
  return yes(fmt::format("as domain {}", facts.at_here.number));
}

Checked not_there_yet(const Facts& facts) {
  if (!facts.at_there.seen) return no(facts.at_there.why);
  if (facts.at_there.guest != Copy::none) return no("a domain of this name is there");
  if (facts.at_there.incoming) return no(facts.domain + "--incoming is there, of a migration that failed");
  if (facts.at_there.given_away) return no(facts.domain + "--migratedaway is there");
  return yes("no domain of this name");
}

Checked address_is_free(const Facts& facts) {
  const auto guest = std::find_if(facts.here.details.begin(), facts.here.details.end(),
                                  [&](const auto& row) { return row.name == facts.domain; });
  if (guest == facts.here.details.end()) return no("its interfaces are not known");
  for (const std::string& mac : guest->macs) {
    for (const reports::DomainDetails& other : facts.there.details) {
      if (std::find(other.macs.begin(), other.macs.end(), mac) != other.macs.end()) {
        return no(fmt::format("{} of {} has {}", other.name, facts.there.name, mac));
      }
    }
  }
  return yes(guest->macs.empty() ? "it has none" : fmt::format("{}", fmt::join(guest->macs, ", ")));
}

Checked disks_are_there(const Facts& facts) {
  for (const DiskFact& disk : facts.disks) {
    if (!disk.there) return no(fmt::format("{} has no {}", facts.there.name, disk.path));
  }
  return yes(fmt::format("{} of them", facts.disks.size()));
}

Checked resources_are_known(const Facts& facts) {
  if (!facts.resources_why.empty()) return no(facts.resources_why);
  if (facts.here.replicas.empty()) return yes("none of its disks is on DRBD");
  std::vector<std::string> names;
  for (const auto& [name, replica] : facts.here.replicas) names.push_back(name);
  return yes(fmt::format("{}", fmt::join(names, ", ")));
}

// Both sides are asked: each knows only what it was told last.
Checked resources_are_healthy(const Facts& facts) {
  for (const HostFacts* host : {&facts.here, &facts.there}) {
    for (const auto& [name, replica] : host->replicas) {
      if (replica.healthy()) continue;
      if (!replica.why.empty()) return no(fmt::format("{}: {}", name, replica.why));
      return no(fmt::format("{} is {} {} on {}", name, replica.connection, fmt::join(replica.disks, " "),
                            host->name));
    }
  }
  return yes("Connected UpToDate/UpToDate on both sides");
}

// While the guest arrives, both hosts have its disks open.
Checked two_primaries_are_allowed(const Facts& facts) {
  for (const HostFacts* host : {&facts.here, &facts.there}) {
    for (const auto& [name, replica] : host->replicas) {
      if (!replica.two_primaries) {
        return no(fmt::format("{} does not allow-two-primaries on {}", name, host->name));
      }
    }
  }
  return yes("on both sides");
}

Checked memory_is_there(const Facts& facts) {
  if (!facts.there.xen) return no("xl info was not understood");
  const std::uint64_t room = facts.there.xen->room_mib(facts.there.domains);
  const std::string found = fmt::format("{} MiB of {} needed", room, facts.memory_mib);
  return room >= facts.memory_mib && facts.memory_mib > 0 ? yes(found) : no(found);
}

// A guest keeps what it saw of the hypervisor when it started; an older one may not offer that, and the guest
// arrives and does not move.
Checked versions_fit(const Facts& facts) {
  if (!facts.there.xen || facts.started_under.empty()) return no("the versions are not known");
  const std::string there = facts.there.xen->version();
  const std::string found =
      fmt::format("started under Xen {}, {} has {}", facts.started_under, facts.there.name, there);
  return newer(facts.started_under, there) ? no(found) : yes(found);
}

// A row of the other host is of this guest only if it goes home, or came to nothing before.
Checked records_agree(const Facts& facts) {
  if (!facts.here.status || !facts.there.status) return no("a record cannot be read");
  const StatusRow* here = facts.here.status->find(facts.domain);
  const StatusRow* there = facts.there.status->find(facts.domain);
  const bool visitor = here && here->phase != Phase::leaving && here->phase != Phase::away;
  if (visitor && !homewards(facts)) return no(fmt::format("it is a visitor of {}", here->host));
  if (there) {
    const bool its_own = there->phase == Phase::leaving || there->phase == Phase::away;
    const bool tried = there->phase == Phase::coming && there->host == facts.here.name;
    if (visitor ? !its_own : !tried) {
      return no(fmt::format("{} has it as {} ({})", facts.there.name, name_of(there->phase), there->host));
    }
  }
  return yes(here ? fmt::format("{} ({})", name_of(here->phase), here->host) : "none yet");
}

constexpr std::array kConditions = {
    Condition{"this host answers", this_host_answers},
    Condition{"the peer answers", peer_answers},
    Condition{"the peer is another host", peer_is_another_host},
    Condition{"it runs here", runs_here},
    Condition{"it is not there yet", not_there_yet},
    Condition{"the records agree", records_agree},
    Condition{"no other domain there has its MAC address", address_is_free},
    Condition{"its disks are there", disks_are_there},
    Condition{"its DRBD resources are known", resources_are_known},
    Condition{"they are connected and up to date", resources_are_healthy},
    Condition{"they allow two primaries", two_primaries_are_allowed},
    Condition{"there is memory for it", memory_is_there},
    Condition{"the hypervisor there is not older", versions_fit},
};

}  // namespace

std::span<const Condition> conditions() { return kConditions; }

}  // namespace rehearse::migrate
