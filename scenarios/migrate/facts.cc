#include "scenarios/migrate/facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/filters.h"

namespace rehearse::migrate {
namespace {

// Asks one thing; what does not come is told once.
std::optional<std::string> ask(Shell& shell, HostFacts& host, std::vector<std::string> words) {
  if (!host.why.empty()) return std::nullopt;
  const ShellAnswer answer = shell.run({std::move(words), {}});
  if (went_well(answer)) return answer.out;
  host.why = why_of(shell, answer);
  return std::nullopt;
}

HostFacts gather_host(Shell& shell, const std::string& name) {
  HostFacts host;
  host.name = name;
  if (const auto own = ask(shell, host, {"uname", "-n"})) {
    const std::vector<std::string> lines = lines_of(*own);
    if (lines.size() == 1 && !lines[0].empty()) host.own = lines[0];
  }
  if (const auto listed = ask(shell, host, {"xl", "list"})) host.domains = reports::read_domain_list(*listed);
  if (const auto listed = ask(shell, host, {"xl", "list", "-l"})) {
    auto details = reports::read_domain_details(*listed);
    if (details) {
      host.details = std::move(*details);
    } else {
      host.why = shell.where() + ": xl list -l was not understood";
    }
  }
  if (const auto info = ask(shell, host, {"xl", "info"})) host.xen = reports::read_xen_host(*info);
  if (!host.why.empty()) return host;
  auto status = load_status(shell);
  if (const auto* bad = std::get_if<InputError>(&status)) {
    host.why = bad->text();
  } else {
    host.status = std::get<Status>(std::move(status));
  }
  return host;
}

const reports::DomainDetails* details_of(const HostFacts& host, std::string_view domain) {
  const auto at = std::find_if(host.details.begin(), host.details.end(),
                               [&](const auto& row) { return row.name == domain; });
  return at == host.details.end() ? nullptr : &*at;
}

void gather_disks(Facts& facts, Shell& here, Shell& there, const reports::DomainDetails& guest) {
  std::vector<DiskName> names;
  for (const reports::DomainDisk& disk : guest.disks) names.push_back({disk.path, disk.script});
  const Resources resources = resources_of(here, names);
  facts.resources_why = resources.why;
  for (const DiskName& name : names) {
    DiskFact disk{name.path, resource_in_name(name), false};
    const bool device = name.path.starts_with('/');
    disk.there = !device || went_well(there.run({{"test", "-b", name.path}, {}}));
    facts.disks.push_back(std::move(disk));
  }
  for (const std::string& resource : resources.names) {
    facts.here.replicas[resource] = look_at(here, resource);
    facts.there.replicas[resource] = look_at(there, resource);
  }
}

// A visitor that is still the domain it came as was started where it came from.
std::string started_under(const Facts& facts) {
  const std::string own = facts.here.xen ? facts.here.xen->version() : "";
  const StatusRow* row = facts.here.status ? facts.here.status->find(facts.domain) : nullptr;
  const bool visitor = row && row->phase != Phase::leaving && row->phase != Phase::away;
  return visitor && !row->xen.empty() && row->number == facts.at_here.number ? row->xen : own;
}

}  // namespace

bool newer(std::string_view version, std::string_view than) {
  const auto next = [](std::string_view& text) {
    std::size_t number = 0;
    while (!text.empty() && text[0] != '.') {
      if (text[0] >= '0' && text[0] <= '9') number = number * 10 + static_cast<std::size_t>(text[0] - '0');
      text.remove_prefix(1);
    }
    if (!text.empty()) text.remove_prefix(1);
    return number;
  };
  while (!version.empty() || !than.empty()) {
    const std::size_t one = next(version);
    const std::size_t other = next(than);
    if (one != other) return one > other;
  }
  return false;
}

Facts gather(Reach& reach, const std::string& domain, const std::string& peer) {
  Facts facts;
  facts.domain = domain;
  const std::shared_ptr<Shell> other = reach.peer(peer);
  facts.here = gather_host(*reach.here, reach.name);
  facts.there = gather_host(*other, peer);
  const auto sighting = [&](const HostFacts& host) {
    if (host.why.empty()) return sighting_in(host.domains, domain);
    Sighting none;
    none.why = host.why;
    return none;
  };
  facts.at_here = sighting(facts.here);
  facts.at_there = sighting(facts.there);
  facts.started_under = started_under(facts);
  const reports::DomainDetails* guest = details_of(facts.here, domain);
  if (!guest) return facts;
  facts.memory_mib = guest->memory_mib;
  if (facts.there.why.empty()) gather_disks(facts, *reach.here, *other, *guest);
  return facts;
}

}  // namespace rehearse::migrate
