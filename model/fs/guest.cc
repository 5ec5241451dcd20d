#include "model/fs/guest.h"

#include <algorithm>

#include "model/fs/check.h"
#include "model/fs/flush.h"
#include "model/fs/fstab.h"
#include "model/fs/kernel.h"
#include "model/fs/probe.h"
#include "model/fs/space.h"
#include "model/fs/walk.h"

namespace rehearse::fs {
namespace {

View view_of(const std::vector<Mount>& mounts) {
  static const Tree kNothing;
  return {&mounts, &kNothing};
}

// The file's path as the guest sees it; empty if another mount lies over it.
Name seen_path(const std::vector<Mount>& mounts, std::size_t index, const File& file) {
  const std::string& target = mounts[index].target.str();
  const Name path = Name((target == "/" ? "" : target) + file.path.str());
  const Walked walked = walk(view_of(mounts), path, false);
  return walked.mount == index && walked.path == file.path ? path : Name();
}

// Calls f(mount index, path as seen, file) for every file of the guest.
template <class F>
void for_files(const std::vector<Mount>& mounts, F f) {
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    for (const File& file : mounts[i].tree->files) {
      if (!file.service && !file.format) continue;
      const Name path = seen_path(mounts, i, file);
      if (!path.empty()) f(i, path, file);
    }
  }
}

bool belongs_to(Name path, Name data) { return path == data || path.str().starts_with(data.str() + "/"); }

bool can_run(const std::vector<Mount>& mounts, const Service& service) {
  if (service.needs.kind.empty()) return true;
  bool found = false;
  bool right = true;
  for_files(mounts, [&](std::size_t, Name path, const File& file) {
    if (!file.format || file.format->kind != service.needs.kind || !belongs_to(path, service.data)) return;
    found = true;
    right = right && file.format->version == service.needs.version;
  });
  return found && right;
}

// The disk that the guest's /etc/fstab means.
const domain::Disk* disk_named(const World& world, Name host, const domain::Config& config, Name spec) {
  const std::string& text = spec.str();
  for (const domain::Disk& disk : config.disks) {
    if (text == "/dev/" + disk.frontend.str()) return &disk;
    const Signature signature = signature_on(world, host, disk.device);
    if (signature.type.empty()) continue;
    if (text == "LABEL=" + signature.label.str() || text == "UUID=" + uuid_text(signature.uuid)) return &disk;
  }
  return nullptr;
}

// `fsck -a` of the guest's boot scripts. False if it must be repaired by hand.
bool check_at_start(World& world, Name host, const domain::Disk& disk, Report& report) {
  const Part<Superblock> super = superblock_on(world, host, disk.device);
  if (!super || !disk.writable) return true;
  Check form;
  form.device = disk.device;
  form.shown = "/dev/" + disk.frontend.str();
  form.preen = true;
  const std::string due = super->state == State::has_errors ? "contains errors" : check_due(*super);
  Report console;
  if (check(world, host, form, console)) return false;
  if (!due.empty()) report.out("forced check of {}: {}", form.shown, due);
  return true;
}

MountError mount_disk(World& world, Name host, const domain::Disk& disk, Name target, bool read_only,
                      Mount& mount) {
  mount.target = target;
  mount.source = "/dev/" + disk.frontend.str();
  mount.device = disk.device;
  mount.read_only = read_only || !disk.writable;
  mount.options = "relatime";
  return read_in(world, host, mount, {false, !disk.writable});
}

bool has_directory(const std::vector<Mount>& mounts, Name path) {
  const Walked walked = walk(view_of(mounts), path, true);
  return walked.error == PathError::none && directory_in(view_of(mounts), walked.mount, walked.path);
}

std::size_t index_of(const Host& host, Name domain) {
  std::size_t i = 0;
  while (host.domains && i < host.domains->size() && (*host.domains)[i].config.name != domain) ++i;
  return i;
}

std::optional<std::size_t> running(const World& world, Name host, Name domain) {
  const Host* at = world.hosts.find(host);
  if (!at || !at->powered || !at->domains) return std::nullopt;
  const std::size_t index = index_of(*at, domain);
  if (index == at->domains->size()) return std::nullopt;
  return index;
}

// Changes one mount of a guest, outside the world, so that it may be written through the world meanwhile.
template <class F>
auto with_guest_mount(World& world, Name host, std::size_t domain, std::size_t index, F change) {
  Mount mount = (*world.hosts.find(host)->domains)[domain].mounts[index];
  auto result = change(mount);
  world.hosts.edit(host).domains.edit()[domain].mounts[index] = std::move(mount);
  return result;
}

// 4 KiB blocks drawn from those in use, with repetition, as a program does that writes here and there.
Patch scattered(const std::vector<Range>& used, Bytes bytes, Stamp stamp) {
  constexpr Sectors kBlock = 8;
  std::vector<std::uint64_t> starts;  // of each range, in blocks of all ranges
  std::uint64_t total = 0;
  for (const Range& range : used) {
    starts.push_back(total);
    total += range.count / kBlock;
  }
  std::vector<Sectors> places;
  const std::uint64_t seed = hash_of(stamp);
  for (std::uint64_t i = 0; total > 0 && i < divide_up(bytes, kBlock * kSector); ++i) {
    const std::uint64_t block = mix(seed, i) % total;
    const std::size_t range =
        static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), block) - starts.begin() - 1);
    places.push_back(used[range].first + (block - starts[range]) * kBlock);
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  Patch patch;  // offsets follow the places, so that neighbours join
  for (const Sectors place : places) append(patch, Run{place, kBlock, stamp, place, {}});
  return patch;
}

