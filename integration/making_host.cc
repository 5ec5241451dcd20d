#include "integration/making_host.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/dm/partition.h"
#include "model/fs/ext4.h"
#include "model/fs/flush.h"
#include "model/fs/path.h"
#include "model/fs/probe.h"
#include "model/io.h"
#include "model/lvm/scan.h"
#include "model/op.h"
#include "model/step.h"

namespace rehearse {
namespace {

constexpr const char* kTarget = "/.making";
constexpr Bytes kLargestInMemory = 8 * kMiB;  // a guest's root is in its memory
// What a guest's root has anyway.
constexpr const char* kFolders[] = {"/etc", "/mnt", "/root", "/run", "/tmp", "/var"};

// What the image has, a world has by name and size alone.
constexpr const char* kOwnFiles = "/usr/share/lab";

// What an installed system has, and a guest's root does not.
constexpr const char* kMoreFolders = "mkdir -p /boot /home /media /opt /srv /var/tmp";

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

class HostMaker {
 public:
  HostMaker(const World& wanted, Name host, World& made, std::vector<std::string>& notes)
      : wanted_(wanted), host_(host), made_(made), notes_(notes) {
    making_.host = host;
  }

  HostMaking operator()() {
    making_.disks = lab_disks_of(wanted_, host_);
    std::vector<BlankDisk> disks;
    for (const LabDiskPlan& disk : making_.disks) disks.push_back({disk.name, disk.size});
    add_host(made_, host_, disks);
    Hardware& hardware = edit().hardware.edit();
    hardware.memory_mib = there().hardware->memory_mib;
    hardware.has_qemu = there().hardware->has_qemu;
    hardware.addresses = making_.addresses = there().hardware->addresses;
    root();
    for (const Disk& disk : there().hardware->disks) divide(disk);
    const std::vector<lvm::FoundGroup> groups = lvm::find_groups(wanted_, host_);
    for (const lvm::FoundGroup& group : groups) make_group(group);
    for (const Device& device : *there().devices) fill(device);
    for (const lvm::FoundGroup& group : groups) make_volumes(*group.group, true);
    for (const lvm::FoundGroup& group : groups) deactivate(*group.group);
    use();
    return std::move(making_);
  }

 private:
  const Host& there() const { return *wanted_.hosts.find(host_); }
  const Host& here() const { return *made_.hosts.find(host_); }
  Host& edit() { return made_.hosts.edit(host_); }
  void note(const std::string& what) { notes_.push_back(fmt::format("{}: {}", host_.str(), what)); }
  void line(std::string text) { making_.steps.push_back({std::move(text), {}, {}}); }

  bool run(const Words& words) {
    Op op;
    Report report;
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + quoted(word);
    if (parse(words, op).kind != Mismatch::Kind::none || perform(made_, host_, op, report) ||
        report.status != 0) {
      note("cannot be made: " + text);
      return false;
    }
    line(std::move(text));
    return true;
  }

  // The host's own files.
  void root() {
    fs::Tree tree;
    for (const char* path : kFolders) {
      fs::File folder;
      folder.path = path;
      folder.kind = fs::FileKind::directory;
      tree.put(folder);
    }
    for (const fs::File& file : there().root->files) {
      if (!file.text && file.size > kLargestInMemory) {
        note(fmt::format("{} is left out: the root of a guest is in its memory", file.path.str()));
        continue;
      }
      tree.put(file);
      if (!file.path.str().starts_with(kOwnFiles)) put(file, "");
    }
    line(kMoreFolders);
    line("hostname " + quoted(host_.str()));
    edit().disk_root = Part<fs::Tree>(std::move(tree));
    edit().root = here().disk_root;
  }

  void put(const fs::File& file, const std::string& below) {
    const std::string path = below + file.path.str();
    if (file.kind == fs::FileKind::directory) return line("mkdir -p " + quoted(path));
    line("mkdir -p " + quoted(path.substr(0, std::max<std::size_t>(path.rfind('/'), 1))));
    if (file.kind == fs::FileKind::symlink) {
      line(fmt::format("ln -sfn {} {}", quoted(*file.text), quoted(path)));
    } else if (file.text) {
      making_.steps.push_back({{}, path, *file.text});
    } else {
      line(fmt::format("head -c {} /dev/urandom > {}", file.size, quoted(path)));
    }
  }

  void divide(const Disk& disk) {
    if (!disk.present) note(disk.device.str() + " is there");
    if (disk.fails_reads || disk.fails_writes) note(disk.device.str() + " does not fail");
    if (wanted_.media.find(disk.medium)->flushed) note(disk.device.str() + " does not cache writes");
    if (disk.hangs) note(disk.device.str() + " does not hang");
    const Block* first = wanted_.media.find(disk.medium)->contents.block_at(0);
    const auto* table = first ? first->as<PartitionTable>() : nullptr;
    if (!table) return;
    std::string text = fmt::format("label: {}\\n", table->label.str());
    for (const Partition& row : table->partitions) {
      text += fmt::format("/dev/{}{} : start={}, size={}, type={}\\n", disk.device.str(), row.number,
                          row.range.first, row.range.count, row.type.str());
    }
    line(fmt::format("printf '{}' | sfdisk -q /dev/{} && udevadm settle", text, disk.device.str()));
    write(made_, host_, disk.device, block_at(0, {1, Part<PartitionTable>(*table)}));
    find_disk(made_, host_, disk.device, false);
  }

