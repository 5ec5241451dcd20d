#include "scenarios/world_build.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "model/dm/partition.h"
#include "model/io.h"
#include "model/step.h"
#include "scenarios/phrase.h"
#include "scenarios/world_build_fs.h"
#include "scenarios/world_site.h"

namespace rehearse {
namespace {

using namespace shape;

class WorldBuilder {
 public:
  explicit WorldBuilder(const std::vector<WrittenHost>& hosts) : hosts_(hosts) {}

  Input<World> operator()() {
    using Phase = bool (WorldBuilder::*)(const HostDoc&, const Keys&);
    for (const Phase phase : {&WorldBuilder::make_host, &WorldBuilder::fill_devices,
                              &WorldBuilder::make_groups, &WorldBuilder::serve, &WorldBuilder::mount_all,
                              &WorldBuilder::start_domains, &WorldBuilder::wind}) {
      for (const WrittenHost& host : hosts_) {
        site_.host = host.name;
        site_.file = host.file;
        if (!(this->*phase)(host.doc, Keys{"hosts", host.name})) return site_.error;
      }
    }
    return std::move(site_.world);
  }

 private:
  bool make_host(const HostDoc& doc, const Keys& keys) {
    std::vector<BlankDisk> disks;
    for (const auto& [name, disk] : doc.disks) {
      const Keys here = keys / "disks" / name;
      if (name.empty() || name.find('/') != std::string::npos)
        return site_.fail(here, "expected a name such as \"sda\"");
      if (disk.size.bytes < kMiB) return site_.fail(here / "size", "expected a disk of at least \"1M\"");
      disks.push_back({name, disk.size.bytes / kSector * kSector});
    }
    std::sort(disks.begin(), disks.end(), [](const auto& a, const auto& b) { return a.device < b.device; });
    add_host(site_.world, site_.host, disks);
    Host& host = site_.edit();
    Hardware& hardware = host.hardware.edit();
    hardware.memory_mib = doc.memory.bytes / kMiB;
    hardware.runs_xen = doc.xen;
    hardware.runs_libvirt = doc.libvirt;
    hardware.has_qemu = doc.qemu;
    hardware.has_aoe = doc.aoe;
    hardware.has_udev_lvm = doc.udev_lvm;
    hardware.addresses = doc.addresses;
    std::sort(hardware.addresses.begin(), hardware.addresses.end(),
              [](Name a, Name b) { return a.str() < b.str(); });
    fs::Tree tree;
    if (!site_.put_files(tree, doc.files, keys / "files")) return false;
    host.disk_root = Part<fs::Tree>(std::move(tree));
    host.root = host.disk_root;
    for (const auto& [name, disk] : doc.disks) {
      if (!partition(name, disk, keys / "disks" / name)) return false;
    }
    return true;
  }

  // As sfdisk does: partitions start at whole MiB, the first at 1 MiB.
  bool partition(std::string_view disk, const DiskDoc& doc, const Keys& keys) {
    if (doc.partitions.empty()) return true;
    PartitionTable table;
    Sectors next = kMiB / kSector;
    const Sectors end = doc.size.bytes / kSector;
    for (std::size_t i = 0; i < doc.partitions.size(); ++i) {
      const Keys here = keys / "partitions" / std::to_string(i);
      const PartitionDoc& wanted = doc.partitions[i];
      if (i >= 15) return site_.fail(here, "expected at most 15 partitions");
      const Sectors size = wanted.size ? wanted.size->bytes / kSector : end - std::min(next, end);
      if (size == 0 || next >= end || size > end - next) {
        return site_.fail(here, fmt::format("no room: {} are left on the disk",
                                            human_size((end - std::min(next, end)) * kSector)));
      }
      table.partitions.push_back({static_cast<std::uint32_t>(i + 1), {next, size}, wanted.type});
      Device device;
      const bool digit = disk.back() >= '0' && disk.back() <= '9';
      device.name = fmt::format("{}{}{}", disk, digit ? "p" : "", i + 1);
      device.size = size;
      device.map = PartitionDevice{disk, {next, size}};
      site_.edit().put(std::move(device));
      next = round_up(next + size, kMiB / kSector);
    }
    write(site_.world, site_.host, disk, block_at(0, {1, Part<PartitionTable>(std::move(table))}));
    return true;
  }