IoError error_of(PathError error) {
  switch (error) {
    case PathError::none:
      return IoError::none;
    case PathError::no_space:
      return IoError::no_space;
    case PathError::read_only:
      return IoError::read_only;
    case PathError::failed:
      return IoError::failed;
    default:
      return IoError::no_device;
  }
}

PathError write_file(Mount& mount, Name path, Bytes bytes, Stamp stamp) {
  const bool folder = path == Name("/") || mount.tree->directory(path);
  File file;
  file.path = path;
  if (folder) {
    const std::string base = path == Name("/") ? "" : path.str();
    file.path = Name(base + "/" + stamp.writer.str() + "." + std::to_string(stamp.sequence));
  } else if (const File* old = mount.tree->find(path)) {
    file = *old;
  }
  return append_data(mount, std::move(file), sectors_of(bytes), stamp);
}

}  // namespace

void settle_services(World&, Name, domain::Domain& domain) {
  domain.stopped.clear();
  for_files(domain.mounts, [&](std::size_t, Name, const File& file) {
    if (file.service && !can_run(domain.mounts, *file.service)) domain.stopped.push_back(file.service->name);
  });
  std::sort(domain.stopped.begin(), domain.stopped.end());
}

Refused mount_guest(World& world, Name host, domain::Domain& domain, Report& report) {
  const domain::Config& config = domain.config;
  if (config.disks.empty()) return {Refusal::guest_without_root, config.name};
  const domain::Disk& first = config.disks.front();
  if (!check_at_start(world, host, first, report))
    return {Refusal::guest_root_damaged, config.name, first.backend};
  std::vector<Mount> mounts(1);
  if (mount_disk(world, host, first, "/", false, mounts[0]) != MountError::none) {
    return {Refusal::guest_without_root, config.name, first.backend};
  }
  domain.mounts = mounts;
  std::string table;
  if (const File* file = guest_file(domain, "/etc/fstab"); file && file->text) table = *file->text;
  for (const FstabLine& line : read_fstab(table)) {
    if (line.target == Name("/") || line.type == Name("swap") || line.has("noauto")) continue;
    const domain::Disk* disk = disk_named(world, host, config, line.source);
    if (!disk) {
      report.out("{}: no {} for {}", config.name.str(), line.source.str(), line.target.str());
      continue;
    }
    if (!has_directory(domain.mounts, line.target)) {
      report.out("{}: mount point {} does not exist", config.name.str(), line.target.str());
      continue;
    }
    Mount mount;
    const bool mounted =
        check_at_start(world, host, *disk, report) &&
        mount_disk(world, host, *disk, line.target, line.has("ro"), mount) == MountError::none;
    if (mounted) {
      domain.mounts.push_back(std::move(mount));
    } else {
      report.out("{}: {} cannot be mounted on {}", config.name.str(), line.source.str(), line.target.str());
    }
  }
  if (const File* file = guest_file(domain, "/etc/hostname"); file && file->text) {
    const std::string& text = *file->text;
    domain.hostname = Name(text.substr(0, text.find_first_of(" \t\n")));
  }
  settle_services(world, host, domain);
  return {};
}

