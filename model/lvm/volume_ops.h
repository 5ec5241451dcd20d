// lvcreate, lvremove, lvrename, lvchange and lvconvert. Words of options that LVM
// judges by itself (-Z y, --alloc cling) are kept as typed, because what is wrong with them is told in its
// own words.
#pragma once

#include "model/lvm/scan.h"
#include "model/lvm/size_arg.h"
#include "model/report.h"
#include "model/usage.h"

namespace rehearse::lvm {

/// What lvcreate is told in both of its forms. The first operand is the group, or the origin; physical
/// volumes follow, perhaps with ranges of extents: "/dev/vda:0-9:20-".
struct NewVolume {
  std::optional<SizeArg> size;
  std::optional<ExtentsArg> extents;
  std::optional<Name> name;
  std::optional<SizeArg> chunk;
  std::optional<Name> activate;
  std::optional<Name> zero;
  std::optional<Name> wipe;
  std::optional<Name> permission;
  std::optional<Name> contiguous;
  std::optional<Name> alloc;
  std::optional<Name> skip;
  bool ignore_skip = false;
  bool yes = false;
  std::vector<Name> operands;
  bool operator==(const NewVolume&) const = default;
};

template <class... First>
constexpr Usage new_volume_usage(First... first) {
  return usage_of("lvcreate", first..., maybe<&NewVolume::size>("-L,--size"),
                  maybe<&NewVolume::extents>("-l,--extents"), maybe<&NewVolume::name>("-n,--name"),
                  maybe<&NewVolume::chunk>("-c,--chunksize"), maybe<&NewVolume::activate>("-a,--activate"),
                  maybe<&NewVolume::zero>("-Z,--zero"), maybe<&NewVolume::wipe>("-W,--wipesignatures"),
                  maybe<&NewVolume::permission>("-p,--permission"),
                  maybe<&NewVolume::contiguous>("-C,--contiguous"), maybe<&NewVolume::alloc>("--alloc"),
                  maybe<&NewVolume::skip>("-k,--setactivationskip"),
                  toggle<&NewVolume::ignore_skip>("-K,--ignoreactivationskip"),
                  toggle<&NewVolume::yes>("-y,--yes"), any<&NewVolume::operands>("VG"));
}

/// lvcreate: a volume of extents one after the other.
struct CreateVolume : NewVolume {
  static constexpr Usage usage() { return new_volume_usage(); }
  bool operator==(const CreateVolume&) const = default;
};
Refused refuse(const World&, Name host, const CreateVolume&, Report&);
void apply(World&, Name host, const CreateVolume&, Report&);

/// lvcreate -s: a copy-on-write snapshot of a volume, with room of its own in the same group.
struct CreateSnapshot : NewVolume {
  static constexpr Usage usage() { return new_volume_usage(flag("-s,--snapshot")); }
  bool operator==(const CreateSnapshot&) const = default;
};
Refused refuse(const World&, Name host, const CreateSnapshot&, Report&);
void apply(World&, Name host, const CreateSnapshot&, Report&);

/// lvremove: volumes, or all of a group.
struct RemoveVolumes {
  bool yes = false;
  std::uint32_t force = 0;
  std::vector<VolumeRef> volumes;

  static constexpr Usage usage() {
    return usage_of("lvremove", toggle<&RemoveVolumes::yes>("-y,--yes"),
                    toggle<&RemoveVolumes::force>("-f,--force"), any<&RemoveVolumes::volumes>("VG|LV"));
  }
  bool operator==(const RemoveVolumes&) const = default;
};
Refused refuse(const World&, Name host, const RemoveVolumes&, Report&);
void apply(World&, Name host, const RemoveVolumes&, Report&);

/// lvrename VG OLD NEW, or VG/OLD NEW.
struct RenameVolume {
  std::vector<Name> names;

  static constexpr Usage usage() { return usage_of("lvrename", any<&RenameVolume::names>("VG|LV")); }
  bool operator==(const RenameVolume&) const = default;
};
Refused refuse(const World&, Name host, const RenameVolume&, Report&);
void apply(World&, Name host, const RenameVolume&, Report&);

/// lvchange -a: gives volumes to the kernel, or takes them away.
struct ActivateVolumes {
  Name activate = "y";
  bool ignore_skip = false;
  bool yes = false;
  std::vector<VolumeRef> volumes;

