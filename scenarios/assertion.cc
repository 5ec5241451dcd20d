#include "scenarios/assertion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "model/dm/exceptions.h"
#include "model/fs/guest.h"
#include "model/fs/path.h"
#include "model/io.h"
#include "model/lvm/activation.h"

namespace rehearse {
namespace {

using Answer = std::optional<std::string>;

// Every host with power that the sentence may be about.
std::vector<Name> hosts_of(const World& world, Name only) {
  std::vector<Name> names;
  world.hosts.for_each([&](Name name, const Host& host) {
    if (host.powered && (only.empty() || only == name)) names.push_back(name);
  });
  return names;
}

std::string on(Name host) { return host.empty() ? "on any host" : "on " + host.str(); }

// A volume as one host sees it.
struct Seen {
  Name host;
  Part<lvm::Group> group;
  const lvm::Volume* volume = nullptr;
  const Device* device = nullptr;  // if it is active
  bool invalid = false;
};

std::vector<Seen> look_for(const World& world, const lvm::VolumeRef& ref, Name only) {
  std::vector<Seen> all;
  for (Name name : hosts_of(world, only)) {
    const auto found = lvm::find_group(world, name, ref.group);
    const lvm::Volume* volume = found ? found->group->volume(ref.volume) : nullptr;
    if (!volume || volume->hidden()) continue;
    Seen seen{name, found->group, nullptr, nullptr, false};
    seen.volume = seen.group->volume(ref.volume);
    seen.device = world.hosts.find(name)->device(lvm::mapped_name(ref.group, ref.volume));
    if (seen.device && volume->is_snapshot()) {
      const Part<ExceptionStore> store = exceptions_of(world, name, *seen.device);
      seen.invalid = seen.device->invalid || !store || !store->valid;
    }
    all.push_back(std::move(seen));
  }
  return all;
}

Answer judge(const World& world, const VolumeIs& says) {
  const std::vector<Seen> all = look_for(world, says.volume, says.host);
  const std::string name = says.volume.str();
  const auto active = std::find_if(all.begin(), all.end(), [](const Seen& seen) { return seen.device; });
  const auto invalid = std::find_if(all.begin(), all.end(), [](const Seen& seen) { return seen.invalid; });
  if (says.state == VolumeState::absent) {
    if (all.empty()) return std::nullopt;
    return fmt::format("{} is there, {}", name, on(all[0].host));
  }
  if (all.empty()) return fmt::format("there is no {} {}", name, on(says.host));
  if (says.state == VolumeState::present) return std::nullopt;
  if (says.state == VolumeState::inactive) {
    if (active == all.end()) return std::nullopt;
    return fmt::format("{} is active {}", name, on(active->host));
  }
  if (active == all.end()) return fmt::format("{} is not active {}", name, on(says.host));
  if (says.state == VolumeState::active) return std::nullopt;
  if (!active->volume->is_snapshot()) return fmt::format("{} is no snapshot", name);
  if (says.state == VolumeState::invalid && invalid == all.end()) return fmt::format("{} is valid", name);
  if (says.state == VolumeState::valid && invalid != all.end()) return fmt::format("{} is invalid", name);
  return std::nullopt;
}

Answer judge(const World& world, const SnapshotUses& says) {
  const std::string name = says.volume.str();
  for (const Seen& seen : look_for(world, says.volume, says.host)) {
    if (!seen.device) continue;
    const auto* map = seen.device->as<SnapshotMap>();
    if (!map) return fmt::format("{} is no snapshot", name);
    if (seen.invalid) return fmt::format("{} is invalid: its room was used up", name);
    const Part<ExceptionStore> store = exceptions_of(world, seen.host, *seen.device);
    const Device* cow = world.hosts.find(seen.host)->device(map->cow);
    if (!cow || cow->size == 0) return fmt::format("the room of {} is not there", name);
    // As lvs counts: nothing but metadata is nothing (lvm2 lib/activate/dev_manager.c, snapshot percent).
    const Sectors used = store->allocated() == store->metadata() ? 0 : store->allocated();
    const double percent = 100.0 * static_cast<double>(used) / static_cast<double>(cow->size);
    const bool holds = says.at_most ? percent <= says.percent : percent >= says.percent;
    if (holds) return std::nullopt;
    return fmt::format("{} uses {:.2f}%", name, percent);
  }
  return fmt::format("there is no active {} {}", name, on(says.host));
}

Answer judge(const World& world, const GroupHasFree& says) {
  Answer why = fmt::format("there is no group {} {}", says.group.str(), on(says.host));
  for (Name name : hosts_of(world, says.host)) {
    const auto found = lvm::find_group(world, name, says.group);
    if (!found) continue;
    const Bytes free = found->group->free_extents() * found->group->extent * kSector;
    if (free >= says.bytes) return std::nullopt;
    why = fmt::format("{} has {} free", says.group.str(), human_size(free));
  }
  return why;
}

Answer judge(const World& world, const DomainIs& says) {
  Answer why;
  if (says.state != DomainState::absent) {
    why = fmt::format("there is no domain {} {}", says.domain.str(), on(says.host));
  }
  for (Name name : hosts_of(world, says.host)) {
    const domain::Domain* domain = world.hosts.find(name)->domain(says.domain);
    if (!domain) continue;
    const bool paused = domain->state == domain::State::paused;
    const bool runs = domain->state == domain::State::running;
    if ((paused && says.state == DomainState::paused) || (runs && says.state == DomainState::runs)) {
      return std::nullopt;
    }
    why = fmt::format("{} {} on {}", says.domain.str(),
                      paused ? "is paused"
                      : runs ? "runs"
                             : "does not move",
                      name.str());
  }
  return why;
}

const domain::Domain* running(const World& world, Name domain) {
  for (Name name : hosts_of(world, {})) {
    if (const domain::Domain* found = world.hosts.find(name)->domain(domain)) return found;
  }
  return nullptr;
}

bool has_service(const domain::Domain& domain, Name service) {
  for (const fs::Mount& mount : domain.mounts) {
    if (!mount.tree) continue;
    for (const fs::File& file : mount.tree->files) {
      if (file.service && file.service->name == service) return true;
    }
  }
  return false;
}

Answer judge(const World& world, const ServiceRuns& says) {
  const domain::Domain* domain = running(world, says.domain);
  if (!domain) return fmt::format("the domain {} does not run", says.domain.str());
  if (!has_service(*domain, says.service)) {
    return fmt::format("{} has no service {}", says.domain.str(), says.service.str());
  }
  const auto& stopped = domain->stopped;
  const bool runs = std::find(stopped.begin(), stopped.end(), says.service) == stopped.end();
  if (runs != says.negated) return std::nullopt;
  return fmt::format("{} of {} {}", says.service.str(), says.domain.str(), runs ? "runs" : "does not run");
}

Answer judge(const World& world, const FileIs& says) {
  const std::string name = says.machine.str() + ":" + says.path.str();
  const Host* host = world.hosts.find(says.machine);
  if (host && !host->powered) return fmt::format("{} has no power", says.machine.str());
  const domain::Domain* domain = host ? nullptr : running(world, says.machine);
  if (!host && !domain) return fmt::format("there is no host and no running domain {}", says.machine.str());
  const fs::File* file =
      host ? fs::file_at(world, says.machine, says.path) : fs::guest_file(*domain, says.path);
  const bool there = file || (host && fs::directory_at(world, says.machine, says.path));
  if (!says.text) {
    if (there != says.negated) return std::nullopt;
    return fmt::format("{} {}", name, there ? "exists" : "does not exist");
  }
  if (!there) return fmt::format("{} does not exist", name);
  if (!file || !file->text || file->kind != fs::FileKind::regular) {
    return fmt::format("the text of {} is not known", name);
  }
  const bool contains = file->text->find(*says.text) != std::string::npos;
  if (contains != says.negated) return std::nullopt;
  return fmt::format("{} {} that text", name, contains ? "contains" : "does not contain");
}

Answer judge(const World& world, const MountedAt& says) {
  Answer elsewhere;
  for (Name name : hosts_of(world, says.host)) {
    const Host& host = *world.hosts.find(name);
    if (!host.mounts) continue;
    for (const fs::Mount& mount : *host.mounts) {
      if (mount.device.empty() || mount.device != device_name(host, says.device)) continue;
      const std::string where = fmt::format("it is mounted at {} on {}", mount.target.str(), name.str());
      if (!says.target.empty() && mount.target != says.target) {
        elsewhere = where;
      } else {
        return says.negated ? Answer(where) : std::nullopt;
      }
    }
  }
  if (says.negated) return std::nullopt;
  return elsewhere ? elsewhere : fmt::format("{} is not mounted {}", says.device.str(), on(says.host));
}

Answer judge(const World& world, const HostIs& says) {
  const Host* host = world.hosts.find(says.host);
  if (!host) return fmt::format("there is no host {}", says.host.str());
  if (host->powered == says.up) return std::nullopt;
  return fmt::format("{} is {}", says.host.str(), host->powered ? "up" : "down");
}

bool speaks_of(const std::string& text, const std::string& name) {
  const auto part_of_name = [](char c) {
    return (std::isalnum(static_cast<unsigned char>(c)) != 0) || c == '-' || c == '_';
  };
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool starts = at == 0 || !part_of_name(text[at - 1]);
    if (starts && (end == text.size() || !part_of_name(text[end]))) return true;
  }
  return false;
}

Answer judge(std::span<const Finding> so_far, const NothingLost& says) {
  for (const Finding& found : so_far) {
    const std::string& writer = says.writer.str();
    if (!found.code.starts_with(kLostWrites)) continue;
    if (speaks_of(found.subject, writer) || speaks_of(found.what, writer))
      return found.code + ": " + found.what;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> why_not(const World& world, std::span<const Finding> so_far,
                                   const Assertion& assertion) {
  if (const auto* lost = std::get_if<NothingLost>(&assertion)) return judge(so_far, *lost);
  return std::visit(
      [&](const auto& says) -> Answer {
        if constexpr (requires { asserting::judge(world, says); }) {
          return asserting::judge(world, says);
        } else if constexpr (requires { judge(world, says); }) {
          return judge(world, says);
        }
        return std::nullopt;
      },
      assertion);
}

}  // namespace rehearse
