#include "scenarios/allowance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace rehearse {
namespace {

constexpr std::string_view kMapper = "/dev/mapper/";

// As device-mapper joins them: a hyphen of their own is doubled.
std::string mapped_name(const std::string& group, const std::string& volume) {
  std::string text;
  for (const char c : group) text += c == '-' ? "--" : std::string(1, c);
  text += '-';
  for (const char c : volume) text += c == '-' ? "--" : std::string(1, c);
  return text;
}

std::set<std::string> mounted(const World& world, Name host) {
  std::set<std::string> names;
  const Sight sight = look(world, host);
  if (!sight.shows) return names;
  for (const seen::Mount& mount : sight.shows->mounts) {
    if (mount.source.starts_with(kMapper)) names.insert(mount.source.substr(kMapper.size()));
  }
  return names;
}

// "24/4194304 16"
struct Figures {
  unsigned long long used = 0;
  unsigned long long all = 0;
  unsigned long long metadata = 0;
};
std::optional<Figures> figures_of(const seen::MappedDevice& device) {
  Figures figures;
  char more = 0;
  if (device.targets.size() != 1) return std::nullopt;
  const std::string& status = device.targets[0].status;
  if (std::sscanf(status.c_str(), "%llu/%llu %llu%c", &figures.used, &figures.all, &figures.metadata,
                  &more) != 3) {
    return std::nullopt;
  }
  return figures;
}

template <class Row>
Row* row_of(std::vector<Row>& rows, const std::string& key) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.key() == key; });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

void Allowance::count(const World& before, const World& after, Name host) {
  std::set<std::string> names = mounted(before, host);
  names.merge(mounted(after, host));
  for (const std::string& name : names) ++steps_[{host, name}];
}

Sights Allowance::adjusted(Sights expected, const Sights& real, std::vector<std::string>* used) const {
  const auto steps = [&](Name host, const std::string& device) {
    const auto found = steps_.find({host, device});
    return found == steps_.end() ? std::uint64_t{0} : found->second;
  };
  for (auto& [host, sight] : expected) {
    const auto there = real.find(host);
    if (there == real.end() || !sight.shows || !there->second.shows) continue;
    Observation now = *there->second.shows;
    for (seen::Volume& volume : sight.shows->volumes) {
      const std::string name = mapped_name(volume.group, volume.name);
      const std::uint64_t played = steps(host, name) + steps(host, mapped_name(volume.group, volume.origin));
      const seen::Volume* same = row_of(now.volumes, volume.key());
      seen::MappedDevice* mine = row_of(sight.shows->mapped, name);
      const seen::MappedDevice* theirs = row_of(now.mapped, name);
      if (volume.origin.empty() || played == 0 || !same || !mine || !theirs) continue;
      const auto said = figures_of(*mine);
      const auto is = figures_of(*theirs);
      if (!said || !is || said->all != is->all || said->used == is->used) continue;
      const std::uint64_t apart = std::max(said->used, is->used) - std::min(said->used, is->used);
      if (apart > played * kChunks * volume.chunk / kSector) continue;
      if (used) {
        used->push_back(fmt::format("{}: {} uses {} sectors, {} in the model: the file system's own writes",
                                    host.str(), volume.key(), is->used, said->used));
      }
      mine->targets[0].status = theirs->targets[0].status;
      volume.data_percent = same->data_percent;
    }
  }
  return expected;
}

}  // namespace rehearse