  void make_group(const lvm::FoundGroup& found) {
    const lvm::Group& group = *found.group;
    if (found.partial()) return note(fmt::format("{} lacks disks and is not made", group.name.str()));
    Words words{"vgcreate", "-s", fmt::format("{}b", group.extent * kSector), group.name.str()};
    for (const lvm::PhysicalVolume& pv : group.pvs) {
      const std::string path = "/dev/" + found.device_of(pv.uuid).str();
      if (!run({"pvcreate", path})) return;
      words.push_back(path);
    }
    if (run(words)) make_volumes(group, false);
  }

  void make_volumes(const lvm::Group& group, bool snapshots) {
    std::vector<lvm::Volume> rows = group.volumes;
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.created < b.created; });
    for (const lvm::Volume& row : rows) {
      if (row.is_snapshot() != snapshots) continue;
      Words words{"lvcreate", "-y", "-n", row.name.str(), "-l", std::to_string(row.extents())};
      if (!row.is_snapshot()) {
        words.push_back(group.name.str());
      } else {
        words.insert(words.end(), {"-c", fmt::format("{}b", row.snapshot->chunk * kSector), "-s",
                                   group.name.str() + "/" + row.snapshot->origin.str()});
        note(fmt::format("{}/{} begins empty", group.name.str(), row.name.str()));
      }
      run(words);
    }
  }

  void deactivate(const lvm::Group& group) {
    for (const lvm::Volume& row : group.volumes) {
      const std::string path = group.name.str() + "/" + row.name.str();
      if (there().device(device_name(there(), "/dev/" + path)) || row.is_snapshot()) continue;
      run({"lvchange", "-an", path});
    }
  }

  // What lies on a device that nothing else is made of.
  void fill(const Device& device) {
    if (!here().device(device.name) || holders(here(), device.name) > 0) return;
    const std::string path = "/dev/" + device.name.str();
    if (const auto swap = fs::swap_on(wanted_, host_, device.name)) {
      Words words{"mkswap"};
      if (!swap->label.empty()) words.insert(words.end(), {"-L", swap->label.str()});
      words.push_back(path);
      run(words);
    } else if (const auto super = fs::superblock_on(wanted_, host_, device.name)) {
      make_file_system(device.name, path, *super);
    }
  }

  void make_file_system(Name device, const std::string& path, const fs::Superblock& super) {
    // All at once, so that nothing is left to be done behind the rehearsal's back.
    Words words{"mkfs.ext4", "-q", "-E", "lazy_itable_init=0", "-b", std::to_string(super.block_size)};
    if (!super.label.empty()) words.insert(words.end(), {"-L", super.label.str()});
    words.push_back(path);
    if (!run(words)) return;
    fs::make_directory(made_, host_, kTarget);
    line(fmt::format("mkdir {}", kTarget));
    if (run({"mount", path, kTarget})) {
      const Part<fs::Tree> tree = newest_tree(device);
      for (const fs::File& file : tree ? tree->files : std::vector<fs::File>()) put_mounted(file);
      fs::flush_all(made_, host_);
      run({"umount", kTarget});
    }
    fs::erase_file(made_, host_, kTarget);
    line(fmt::format("rmdir {}", kTarget));
    edit().disk_root = here().root;
    run({"tune2fs", "-c", std::to_string(super.max_mount_count), "-C", std::to_string(super.mount_count),
         "-i", fmt::format("{}d", super.check_interval_days), path});
  }

  // As the host's own kernel has it, or else as it lies on the device.
  Part<fs::Tree> newest_tree(Name device) const {
    for (const fs::Mount& mount : *there().mounts) {
      if (mount.device == device) return mount.tree;
    }
    return fs::tree_on(wanted_, host_, device);
  }

  void put_mounted(fs::File file) {
    if (file.path == "/lost+found") return;
    put(file, kTarget);
    file.path = kTarget + file.path.str();
    file.data.clear();
    fs::PathError bad = fs::PathError::none;
    if (file.kind != fs::FileKind::directory) {
      bad = fs::put_file(made_, host_, file);
    } else if (!fs::directory_at(made_, host_, file.path)) {
      bad = fs::make_directory(made_, host_, file.path);
    }
    if (bad != fs::PathError::none) note(fmt::format("{}: {}", file.path.str(), fs::words_of(bad)));
  }

  void use() {
    for (const fs::Mount& mount : *there().mounts) {
      if (mount.device.empty()) continue;
      Words words{"mount"};
      if (mount.read_only) words.insert(words.end(), {"-o", "ro"});
      words.insert(words.end(), {mount.source.str(), mount.target.str()});
      run(words);
    }
    for (const SwapSpace& swap : *there().swaps) run({"swapon", swap.path.str()});
    line("sync; udevadm settle");
  }

  const World& wanted_;
  Name host_;
  World& made_;
  std::vector<std::string>& notes_;
  HostMaking making_;
};

}  // namespace

std::vector<LabDiskPlan> lab_disks_of(const World& world, Name host) {
  std::vector<LabDiskPlan> disks;
  for (const Disk& disk : world.hosts.find(host)->hardware->disks) {
    disks.push_back({disk.device.str(), world.media.find(disk.medium)->size * kSector});
  }
  return disks;
}

HostMaking plan_host(const World& wanted, Name host, World& made, std::vector<std::string>& notes) {
  return HostMaker(wanted, host, made, notes)();
}

}  // namespace rehearse
