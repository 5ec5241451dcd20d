#include "scenarios/world_build_fs.h"

#include "model/fs/flush.h"
#include "model/fs/path.h"
#include "model/fs/probe.h"
#include "model/io.h"

namespace rehearse {
namespace {

using shape::FileDoc;
using shape::FilesystemDoc;

constexpr const char* kTarget = "/.build";

bool make_directories(Site& site, const std::string& name, const Keys& keys) {
  for (std::size_t slash = name.find('/', 1); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    const std::string above = kTarget + name.substr(0, slash);
    if (fs::directory_at(site.world, site.host, above)) continue;
    const fs::PathError bad = fs::make_directory(site.world, site.host, above);
    if (bad != fs::PathError::none) return site.fail(keys, std::string(fs::words_of(bad)));
  }
  return true;
}

bool put_mounted(Site& site, const std::string& name, const FileDoc& doc, const Keys& keys) {
  if (!make_directories(site, name, keys)) return false;
  fs::File file = file_of(name, doc);
  file.path = kTarget + name;
  fs::PathError bad = fs::PathError::none;
  if (!doc.directory) {
    bad = fs::put_file(site.world, site.host, std::move(file));
  } else if (!fs::directory_at(site.world, site.host, file.path)) {
    bad = fs::make_directory(site.world, site.host, file.path);
  }
  return bad == fs::PathError::none || site.fail(keys, std::string(fs::words_of(bad)));
}

// Time passes while it is mounted: what a new file system writes in its first minutes is not left for the
// rehearsal.
bool fill_mounted(Site& site, const std::string& device, const FilesystemDoc& doc, const Keys& keys) {
  const Part<fs::Tree> before = site.here().root;
  fs::File target;
  target.path = kTarget;
  target.kind = fs::FileKind::directory;
  site.edit().root.edit().put(std::move(target));
  if (!site.run(keys, {"mount", device, kTarget})) return false;
  for (const auto& [name, file] : doc.files) {
    if (!put_mounted(site, name, file, keys / "files" / name)) return false;
  }
  fs::pass_time(site.world, site.host, 600);
  if (!site.run(keys, {"umount", kTarget})) return false;
  site.edit().root = before;
  site.edit().disk_root = before;
  return true;
}

void wind(fs::Superblock& super, const FilesystemDoc& doc) {
  super.mount_count = doc.mount_count.value_or(0);
  if (doc.max_mount_count) super.max_mount_count = *doc.max_mount_count;
  if (doc.check_interval_days) super.check_interval_days = *doc.check_interval_days;
  super.days_since_check = doc.days_since_check.value_or(0);
}

void wind_mounted(fs::Mount& mount, std::uint64_t uuid, const FilesystemDoc& doc) {
  if (mount.super && mount.super->uuid == uuid) wind(mount.super.edit(), doc);
}

}  // namespace

bool make_filesystem(Site& site, const std::string& device, const FilesystemDoc& doc, const Keys& keys,
                     std::vector<MadeFilesystem>& made) {
  fs::Tree paths;  // says what is wrong with the files before anything is mounted
  if (!site.put_files(paths, doc.files, keys / "files")) return false;
  Words words{"mkfs." + doc.type.str()};
  if (!doc.label.empty()) words.insert(words.end(), {"-L", doc.label.str()});
  words.push_back(device);
  if (!site.run(keys, words) || !fill_mounted(site, device, doc, keys)) return false;
  made.push_back({site.host, device_name(site.here(), device), &doc});
  wind_counters(site.world, made.back());
  return true;
}

void wind_counters(World& world, const MadeFilesystem& made) {
  const Part<fs::Superblock> found = fs::superblock_on(world, made.host, made.device);
  if (!found) return;
  fs::Superblock super = *found;
  wind(super, *made.doc);
  if (super == *found) return;  // a write would make snapshots set its chunk aside
  fs::put_superblock(world, made.host, made.device, super);
  for (const Name name : world.hosts.names()) {
    Host& host = world.hosts.edit(name);
    for (fs::Mount& mount : host.mounts.edit()) wind_mounted(mount, found->uuid, *made.doc);
    for (domain::Domain& domain : host.domains.edit()) {
      for (fs::Mount& mount : domain.mounts) wind_mounted(mount, found->uuid, *made.doc);
    }
  }
}

}  // namespace rehearse
