// vgcreate, vgextend, vgreduce, vgremove, vgrename, vgchange, vgexport, vgimport, vgscan, pvscan.
#pragma once

#include <vector>

#include "model/lvm/scan.h"
#include "model/lvm/size_arg.h"
#include "model/lvm/values.h"
#include "model/report.h"
#include "model/usage.h"

namespace rehearse::lvm {

/// vgcreate: a new group of these devices, which become physical volumes if they are none yet.
struct CreateGroup {
  GroupRef group;
  std::vector<Name> devices;
  std::uint32_t force = 0;
  bool yes = false;
  std::optional<SizeArg> extent;
  std::optional<std::uint64_t> max_volumes;
  std::optional<std::uint64_t> max_pvs;
  std::optional<Alloc> alloc;

  static constexpr Usage usage() {
    return usage_of(
        "vgcreate", toggle<&CreateGroup::force>("-f,--force"), toggle<&CreateGroup::yes>("-y,--yes"),
        maybe<&CreateGroup::extent>("-s,--physicalextentsize"),
        maybe<&CreateGroup::max_volumes>("-l,--maxlogicalvolumes"),
        maybe<&CreateGroup::max_pvs>("-p,--maxphysicalvolumes"), maybe<&CreateGroup::alloc>("--alloc"),
        operand<&CreateGroup::group>("VG"), some<&CreateGroup::devices>("PV"));
  }
  bool operator==(const CreateGroup&) const = default;
};
Refused refuse(const World&, Name host, const CreateGroup&, Report&);
void apply(World&, Name host, const CreateGroup&, Report&);

/// vgextend: more physical volumes for a group.
struct ExtendGroup {
  GroupRef group;
  std::vector<Name> devices;
  std::uint32_t force = 0;
  bool yes = false;

  static constexpr Usage usage() {
    return usage_of("vgextend", toggle<&ExtendGroup::force>("-f,--force"),
                    toggle<&ExtendGroup::yes>("-y,--yes"), operand<&ExtendGroup::group>("VG"),
                    some<&ExtendGroup::devices>("PV"));
  }
  bool operator==(const ExtendGroup&) const = default;
};
Refused refuse(const World&, Name host, const ExtendGroup&, Report&);
void apply(World&, Name host, const ExtendGroup&, Report&);

/// vgextend --restoremissing: physical volumes that are back after the group was changed without them.
struct RestoreMissing {
  GroupRef group;
  std::vector<Name> devices;

  static constexpr Usage usage() {
    return usage_of("vgextend", flag("--restoremissing"), operand<&RestoreMissing::group>("VG"),
                    some<&RestoreMissing::devices>("PV"));
  }
  bool operator==(const RestoreMissing&) const = default;
};
Refused refuse(const World&, Name host, const RestoreMissing&, Report&);
void apply(World&, Name host, const RestoreMissing&, Report&);

/// vgreduce: takes physical volumes that hold nothing out of a group.
struct ReduceGroup {
  GroupRef group;
  std::vector<Name> devices;

  static constexpr Usage usage() {
    return usage_of("vgreduce", operand<&ReduceGroup::group>("VG"), some<&ReduceGroup::devices>("PV"));
  }
  bool operator==(const ReduceGroup&) const = default;
};
Refused refuse(const World&, Name host, const ReduceGroup&, Report&);
void apply(World&, Name host, const ReduceGroup&, Report&);

/// vgreduce -a: all of them that can be spared.
struct ReduceGroupToNeeded {
  GroupRef group;

  static constexpr Usage usage() {
    return usage_of("vgreduce", flag("-a,--all"), operand<&ReduceGroupToNeeded::group>("VG"));
  }
  bool operator==(const ReduceGroupToNeeded&) const = default;
};
Refused refuse(const World&, Name host, const ReduceGroupToNeeded&, Report&);
void apply(World&, Name host, const ReduceGroupToNeeded&, Report&);

/// vgreduce --removemissing: forgets physical volumes that are gone; with --force the volumes on them too.
struct RemoveMissing {
  GroupRef group;
  std::uint32_t force = 0;

  static constexpr Usage usage() {
    return usage_of("vgreduce", flag("--removemissing"), toggle<&RemoveMissing::force>("-f,--force"),
                    operand<&RemoveMissing::group>("VG"));
  }
  bool operator==(const RemoveMissing&) const = default;
};
Refused refuse(const World&, Name host, const RemoveMissing&, Report&);
void apply(World&, Name host, const RemoveMissing&, Report&);

/// vgremove: the group with its volumes.
struct RemoveGroups {
  std::vector<GroupRef> groups;
  std::uint32_t force = 0;
  bool yes = false;

  static constexpr Usage usage() {
    return usage_of("vgremove", toggle<&RemoveGroups::force>("-f,--force"),
                    toggle<&RemoveGroups::yes>("-y,--yes"), some<&RemoveGroups::groups>("VG"));
  }
  bool operator==(const RemoveGroups&) const = default;
};
Refused refuse(const World&, Name host, const RemoveGroups&, Report&);
void apply(World&, Name host, const RemoveGroups&, Report&);

/// vgrename: also of a group in use; what is mounted stays mounted.
struct RenameGroup {
  GroupRef from;
  GroupRef to;

  static constexpr Usage usage() {
    return usage_of("vgrename", operand<&RenameGroup::from>("OLD"), operand<&RenameGroup::to>("NEW"));
  }
  bool operator==(const RenameGroup&) const = default;
};
Refused refuse(const World&, Name host, const RenameGroup&, Report&);
void apply(World&, Name host, const RenameGroup&, Report&);

/// vgchange -a: makes the kernel know the volumes of these groups, or of all, or forget them.
struct ActivateGroups {
  YesNo active;
  std::vector<GroupRef> groups;

