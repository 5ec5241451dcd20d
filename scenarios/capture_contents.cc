// What lies on devices, as far as it shows: file systems without their files, swap space; what is mounted.
#include <algorithm>

#include "model/dm/exceptions.h"
#include "model/drbd/metadata.h"
#include "model/fs/ext4.h"
#include "model/fs/probe.h"
#include "scenarios/capture_site.h"

namespace rehearse {
namespace {

constexpr std::string_view kFileSystems[] = {"ext2",  "ext3", "ext4",     "xfs",
                                             "btrfs", "vfat", "reiserfs", "jfs"};

bool is_file_system(std::string_view type) {
  return std::find(std::begin(kFileSystems), std::end(kFileSystems), type) != std::end(kFileSystems);
}

fs::Superblock superblock_of(const Device& device, std::uint32_t block_size) {
  const bool sound = block_size == 1024 || block_size == 2048 || block_size == 4096;
  fs::Superblock super = fs::make_ext4(device.size * kSector, sound ? block_size : 0, 5);
  fs::count(super, fs::new_tree());
  super.checked = true;
  super.tables_zeroed = true;
  return super;
}

void put_file_system(const CaptureSite& site, Name device, const fs::Superblock& super) {
  put_beneath(site, device, fs::kSuperblockAt, Block{fs::kSuperblockRoom, Part<fs::Superblock>(super)});
}

bool add_file_system(const CaptureSite& site, const seen::Signature& row, const Device& device) {
  fs::Superblock super = superblock_of(device, static_cast<std::uint32_t>(row.block_size));
  if (super.blocks == 0) return false;
  super.type = row.type;
  super.label = row.label;
  super.uuid = stand_in(row.uuid);
  const fs::Signature there = fs::signature_on(site.world(), site.host, device.name);
  if (there.type == super.type && there.uuid == super.uuid && there.label == super.label) return true;
  put_file_system(site, device.name, super);
  put_beneath(site, device.name, fs::kTreeAt, Block{fs::kTreeRoom, Part<fs::Tree>(fs::new_tree())});
  if (row.type != "ext4") site.note("{} on {} is not modelled: it cannot be mounted", row.type, row.device);
  return true;
}

// blkid sees internal metadata, by their place at the end.
void add_replica(const CaptureSite& site, const seen::Signature& row, const Device& device) {
  constexpr Sectors kRoom = 8;
  drbd::Superblock super;
  super.device_uuid = stand_in(row.uuid);
  const drbd::Layout layout = drbd::layout_of(device.size, device.size, drbd::kInternal);
  put_beneath(site, device.name, layout.super, Block{kRoom, Part<drbd::Superblock>(super)});
  site.note("what DRBD's metadata on {} say is not captured: they are taken as freshly made", row.device);
}

void add_signature(const CaptureSite& site, const seen::Signature& row) {
  const Device* device = site.here().device(row.device);
  if (!device) return site.note("{} on {} is left out with the device", row.type, row.device);
  const Device copy = *device;
  if (row.type == "swap") {
    const fs::SwapHeader header{row.label, stand_in(row.uuid), copy.size};
    const fs::Signature there = fs::signature_on(site.world(), site.host, copy.name);
    if (there.type == Name("swap") && there.uuid == header.uuid) return;
    put_beneath(site, copy.name, fs::kSwapAt, Block{fs::kSwapRoom, Part<fs::SwapHeader>(header)});
  } else if (row.type == "LVM2_member") {
    if (fs::signature_on(site.world(), site.host, copy.name).type != Name("LVM2_member"))
      site.note("{} has an LVM label that pvs does not show", row.device);
  } else if (row.type == "DM_snapshot_cow") {
    if (fs::signature_on(site.world(), site.host, copy.name).type == Name(row.type)) return;
    const ExceptionStore store;
    put_beneath(site, copy.name, 0, Block{store.chunk, Part<ExceptionStore>(store)});
    site.note("what the room of a former snapshot on {} holds is not known: it is taken as empty",
              row.device);
  } else if (row.type == "drbd") {
    add_replica(site, row, copy);
  } else if (!is_file_system(row.type) || !add_file_system(site, row, copy)) {
    site.note("{} on {} is not modelled: it is left out", row.type, row.device);
  }
}

// By its source, unless that name has gone over to another device since.
Name device_mounted(const CaptureSite& site, const seen::Mount& row) {
  const Name named = device_name(site.here(), row.source);
  Name other;
  for (const seen::BlockDevice& device : site.captured.seen.devices) {
    if (!site.here().device(device.name) || device.mounted.empty()) continue;
    if (device.name == named.str()) return named;
    if (device.mounted == row.target) other = device.name;
  }
  return !other.empty() || !site.here().device(named) ? other : named;
}

// "rw,relatime" comes apart.
void set_options(fs::Mount& mount, const std::string& options) {
  const std::size_t comma = options.find(',');
  mount.read_only = options.substr(0, comma) == "ro";
  if (comma != std::string::npos) mount.options = options.substr(comma + 1);
}

void add_mount(const CaptureSite& site, const seen::Mount& row) {
  if (row.target == "/") {
    return site.note("the host's own root on {} is not modelled: its files are kept apart from any disk",
                     row.source);
  }
  fs::Mount mount;
  mount.target = row.target;
  mount.source = row.source;
  mount.type = row.type;
  set_options(mount, row.options);
  if (row.source.starts_with("/dev/")) {
    mount.device = device_mounted(site, row);
    const Device* device = mount.device.empty() ? nullptr : site.here().device(mount.device);
    if (!device) return site.note("{} on {} is left out: the device is not there", row.source, row.target);
    const Part<fs::Superblock> found = fs::superblock_on(site.world(), site.host, mount.device);
    fs::Superblock super = found ? *found : superblock_of(*device, 0);
    if (super.blocks == 0) return site.note("{} on {} is left out: it is too small", row.source, row.target);
    const Part<fs::Tree> tree = fs::tree_on(site.world(), site.host, mount.device);
    mount.tree = mount.written = tree ? tree : Part<fs::Tree>(fs::new_tree());
    super.state = fs::State::clean;
    mount.super = Part<fs::Superblock>(super);
    mount.reserve = fs::kernel_reserve(super);
    super.state = fs::State::in_use;
    if (!mount.read_only && found) put_file_system(site, mount.device, super);
  }
  Host& host = site.edit();
  fs::File directory;
  directory.path = row.target;
  directory.kind = fs::FileKind::directory;
  if (!host.root->directory(row.target)) host.root.edit().put(std::move(directory));
  host.mounts.edit().push_back(std::move(mount));
}

}  // namespace

void capture_contents(const CaptureSite& site) {
  const Observation& seen = site.captured.seen;
  // Snapshots last: they show what their origin does, where nothing was set aside.
  const auto is_snapshot = [&](const seen::Signature& row) {
    const Device* device = site.here().device(row.device);
    return device && device->as<SnapshotMap>();
  };
  for (const bool snapshots : {false, true}) {
    for (const seen::Signature& row : seen.signatures) {
      if (is_snapshot(row) == snapshots) add_signature(site, row);
    }
  }
  if (std::any_of(seen.signatures.begin(), seen.signatures.end(),
                  [](const seen::Signature& row) { return is_file_system(row.type); })) {
    site.note("what is in file systems, and how full they are, was not read: they are taken as empty");
  }
  for (const CapturedFile& file : site.captured.files) {
    if (file.path.size() > 1 && file.path[0] == '/')
      site.edit().root.edit().put(fs::text_file(file.path, file.text));
  }
  for (const seen::Mount& row : seen.mounts) {
    if (row.target.starts_with('/')) add_mount(site, row);
  }
  for (const seen::Swap& row : seen.swaps) {
    const Device* device = site.here().device(row.device);
    if (!device) {
      site.note("swap space {} is left out: it is no device of the model", row.device);
      continue;
    }
    site.edit().swaps.edit().push_back({"/dev/" + row.device, row.device, row.size / kSector});
  }
  Host& host = site.edit();
  host.disk_root = host.root;
}

}  // namespace rehearse
