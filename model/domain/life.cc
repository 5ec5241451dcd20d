#include "model/domain/life.h"

#include <algorithm>
#include <cctype>

#include "model/domain/script.h"
#include "model/fs/guest.h"
#include "model/fs/path.h"
#include "model/io.h"
#include "model/usage.h"

namespace rehearse::domain {
namespace {

// Below this dom0 does not give memory away (libxl.h LIBXL_MIN_DOM0_MEM).
constexpr std::uint64_t kDom0Memory = 128;

Refused refusal_of(const ConfigError& error, Name file) {
  static constexpr std::string_view kSyntax = "config parsing error near ";
  static constexpr std::string_view kDisk = "config parsing error in disk specification: ";
  static constexpr std::string_view kArgument = "unrecognized argument `";
  static constexpr std::string_view kParameter = "Invalid parameter `";
  const std::string_view what = error.what;
  const auto rest = [&](std::string_view prefix) { return std::string(what.substr(prefix.size())); };
  const auto quoted = [&](std::string_view prefix) {
    return std::string(what.substr(prefix.size(), what.rfind('\'') - prefix.size()));
  };
  if (what.starts_with(kSyntax)) return {Refusal::config_syntax, file, error.said_line(), rest(kSyntax)};
  if (what.starts_with(kDisk)) return {Refusal::config_disk, file, rest(kDisk)};
  if (what.starts_with(kArgument)) return {Refusal::config_argument, quoted(kArgument)};
  if (what.starts_with(kParameter)) return {Refusal::config_parameter, quoted(kParameter)};
  return Refusal::config_without_name;
}

std::uint64_t memory_in_use(const Host& host) {
  std::uint64_t sum = kDom0Memory;
  for (const Domain& domain : *host.domains) sum += domain.config.memory_mib;
  return sum;
}

// What `readlink -f` makes of the path: a volume's is that of its node.
std::string node_path(const Host& host, Name device) {
  const Device* row = host.device(device);
  if (row && row->mapped()) return "/dev/dm-" + std::to_string(row->minor);
  return "/dev/" + device.str();
}

// /etc/xen/scripts/block, check_sharing: to be used read-only, a device must not be in use read-write
// anywhere on this host; to be used read-write, not at all. Another host's use is not seen.
Refused check_sharing(const Host& host, const Disk& disk) {
  const std::uint32_t id = host.last_domain_id + 1;
  const auto busy = [&](Refusal why) {
    const char* how = disk.writable ? "" : "read-write ";
    const char* wanted = disk.writable ? "" : "read-only ";
    return Refused(why, id, node_path(host, disk.device), how, wanted, 2000 + id);
  };
  for (const fs::Mount& mount : *host.mounts) {
    if (mount.device == disk.device && (disk.writable || !mount.read_only))
      return busy(Refusal::domain_disk_mounted);
  }
  for (const Domain& other : *host.domains) {
    for (const Disk& used : other.config.disks) {
      const bool clash = used.device == disk.device && (disk.writable || used.writable);
      if (clash) return busy(Refusal::domain_disk_in_guest);
    }
  }
  return {};
}

Domain* row_of_domain(Host& host, Name name) {
  auto& rows = host.domains.edit();
  const auto at =
      std::find_if(rows.begin(), rows.end(), [&](const Domain& row) { return row.config.name == name; });
  return at != rows.end() ? &*at : nullptr;
}

}  // namespace

FoundConfig config_at(const World& world, Name host, Name path, bool quiet, Report& report) {
  FoundConfig found;
  found.file = path.str().starts_with('/') ? path : Name("/root/" + path.str());
  const auto text = fs::text_at(world, host, found.file);
  if (!text) {
    const bool directory = fs::directory_at(world, host, found.file);
    found.refused = {Refusal::config_not_read, path,
                     directory ? "Is a directory" : "No such file or directory"};
    return found;
  }
  if (!quiet) report.err("Parsing config from {}", path.str());
  auto read = read_config(*text);
  if (auto* error = std::get_if<ConfigError>(&read)) {
    found.refused = refusal_of(*error, path);
    return found;
  }
  ConfigFile& file = std::get<ConfigFile>(read);
  for (const ConfigError& warning : file.warnings) report.err("{}", warning.words(path.str()));
  found.config = std::move(file.config);
  return found;
}

void resolve_disks(const Host& host, Config& config) {
  for (Disk& disk : config.disks) {
    const bool absolute = disk.backend.str().starts_with('/');
    const bool by_resource = disk.script.str().ends_with(kDrbdScript);
    disk.device = by_resource
                      ? device_of_resource(host, disk.backend)
                      : device_name(host, absolute ? disk.backend : Name("/dev/" + disk.backend.str()));
  }
}

Refused may_create(const World& world, Name host, const Config& config) {
  const Host& at = *world.hosts.find(host);
  const std::uint32_t id = at.last_domain_id + 1;
  if (memory_in_use(at) + config.memory_mib > at.hardware->memory_mib) return Refusal::not_enough_memory;
  if (at.domain(config.name) || config.name == Name("Domain-0")) {
    return {Refusal::domain_name_taken, id, config.name};
  }
  for (std::size_t i = 0; i < config.disks.size(); ++i) {
    const Disk& disk = config.disks[i];
    if (at.device(disk.device) || disk.script.str().ends_with(kDrbdScript)) continue;
    if (fs::file_at(world, host, disk.backend)) return {Refusal::disk_image_not_modelled, disk.backend};
    return {Refusal::domain_disk_not_found, id, disk.frontend, disk.backend, i};
  }
  for (const Disk& disk : config.disks) {
    if (const Refused busy = check_sharing(at, disk)) return busy;
  }
  return {};
}

Refused create(World& world, Name host, Config config, Name file, bool paused, Report& report) {
  Domain domain;
  domain.id = world.hosts.find(host)->last_domain_id + 1;
  domain.state = paused ? State::paused : State::running;
  domain.config = std::move(config);
  domain.file = file;
  domain.xen = xen_version(world, host).text();
  if (const Refused refused = promote_disks(world, host, domain.config, domain.id, report)) return refused;
  if (!paused) {
    if (const Refused refused = fs::mount_guest(world, host, domain, report)) {
      demote_disks(world, host, domain.config);
      return refused;
    }
  }
  Host& at = world.hosts.edit(host);
  at.last_domain_id = domain.id;
  at.domains.edit().push_back(std::move(domain));
  return {};
}

bool listens(const Domain& row) { return row.state == State::running && !row.mounts.empty(); }

void boot_guest(World& world, Name host, Name name) {
  Domain row = *world.hosts.find(host)->domain(name);
  Report muted;
  muted.muted = true;
  // Set aside: it must not find its own disks in use.
  std::erase_if(world.hosts.edit(host).domains.edit(),
                [&](const Domain& one) { return one.config.name == name; });
  fs::mount_guest(world, host, row, muted);
  auto& rows = world.hosts.edit(host).domains.edit();
  const auto later = [](const Domain& a, const Domain& b) { return a.id < b.id; };
  rows.insert(std::upper_bound(rows.begin(), rows.end(), row, later), std::move(row));
}

void shut_down(World& world, Name host, Name domain) {
  fs::unmount_guest(world, host, domain);
  destroy(world, host, domain);
}

void destroy(World& world, Name host, Name domain) {
  const Domain* row = world.hosts.find(host)->domain(domain);
  const Config config = row ? row->config : Config{};
  auto& rows = world.hosts.edit(host).domains.edit();
  std::erase_if(rows, [&](const Domain& one) { return one.config.name == domain; });
  demote_disks(world, host, config);
}

void set_state(World& world, Name host, Name domain, State state) {
  const Domain* row = world.hosts.find(host)->domain(domain);
  if (!row || row->state == state) return;
  row_of_domain(world.hosts.edit(host), domain)->state = state;
}

Refused unpause(World& world, Name host, Name name, Report& report) {
  const Domain* row = world.hosts.find(host)->domain(name);
  if (row->state != State::paused) return {};
  const bool never_ran = row->state == State::paused && row->mounts.empty() && row->hostname.empty();
  if (never_ran) {
    Domain domain = *row;
    // Set aside: it must not find its own disks in use.
    std::erase_if(world.hosts.edit(host).domains.edit(),
                  [&](const Domain& one) { return one.config.name == name; });
    if (const Refused refused = fs::mount_guest(world, host, domain, report)) {
      demote_disks(world, host, domain.config);
      return refused;
    }
    auto& rows = world.hosts.edit(host).domains.edit();
    const auto later = [](const Domain& a, const Domain& b) { return a.id < b.id; };
    rows.insert(std::upper_bound(rows.begin(), rows.end(), domain, later), std::move(domain));
  }
  set_state(world, host, name, State::running);
  return {};
}

XenVersion read_xen_version(std::string_view text) {
  XenVersion read;
  const std::size_t dot = text.find('.');
  const bool version = dot != std::string_view::npos &&
                       rehearse::read_value(text.substr(0, dot), read.major) &&
                       rehearse::read_value(text.substr(dot + 1), read.minor);
  return version ? read : XenVersion{};
}

XenVersion xen_version(const World& world, Name host) {
  const auto part = [&](const char* file) {
    std::string text = fs::text_at(world, host, std::string("/sys/hypervisor/version/") + file).value_or("");
    while (text.ends_with('\n')) text.pop_back();
    return text;
  };
  return read_xen_version(part("major") + "." + part("minor"));
}

Name domain_named(const Host& host, Name typed) {
  const std::string& text = typed.str();
  const bool number = !text.empty() && text.size() < 10 &&
                      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  for (const Domain& domain : *host.domains) {  // all digits are a number, whatever the names (libxl_utils.c)
    if (number ? std::to_string(domain.id) == text : domain.config.name == typed) return domain.config.name;
  }
  return {};
}

Whereabouts find_domain(const World& world, Name domain) {
  Whereabouts found;
  world.hosts.for_each([&](Name name, const Host& host) {
    const Domain* row = host.powered ? host.domain(domain) : nullptr;
    if (!row || (found.domain && (found.domain->state == State::running || row->state != State::running)))
      return;
    found = {name, row};
  });
  return found;
}

}  // namespace rehearse::domain