  static constexpr Usage usage() {
    return usage_of("vgchange", option<&ActivateGroups::active>("-a,--activate"),
                    any<&ActivateGroups::groups>("VG"));
  }
  bool operator==(const ActivateGroups&) const = default;
};
Refused refuse(const World&, Name host, const ActivateGroups&, Report&);
void apply(World&, Name host, const ActivateGroups&, Report&);

/// vgchange --refresh: loads the tables of active volumes anew.
struct RefreshGroups {
  std::vector<GroupRef> groups;

  static constexpr Usage usage() {
    return usage_of("vgchange", flag("--refresh"), any<&RefreshGroups::groups>("VG"));
  }
  bool operator==(const RefreshGroups&) const = default;
};
Refused refuse(const World&, Name host, const RefreshGroups&, Report&);
void apply(World&, Name host, const RefreshGroups&, Report&);

/// vgchange -x -l -p -s --alloc: properties of these groups, or of all; one at least.
struct ChangeGroups {
  std::vector<GroupRef> groups;
  std::optional<YesNo> resizeable;
  std::optional<std::uint64_t> max_volumes;
  std::optional<std::uint64_t> max_pvs;
  std::optional<SizeArg> extent;
  std::optional<Alloc> alloc;

  static constexpr Usage usage() {
    return usage_of("vgchange", maybe<&ChangeGroups::resizeable>("-x,--resizeable"),
                    maybe<&ChangeGroups::max_volumes>("-l,--logicalvolume"),
                    maybe<&ChangeGroups::max_pvs>("-p,--maxphysicalvolumes"),
                    maybe<&ChangeGroups::extent>("-s,--physicalextentsize"),
                    maybe<&ChangeGroups::alloc>("--alloc"), any<&ChangeGroups::groups>("VG"));
  }
  bool operator==(const ChangeGroups&) const = default;
};
Refused refuse(const World&, Name host, const ChangeGroups&, Report&);
void apply(World&, Name host, const ChangeGroups&, Report&);

/// vgexport: no host will use the groups until they are imported.
struct ExportGroups {
  std::vector<GroupRef> groups;

  static constexpr Usage usage() { return usage_of("vgexport", some<&ExportGroups::groups>("VG")); }
  bool operator==(const ExportGroups&) const = default;
};
Refused refuse(const World&, Name host, const ExportGroups&, Report&);
void apply(World&, Name host, const ExportGroups&, Report&);

/// vgexport -a: all that are not exported yet.
struct ExportAllGroups {
  static constexpr Usage usage() { return usage_of("vgexport", flag("-a,--all")); }
  bool operator==(const ExportAllGroups&) const = default;
};
Refused refuse(const World&, Name host, const ExportAllGroups&, Report&);
void apply(World&, Name host, const ExportAllGroups&, Report&);

/// vgimport: takes exported groups into use.
struct ImportGroups {
  std::vector<GroupRef> groups;

  static constexpr Usage usage() { return usage_of("vgimport", some<&ImportGroups::groups>("VG")); }
  bool operator==(const ImportGroups&) const = default;
};
Refused refuse(const World&, Name host, const ImportGroups&, Report&);
void apply(World&, Name host, const ImportGroups&, Report&);

/// vgimport -a: all that are exported; of others it complains.
struct ImportAllGroups {
  static constexpr Usage usage() { return usage_of("vgimport", flag("-a,--all")); }
  bool operator==(const ImportAllGroups&) const = default;
};
Refused refuse(const World&, Name host, const ImportAllGroups&, Report&);
void apply(World&, Name host, const ImportAllGroups&, Report&);

/// vgck --updatemetadata: writes the newest description everywhere, and takes it off disks that are out of
/// the group.
struct UpdateMetadata {
  std::vector<GroupRef> groups;

  static constexpr Usage usage() {
    return usage_of("vgck", flag("--updatemetadata"), some<&UpdateMetadata::groups>("VG"));
  }
  bool operator==(const UpdateMetadata&) const = default;
};
Refused refuse(const World&, Name host, const UpdateMetadata&, Report&);
void apply(World&, Name host, const UpdateMetadata&, Report&);

/// vgscan: looks for volume groups.
struct ScanGroups {
  bool make_nodes = false;  // changes nothing where udev makes them

  static constexpr Usage usage() { return usage_of("vgscan", toggle<&ScanGroups::make_nodes>("--mknodes")); }
  bool operator==(const ScanGroups&) const = default;
};
Refused refuse(const World&, Name host, const ScanGroups&, Report&);
void apply(World&, Name host, const ScanGroups&, Report&);

/// pvscan: lists the physical volumes with the groups they are in.
struct ScanPvs {
  bool uuid = false;
  bool short_form = false;
  bool orphans = false;   // only those
  bool exported = false;  // only those of exported groups

  static constexpr Usage usage() {
    return usage_of("pvscan", toggle<&ScanPvs::uuid>("-u,--uuid"), toggle<&ScanPvs::short_form>("-s,--short"),
                    toggle<&ScanPvs::orphans>("-n,--novolumegroup"),
                    toggle<&ScanPvs::exported>("-e,--exported"));
  }
  bool operator==(const ScanPvs&) const = default;
};
Refused refuse(const World&, Name host, const ScanPvs&, Report&);
void apply(World&, Name host, const ScanPvs&, Report&);

}  // namespace rehearse::lvm
