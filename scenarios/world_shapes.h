// The exact form of a world: every struct of the model as a JSON object, key by key. A member that is missing
// here does not compile.
#pragma once

#include "model/dm/exceptions.h"
#include "model/dm/partition.h"
#include "model/drbd/metadata.h"
#include "model/fs/filesystem.h"
#include "model/fs/tree.h"
#include "model/lvm/metadata.h"
#include "model/world.h"
#include "scenarios/shape.h"

namespace rehearse::shape {

/// As many keys as members.
template <class T, class Keys>
constexpr Keys complete(Keys keys) {
  static_assert(std::tuple_size_v<Keys> == std::tuple_size_v<decltype(fields(std::declval<const T&>()))>,
                "a member of the model has no key in the world file");
  return keys;
}

#define REHEARSE_SHAPE(Type, title, ...)                                             \
  template <>                                                                        \
  struct Shape<Type> {                                                               \
    static constexpr std::string_view name = title;                                  \
    static constexpr auto keys() { return complete<Type>(std::tuple(__VA_ARGS__)); } \
  }

#define REHEARSE_NAMES(Type, ...)                                               \
  template <>                                                                   \
  struct Shape<Type> {                                                          \
    static constexpr std::pair<std::string_view, Type> names[] = {__VA_ARGS__}; \
  }

#define REHEARSE_KINDS(Type, ...)                                 \
  template <>                                                     \
  struct Shape<Type> {                                            \
    static constexpr std::string_view names[] = {__VA_ARGS__};    \
    static_assert(std::size(names) == std::variant_size_v<Type>); \
  }

REHEARSE_SHAPE(Range, "range", key("first", &Range::first), key("count", &Range::count));
REHEARSE_SHAPE(Stamp, "stamp", key("writer", &Stamp::writer), key("sequence", &Stamp::sequence));
REHEARSE_SHAPE(Run, "run", needed("first", &Run::first), needed("count", &Run::count),
               key("stamp", &Run::stamp), key("offset", &Run::offset), key("block", &Run::block));

REHEARSE_SHAPE(Partition, "partition", key("number", &Partition::number), key("range", &Partition::range),
               key("type", &Partition::type));
REHEARSE_SHAPE(PartitionTable, "partition_table", key("label", &PartitionTable::label),
               key("partitions", &PartitionTable::partitions));
REHEARSE_SHAPE(ExceptionRun, "exception_run", key("old_first", &ExceptionRun::old_first),
               key("count", &ExceptionRun::count), key("index", &ExceptionRun::index));
REHEARSE_SHAPE(ExceptionStore, "exception_store", key("chunk", &ExceptionStore::chunk),
               key("valid", &ExceptionStore::valid), key("committed", &ExceptionStore::committed),
               key("runs", &ExceptionStore::runs));

REHEARSE_SHAPE(lvm::Label, "pv_label", hex("uuid", &lvm::Label::uuid),
               key("device_size", &lvm::Label::device_size), key("pe_start", &lvm::Label::pe_start));
REHEARSE_SHAPE(lvm::PhysicalVolume, "physical_volume", hex("uuid", &lvm::PhysicalVolume::uuid),
               key("device", &lvm::PhysicalVolume::device),
               key("device_size", &lvm::PhysicalVolume::device_size),
               key("pe_start", &lvm::PhysicalVolume::pe_start), key("extents", &lvm::PhysicalVolume::extents),
               key("allocatable", &lvm::PhysicalVolume::allocatable),
               key("missing", &lvm::PhysicalVolume::missing));
REHEARSE_SHAPE(lvm::Segment, "segment", key("first", &lvm::Segment::first),
               key("count", &lvm::Segment::count), hex("pv", &lvm::Segment::pv),
               key("pv_first", &lvm::Segment::pv_first));
REHEARSE_NAMES(lvm::Alloc, {"inherit", lvm::Alloc::inherit}, {"contiguous", lvm::Alloc::contiguous},
               {"cling", lvm::Alloc::cling}, {"normal", lvm::Alloc::normal},
               {"anywhere", lvm::Alloc::anywhere});
REHEARSE_SHAPE(lvm::SnapshotOf, "snapshot_of", key("origin", &lvm::SnapshotOf::origin),
               key("chunk", &lvm::SnapshotOf::chunk), key("merging", &lvm::SnapshotOf::merging),
               key("extents", &lvm::SnapshotOf::extents));
REHEARSE_SHAPE(lvm::Volume, "volume", key("name", &lvm::Volume::name), hex("uuid", &lvm::Volume::uuid),
               key("writable", &lvm::Volume::writable), key("skip_activation", &lvm::Volume::skip_activation),
               key("alloc", &lvm::Volume::alloc), key("snapshot", &lvm::Volume::snapshot),
               key("segments", &lvm::Volume::segments), key("created", &lvm::Volume::created));
REHEARSE_SHAPE(lvm::Group, "group", key("name", &lvm::Group::name), hex("uuid", &lvm::Group::uuid),
               key("seqno", &lvm::Group::seqno), key("extent", &lvm::Group::extent),
               key("resizeable", &lvm::Group::resizeable), key("exported", &lvm::Group::exported),
               key("alloc", &lvm::Group::alloc), key("max_volumes", &lvm::Group::max_volumes),
               key("max_pvs", &lvm::Group::max_pvs), key("pvs", &lvm::Group::pvs),
               key("volumes", &lvm::Group::volumes));

REHEARSE_NAMES(fs::State, {"clean", fs::State::clean}, {"in use", fs::State::in_use},
               {"has errors", fs::State::has_errors});
REHEARSE_SHAPE(
    fs::Superblock, "superblock", key("type", &fs::Superblock::type), key("label", &fs::Superblock::label),
    hex("uuid", &fs::Superblock::uuid), key("block_size", &fs::Superblock::block_size),
    key("blocks", &fs::Superblock::blocks), key("free_blocks", &fs::Superblock::free_blocks),
    key("reserved_blocks", &fs::Superblock::reserved_blocks),
    key("overhead_blocks", &fs::Superblock::overhead_blocks),
    key("mount_count", &fs::Superblock::mount_count),
    key("max_mount_count", &fs::Superblock::max_mount_count),
    key("check_interval_days", &fs::Superblock::check_interval_days),
    key("days_since_check", &fs::Superblock::days_since_check), key("state", &fs::Superblock::state),
    key("inodes", &fs::Superblock::inodes), key("free_inodes", &fs::Superblock::free_inodes),
    key("inodes_per_group", &fs::Superblock::inodes_per_group),
    key("gdt_blocks", &fs::Superblock::gdt_blocks), key("packed_groups", &fs::Superblock::packed_groups),
    key("journal_blocks", &fs::Superblock::journal_blocks),
    key("journal_group", &fs::Superblock::journal_group), key("journal_next", &fs::Superblock::journal_next),
    key("checked", &fs::Superblock::checked), key("tables_zeroed", &fs::Superblock::tables_zeroed));
REHEARSE_SHAPE(fs::SwapHeader, "swap_header", key("label", &fs::SwapHeader::label),
               hex("uuid", &fs::SwapHeader::uuid), key("size", &fs::SwapHeader::size));
REHEARSE_NAMES(fs::FileKind, {"regular", fs::FileKind::regular}, {"directory", fs::FileKind::directory},
               {"symlink", fs::FileKind::symlink});
REHEARSE_SHAPE(fs::Format, "format", needed("kind", &fs::Format::kind),
               needed("version", &fs::Format::version));
REHEARSE_SHAPE(fs::Service, "service", needed("name", &fs::Service::name), key("needs", &fs::Service::needs),
               key("data", &fs::Service::data));
REHEARSE_SHAPE(fs::File, "file", needed("path", &fs::File::path), key("kind", &fs::File::kind),
               key("size", &fs::File::size), key("text", &fs::File::text), key("data", &fs::File::data),
               key("format", &fs::File::format), key("service", &fs::File::service));
REHEARSE_SHAPE(fs::Tree, "tree", key("files", &fs::Tree::files), key("mixed", &fs::Tree::mixed));
REHEARSE_SHAPE(fs::Mount, "mount", key("target", &fs::Mount::target), key("source", &fs::Mount::source),
               key("device", &fs::Mount::device), key("type", &fs::Mount::type),
               key("read_only", &fs::Mount::read_only), key("dirty", &fs::Mount::dirty),
               key("super", &fs::Mount::super), key("tree", &fs::Mount::tree),
               key("written", &fs::Mount::written), key("pending", &fs::Mount::pending),
               key("options", &fs::Mount::options), key("reserve", &fs::Mount::reserve));

REHEARSE_SHAPE(drbd::Uuids, "generation_identifiers", hex("current", &drbd::Uuids::current),
               hex("bitmap", &drbd::Uuids::bitmap), hex("younger", &drbd::Uuids::younger),
               hex("older", &drbd::Uuids::older));
REHEARSE_SHAPE(drbd::MetaFlags, "drbd_flags", key("consistent", &drbd::MetaFlags::consistent),
               key("primary", &drbd::MetaFlags::primary), key("connected", &drbd::MetaFlags::connected),
               key("full_sync", &drbd::MetaFlags::full_sync),
               key("was_up_to_date", &drbd::MetaFlags::was_up_to_date),
               key("peer_outdated", &drbd::MetaFlags::peer_outdated),
               key("crashed_primary", &drbd::MetaFlags::crashed_primary),
               key("al_disabled", &drbd::MetaFlags::al_disabled));
REHEARSE_SHAPE(drbd::Superblock, "drbd_superblock", key("uuids", &drbd::Superblock::uuids),
               key("flags", &drbd::Superblock::flags), key("clean", &drbd::Superblock::clean),
               key("agreed_size", &drbd::Superblock::agreed_size),
               key("max_bio_size", &drbd::Superblock::max_bio_size),
               hex("device_uuid", &drbd::Superblock::device_uuid),
               key("al_extents", &drbd::Superblock::al_extents),
               key("al_stripes", &drbd::Superblock::al_stripes),
               key("al_stripe_kib", &drbd::Superblock::al_stripe_kib));
REHEARSE_SHAPE(drbd::ActivityLog, "activity_log", key("extents", &drbd::ActivityLog::extents),
               key("used", &drbd::ActivityLog::used));
REHEARSE_SHAPE(drbd::Bitmap, "drbd_bitmap", key("runs", &drbd::Bitmap::runs));

REHEARSE_KINDS(BlockValue, "partition_table", "exception_store", "pv_label", "group", "superblock", "tree",
               "swap_header", "drbd_superblock", "activity_log", "drbd_bitmap");

REHEARSE_SHAPE(DiskDevice, "disk_device");
REHEARSE_SHAPE(PartitionDevice, "partition_device", key("disk", &PartitionDevice::disk),
               key("range", &PartitionDevice::range));
REHEARSE_SHAPE(LinearSegment, "linear_segment", key("range", &LinearSegment::range),
               key("device", &LinearSegment::device), key("offset", &LinearSegment::offset));
REHEARSE_SHAPE(LinearMap, "linear", key("segments", &LinearMap::segments));
REHEARSE_SHAPE(SnapshotOriginMap, "snapshot_origin", key("real", &SnapshotOriginMap::real));
REHEARSE_SHAPE(SnapshotMap, "snapshot", key("real", &SnapshotMap::real), key("cow", &SnapshotMap::cow),
               key("chunk", &SnapshotMap::chunk));
REHEARSE_SHAPE(SnapshotMergeMap, "snapshot_merge", key("real", &SnapshotMergeMap::real),
               key("cow", &SnapshotMergeMap::cow), key("chunk", &SnapshotMergeMap::chunk));
REHEARSE_SHAPE(ErrorMap, "error");
REHEARSE_SHAPE(AoeDevice, "aoe_device", key("server", &AoeDevice::server), key("shelf", &AoeDevice::shelf),
               key("slot", &AoeDevice::slot));
REHEARSE_SHAPE(DrbdDevice, "drbd_device");
REHEARSE_KINDS(DeviceMap, "disk", "partition", "linear", "snapshot_origin", "snapshot", "snapshot_merge",
               "error", "aoe", "drbd");
REHEARSE_SHAPE(Device, "device", needed("name", &Device::name), key("size", &Device::size),
               key("read_only", &Device::read_only), key("invalid", &Device::invalid),
               key("minor", &Device::minor), needed("map", &Device::map));

REHEARSE_SHAPE(Disk, "disk", needed("device", &Disk::device), needed("medium", &Disk::medium),
               key("slot", &Disk::slot), key("present", &Disk::present),
               key("fails_reads", &Disk::fails_reads), key("fails_writes", &Disk::fails_writes),
               key("failing", &Disk::failing), key("hangs", &Disk::hangs));
REHEARSE_SHAPE(Hardware, "hardware", key("memory_mib", &Hardware::memory_mib),
               key("has_aoe", &Hardware::has_aoe), key("runs_xen", &Hardware::runs_xen),
               key("runs_libvirt", &Hardware::runs_libvirt), key("has_qemu", &Hardware::has_qemu),
               key("has_udev_lvm", &Hardware::has_udev_lvm), key("disks", &Hardware::disks),
               key("addresses", &Hardware::addresses));
REHEARSE_SHAPE(Export, "export", key("shelf", &Export::shelf), key("slot", &Export::slot),
               key("path", &Export::path), key("device", &Export::device), key("entry", &Export::entry));
REHEARSE_SHAPE(SwapSpace, "swap_space", key("path", &SwapSpace::path), key("device", &SwapSpace::device),
               key("size", &SwapSpace::size));

REHEARSE_SHAPE(domain::Disk, "domain_disk", key("backend", &domain::Disk::backend),
               key("device", &domain::Disk::device), key("frontend", &domain::Disk::frontend),
               key("writable", &domain::Disk::writable), key("script", &domain::Disk::script));
REHEARSE_SHAPE(domain::Interface, "interface", key("mac", &domain::Interface::mac),
               key("ip", &domain::Interface::ip), key("bridge", &domain::Interface::bridge));
REHEARSE_SHAPE(domain::Config, "domain_config", key("name", &domain::Config::name),
               key("memory_mib", &domain::Config::memory_mib), key("vcpus", &domain::Config::vcpus),
               key("disks", &domain::Config::disks), key("interfaces", &domain::Config::interfaces));
REHEARSE_NAMES(domain::State, {"running", domain::State::running}, {"paused", domain::State::paused},
               {"suspended", domain::State::suspended}, {"frozen", domain::State::frozen});
REHEARSE_NAMES(qemu::RunState, {"prelaunch", qemu::RunState::prelaunch}, {"running", qemu::RunState::running},
               {"paused", qemu::RunState::paused}, {"inmigrate", qemu::RunState::inmigrate},
               {"postmigrate", qemu::RunState::postmigrate});
REHEARSE_NAMES(qemu::Migration, {"none", qemu::Migration::none}, {"active", qemu::Migration::active},
               {"completed", qemu::Migration::completed}, {"failed", qemu::Migration::failed},
               {"cancelled", qemu::Migration::cancelled});
REHEARSE_SHAPE(qemu::Machine, "machine", key("command", &qemu::Machine::command),
               key("state", &qemu::Machine::state), key("owns_disks", &qemu::Machine::owns_disks),
               key("booted", &qemu::Machine::booted), key("goes_on", &qemu::Machine::goes_on),
               key("cut_off", &qemu::Machine::cut_off), key("incoming", &qemu::Machine::incoming),
               key("listens", &qemu::Machine::listens), key("migration", &qemu::Machine::migration),
               key("why", &qemu::Machine::why), key("peer", &qemu::Machine::peer),
               key("peer_id", &qemu::Machine::peer_id), key("bandwidth", &qemu::Machine::bandwidth),
               key("sent", &qemu::Machine::sent), key("tells", &qemu::Machine::tells),
               key("memory", &qemu::Machine::memory));
REHEARSE_SHAPE(domain::Domain, "domain", key("id", &domain::Domain::id), key("state", &domain::Domain::state),
               key("config", &domain::Domain::config), key("hostname", &domain::Domain::hostname),
               key("mounts", &domain::Domain::mounts), key("stopped", &domain::Domain::stopped),
               key("file", &domain::Domain::file), key("xen", &domain::Domain::xen),
               key("arrived_paused", &domain::Domain::arrived_paused),
               key("definition", &domain::Domain::definition), key("machine", &domain::Domain::machine));

REHEARSE_SHAPE(Host, "exact_host", needed("powered", &Host::powered), key("hung", &Host::hung),
               key("hardware", &Host::hardware), key("disk_root", &Host::disk_root), key("root", &Host::root),
               key("devices", &Host::devices), key("mounts", &Host::mounts), key("swaps", &Host::swaps),
               key("exports", &Host::exports), key("domains", &Host::domains),
               key("last_domain_id", &Host::last_domain_id));

REHEARSE_SHAPE(Write, "write", key("sequence", &Write::sequence), key("bytes", &Write::bytes),
               key("place", &Write::place), key("service", &Write::service), key("flushed", &Write::flushed));
REHEARSE_SHAPE(WriterLog, "writer_log", key("writes", &WriterLog::writes));

REHEARSE_SHAPE(net::Direction, "direction", key("cut", &net::Direction::cut),
               key("loses_large", &net::Direction::loses_large), key("delay_ms", &net::Direction::delay_ms));
REHEARSE_SHAPE(net::Link, "link", key("there", &net::Link::there), key("back", &net::Link::back));

/// Contents and blocks keep their rows to themselves.
struct MediumRow {
  Sectors size = 0;
  Patch runs;
  std::optional<Patch> flushed = {};
};
template <>
struct Shape<MediumRow> {
  static constexpr std::string_view name = "medium";
  static constexpr auto keys() {
    return std::tuple(needed("size", &MediumRow::size), key("runs", &MediumRow::runs),
                      key("flushed", &MediumRow::flushed));
  }
};
template <>
struct Shape<Block> {
  static constexpr std::string_view name = "block";
  static constexpr auto keys() {
    return std::tuple(needed("sectors", &Block::sectors), needed("value", &Block::value));
  }
};

#undef REHEARSE_SHAPE
#undef REHEARSE_NAMES
#undef REHEARSE_KINDS

}  // namespace rehearse::shape
