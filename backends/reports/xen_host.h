// xl info and uname -n: the host itself. Of xl info the model prints the lines that say something of it;
// reading passes over the rest.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backends/reports/domain_list.h"

namespace rehearse::reports {

struct XenInfo {
  static constexpr Usage usage() { return usage_of("xl info,xm info"); }
  bool operator==(const XenInfo&) const = default;
};
void print(const World&, Name host, const XenInfo&, Report&);

struct NodeName {
  static constexpr Usage usage() { return usage_of("uname", flag("-n,--nodename")); }
  bool operator==(const NodeName&) const = default;
};
void print(const World&, Name host, const NodeName&, Report&);

struct XenHost {
  std::string host;
  std::uint64_t total_mib = 0;
  std::uint64_t free_mib = 0;
  std::uint32_t major = 4;
  std::uint32_t minor = 17;
  bool dom0_fixed =
      false;  // dom0_mem on the hypervisor's command line: dom0 gives no memory away (xl.conf(5))
  std::string version() const;
  /// What a new domain can have: free memory, and what dom0 gives away if it does.
  std::uint64_t room_mib(const std::vector<DomainRow>&) const;
  bool operator==(const XenHost&) const = default;
};
XenHost xen_host(const World&, Name host);
std::string show_xen_host(const XenHost&);
/// None if memory or version is not told.
std::optional<XenHost> read_xen_host(std::string_view text);

}  // namespace rehearse::reports
