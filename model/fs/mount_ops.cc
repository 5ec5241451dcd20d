#include "model/fs/mount_ops.h"

#include <algorithm>

#include "model/fs/fstab.h"
#include "model/fs/kernel.h"
#include "model/fs/path.h"
#include "model/fs/probe.h"
#include "model/fs/walk.h"

namespace rehearse::fs {
namespace {

constexpr std::string_view kKnownOptions[] = {
    "ro",     "rw",     "remount", "defaults", "noload", "noatime", "relatime", "nodev",
    "nosuid", "noexec", "auto",    "noauto",   "nofail", "_netdev", "user",     "errors=remount-ro"};

// As /proc/mounts shows them behind ro or rw.
Name shown_options(const MountOptions& options) {
  std::string text;
  for (const std::string_view word : {"nosuid", "nodev", "noexec"}) {
    if (options.has(word)) text += std::string(word) + ",";
  }
  return Name(text + (options.has("noatime") ? "noatime" : "relatime"));
}

std::string device_path(Name device) { return "/dev/" + device.str(); }

struct Wanted {
  Name source;
  Name target;
  Name type;
  MountOptions options;
};

Refused mount_nfs(World& world, Name host, const Wanted& wanted) {
  const std::string& source = wanted.source.str();
  const std::size_t colon = source.find(':');
  const Name server = source.substr(0, colon);
  const Host* at = world.hosts.find(server);
  if (!at || !at->powered) return {Refusal::mount_nfs_no_server, wanted.source};
  if (!directory_at(world, server, source.substr(colon + 1)))
    return {Refusal::mount_nfs_no_directory, wanted.source};
  Mount mount;
  mount.target = wanted.target;
  mount.source = wanted.source;
  mount.type = "nfs4";
  mount.read_only = wanted.options.has("ro");
  mount.options = shown_options(wanted.options);
  world.hosts.edit(host).mounts.edit().push_back(std::move(mount));
  return {};
}

Refused refused_by_kernel(MountError error, Name target, const std::string& path) {
  switch (error) {
    case MountError::no_file_system:
      return {Refusal::mount_wrong_type, target, path};
    case MountError::unreadable:
      return {Refusal::mount_unreadable, target, path};
    case MountError::needs_recovery:
      return {Refusal::mount_needs_recovery, target, path};
    case MountError::none:
      break;
  }
  return {};
}

Refused check_type(const World& world, Name host, const Wanted& wanted, Name device) {
  const std::string path = device_path(device);
  if (read(world, host, device, {kSuperblockAt, kSuperblockRoom}).error != IoError::none) {
    const bool told = !wanted.type.empty() && wanted.type != Name("auto");
    return {told ? Refusal::mount_unreadable : Refusal::mount_no_type, wanted.target, path};
  }
  if (!wanted.type.empty() && wanted.type != Name("auto")) {
    if (wanted.type != Name("ext4")) return {Refusal::mount_unknown_type, wanted.target, wanted.type};
    return {};
  }
  const Signature signature = signature_on(world, host, device);
  if (signature.type.empty() || signature.type == Name("dos")) {
    return {Refusal::mount_wrong_type, wanted.target, path};
  }
  if (signature.type != Name("ext4")) return {Refusal::mount_unknown_type, wanted.target, signature.type};
  return {};
}

Refused mount_device(World& world, Name host, const Wanted& wanted, Report& report) {
  const Name target = wanted.target;
  if (!directory_at(world, host, target)) return {Refusal::mount_no_point, target};
  if (wanted.source.str().find(":/") != std::string::npos) return mount_nfs(world, host, wanted);
  const Name device = device_at(world, host, wanted.source);
  if (device.empty()) {
    const bool tagged = wanted.source.str().find('=') != std::string::npos;
    return {tagged ? Refusal::mount_no_tag : Refusal::mount_no_device, target, wanted.source};
  }
  const Host& at = *world.hosts.find(host);
  const std::string path = device_path(device);
  const bool read_only = wanted.options.has("ro");
  const std::size_t other = mount_of(at, device);
  Mount mount;
  if (other < at.mounts->size()) {
    const Mount& row = (*at.mounts)[other];
    const bool same_place = std::any_of(at.mounts->begin(), at.mounts->end(), [&](const Mount& one) {
      return one.device == device && one.target == target;
    });
    if (same_place || row.read_only != read_only) return {Refusal::mount_already, target, path, row.target};
    mount = row;
  } else if (const Refused refused = check_type(world, host, wanted, device)) {
    return refused;
  } else {
    mount.device = device;
    mount.read_only = read_only;
    const bool noload = wanted.options.has("noload");
    const MountError error = read_in(world, host, mount, {noload, false});
    if (error != MountError::none) return refused_by_kernel(error, target, path);
    if (mount.read_only && !read_only) {
      report.err("mount: {}: WARNING: source write-protected, mounted read-only.", target.str());
    }
  }
  mount.target = target;
  mount.source = wanted.source;
  mount.options = shown_options(wanted.options);
  world.hosts.edit(host).mounts.edit().push_back(std::move(mount));
  return {};
}

Refused remount(World& world, Name host, Name what, const MountOptions& options) {
  const Host& at = *world.hosts.find(host);
  std::size_t index = mount_at(at, Name(absolute(what.str())));
  const Name device = device_name(at, what);
  if (index == at.mounts->size() && !device.empty()) index = mount_of(at, device);
  if (index == at.mounts->size()) return {Refusal::mount_not_mounted, what};
  const Mount& row = (*at.mounts)[index];
  const bool read_only = options.has("ro");
  if (read_only == row.read_only) return {};
  if (row.device.empty()) {
    world.hosts.edit(host).mounts.edit()[index].read_only = read_only;
    return {};
  }
  if (!read_only && at.device(row.device)->read_only) {
    return {Refusal::mount_write_protected, row.target, device_path(row.device)};
  }
  with_mount(world, host, index, [&](Mount& mount) {
    return read_only ? turn_read_only(world, host, mount) : turn_read_write(world, host, mount);
  });
  return {};
}

Wanted entry_of(const FstabLine& line) {
  Wanted wanted{line.source, line.target, line.type, {}};
  wanted.options.words = line.options;
  return wanted;
}

std::vector<FstabLine> fstab_of(const World& world, Name host) {
  return read_fstab(text_at(world, host, "/etc/fstab").value_or(""));
}

Refused unmount_one(World& world, Name host, Name what) {
  const Host& at = *world.hosts.find(host);
  const Name device = device_name(at, what);
  std::size_t index = mount_at(at, Name(absolute(what.str())));
  if (index == at.mounts->size() && !device.empty()) {
    for (std::size_t i = 0; i < at.mounts->size(); ++i) {
      if ((*at.mounts)[i].device == device) index = i;
    }
  }
  if (index == at.mounts->size()) {
    const bool there = device.empty() ? directory_at(world, host, what) || file_at(world, host, what)
                                      : at.device(device) != nullptr;
    return {there ? Refusal::umount_not_mounted : Refusal::umount_no_point, what};
  }
  const Name target = (*at.mounts)[index].target;
  for (const Mount& other : *at.mounts) {
    if (other.target.str().starts_with(target.str() + "/")) return {Refusal::umount_busy, target};
  }
  Mount mount = (*at.mounts)[index];
  auto& rows = world.hosts.edit(host).mounts.edit();
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(index));
  // The file system goes on while it is mounted elsewhere.
  if (mount.device.empty() || mount_of(*world.hosts.find(host), mount.device) < rows.size()) return {};
  write_out(world, host, mount);
  return {};
}

}  // namespace

