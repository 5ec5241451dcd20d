#include "model/step.h"

#include <algorithm>
#include <numeric>

#include "model/domain/life.h"
#include "model/drbd/data.h"
#include "model/drbd/settle.h"
#include "model/fs/flush.h"
#include "model/fs/guest.h"
#include "model/fs/kernel.h"
#include "model/io.h"
#include "model/lvm/activation.h"
#include "model/lvm/monitor.h"
#include "model/net/exports.h"
#include "model/qemu/migration.h"

namespace rehearse {
namespace {

constexpr std::uint64_t kDay = 24 * 60 * 60;
constexpr std::uint64_t kSynced = 60;       // and a resync of what a rehearsal writes is done
constexpr std::uint64_t kWrittenBack = 30;  // seconds after which what was written is on the disks

std::vector<Name> powered_hosts(const World& world) {
  std::vector<Name> names = world.hosts.names();
  std::erase_if(names, [&](Name name) {
    const Host& host = *world.hosts.find(name);
    return !host.powered || host.hung;
  });
  return names;
}

// Blocks of 4 KiB all over a device, none twice: steps of about the golden section of its size, so that any
// number of them is spread evenly. Where they start depends on the write.
Patch scattered(Sectors size, Bytes bytes, Stamp stamp) {
  constexpr Sectors kBlock = 8;
  const std::uint64_t blocks = size / kBlock;
  const std::uint64_t wanted = std::min<std::uint64_t>(divide_up(bytes, kBlock * kSector), blocks);
  if (wanted == 0) return {};
  std::uint64_t stride = std::max<std::uint64_t>(1, blocks / 1000 * 618 + blocks % 1000 * 618 / 1000);
  while (std::gcd(stride, blocks) != 1) ++stride;
  std::vector<Sectors> places;
  std::uint64_t block = hash_of(stamp) % blocks;
  for (std::uint64_t i = 0; i < wanted; ++i) {
    places.push_back(block * kBlock);
    block = (block + stride) % blocks;
  }
  std::sort(places.begin(), places.end());
  Patch patch;
  for (const Sectors place : places) append(patch, Run{place, kBlock, stamp, place, {}});
  return patch;
}

class Player {
 public:
  Player(World& world, Report& report) : world_(world), report_(report) {}

  Refused operator()(const Command& step) {
    if (const Refused refused = need_power(step.host)) return said(refused);
    return perform(world_, step.host, step.op, report_);
  }

  Refused operator()(const GuestWrite& step) {
    const domain::Whereabouts guest = domain::find_domain(world_, step.domain);
    if (const Refused refused = need_running(guest, step.domain)) return said(refused);
    const auto& interfaces = guest.domain->config.interfaces;
    const Name service = interfaces.empty() ? step.domain : interfaces.front().ip;
    const World before = world_;
    const Stamp stamp = acknowledge(world_, step.domain, {0, step.bytes, step.path, service, step.flushed});
    IoError error = IoError::suspended;
    unless_it_waits(world_, [&] {
      error = fs::guest_write(world_, guest.host, step.domain, step.bytes, step.path, step.random,
                              step.flushed, stamp);
    });
    if (error == IoError::none) return {};
    world_.ledger = before.ledger;  // what failed is not acknowledged
    if (error == IoError::read_only) return said({Refusal::guest_read_only, step.domain, step.path});
    if (error == IoError::suspended) {
      failed("guest {0}: {1}: the write does not end, IO is suspended", step.domain, step.path);
      return {};
    }
    if (error == IoError::no_device) return said({Refusal::guest_path_missing, step.domain, step.path});
    if (error == IoError::no_space) {
      world_ = before;
      return said({Refusal::guest_no_space, step.domain, step.path});
    }
    failed("guest {0}: {1}: Input/output error", step.domain, step.path);
    return {};
  }

  Refused operator()(const HostWrite& step) {
    if (const Refused refused = need_power(step.host)) return said(refused);
    const Name device = device_name(*world_.hosts.find(step.host), step.path);
    const Device* row = world_.hosts.find(step.host)->device(device);
    if (!row) return said({Refusal::host_device_missing, step.host, step.path});
    if (row->read_only) return said({Refusal::host_device_read_only, step.host, step.path});
    const Sectors size = row->size;
    const Range range{step.offset / kSector, sectors_of(step.bytes)};
    if (range.count > size || (!step.random && range.first > size - range.count)) {
      return said({Refusal::host_device_full, step.host, step.path});
    }
    if (step.bytes == 0) return {};
    const Parts<WriterLog> ledger = world_.ledger;
    const Stamp stamp = acknowledge(world_, step.host, {0, step.bytes, step.path, step.host, true});
    const Patch patch = step.random ? scattered(size, step.bytes, stamp) : stamped(range, stamp);
    IoError error = IoError::suspended;
    unless_it_waits(world_, [&] { error = write(world_, step.host, device, patch); });
    if (error == IoError::none) {
      flush_caches(world_, step.host, device);
      return {};
    }
    world_.ledger = ledger;
    if (error == IoError::suspended) {
      failed("{0}: the write to '{1}' does not end", step.host, step.path);
      return {};
    }
    failed("{0}: error writing '{1}': Input/output error", step.host, step.path);
    return {};
  }