  bool fill_devices(const HostDoc& doc, const Keys& keys) {
    for (const auto& [device, contents] : doc.devices) {
      const Keys here = keys / "devices" / device;
      if (contents.fs.has_value() + contents.swap + contents.raw.has_value() > 1) {
        return site_.fail(here, "expected one of \"fs\", \"swap\" and \"raw\"");
      }
      if (!fill(device, contents.fs, contents.swap, contents.raw, here)) return false;
    }
    return true;
  }

  bool fill(const std::string& device, const std::optional<FilesystemDoc>& made, bool swap,
            const std::optional<RawDoc>& raw, const Keys& keys) {
    const Name name = device_name(site_.here(), device);
    if (!site_.here().device(name)) return site_.fail(keys, "there is no device " + quote_word(device));
    if (swap) return site_.run(keys / "swap", {"mkswap", device});
    if (raw) return write_raw(name, raw->size.bytes, raw->at ? raw->at->bytes : 0, keys / "raw");
    return !made || make_filesystem(site_, device, *made, keys / "fs", made_);
  }

  bool write_raw(Name device, Bytes size, Bytes at, const Keys& keys) {
    const Sectors room = site_.here().device(device)->size;
    const Range range{at / kSector, sectors_of(size)};
    if (range.end() > room) {
      return site_.fail(keys,
                        fmt::format("beyond the end: {} has {}", device.str(), human_size(room * kSector)));
    }
    if (range.count == 0) return true;
    Write row;
    row.bytes = size;
    row.place = "/dev/" + device.str();
    write(site_.world, site_.host, device, stamped(range, acknowledge(site_.world, site_.host, row)));
    return true;
  }

  bool make_groups(const HostDoc& doc, const Keys& keys) {
    for (const auto& [name, group] : doc.lvm) {
      const Keys here = keys / "lvm" / name;
      Words words{"vgcreate"};
      if (group.extent) words.insert(words.end(), {"-s", std::to_string(group.extent->bytes) + "b"});
      words.push_back(name);
      for (std::size_t i = 0; i < group.pvs.size(); ++i) {
        if (!site_.run(here / "pvs" / std::to_string(i), {"pvcreate", group.pvs[i]})) return false;
        words.push_back(group.pvs[i]);
      }
      if (!site_.run(here, words)) return false;
      for (const auto& [volume, wanted] : group.volumes) {
        if (!make_volume(name, volume, wanted, here / "volumes" / volume)) return false;
      }
    }
    return true;
  }

  bool make_volume(const std::string& group, const std::string& name, const VolumeDoc& doc,
                   const Keys& keys) {
    if (doc.size.has_value() == doc.extents.has_value())
      return site_.fail(keys, "expected either \"size\" or \"extents\"");
    Words words{"lvcreate", "-n", name};
    if (doc.size) words.insert(words.end(), {"-L", std::to_string(doc.size->bytes) + "b"});
    if (doc.extents) words.insert(words.end(), {"-l", std::to_string(*doc.extents)});
    if (doc.chunk) words.insert(words.end(), {"-c", std::to_string(doc.chunk->bytes) + "b"});
    if (doc.snapshot_of) words.insert(words.end(), {"-s", group + "/" + doc.snapshot_of->str()});
    if (!doc.snapshot_of) words.push_back(group);
    if (doc.snapshot_of && (doc.fs || doc.swap || doc.raw)) {
      return site_.fail(keys, "a snapshot holds what its origin holds, expected \"changes\" instead");
    }
    if (!doc.snapshot_of && doc.changes)
      return site_.fail(keys / "changes", "expected only with \"snapshot_of\"");
    if (doc.fs.has_value() + doc.swap + doc.raw.has_value() > 1) {
      return site_.fail(keys, "expected one of \"fs\", \"swap\" and \"raw\"");
    }
    if (!site_.run(keys, words)) return false;
    if (doc.changes) {
      return change(group, doc.snapshot_of->str(), doc.changes->origin, keys / "changes" / "origin") &&
             change(group, name, doc.changes->snapshot, keys / "changes" / "snapshot");
    }
    return fill("/dev/" + group + "/" + name, doc.fs, doc.swap, doc.raw, keys);
  }

