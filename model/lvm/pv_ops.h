// pvcreate, pvremove, pvresize, pvchange.
#pragma once

#include <vector>

#include "model/lvm/size_arg.h"
#include "model/lvm/values.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::lvm {

/// pvcreate: makes devices into physical volumes of no group.
struct CreatePvs {
  std::vector<Name> devices;
  std::uint32_t force = 0;  // twice: also those that belong to a group
  bool yes = false;
  std::optional<SizeArg> alignment;
  std::optional<SizeArg> metadata_size;
  std::optional<SizeArg> size;

  static constexpr Usage usage() {
    return usage_of("pvcreate", toggle<&CreatePvs::force>("-f,--force"), toggle<&CreatePvs::yes>("-y,--yes"),
                    maybe<&CreatePvs::alignment>("--dataalignment"),
                    maybe<&CreatePvs::metadata_size>("--metadatasize"),
                    maybe<&CreatePvs::size>("--setphysicalvolumesize"), some<&CreatePvs::devices>("PV"));
  }
  bool operator==(const CreatePvs&) const = default;
};
Refused refuse(const World&, Name host, const CreatePvs&, Report&);
void apply(World&, Name host, const CreatePvs&, Report&);

/// pvremove: wipes labels.
struct RemovePvs {
  std::vector<Name> devices;
  std::uint32_t force = 0;
  bool yes = false;

  static constexpr Usage usage() {
    return usage_of("pvremove", toggle<&RemovePvs::force>("-f,--force"), toggle<&RemovePvs::yes>("-y,--yes"),
                    some<&RemovePvs::devices>("PV"));
  }
  bool operator==(const RemovePvs&) const = default;
};
Refused refuse(const World&, Name host, const RemovePvs&, Report&);
void apply(World&, Name host, const RemovePvs&, Report&);

/// pvresize: takes the device's present size, or the one that is told.
struct ResizePvs {
  std::vector<Name> devices;
  bool yes = false;
  std::optional<SizeArg> size;

  static constexpr Usage usage() {
    return usage_of("pvresize", toggle<&ResizePvs::yes>("-y,--yes"),
                    maybe<&ResizePvs::size>("--setphysicalvolumesize"), some<&ResizePvs::devices>("PV"));
  }
  bool operator==(const ResizePvs&) const = default;
};
Refused refuse(const World&, Name host, const ResizePvs&, Report&);
void apply(World&, Name host, const ResizePvs&, Report&);

/// pvchange -x: may volumes get extents of these?
struct ChangePvs {
  YesNo allocatable;
  std::vector<Name> devices;

  static constexpr Usage usage() {
    return usage_of("pvchange", option<&ChangePvs::allocatable>("-x,--allocatable"),
                    some<&ChangePvs::devices>("PV"));
  }
  bool operator==(const ChangePvs&) const = default;
};
Refused refuse(const World&, Name host, const ChangePvs&, Report&);
void apply(World&, Name host, const ChangePvs&, Report&);

/// pvchange -x -a: the same for all there are.
struct ChangeAllPvs {
  YesNo allocatable;

  static constexpr Usage usage() {
    return usage_of("pvchange", option<&ChangeAllPvs::allocatable>("-x,--allocatable"), flag("-a,--all"));
  }
  bool operator==(const ChangeAllPvs&) const = default;
};
Refused refuse(const World&, Name host, const ChangeAllPvs&, Report&);
void apply(World&, Name host, const ChangeAllPvs&, Report&);

}  // namespace rehearse::lvm
