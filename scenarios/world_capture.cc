#include "scenarios/world_capture.h"

#include "scenarios/capture_site.h"

namespace rehearse {

Captured world_from(const std::vector<CapturedHost>& hosts) {
  Captured to;
  for (const CapturedHost& captured : hosts) {
    const CaptureSite site{captured, to, captured.name};
    if (captured.name.empty() || to.world.hosts.contains(site.host)) {
      site.note("left out: there is such a host already, or it has no name");
      continue;
    }
    for (const std::string& unread : captured.unread) site.note("{}", unread);
    to.world.hosts.put(site.host, bare_host());
    if (captured.memory_mib > 0) {
      site.edit().hardware.edit().memory_mib = captured.memory_mib;
    } else {
      site.note("how much memory it has was not read: 4G are assumed");
    }
    capture_disks(site);
    capture_groups(site);
    capture_mapped(site);
    capture_contents(site);
  }
  return to;
}

}  // namespace rehearse
