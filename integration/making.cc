#include "integration/making.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "backends/observe/model.h"
#include "integration/making_host.h"
#include "model/lvm/scan.h"

namespace rehearse {
namespace {

constexpr std::size_t kGuests = 2;
constexpr std::size_t kMostNotes = 12;

std::size_t volumes_of(const World& world, Name host) {
  std::size_t count = 0;
  for (const lvm::FoundGroup& group : lvm::find_groups(world, host)) count += group.group->volumes.size();
  return count;
}

// Guests have sda, sdb ..., or vda, vdb ..., or both.
std::string odd_disk(const std::vector<LabDiskPlan>& disks) {
  char next[2] = {'a', 'a'};
  for (const LabDiskPlan& disk : disks) {
    const bool scsi = disk.name.starts_with("sd");
    if ((!scsi && !disk.name.starts_with("vd")) || disk.name.substr(2) != std::string(1, next[scsi])) {
      return disk.name;
    }
    ++next[scsi];
  }
  return {};
}

// Those with disks that guests can have; why the others are left out.
std::vector<Name> choose(const World& wanted, std::vector<std::string>& notes) {
  std::vector<Name> names;
  for (const Name name : wanted.hosts.names()) {
    const Host& host = *wanted.hosts.find(name);
    if (host.hardware->disks.empty()) {
      notes.push_back(fmt::format("{} is left out: it has no disks of its own", name.str()));
    } else if (!host.powered) {
      notes.push_back(fmt::format("{} is left out: it has no power", name.str()));
    } else if (const std::string odd = odd_disk(lab_disks_of(wanted, name)); !odd.empty()) {
      notes.push_back(fmt::format("{} is left out: no guest can have a disk {}", name.str(), odd));
    } else {
      names.push_back(name);
    }
  }
  std::stable_sort(names.begin(), names.end(),
                   [&](Name a, Name b) { return volumes_of(wanted, a) > volumes_of(wanted, b); });
  for (std::size_t i = kGuests; i < names.size(); ++i) {
    notes.push_back(fmt::format("{} is left out: there are two guests at most", names[i].str()));
  }
  names.resize(std::min(names.size(), kGuests));
  return names;
}

void note_lacking(const Host& host, const std::string& name, std::vector<std::string>& notes) {
  if (!host.exports->empty()) {
    notes.push_back(fmt::format("{} serves no disks to the network: {} exports are not made", name,
                                host.exports->size()));
  }
  if (!host.domains->empty())
    notes.push_back(fmt::format("{} runs no domains: {} are not there", name, host.domains->size()));
  for (const fs::Mount& mount : *host.mounts) {
    if (mount.device.empty()) {
      notes.push_back(fmt::format("{} of {} is not mounted on {}: there is no NFS", mount.source.str(), name,
                                  mount.target.str()));
    }
  }
}

// Exports and domains hold devices open: that they do not is no news.
Observation at_rest(World world, Name host) {
  Host& at = world.hosts.edit(host);
  at.exports = {};
  at.domains = {};
  return normalised(observe(world, host));
}

}  // namespace

Making plan_making(const World& wanted) {
  Making making;
  for (const Name host : choose(wanted, making.notes)) {
    making.hosts.push_back(plan_host(wanted, host, making.world, making.notes));
    if (wanted.hosts.find(host)->hardware->has_qemu) making.with = LabWith::qemu;
    note_lacking(*wanted.hosts.find(host), host.str(), making.notes);
    const auto different =
        difference(at_rest(wanted, host), at_rest(making.world, host), "in the world", "in the lab");
    for (std::size_t i = 0; i < different.size() && i < kMostNotes; ++i) {
      making.notes.push_back(fmt::format("{}: {}", host.str(), different[i]));
    }
    if (different.size() > kMostNotes) {
      making.notes.push_back(
          fmt::format("{}: and {} differences more", host.str(), different.size() - kMostNotes));
    }
  }
  return making;
}

}  // namespace rehearse
