// Resources, minors and disks: the calls that make and take them (drbd_nl.c).
#include "model/drbd/kernel_calls.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/drbd/call.h"
#include "model/io.h"
#include "model/lvm/label.h"

namespace rehearse::drbd {
namespace {

Answer unknown_resource() { return {Code::res_not_known, "unknown resource"}; }

// The disks of an attach can be opened for this device alone, and have metadata that a kernel may take.
Answer open_disks(const World& world, Name host, const Device& device, const AttachWith& with,
                  Backing& backing) {
  const Host& at = *world.hosts.find(host);
  backing.path = with.disk;
  backing.meta_path = with.meta;
  backing.device = device_name(at, with.disk);
  backing.meta_device = device_name(at, with.meta);
  backing.index = with.index;
  backing.options = with.options;
  if (!at.device(backing.device) || lvm::held(at, backing.device)) return {Code::open_disk, {}};
  const bool internal = backing.device == backing.meta_device;
  if (!internal && (!at.device(backing.meta_device) || lvm::held(at, backing.meta_device)))
    return {Code::open_md_disk, {}};
  // The two are held for different owners, unless the metadata fill their device.
  if (internal && with.index >= 0) return {Code::open_md_disk, {}};
  if (internal != (with.index == kInternal)) return {Code::md_idx_invalid, {}};
  const Place place = place_of(world, host, backing.device, backing.meta_device, with.index);
  backing.layout = place.layout;
  if (backing.layout.usable == 0) return {Code::md_disk_too_small, {}};
  if (read(world, host, backing.meta_device, {place.layout.super, 8}).error != IoError::none)
    return {Code::io_md_disk, {}};
  const auto super = read_super(world, host, place);
  // Of an area with a number all of it must be there.
  constexpr Sectors kArea = 128 * kMiB / kSector;
  const Sectors end = with.index >= 0 ? (static_cast<Sectors>(with.index) + 1) * kArea : 0;
  if (!super || at.device(backing.meta_device)->size < end) return {Code::md_invalid, {}};
  if (!super->clean) return {Code::md_unclean, {}};
  backing.super = *super;
  if (backing.layout.usable < with.options.size) return {Code::disk_too_small, {}};
  constexpr Sectors kLeast = 2048;
  if (at.device(backing.meta_device)->size < kLeast) return {Code::md_disk_too_small, {}};
  if (backing.layout.usable < device.size) return {Code::disk_too_small, {}};
  return {};
}

// What the flags on the disk say of it, before the peer is heard.
Disk disk_by_flags(const Backing& backing) {
  const MetaFlags& flags = backing.super.flags;
  if (!flags.consistent) return Disk::inconsistent;
  if (!flags.was_up_to_date) return Disk::outdated;
  const bool good = flags.peer_outdated || backing.options.fencing == Fencing::dont_care;
  return good ? Disk::up_to_date : Disk::consistent;
}

void read_bits(Node& node, std::uint32_t volume) {
  const bool full =
      node.see(volume).backing->super.flags.full_sync ||
      (node.see(volume).flags.crashed_primary && node.see(volume).backing->super.flags.al_disabled);
  const std::uint64_t bits = bits_of(node.see(volume).size);
  if (full) {
    node.log_of(volume, "Assuming that all blocks are out of sync (aka FullSync)");
    node.set_all_bits(volume);
  } else {
    const std::uint64_t set = node.see(volume).out_of_sync();
    node.log_of(volume, "{} ({} bits) marked out-of-sync by on disk bit-map.", pretty(set * 4), set);
  }
  if (node.see(volume).out_of_sync() == bits && node.see(volume).state.conn < Connection::connected) {
    node.device(volume).flags.al_suspended = true;
    node.log_of(volume, "Suspended AL updates");
  }
}

// The disk becomes the device's, with what is remembered on it.
void take_disk(Node& node, std::uint32_t volume, Backing backing) {
  const MetaFlags flags = backing.super.flags;
  const Bitmap bits = read_bitmap(node.world(), node.host(), {backing.meta_device, backing.layout},
                                  backing.super.agreed_size);
  Device& row = node.device(volume);
  const bool frozen_primary = row.state.role == Role::primary && row.state.susp_nod;
  row.flags.crashed_primary = flags.crashed_primary || (flags.primary && !frozen_primary);
  row.flags.use_degr_wfc = row.state.role != Role::primary && flags.primary && !flags.connected;
  row.bitmap = bits;
  row.flags.bitmap_written = true;
  row.active = {};
  row.counters.sent = row.counters.received = row.counters.read = row.counters.written = 0;
  row.backing = std::move(backing);
  // What a peer can take at once is remembered; 4 KiB go everywhere.
  constexpr Sectors kSafe = 8;
  constexpr Sectors kModern = 2048;
  Sectors& most = row.backing->super.max_bio_size;
  most = std::max(most, row.state.conn >= Connection::wf_report_params ? kModern : kSafe);
}

// What fits into the log (drbd_nl.c sanitize_disk_conf).
DiskOptions sane(DiskOptions options, const Layout& layout) {
  constexpr std::uint32_t kFewest = 67;
  constexpr std::uint32_t kMost = 65534;
  constexpr std::uint32_t kOfATransaction = 919;
  const auto blocks = static_cast<std::uint32_t>(layout.log.count / kBit);
  const std::uint32_t most = blocks > kMost / kOfATransaction + 1 ? kMost : (blocks - 1) * kOfATransaction;
  options.al_extents = std::clamp(options.al_extents, kFewest, most);
  return options;
}

// drbd_resync_after_valid: only loops are turned down, and numbers that no minor has; what is not there may
// come yet.
Code resync_after_valid(const Kernel& kernel, std::uint32_t minor, std::int64_t after) {
  constexpr std::int64_t kLastMinor = 0xFFFFF;
  if (after == -1) return Code::no_error;
  if (after < -1 || after > kLastMinor) return Code::resync_after;
  while (after >= 0) {
    if (after == minor) return Code::resync_after_cycle;
    const Kernel::Found found = kernel.minor(static_cast<std::uint32_t>(after));
    if (!found || !found.device->backing || found.device->state.disk == Disk::diskless) break;
    after = found.device->backing->options.resync_after;
  }
  return Code::no_error;
}

// A consistent device is made smaller only by who asks for just that size.
Answer would_shrink(const Node& node, std::uint32_t volume, bool consistent, Sectors wanted, Sectors agreed) {
  const Sectors size = node.new_size(volume, wanted);
  if (!consistent || size >= agreed || size == wanted) return {};
  return {Code::implicit_shrink,
          fmt::format("To-be-attached device has last effective > current size, and is consistent\n"
                      "({} > {} sectors). Refusing to attach.",
                      agreed, size)};
}

}  // namespace

Answer new_resource(World& world, Name host, Name resource, const ResourceOptions& options, Report& report) {
  Kernel& kernel = world.hosts.edit(host).drbd.edit();
  if (kernel.resource(resource)) return {};  // whoever has it made sure is content
  Resource fresh;
  fresh.name = resource;
  fresh.options = options;
  kernel.resources.push_back(std::move(fresh));
  report.kernel(host, "drbd {}: Starting worker thread (from drbdsetup-84)", resource.str());
  return {};
}

Answer resource_options(World& world, Name host, Name resource, const ResourceOptions& options,
                        Report& report) {
  if (!knows(world, host, resource)) return unknown_resource();
  Node(world, host, resource, report).resource().options = options;
  return {};
}

Answer new_minor(World& world, Name host, Name resource, std::uint32_t minor, std::uint32_t volume,
                 Report& report) {
  if (!knows(world, host, resource)) return unknown_resource();
  const Part<Kernel>& kernel = world.hosts.find(host)->drbd;
  if (const Kernel::Found there = kernel->minor(minor)) {
    if (there.resource->name != resource)
      return {Code::invalid_request, "minor exists in different resource"};
    if (there.device->volume != volume) return {Code::invalid_request, "minor exists as different volume"};
    return {};
  }
  Node node(world, host, resource, report);
  if (node.see().volume(volume)) return {Code::minor_or_volume_exists, {}};
  Device fresh;
  fresh.minor = minor;
  fresh.volume = volume;
  fresh.state.conn = node.see().conn;
  auto& rows = node.resource().devices;
  rows.push_back(std::move(fresh));
  std::sort(rows.begin(), rows.end(), [](const Device& a, const Device& b) { return a.volume < b.volume; });
  node.publish_size(volume, 0);
  return {};
}

Answer del_minor(World& world, Name host, std::uint32_t minor, Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  const State& state = call->see().state;
  if (state.disk != Disk::diskless || state.role != Role::secondary) return {Code::minor_configured, {}};
  const Name name = call->see().name();
  const std::uint32_t volume = call->volume;
  std::erase_if(call->node.resource().devices, [&](const Device& row) { return row.volume == volume; });
  world.hosts.edit(host).drop_device(name);
  return {};
}

Answer del_resource(World& world, Name host, Name resource, Report& report) {
  if (!knows(world, host, resource)) return unknown_resource();
  const Resource& row = Node(world, host, resource, report).see();
  if (row.conn != Connection::stand_alone) return {Code::net_configured, {}};
  if (!row.devices.empty()) return {Code::res_in_use, {}};
  std::erase_if(world.hosts.edit(host).drbd.edit().resources,
                [&](const Resource& each) { return each.name == resource; });
  report.kernel(host, "drbd {}: Terminating drbd_w_{}", resource.str(), resource.str());
  return {};
}

// drbd_adm_attach.
Answer attach(World& world, Name host, std::uint32_t minor, const AttachWith& with, Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  Node& node = call->node;
  const std::uint32_t volume = call->volume;
  if (call->see().state.disk > Disk::diskless) return {Code::disk_configured, {}};
  const bool unsafe = node.see().net && node.see().net->options.protocol == Protocol::a;
  if (unsafe && with.options.fencing == Fencing::resource_and_stonith) return {Code::stonith_and_prot_a, {}};
  Backing backing;
  if (Answer bad = open_disks(world, host, call->see(), with, backing); bad.code != Code::no_error)
    return bad;
  backing.options = sane(backing.options, backing.layout);
  const Device without = call->see();
  const Code rv = node.request(volume, {.disk = Disk::attaching});
  if (failed(rv)) return {rv, {}};
  const auto give_up = [&](Answer why) {
    node.change(volume, {.disk = Disk::diskless}, kHard);
    node.device(volume) = without;
    return why;
  };
  const State before = call->see().state;
  const std::uint64_t exposed = call->see().exposed_uuid;
  const bool in_use = before.role == Role::primary || before.peer == Role::primary;
  const bool other_data = exposed != 0 && (exposed | 1) != (backing.super.uuids.current | 1);
  if (before.pdsk != Disk::up_to_date && in_use && other_data) {
    node.log_of(volume, "Can only attach to data with current UUID={:016X}", exposed);
    return give_up({Code::data_not_current, {}});
  }
  const Superblock super = backing.super;
  take_disk(node, volume, std::move(backing));
  if (Answer bad = would_shrink(node, volume, super.flags.consistent, with.options.size, super.agreed_size);
      bad.code != Code::no_error)
    return give_up(bad);
  const Code after = resync_after_valid(*world.hosts.find(host)->drbd, minor, with.options.resync_after);
  if (after != Code::no_error) return give_up({after, {}});
  node.resync_after_changed();
  node.log("Method to ensure write ordering: {}", with.options.disk_barrier   ? "barrier"
                                                  : with.options.disk_flushes ? "flush"
                                                                              : "drain");
  // The kernel has one word for all that can go wrong here.
  if (node.determine_size(volume) != Node::Sized::done) return give_up({Code::nomem_bitmap, {}});
  read_bits(node, volume);
  State ns = call->see().state;
  ns.disk = disk_by_flags(*call->see().backing);
  if (call->see().backing->super.flags.peer_outdated) ns.pdsk = Disk::outdated;
  node.device(volume).backing->super.flags.al_disabled = !with.options.al_updates;
  if (ns.conn == Connection::connected) {
    node.device(volume).negotiated_disk = ns.disk;
    node.device(volume).negotiated_pdsk = ns.pdsk;
    ns.disk = Disk::negotiating;
    ns.pdsk = before.pdsk;
    node.device(volume).peer_uuids.reset();
  }
  const Code set = node.set_state(volume, ns, kVerbose);
  if (failed(set)) return give_up({set, {}});
  node.mark_role(volume);
  node.work();
  node.sync_md(volume, true);
  return {};
}

// adm_detach.
Answer detach(World& world, Name host, std::uint32_t minor, bool force, Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  if (force) {
    if (call->see().state.disk > Disk::failed) call->node.change(call->volume, {.disk = Disk::failed}, kHard);
    return {};
  }
  const Code rv = call->node.request(call->volume, {.disk = Disk::failed});
  if (rv == Code::is_diskless) return {Code::nothing_to_do, {}};
  return {rv, {}};
}

Answer disk_options(World& world, Name host, std::uint32_t minor, const DiskOptions& options,
                    Report& report) {
  auto call = Call::of(world, host, minor, report);
  if (!call) return no_minor();
  if (!call->see().backing) return {Code::no_disk, {}};
  const Code after = resync_after_valid(*world.hosts.find(host)->drbd, minor, options.resync_after);
  if (after != Code::no_error) return {after, {}};
  Device& row = call->node.device(call->volume);
  const Sectors size = row.backing->options.size;  // that is for resize
  row.backing->options = sane(options, row.backing->layout);
  row.backing->options.size = size;
  row.backing->super.flags.al_disabled = !options.al_updates;
  if (row.state.conn >= Connection::connected) call->node.send_sync_param(call->volume);
  call->node.resync_after_changed();
  call->node.sync_md(call->volume);
  return {};
}

}  // namespace rehearse::drbd
