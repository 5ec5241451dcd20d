#include <algorithm>
#include <cassert>
#include <cctype>
#include <sstream>
#include <utility>

#include "model/dm/partition.h"
#include "model/domain/life.h"
#include "model/drbd/kernel_calls.h"
#include "model/drbd/settle.h"
#include "model/fs/path.h"
#include "model/io.h"
#include "model/libvirt/ops.h"
#include "model/lvm/activation.h"
#include "model/net/exports.h"
#include "model/step.h"

namespace rehearse {
namespace {

// sda2, but nvme0n1p2: a name that ends in a digit is set apart from the number.
Name partition_name(Name disk, std::uint32_t number) {
  const bool digit = std::isdigit(static_cast<unsigned char>(disk.str().back())) != 0;
  return disk.str() + (digit ? "p" : "") + std::to_string(number);
}

// A group is activated when its last disk has come (lvm2's udev rule, pvscan --cache -aay): never one that
// lacks some.
void activate_groups(World& world, Name host) {
  if (!world.hosts.find(host)->hardware->has_udev_lvm) return;
  for (const lvm::FoundGroup& group : lvm::find_groups(world, host)) {
    if (!group.partial() && !group.group->exported) lvm::activate_all(world, host, group);
  }
}

// What a boot script runs. Lines that go wrong are told on the console, the rest is quiet.
void run(World& world, Name host, const Words& words, Report& report) {
  Op op;
  const Mismatch bad = parse(words, op);
  assert(bad.kind == Mismatch::Kind::none);
  Report console;
  console.muted = report.muted;
  perform(world, host, op, console);
  for (Line& line : console.lines) {
    if (line.error) report.lines.push_back(std::move(line));
  }
}

// /etc/modules: a name on a line of its own.
bool loads_drbd(const World& world, Name host) {
  const std::string text = fs::text_at(world, host, "/etc/modules").value_or("");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line == "drbd" || line.starts_with("drbd ")) return true;
  }
  return false;
}

// /etc/init.d/drbd, where it is linked into runlevel 2 or wanted by systemd.
bool starts_drbd(const World& world, Name host) {
  for (const fs::File& file : world.hosts.find(host)->root->files) {
    const std::string& path = file.path.str();
    constexpr std::string_view kLink = "/etc/rc2.d/S20drbd";
    if (path.starts_with("/etc/rc2.d/S") && path.ends_with("drbd") && path.size() == kLink.size())
      return true;
    if (path.ends_with(".target.wants/drbd.service")) return true;
  }
  return false;
}

// Brings the resources up and waits for their peers, as long as wfc-timeout says; without one until somebody
// answers at the console, and all that starts later waits too: false.
bool start_drbd(World& world, Name host, Report& report) {
  if (!starts_drbd(world, host)) return true;
  drbd::load_module(world, host, report);
  run(world, host, {"drbdadm", "adjust", "all"}, report);
  drbd::settle(world, report);
  const Words wait = {"drbdadm", "wait-connect", "all"};
  Op op;
  parse(wait, op);
  Report console;
  const bool waits = perform(world, host, op, console).why == Refusal::drbd_does_not_end;
  if (waits) report.err("drbd: the boot of {} waits for a peer (wfc-timeout 0)", host.str());
  return !waits;
}

// /etc/init.d/xendomains: the files of /etc/xen/auto in the order of their names, most of them symbolic
// links.
void start_domains(World& world, Name host, Report& report) {
  if (!world.hosts.find(host)->hardware->runs_xen) return;
  for (Name entry : fs::list_at(world, host, "/etc/xen/auto")) {
    const Name path = "/etc/xen/auto/" + entry.str();
    domain::FoundConfig found = domain::config_at(world, host, path, true, report);
    if (!found.refused) {
      domain::resolve_disks(*world.hosts.find(host), found.config);
      found.refused = domain::may_create(world, host, found.config);
    }
    if (!found.refused) {
      found.refused = domain::create(world, host, found.config, found.file, false, report);
    }
    if (found.refused) report.err("{}", found.refused.words());
  }
}

}  // namespace

void find_disk(World& world, Name host, Name disk, bool activate) {
  const Disk* row = world.hosts.find(host)->disk(disk);
  if (!row || !row->present) return;
  Host& at = world.hosts.edit(host);
  Device whole;
  whole.name = disk;
  whole.size = world.media.find(row->medium)->size;
  whole.map = DiskDevice{};
  at.put(whole);
  const Part<Block> first = block_on(world, host, disk, 0);
  const auto* table = first ? first->as<PartitionTable>() : nullptr;
  if (table) {
    for (const Partition& partition : table->partitions) {
      Device device;
      device.name = partition_name(disk, partition.number);
      device.size = partition.range.count;
      device.map = PartitionDevice{disk, partition.range};
      at.put(std::move(device));
    }
  }
  if (activate) activate_groups(world, host);
}

void lose_power(World& world, Name host) {
  const Host& was = *world.hosts.find(host);
  Host dark = bare_host();
  dark.powered = false;
  dark.hardware = was.hardware;
  Hardware& hardware = dark.hardware.edit();
  for (Disk& disk : hardware.disks) {
    disk.hangs = false;
    if (!disk.slot.empty()) disk.device = std::exchange(disk.slot, {});
    const Medium* medium = world.media.find(disk.medium);
    if (medium->flushed) world.media.edit(disk.medium).contents = Contents(*medium->flushed);
  }
  hardware.sort_disks();
  dark.disk_root = was.disk_root;
  world.hosts.edit(host) = std::move(dark);
}

void boot(World& world, Name host, Report& report) {
  Host& at = world.hosts.edit(host);
  at.powered = true;
  at.root = at.disk_root;
  if (at.root->directory("/run")) at.root.edit().erase("/run");  // a tmpfs, whatever was written back of it
  const Part<Hardware> hardware = at.hardware;
  for (const Disk& disk : hardware->disks) find_disk(world, host, disk.device, false);
  if (loads_drbd(world, host)) drbd::load_module(world, host, report);
  net::discover(world, host);
  activate_groups(world, host);
  if (fs::text_at(world, host, "/etc/fstab")) {
    run(world, host, {"swapon", "-a"}, report);
    run(world, host, {"mount", "-a"}, report);
  }
  net::respawn_exports(world, host);
  if (!start_drbd(world, host, report)) return;
  start_domains(world, host, report);
  libvirt::start_marked(world, host);
}

}  // namespace rehearse
