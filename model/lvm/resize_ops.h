// lvresize, lvextend and lvreduce: one command under three names, of which two insist on a direction. The
// size comes from -L, from -l, or from the room on the physical volumes named.
#pragma once

#include "model/lvm/scan.h"
#include "model/lvm/size_arg.h"
#include "model/report.h"
#include "model/usage.h"

namespace rehearse::lvm {

enum class ResizeVerb : std::uint8_t { lvresize, lvextend, lvreduce };

template <ResizeVerb verb>
struct Resize {
  VolumeRef volume;
  std::optional<SizeArg> size;
  std::optional<ExtentsArg> extents;
  std::vector<Name> pvs;  // "/dev/vdb:10-20"; not of lvreduce
  bool resize_fs = false;
  bool no_check = false;  // of the file system, before it is resized
  bool force = false;
  bool yes = false;

  static constexpr Usage usage() {
    constexpr std::string_view kNames[] = {"lvresize", "lvextend", "lvreduce"};
    constexpr std::string_view name = kNames[static_cast<int>(verb)];
    constexpr UsagePart size_part = maybe<&Resize::size>("-L,--size");
    constexpr UsagePart extents_part = maybe<&Resize::extents>("-l,--extents");
    constexpr UsagePart fs_part = toggle<&Resize::resize_fs>("-r,--resizefs");
    constexpr UsagePart check_part = toggle<&Resize::no_check>("-n,--nofsck");
    constexpr UsagePart force_part = toggle<&Resize::force>("-f,--force");
    constexpr UsagePart yes_part = toggle<&Resize::yes>("-y,--yes");
    constexpr UsagePart volume_part = operand<&Resize::volume>("VG/LV");
    if constexpr (verb == ResizeVerb::lvreduce) {
      return usage_of(name, size_part, extents_part, fs_part, check_part, force_part, yes_part, volume_part);
    } else {
      return usage_of(name, size_part, extents_part, fs_part, check_part, force_part, yes_part, volume_part,
                      any<&Resize::pvs>("PV"));
    }
  }
  bool operator==(const Resize&) const = default;
};

using ResizeVolume = Resize<ResizeVerb::lvresize>;
using ExtendVolume = Resize<ResizeVerb::lvextend>;
using ReduceVolume = Resize<ResizeVerb::lvreduce>;

Refused refuse(const World&, Name host, const ResizeVolume&, Report&);
void apply(World&, Name host, const ResizeVolume&, Report&);
Refused refuse(const World&, Name host, const ExtendVolume&, Report&);
void apply(World&, Name host, const ExtendVolume&, Report&);
Refused refuse(const World&, Name host, const ReduceVolume&, Report&);
void apply(World&, Name host, const ReduceVolume&, Report&);

/// lvextend --use-policies: as lvm.conf says. Its default, a threshold of 100 per cent, says never.
struct ExtendByPolicy {
  VolumeRef volume;
  bool yes = false;

  static constexpr Usage usage() {
    return usage_of("lvextend", flag("--use-policies"), toggle<&ExtendByPolicy::yes>("-y,--yes"),
                    operand<&ExtendByPolicy::volume>("VG/SNAPSHOT"));
  }
  bool operator==(const ExtendByPolicy&) const = default;
};
Refused refuse(const World&, Name host, const ExtendByPolicy&, Report&);
void apply(World&, Name host, const ExtendByPolicy&, Report&);

}  // namespace rehearse::lvm