void unmount_guest(World& world, Name host, Name name) {
  const auto index = running(world, host, name);
  if (!index) return;
  std::vector<Mount> mounts = (*world.hosts.find(host)->domains)[*index].mounts;
  for (auto mount = mounts.rbegin(); mount != mounts.rend(); ++mount) write_out(world, host, *mount);
  world.hosts.edit(host).domains.edit()[*index].mounts.clear();
}

void flush_guest(World& world, Name host, Name name) {
  const auto index = running(world, host, name);
  if (!index) return;
  const std::size_t count = (*world.hosts.find(host)->domains)[*index].mounts.size();
  for (std::size_t i = 0; i < count; ++i) {
    with_guest_mount(world, host, *index, i, [&](Mount& mount) { return flush_mount(world, host, mount); });
  }
}

IoError guest_write(World& world, Name host, Name name, Bytes bytes, Name path, bool random, bool flushed,
                    Stamp stamp) {
  const auto index = running(world, host, name);
  if (!index) return IoError::no_device;
  const domain::Domain& domain = (*world.hosts.find(host)->domains)[*index];
  const Walked walked = walk(view_of(domain.mounts), path, true);
  if (walked.mount == Place::kRoot) return IoError::no_device;
  return with_guest_mount(world, host, *index, walked.mount, [&](Mount& mount) {
    if (mount.read_only) return IoError::read_only;
    const std::vector<Range> used =
        random ? data_of(mount, walked.error == PathError::none ? walked.path : Name("/"))
               : std::vector<Range>();
    const Patch patch = scattered(used, bytes, stamp);
    IoError error = IoError::none;
    if (!patch.empty()) {
      overwrite(mount, patch);
    } else {
      error = error_of(write_file(
          mount, walked.error == PathError::none ? walked.path : Name(absolute(path.str())), bytes, stamp));
    }
    if (!flushed) return error;
    const IoError written = flush_mount(world, host, mount);
    return error == IoError::none ? written : error;
  });
}

Upgraded upgrade_guest_service(World& world, Name host, Name name, Name service, std::uint32_t version) {
  const auto index = running(world, host, name);
  if (!index) return Upgraded::no_service;
  domain::Domain domain = (*world.hosts.find(host)->domains)[*index];
  struct Change {
    std::size_t mount;
    File file;
  };
  std::optional<Change> program;
  for_files(domain.mounts, [&](std::size_t mount, Name, const File& file) {
    if (file.service && file.service->name == service) program = Change{mount, file};
  });
  if (!program) return Upgraded::no_service;
  if (domain.mounts[program->mount].read_only) return Upgraded::read_only;
  Service& row = *program->file.service;
  std::vector<Change> data;
  bool all = true;
  for_files(domain.mounts, [&](std::size_t mount, Name path, const File& file) {
    if (!file.format || file.format->kind != row.needs.kind || !belongs_to(path, row.data)) return;
    if (domain.mounts[mount].read_only) all = false;
    data.push_back({mount, file});
  });
  row.needs.version = version;
  if (store(domain.mounts[program->mount], program->file) != PathError::none) return Upgraded::read_only;
  for (Change& change : data) {
    change.file.format->version = version;
    if (!domain.mounts[change.mount].read_only) store(domain.mounts[change.mount], change.file);
  }
  settle_services(world, host, domain);
  world.hosts.edit(host).domains.edit()[*index] = domain;
  flush_guest(world, host, name);  // dpkg syncs what it unpacks
  return all && !data.empty() ? Upgraded::converted : Upgraded::program_only;
}

const File* guest_file(const domain::Domain& domain, Name path) {
  const Walked walked = walk(view_of(domain.mounts), path, true);
  if (walked.error != PathError::none || walked.mount == Place::kRoot) return nullptr;
  return domain.mounts[walked.mount].tree->find(walked.path);
}

const File* guest_file(const World& world, Name host, Name name, Name path) {
  const auto index = running(world, host, name);
  return index ? guest_file((*world.hosts.find(host)->domains)[*index], path) : nullptr;
}

}  // namespace rehearse::fs