  Refused operator()(const Upgrade& step) {
    const domain::Whereabouts guest = domain::find_domain(world_, step.domain);
    if (const Refused refused = need_running(guest, step.domain)) return said(refused);
    switch (fs::upgrade_guest_service(world_, guest.host, step.domain, step.service, step.version)) {
      case fs::Upgraded::no_service:
        return said({Refusal::guest_service_missing, step.domain, step.service});
      case fs::Upgraded::read_only:
        return said({Refusal::guest_read_only, step.domain, step.service});
      case fs::Upgraded::converted:
        break;
      case fs::Upgraded::program_only:
        report_.out("{} expects version {} now; its data are not there to be converted", step.service.str(),
                    step.version);
        break;
    }
    return {};
  }

  Refused operator()(const Pass& step) {
    fs::pass_days(world_,
                  static_cast<std::uint32_t>(std::min<std::uint64_t>(step.seconds / kDay, 1'000'000)));
    for (Name host : powered_hosts(world_)) {
      fs::pass_time(world_, host, step.seconds);
      if (step.seconds >= kWrittenBack) lvm::merge_progress(world_, host, true);
      net::respawn_exports(world_, host);
    }
    if (step.seconds >= kSynced) replicate(true);
    qemu::progress(world_, step.seconds);
    return {};
  }

  Refused operator()(const Progress& step) {
    for (Name host : powered_hosts(world_)) lvm::merge_progress(world_, host, step.all);
    replicate(step.all);
    qemu::progress(world_, {});
    return {};
  }

  Refused operator()(const PowerOff& step) {
    const Host* host = world_.hosts.find(step.host);
    if (!host) return said({Refusal::host_unknown, step.host});
    if (!host->powered) return said({Refusal::host_without_power, step.host});
    lose_power(world_, step.host);
    return {};
  }

  Refused operator()(const PowerOn& step) {
    const Host* host = world_.hosts.find(step.host);
    if (!host) return said({Refusal::host_unknown, step.host});
    if (host->powered) return said({Refusal::host_has_power, step.host});
    boot(world_, step.host, report_);
    return {};
  }

  Refused operator()(const DiskEvent& step) {
    const Host* host = world_.hosts.find(step.host);
    if (!host) return said({Refusal::host_unknown, step.host});
    const Disk* found = host->disk_in(step.disk);
    if (!found) return said({Refusal::host_disk_missing, step.host, step.disk});
    Disk disk = *found;
    switch (step.fault) {
      case DiskFault::unplugged:
        disk.present = false;
        break;
      case DiskFault::plugged:
        disk.present = true;
        break;
      case DiskFault::fails_reads:
        disk.fails_reads = true;
        disk.failing = step.where;
        break;
      case DiskFault::fails_writes:
        disk.fails_writes = true;
        disk.failing = step.where;
        break;
      case DiskFault::fails:
        disk.fails_reads = disk.fails_writes = true;
        disk.failing = step.where;
        break;
      case DiskFault::hangs:
        disk.hangs = true;
        break;
      case DiskFault::mended:
        disk.fails_reads = disk.fails_writes = disk.hangs = false;
        disk.failing.reset();
        break;
      case DiskFault::caches_writes:
        if (world_.media.find(disk.medium)->flushed) break;
        world_.media.edit(disk.medium).flushed = Contents(world_.media.find(disk.medium)->contents);
        return {};
    }
    if (disk == *found) {
      static constexpr const char* kStates[] = {"unplugged", "plugged in", "failing reads", "failing writes",
                                                "failing",   "hanging",    "well",          "caching writes"};
      return said(
          {Refusal::host_disk_so_already, step.host, step.disk, kStates[static_cast<int>(step.fault)]});
    }
    const bool powered = host->powered;
    const Name was = disk.device;
    if (powered && step.fault == DiskFault::plugged) rename(step.host, disk);
    Hardware& hardware = world_.hosts.edit(step.host).hardware.edit();
    for (Disk& row : hardware.disks) {
      if (row.device == was) row = disk;
    }
    hardware.sort_disks();
    if (powered && step.fault == DiskFault::unplugged) drop_disk(step.host, was);
    if (powered && step.fault == DiskFault::plugged) find_disk(world_, step.host, disk.device, true);
    return {};
  }

