// xl list: the running domains of a host, the host's own among them.
#pragma once

#include <string>
#include <vector>

#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::reports {

struct ListDomains {
  std::vector<std::string> names;
  bool details = false;  // with the configuration: domain_details.h
  static constexpr Usage usage() {
    return usage_of("xl list,xm list", toggle<&ListDomains::details>("-l,--long"),
                    any<&ListDomains::names>("DOMAIN"));
  }
  bool operator==(const ListDomains&) const = default;
};
void print(const World&, Name host, const ListDomains&, Report&);

/// A row of the list; the time a domain has run is no part of it.
struct DomainRow {
  std::string name;
  std::uint32_t id = 0;
  std::uint64_t memory_mib = 0;
  std::uint32_t vcpus = 0;
  bool paused = false;
  bool stopped = false;  // it was suspended, or has shut down, and its memory is still there
  bool operator==(const DomainRow&) const = default;
};
std::vector<DomainRow> domain_rows(const Host&);
/// Reads what `xl list` printed, the heading included; rows that are none are left out.
std::vector<DomainRow> read_domain_list(std::string_view text);

}  // namespace rehearse::reports