  static constexpr Usage usage() {
    return usage_of("lvchange", option<&ActivateVolumes::activate>("-a,--activate"),
                    toggle<&ActivateVolumes::ignore_skip>("-K,--ignoreactivationskip"),
                    toggle<&ActivateVolumes::yes>("-y,--yes"), any<&ActivateVolumes::volumes>("VG|LV"));
  }
  bool operator==(const ActivateVolumes&) const = default;
};
Refused refuse(const World&, Name host, const ActivateVolumes&, Report&);
void apply(World&, Name host, const ActivateVolumes&, Report&);

/// lvchange --refresh: loads the kernel's tables anew; a merge that waits starts.
struct RefreshVolumes {
  bool yes = false;
  std::vector<VolumeRef> volumes;

  static constexpr Usage usage() {
    return usage_of("lvchange", flag("--refresh"), toggle<&RefreshVolumes::yes>("-y,--yes"),
                    any<&RefreshVolumes::volumes>("VG|LV"));
  }
  bool operator==(const RefreshVolumes&) const = default;
};
Refused refuse(const World&, Name host, const RefreshVolumes&, Report&);
void apply(World&, Name host, const RefreshVolumes&, Report&);

/// lvchange: permission, allocation policy, whether activation skips it.
struct ChangeVolumes {
  std::optional<Name> permission;
  std::optional<Name> contiguous;
  std::optional<Name> alloc;
  std::optional<Name> skip;
  bool yes = false;
  std::vector<VolumeRef> volumes;

  static constexpr Usage usage() {
    return usage_of("lvchange", maybe<&ChangeVolumes::permission>("-p,--permission"),
                    maybe<&ChangeVolumes::contiguous>("-C,--contiguous"),
                    maybe<&ChangeVolumes::alloc>("--alloc"),
                    maybe<&ChangeVolumes::skip>("-k,--setactivationskip"),
                    toggle<&ChangeVolumes::yes>("-y,--yes"), any<&ChangeVolumes::volumes>("VG|LV"));
  }
  bool operator==(const ChangeVolumes&) const = default;
};
Refused refuse(const World&, Name host, const ChangeVolumes&, Report&);
void apply(World&, Name host, const ChangeVolumes&, Report&);

/// lvconvert --merge: a snapshot's content becomes its origin's, now or when nobody has either open.
struct MergeSnapshots {
  bool background = false;
  bool yes = false;
  std::vector<VolumeRef> volumes;

  static constexpr Usage usage() {
    return usage_of("lvconvert", flag("--merge"), toggle<&MergeSnapshots::background>("-b,--background"),
                    toggle<&MergeSnapshots::yes>("-y,--yes"), any<&MergeSnapshots::volumes>("VG|LV"));
  }
  bool operator==(const MergeSnapshots&) const = default;
};
Refused refuse(const World&, Name host, const MergeSnapshots&, Report&);
void apply(World&, Name host, const MergeSnapshots&, Report&);

/// lvconvert -s ORIGIN VOLUME: a volume becomes the room of a new snapshot, or of the one it was before.
struct MakeSnapshot {
  std::optional<SizeArg> chunk;
  std::optional<Name> zero;
  bool yes = false;
  std::vector<VolumeRef> volumes;

  static constexpr Usage usage() {
    return usage_of("lvconvert", flag("-s,--snapshot"), maybe<&MakeSnapshot::chunk>("-c,--chunksize"),
                    maybe<&MakeSnapshot::zero>("-Z,--zero"), toggle<&MakeSnapshot::yes>("-y,--yes"),
                    any<&MakeSnapshot::volumes>("LV"));
  }
  bool operator==(const MakeSnapshot&) const = default;
};
Refused refuse(const World&, Name host, const MakeSnapshot&, Report&);
void apply(World&, Name host, const MakeSnapshot&, Report&);

/// lvconvert --splitsnapshot: a snapshot's room becomes a volume by itself.
struct SplitSnapshot {
  bool yes = false;
  std::uint32_t force = 0;
  std::vector<VolumeRef> volumes;

  static constexpr Usage usage() {
    return usage_of("lvconvert", flag("--splitsnapshot"), toggle<&SplitSnapshot::yes>("-y,--yes"),
                    toggle<&SplitSnapshot::force>("-f,--force"), any<&SplitSnapshot::volumes>("LV"));
  }
  bool operator==(const SplitSnapshot&) const = default;
};
Refused refuse(const World&, Name host, const SplitSnapshot&, Report&);
void apply(World&, Name host, const SplitSnapshot&, Report&);

}  // namespace rehearse::lvm
