#include "model/libvirt/life.h"

#include <algorithm>

#include "model/domain/life.h"
#include "model/fs/path.h"
#include "model/io.h"
#include "model/libvirt/disk_name.h"
#include "model/qemu/locks.h"

namespace rehearse::libvirt {
namespace {

domain::Domain* row_named(Host& host, Name name) {
  for (domain::Domain& row : host.domains.edit()) {
    if (row.config.name == name) return &row;
  }
  return nullptr;
}

// QEMU's processes say this before they end, each line of them with the time.
std::string qemu_said(const std::string& words) {
  return "internal error: qemu unexpectedly closed the monitor: 1970-01-01T00:00:00.000000Z "
         "qemu-system-x86_64: " +
         words;
}

std::string json_of_cache(const Disk& disk) {
  if (disk.cache == "none") return "\"cache\":{\"direct\":true,\"no-flush\":false},";
  return disk.cache.empty() ? "" : "\"cache\":{\"direct\":false,\"no-flush\":false},";
}

std::string device_words(const Definition& made, std::size_t place) {
  const Disk& disk = made.disks[place];
  const std::string bootindex = place == 0 ? ",\"bootindex\":1" : "";
  return fmt::format(
      "-device {{\"driver\":\"virtio-blk-pci\",\"bus\":\"pci.0\",\"addr\":\"{:#x}\",{}\"drive\":"
      "\"libvirt-{}-format\",\"id\":\"virtio-disk{}\"{},\"write-cache\":\"on\"}}",
      disk.slot, disk.shareable ? "\"share-rw\":true," : "", made.disks.size() - place,
      disk_index(disk.target), bootindex);
}

}  // namespace

domain::Config config_of(const Host& host, const Definition& made) {
  domain::Config config;
  config.name = made.name;
  config.memory_mib = (made.memory + 1023) / 1024;
  config.vcpus = made.vcpus;
  for (const Disk& disk : made.disks) {
    if (disk.source.empty()) continue;
    config.disks.push_back(
        {disk.source, device_name(host, disk.source), disk.target, !disk.read_only, Name()});
  }
  for (const Interface& row : made.interfaces) config.interfaces.push_back({row.mac, Name(), row.source});
  return config;
}

std::string unfit(const World& world, Name host, const Definition& made, bool incoming) {
  const Host& at = *world.hosts.find(host);
  for (std::size_t i = made.disks.size(); i-- > 0;) {
    const Disk& disk = made.disks[i];
    if (disk.source.empty() || at.device(device_name(at, disk.source))) continue;
    if (fs::file_at(world, host, disk.source)) continue;
    return fmt::format("Cannot access storage file '{}': No such file or directory", disk.source);
  }
  for (std::size_t i = made.disks.size(); i-- > 0;) {
    const Disk& disk = made.disks[i];
    if (disk.source.empty()) continue;
    if (read(world, host, device_name(at, disk.source), {0, 1}).error != IoError::wrong_medium) continue;
    return qemu_said(fmt::format(
        "-blockdev {{\"driver\":\"host_device\",\"filename\":\"{}\",\"node-name\":\"libvirt-{}-storage\",{}"
        "\"auto-read-only\":true,\"discard\":\"unmap\"}}: Could not open '{}': Wrong medium type",
        disk.source, made.disks.size() - i, json_of_cache(disk), disk.source));
  }
  if (made.memory / 1024 > at.hardware->memory_mib)
    return qemu_said("cannot set up guest memory 'pc.ram': Cannot allocate memory");
  for (std::size_t i = 0; i < made.disks.size() && !incoming; ++i) {
    const Disk& disk = made.disks[i];
    const std::string missed =
        disk.source.empty()
            ? ""
            : qemu::lock_missed(at, {device_name(at, disk.source), !disk.read_only, disk.shareable});
    if (missed.empty()) continue;
    return qemu_said(fmt::format("{}: Failed to get {}\nIs another process using the image [{}]?",
                                 device_words(made, i), missed, disk.source));
  }
  return "";
}

void start(World& world, Name host, const Definition& made, bool paused) {
  domain::Domain row;
  row.id = world.hosts.find(host)->last_domain_id + 1;
  row.state = paused ? domain::State::paused : domain::State::running;
  row.config = config_of(*world.hosts.find(host), made);
  row.definition = text_of(made);
  const Name name = row.config.name;
  Host& at = world.hosts.edit(host);
  at.last_domain_id = row.id;
  at.domains.edit().push_back(std::move(row));
  if (!paused) domain::boot_guest(world, host, name);
}

void run_on(World& world, Name host, Name name) {
  domain::Domain& row = *row_named(world.hosts.edit(host), name);
  row.state = domain::State::running;
  row.arrived_paused = false;
  if (row.mounts.empty()) domain::boot_guest(world, host, name);
}

}  // namespace rehearse::libvirt