  Refused operator()(const LinkEvent& step) {
    for (const Name name : {step.from, step.to}) {
      if (!name.empty() && !world_.hosts.contains(name)) return said({Refusal::host_unknown, name});
    }
    const Parts<net::Link> before = world_.links;
    const std::vector<Name> names = world_.hosts.names();
    for (const Name from : names) {
      for (const Name to : names) {
        const bool meant = step.from.empty() || (from == step.from && to == step.to) ||
                           (!step.one_way && from == step.to && to == step.from);
        if (from == to || !meant) continue;
        net::Direction way = net::way(world_, from, to);
        switch (step.fault) {
          case LinkFault::cut:
            way.cut = true;
            break;
          case LinkFault::slowed:
            way.delay_ms = step.delay_ms;
            break;
          case LinkFault::loses_large:
            way.loses_large = true;
            break;
          case LinkFault::healed:
            way = {};
            break;
        }
        net::set_way(world_, from, to, way);
      }
    }
    if (!(world_.links == before)) return {};
    static constexpr const char* kStates[] = {"cut", "slowed", "losing large packets", "well"};
    return said({Refusal::link_so_already, kStates[static_cast<int>(step.fault)]});
  }

  Refused operator()(const HostEvent& step) {
    const Host* at = world_.hosts.find(step.host);
    if (!at) return said({Refusal::host_unknown, step.host});
    if (!at->powered) return said({Refusal::host_without_power, step.host});
    if (at->hung == step.hangs) {
      return said({step.hangs ? Refusal::host_hangs_already : Refusal::host_does_not_hang, step.host});
    }
    world_.hosts.edit(step.host).hung = step.hangs;
    return {};
  }

 private:
  Refused need_power(Name host) const {
    const Host* at = world_.hosts.find(host);
    if (!at) return {Refusal::host_unknown, host};
    if (!at->powered) return {Refusal::host_without_power, host};
    return at->hung ? Refused(Refusal::host_hangs, host) : Refused();
  }

  void replicate(bool all) {
    const Report before = report_;
    if (!unless_it_waits(world_, [&] { drbd::progress(world_, all, report_); })) report_ = before;
  }

  Refused need_running(const domain::Whereabouts& guest, Name name) const {
    if (!guest.domain) return {Refusal::guest_not_running, name};
    if (guest.domain->state == domain::State::running) return {};
    return {guest.domain->state == domain::State::frozen ? Refusal::guest_frozen : Refusal::guest_paused,
            name};
  }

  Refused said(const Refused& refused) {
    report_.status = row_of(refused.why).status;
    report_.err("{}", refused.words());
    return refused;
  }

  // It was tried, and may have changed something on the way.
  void failed(fmt::format_string<const std::string&, const std::string&> what, Name who, Name where) {
    report_.status = 1;
    report_.err(what, who.str(), where.str());
  }

  // The kernel forgets a disk that is gone with its partitions; what is in use stays, and every access fails.
  // What used the disk when it was unplugged and does so still keeps its name, and fails on; the disk gets
  // the first name that is free.
  void rename(Name name, Disk& disk) {
    const Host& host = *world_.hosts.find(name);
    const std::string& was = disk.device.str();
    const Device* old = host.device(disk.device);
    if (!old || !used(host, disk.device) || was.back() < 'a' || was.back() > 'z') return;
    for (char letter = 'a'; letter <= 'z'; ++letter) {
      const Name free = Name(was.substr(0, was.size() - 1) + letter);
      if (host.device(free) || host.disk(free)) continue;
      Device dead = *old;
      dead.map = ErrorMap{};
      world_.hosts.edit(name).put(std::move(dead));
      if (disk.slot.empty()) disk.slot = disk.device;
      disk.device = free;
      return;
    }
  }

  static bool used(const Host& host, Name disk) {
    return std::any_of(host.devices->begin(), host.devices->end(), [&](const Device& row) {
      const auto* partition = row.as<PartitionDevice>();
      return (row.name == disk || (partition && partition->disk == disk)) && open_count(host, row.name) > 0;
    });
  }

  void drop_disk(Name host, Name disk) {
    Host& at = world_.hosts.edit(host);
    const bool in_use = used(at, disk);
    std::vector<Name> partitions;
    for (const Device& row : *at.devices) {
      const auto* partition = row.as<PartitionDevice>();
      if (partition && partition->disk == disk && open_count(at, row.name) == 0)
        partitions.push_back(row.name);
    }
    for (Name name : partitions) at.drop_device(name);
    if (!in_use) at.drop_device(disk);
  }

  World& world_;
  Report& report_;
};

}  // namespace

Refused play(World& world, const Step& step, Report& report) {
  const World before = world;
  drbd::UnreadBlocks unread;
  const Refused refused = std::visit(Player(world, report), step);
  if (refused && !unread.any()) return refused;
  unread.take_effect(world, report);
  drbd::settle(world, report);
  qemu::notice(world);
  lvm::unmount_invalid_snapshots(world);
  domain::watch_disks(before, world);
  return refused;
}

}  // namespace rehearse
