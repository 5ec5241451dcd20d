#include "backends/reports/xen_host.h"

#include <charconv>
#include <map>

#include "backends/filters.h"
#include "model/domain/life.h"

namespace rehearse::reports {
namespace {

constexpr std::uint64_t kLeastDom0 = 128;  // libxl.h LIBXL_MIN_DOM0_MEM

template <class T>
bool take(const std::map<std::string, std::string, std::less<>>& lines, std::string_view name, T& value) {
  const auto at = lines.find(name);
  if (at == lines.end()) return false;
  const char* end = at->second.data() + at->second.size();
  const auto [stop, error] = std::from_chars(at->second.data(), end, value);
  return error == std::errc() && stop == end;
}

}  // namespace

std::string XenHost::version() const { return fmt::format("{}.{}", major, minor); }

std::uint64_t XenHost::room_mib(const std::vector<DomainRow>& rows) const {
  std::uint64_t room = free_mib;
  for (const DomainRow& row : rows) {
    if (row.id == 0 && !dom0_fixed && row.memory_mib > kLeastDom0) room += row.memory_mib - kLeastDom0;
  }
  return room;
}

// The modelled dom0 has all memory that no guest has.
XenHost xen_host(const World& world, Name host) {
  XenHost made;
  made.host = host.str();
  made.total_mib = world.hosts.find(host)->hardware->memory_mib;
  const domain::XenVersion version = domain::xen_version(world, host);
  made.major = version.major;
  made.minor = version.minor;
  return made;
}

std::string show_xen_host(const XenHost& row) {
  const auto line = [](std::string_view name, const auto& value) {
    return fmt::format("{:<23}: {}\n", name, value);
  };
  // The word is what Debian's /etc/grub.d/20_linux_xen writes where Xen expects its own name.
  return line("host", row.host) + line("total_memory", row.total_mib) + line("free_memory", row.free_mib) +
         line("xen_major", row.major) + line("xen_minor", row.minor) + line("xen_version", row.version()) +
         line("xen_commandline", row.dom0_fixed ? "placeholder dom0_mem=512M,max:512M" : "placeholder");
}

std::optional<XenHost> read_xen_host(std::string_view text) {
  std::map<std::string, std::string, std::less<>> lines;
  for (const std::string& line : lines_of(text)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::size_t end = line.find_last_not_of(' ', colon > 0 ? colon - 1 : 0);
    const std::size_t start = line.find_first_not_of(' ', colon + 1);
    lines.emplace(line.substr(0, end + 1), start == std::string::npos ? "" : line.substr(start));
  }
  XenHost row;
  row.host = lines["host"];
  row.dom0_fixed = lines["xen_commandline"].find("dom0_mem=") != std::string::npos;
  const bool told = take(lines, "total_memory", row.total_mib) && take(lines, "free_memory", row.free_mib) &&
                    take(lines, "xen_major", row.major) && take(lines, "xen_minor", row.minor);
  return told ? std::optional(row) : std::nullopt;
}

void print(const World& world, Name host, const XenInfo&, Report& report) {
  if (!world.hosts.find(host)->hardware->runs_xen) {
    report.err("ERROR:  Can't find hypervisor information in sysfs!");
    report.status = 1;
    return;
  }
  for (const std::string& line : lines_of(show_xen_host(xen_host(world, host)))) report.out("{}", line);
}

void print(const World&, Name host, const NodeName&, Report& report) { report.out("{}", host.str()); }

}  // namespace rehearse::reports
