// A world as people write it: hosts with disks, volume groups by their wishes, files by their text. What it
// says is built by the model's own commands (scenarios/world_build.h), so it can say nothing that commands
// could not make.
#pragma once

#include "scenarios/world_shapes.h"

namespace rehearse::shape {

/// Larger disks do not exist, and sums of smaller ones do not overflow.
inline constexpr Bytes kMostBytes = Bytes{1} << 59;

/// "512M", or a number of bytes.
struct SizeText {
  Bytes bytes = 0;
  bool operator==(const SizeText&) const = default;
};
bool get(Reading&, const Json&, SizeText&);
Json schema(Schema&, const SizeText*);

/// "mailman 2".
struct FormatText {
  fs::Format format;
  bool operator==(const FormatText&) const = default;
};
bool get(Reading&, const Json&, FormatText&);
Json schema(Schema&, const FormatText*);

struct ServiceDoc {
  Name name;
  std::optional<FormatText> needs;
  Name data;
  bool operator==(const ServiceDoc&) const = default;
};

/// A file: its text alone, or an object.
struct FileDoc {
  std::optional<std::string> text;
  std::optional<SizeText> size;
  std::optional<FormatText> format;
  std::optional<ServiceDoc> service;
  std::optional<std::string> symlink;
  bool directory = false;
  bool operator==(const FileDoc&) const = default;
};
bool get(Reading&, const Json&, FileDoc&);
Json schema(Schema&, const FileDoc*);

struct FilesystemDoc {
  Name type = "ext4";
  Name label;
  std::optional<std::uint32_t> mount_count;
  std::optional<std::int32_t> max_mount_count;
  std::optional<std::uint32_t> check_interval_days;
  std::optional<std::uint32_t> days_since_check;
  Named<FileDoc> files;
  bool operator==(const FilesystemDoc&) const = default;
};

/// Bytes that were written before the rehearsal, past any file system.
struct RawDoc {
  SizeText size;
  std::optional<SizeText> at;
  bool operator==(const RawDoc&) const = default;
};

/// What a device holds, one of these.
struct ContentsDoc {
  std::optional<FilesystemDoc> fs;
  bool swap = false;
  std::optional<RawDoc> raw;
  bool operator==(const ContentsDoc&) const = default;
};

struct PartitionDoc {
  std::optional<SizeText> size;  // none: all that is left
  Name type = "83";
  bool operator==(const PartitionDoc&) const = default;
};

struct DiskDoc {
  SizeText size;
  std::vector<PartitionDoc> partitions;
  bool operator==(const DiskDoc&) const = default;
};

/// Since the snapshot was made, so much was written to either side, at the end of the volume.
struct ChangesDoc {
  std::optional<SizeText> origin;
  std::optional<SizeText> snapshot;
  bool operator==(const ChangesDoc&) const = default;
};

struct VolumeDoc {
  std::optional<SizeText> size;
  std::optional<std::uint64_t> extents;
  std::optional<FilesystemDoc> fs;
  bool swap = false;
  std::optional<RawDoc> raw;
  std::optional<Name> snapshot_of;
  std::optional<SizeText> chunk;
  std::optional<ChangesDoc> changes;
  bool operator==(const VolumeDoc&) const = default;
};

struct GroupDoc {
  std::vector<std::string> pvs;
  std::optional<SizeText> extent;
  Named<VolumeDoc> volumes;
  bool operator==(const GroupDoc&) const = default;
};

struct MountDoc {
  std::string source;
  std::string target;
  bool read_only = false;
  bool operator==(const MountDoc&) const = default;
};

struct HostDoc {
  SizeText memory{4 * kGiB};
  bool xen = false;
  bool libvirt = false;
  bool qemu = false;
  bool aoe = false;
  bool udev_lvm = true;
  std::vector<Name> addresses;
  Named<DiskDoc> disks;
  Named<ContentsDoc> devices;
  Named<GroupDoc> lvm;
  Named<FileDoc> files;
  std::vector<MountDoc> mounts;
  std::vector<std::string> swaps;
  Named<std::string> exports;
  std::vector<std::string> domains;
  bool operator==(const HostDoc&) const = default;
};

struct ExactDoc {
  std::vector<Block> blocks;
  Parts<Host> hosts;
  Parts<MediumRow> media;
  Parts<WriterLog> ledger;
  Parts<net::Link> links;
};

struct WorldDoc {
  std::vector<std::string> include;
  Named<HostDoc> hosts;
  std::optional<ExactDoc> exact;
};

bool get(Reading&, const Json&, ExactDoc&);
Json schema(Schema&, const ExactDoc*);
/// Checks the version, which comes before everything else.
bool get(Reading&, const Json&, WorldDoc&);
/// The whole of scenarios/world.schema.json.
std::string world_schema();

template <>
struct Shape<ServiceDoc> {
  static constexpr std::string_view name = "written_service";
  static constexpr auto keys() {
    return std::tuple(needed("name", &ServiceDoc::name),
                      key("needs", &ServiceDoc::needs, "the format its data must have"),
                      key("data", &ServiceDoc::data, "path of its data"));
  }
};
template <>
struct Shape<FileDoc> {  // when it is an object
  static constexpr std::string_view name = "written_file";
  static constexpr auto keys() {
    return std::tuple(key("text", &FileDoc::text), key("size", &FileDoc::size),
                      key("format", &FileDoc::format, "of the data in it"),
                      key("service", &FileDoc::service, "it is this service's program"),
                      key("symlink", &FileDoc::symlink, "what it points to"),
                      key("directory", &FileDoc::directory));
  }
};
template <>
struct Shape<FilesystemDoc> {
  static constexpr std::string_view name = "written_filesystem";
  static constexpr auto keys() {
    return std::tuple(key("type", &FilesystemDoc::type), key("label", &FilesystemDoc::label),
                      key("mount_count", &FilesystemDoc::mount_count, "mounts since the last check"),
                      key("max_mount_count", &FilesystemDoc::max_mount_count, "-1: they never force a check"),
                      key("check_interval_days", &FilesystemDoc::check_interval_days, "0: never"),
                      key("days_since_check", &FilesystemDoc::days_since_check),
                      key("files", &FilesystemDoc::files, "by path"));
  }
};
template <>
struct Shape<RawDoc> {
  static constexpr std::string_view name = "raw";
  static constexpr auto keys() { return std::tuple(needed("size", &RawDoc::size), key("at", &RawDoc::at)); }
};
template <>
struct Shape<ContentsDoc> {
  static constexpr std::string_view name = "contents";
  static constexpr auto keys() {
    return std::tuple(key("fs", &ContentsDoc::fs), key("swap", &ContentsDoc::swap),
                      key("raw", &ContentsDoc::raw));
  }
};
template <>
struct Shape<PartitionDoc> {
  static constexpr std::string_view name = "written_partition";
  static constexpr auto keys() {
    return std::tuple(key("size", &PartitionDoc::size, "left out: the rest of the disk"),
                      key("type", &PartitionDoc::type, "as sfdisk spells it"));
  }
};
template <>
struct Shape<DiskDoc> {
  static constexpr std::string_view name = "written_disk";
  static constexpr auto keys() {
    return std::tuple(needed("size", &DiskDoc::size), key("partitions", &DiskDoc::partitions));
  }
};
template <>
struct Shape<ChangesDoc> {
  static constexpr std::string_view name = "changes";
  static constexpr auto keys() {
    return std::tuple(key("origin", &ChangesDoc::origin), key("snapshot", &ChangesDoc::snapshot));
  }
};
template <>
struct Shape<VolumeDoc> {
  static constexpr std::string_view name = "written_volume";
  static constexpr auto keys() {
    return std::tuple(key("size", &VolumeDoc::size), key("extents", &VolumeDoc::extents),
                      key("fs", &VolumeDoc::fs), key("swap", &VolumeDoc::swap), key("raw", &VolumeDoc::raw),
                      key("snapshot_of", &VolumeDoc::snapshot_of, "a volume of the same group, given before"),
                      key("chunk", &VolumeDoc::chunk, "of a snapshot"),
                      key("changes", &VolumeDoc::changes, "written since the snapshot was made"));
  }
};
template <>
struct Shape<GroupDoc> {
  static constexpr std::string_view name = "written_group";
  static constexpr auto keys() {
    return std::tuple(needed("pvs", &GroupDoc::pvs, "devices, such as \"/dev/sda2\""),
                      key("extent", &GroupDoc::extent),
                      key("volumes", &GroupDoc::volumes, "in the order of making"));
  }
};
template <>
struct Shape<MountDoc> {
  static constexpr std::string_view name = "written_mount";
  static constexpr auto keys() {
    return std::tuple(needed("source", &MountDoc::source, "\"/dev/vg1/x\", or \"HOST:/path\" by NFS"),
                      needed("target", &MountDoc::target), key("read_only", &MountDoc::read_only));
  }
};
template <>
struct Shape<HostDoc> {
  static constexpr std::string_view name = "host";
  static constexpr auto keys() {
    return std::tuple(
        key("memory", &HostDoc::memory), key("xen", &HostDoc::xen, "a dom0"),
        key("libvirt", &HostDoc::libvirt, "libvirtd with QEMU"),
        key("qemu", &HostDoc::qemu, "QEMU without libvirt"),
        key("aoe", &HostDoc::aoe, "finds the network's AoE exports"),
        key("udev_lvm", &HostDoc::udev_lvm, "activates volume groups as their disks appear"),
        key("addresses", &HostDoc::addresses, "of its network interfaces: \"10.0.0.1\""),
        key("disks", &HostDoc::disks, "by kernel name: \"sda\""),
        key("devices", &HostDoc::devices, "contents of disks and partitions, by path: \"/dev/sda1\""),
        key("lvm", &HostDoc::lvm, "volume groups by name"),
        key("files", &HostDoc::files, "of its own root, by path"),
        key("mounts", &HostDoc::mounts, "in the order of mounting"),
        key("swaps", &HostDoc::swaps, "devices, in the order of swapon"),
        key("exports", &HostDoc::exports, "AoE targets: \"e3.6\": \"/dev/vg1/x\""),
        key("domains", &HostDoc::domains,
            "configuration files of domains that run, in the order of starting"));
  }
};

}  // namespace rehearse::shape
