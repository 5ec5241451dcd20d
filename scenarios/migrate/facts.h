// What a careful operator looks at before moving a guest, gathered first and judged afterwards: each
// condition is a function of the facts alone, and a row of a table.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/reports/domain_details.h"
#include "backends/reports/xen_host.h"
#include "scenarios/migrate/reach.h"
#include "scenarios/migrate/replicas.h"
#include "scenarios/migrate/sight.h"
#include "scenarios/migrate/status.h"
#include "scenarios/migrate/tab.h"

namespace rehearse::migrate {

/// One host as far as the move concerns it.
struct HostFacts {
  std::string name;                // as it was called to reach it
  std::optional<std::string> own;  // as it calls itself; none: it did not answer
  std::string why;                 // of what was asked in vain
  std::vector<reports::DomainRow> domains;
  std::vector<reports::DomainDetails> details;
  std::optional<reports::XenHost> xen;
  std::map<std::string, Replica> replicas;  // by resource
  std::optional<Status> status;
};

struct DiskFact {
  std::string path;
  std::optional<std::string> resource;
  bool there = false;  // the other host has a device of this name
};

struct Facts {
  std::string domain;
  HostFacts here;
  HostFacts there;
  Sighting at_here;
  Sighting at_there;
  std::vector<DiskFact> disks;
  std::string resources_why;  // not empty: the resources of its disks are not known
  std::uint64_t memory_mib = 0;
  std::string started_under;  // the version of Xen that the guest was started under
};

Facts gather(Reach&, const std::string& domain, const std::string& peer);

struct Checked {
  bool holds = false;
  std::string found;
};
struct Condition {
  std::string_view name;
  Checked (*check)(const Facts&);
};
/// In the order in which they are best told.
std::span<const Condition> conditions();

/// "4.17" is not newer than "4.19".
bool newer(std::string_view version, std::string_view than);

}  // namespace rehearse::migrate
