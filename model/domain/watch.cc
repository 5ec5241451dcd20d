#include "model/domain/life.h"
#include "model/fs/path.h"
#include "model/io.h"

namespace rehearse::domain {
namespace {

constexpr const char* kWatchFile = "/etc/xen-watch-disks";

// The file a domain was made from; of one that was there when the rehearsal began, the one named after it.
std::optional<std::string> config_text(const World& world, Name host, const Domain& domain) {
  if (!domain.file.empty()) return fs::text_at(world, host, domain.file);
  const std::string path = "/etc/xen/" + domain.config.name.str();
  if (auto text = fs::text_at(world, host, path + ".cfg")) return text;
  return fs::text_at(world, host, path);
}

bool visible(const World& world, Name host, Name device) {
  const Device* row = world.hosts.find(host)->device(device);
  if (!row) return false;
  return !row->as<AoeDevice>() || read(world, host, device, {0, 1}).error == IoError::none;
}

// A file that is away or cannot be read names no disks.
bool all_visible(const World& world, Name host, const Domain& domain) {
  const auto text = config_text(world, host, domain);
  if (!text) return true;
  auto read = read_config(*text);
  if (!std::holds_alternative<ConfigFile>(read)) return true;
  Config config = std::get<ConfigFile>(std::move(read)).config;
  resolve_disks(*world.hosts.find(host), config);
  for (const Disk& disk : config.disks) {
    if (!visible(world, host, disk.device)) return false;
  }
  return true;
}

}  // namespace

void watch_disks(const World& before, World& after) {
  std::vector<std::pair<Name, Name>> lost;
  after.hosts.for_each([&](Name name, const Host& host) {
    if (!host.powered || !host.root->find(kWatchFile)) return;
    const Host* was = before.hosts.find(name);
    for (const Domain& domain : *host.domains) {
      if (domain.state != State::running || all_visible(after, name, domain)) continue;
      const Domain* earlier = was ? was->domain(domain.config.name) : nullptr;
      if (!earlier || all_visible(before, name, *earlier)) lost.emplace_back(name, domain.config.name);
    }
  });
  for (const auto& [host, domain] : lost) set_state(after, host, domain, State::paused);
}

}  // namespace rehearse::domain
