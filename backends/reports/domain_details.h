// xl list -l: the domains of a host with their configuration, as JSON. Of all that libxl puts there the model
// knows what concerns disks, network addresses and memory; reading passes over the rest.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/report.h"
#include "model/world.h"

namespace rehearse::reports {

struct DomainDisk {
  std::string path;    // pdev_path: "/dev/drbd0"
  std::string script;  // "block-drbd"; empty: the usual one
  std::string vdev;
  bool writable = true;
  bool operator==(const DomainDisk&) const = default;
};

struct DomainDetails {
  std::uint32_t id = 0;
  std::string name;
  std::uint64_t memory_mib = 0;
  std::vector<DomainDisk> disks;
  std::vector<std::string> macs;
  bool operator==(const DomainDetails&) const = default;
};

/// Without the host's own.
std::vector<DomainDetails> domain_details(const Host&);
std::string show_domain_details(const std::vector<DomainDetails>&);
/// None if the text is not such a list. The host's own domain, which has no disks of its own, is left out.
std::optional<std::vector<DomainDetails>> read_domain_details(std::string_view text);

}  // namespace rehearse::reports