  bool change(const std::string& group, const std::string& volume, const std::optional<SizeText>& size,
              const Keys& keys) {
    if (!size || size->bytes == 0) return true;
    const Name device = device_name(site_.here(), "/dev/" + group + "/" + volume);
    const Device* row = site_.here().device(device);
    if (!row) return site_.fail(keys, volume + " is not active");
    const Bytes room = row->size * kSector;
    if (size->bytes > room) return site_.fail(keys, volume + " has only " + human_size(room));
    return write_raw(device, size->bytes, (room - size->bytes) / (4 * kKiB) * (4 * kKiB), keys);
  }

  // Exports are what /etc/inittab says, as on a host that was set up by hand.
  bool serve(const HostDoc& doc, const Keys& keys) {
    for (const auto& [target, source] : doc.exports) {
      const Keys here = keys / "exports" / target;
      std::uint32_t shelf = 0;
      std::uint32_t slot = 0;
      if (!read_target(target, shelf, slot)) return site_.fail(here, "expected a target such as \"e3.6\"");
      const Name device = device_name(site_.here(), source);
      if (!site_.here().device(device)) return site_.fail(here, "there is no device " + quote_word(source));
      Host& host = site_.edit();
      const fs::File* before = host.root->find("/etc/inittab");
      const std::string text = before && before->text ? *before->text : std::string();
      if (text.find(fmt::format("vblade {} {} ", shelf, slot)) != std::string::npos)
        continue;  // says so itself
      const std::string line = fmt::format("e{}{}:2345:respawn:/usr/sbin/vblade {} {} eth0 {}\n", shelf, slot,
                                           shelf, slot, source);
      host.root.edit().put(fs::text_file("/etc/inittab", text + line));
      host.disk_root = host.root;
    }
    return doc.exports.empty() || site_.run(keys / "exports", {"init", "q"});
  }

  static bool read_target(std::string_view text, std::uint32_t& shelf, std::uint32_t& slot) {
    const std::size_t dot = text.find('.');
    if (!text.starts_with("e") || dot == std::string_view::npos) return false;
    const auto number = [](std::string_view digits, std::uint32_t most, std::uint32_t& value) {
      const auto [end, error] = std::from_chars(digits.begin(), digits.end(), value);
      return !digits.empty() && error == std::errc() && end == digits.end() && value <= most;
    };
    return number(text.substr(1, dot - 1), 65534, shelf) && number(text.substr(dot + 1), 254, slot);
  }

  bool mount_all(const HostDoc& doc, const Keys& keys) {
    for (std::size_t i = 0; i < doc.mounts.size(); ++i) {
      const MountDoc& mount = doc.mounts[i];
      Words words{"mount"};
      if (mount.read_only) words.insert(words.end(), {"-o", "ro"});
      words.insert(words.end(), {mount.source, mount.target});
      if (!site_.run(keys / "mounts" / std::to_string(i), words)) return false;
    }
    for (std::size_t i = 0; i < doc.swaps.size(); ++i) {
      if (!site_.run(keys / "swaps" / std::to_string(i), {"swapon", doc.swaps[i]})) return false;
    }
    return true;
  }

  bool start_domains(const HostDoc& doc, const Keys& keys) {
    for (std::size_t i = 0; i < doc.domains.size(); ++i) {
      if (!site_.run(keys / "domains" / std::to_string(i), {"xm", "create", doc.domains[i]})) return false;
    }
    return true;
  }

  // Last, so that building counts for nothing.
  bool wind(const HostDoc&, const Keys&) {
    for (const MadeFilesystem& made : made_) {
      if (made.host == site_.host) wind_counters(site_.world, made);
    }
    return true;
  }

  const std::vector<WrittenHost>& hosts_;
  Site site_;
  std::vector<MadeFilesystem> made_;
};

}  // namespace

Input<World> build_world(const std::vector<WrittenHost>& hosts) { return WorldBuilder(hosts)(); }

}  // namespace rehearse