bool MountOptions::has(std::string_view word) const {
  bool found = std::find(words.begin(), words.end(), word) != words.end();
  if (word != "ro" || !found) return found;
  for (const std::string& one : words) {  // the last of both counts
    if (one == "ro" || one == "rw") found = one == "ro";
  }
  return found;
}

bool read_value(std::string_view text, MountOptions& value) {
  value.words = words_of_options(text);
  return !value.words.empty() &&
         std::all_of(value.words.begin(), value.words.end(), [](const std::string& word) {
           return std::find(std::begin(kKnownOptions), std::end(kKnownOptions), word) !=
                  std::end(kKnownOptions);
         });
}

std::string show_value(const MountOptions& value) {
  std::string text;
  for (const std::string& word : value.words) text += (text.empty() ? "" : ",") + word;
  return text;
}

Refused run(World& world, Name host, const MountDevice& form, Report& report) {
  Wanted wanted{form.source, Name(absolute(form.target.str())), form.type,
                form.options.value_or(MountOptions{})};
  if (form.read_only) wanted.options.words.emplace_back("ro");
  if (wanted.options.has("remount")) return remount(world, host, wanted.target, wanted.options);
  return mount_device(world, host, wanted, report);
}

Refused run(World& world, Name host, const MountEntry& form, Report& report) {
  MountOptions options = form.options.value_or(MountOptions{});
  if (form.read_only) options.words.emplace_back("ro");
  if (options.has("remount")) return remount(world, host, form.what, options);
  const Host& at = *world.hosts.find(host);
  const Name device = device_name(at, form.what);
  for (const FstabLine& line : fstab_of(world, host)) {
    const bool same = line.target == form.what || line.source == form.what ||
                      (!device.empty() && device_name(at, line.source) == device);
    if (!same) continue;
    Wanted wanted = entry_of(line);
    wanted.options.words.insert(wanted.options.words.end(), options.words.begin(), options.words.end());
    return mount_device(world, host, wanted, report);
  }
  return {Refusal::mount_not_in_fstab, form.what};
}

Refused run(World& world, Name host, const MountAll&, Report& report) {
  std::size_t failed = 0;
  std::size_t done = 0;
  for (const FstabLine& line : fstab_of(world, host)) {
    if (line.has("noauto") || line.type == Name("swap")) continue;
    const Host& at = *world.hosts.find(host);
    if (line.target == Name("/") || mount_at(at, line.target) < at.mounts->size()) {
      ++done;
      continue;
    }
    const Refused refused = mount_device(world, host, entry_of(line), report);
    if (refused) report.err("{}", refused.words());
    ++(refused ? failed : done);
  }
  // 64: some succeeded; 32: all failed.
  report.status = failed == 0 ? 0 : done > 0 ? 64 : 32;
  return {};
}

Refused run(World& world, Name host, const Unmount& form, Report& report) {
  if (form.what.size() == 1) return unmount_one(world, host, form.what[0]);
  std::size_t failed = 0;
  for (const Name what : form.what) {
    const Refused refused = unmount_one(world, host, what);
    if (!refused) continue;
    if (++failed == form.what.size()) return refused;
    report.err("{}", refused.words());
    report.status = row_of(refused.why).status;
  }
  return {};
}

}  // namespace rehearse::fs
