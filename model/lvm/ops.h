// LVM's commands that change something.
#pragma once

#include <variant>

#include "model/lvm/resize_ops.h"
#include "model/lvm/volume_ops.h"
#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::lvm {

/// vgscan: looks for volume groups.
struct ScanGroups {

  static constexpr Usage usage() {
    return usage_of("vgscan");
  }
  bool operator==(const ScanGroups&) const = default;
};
Refused refuse(const World&, Name host, const ScanGroups&, Report&);
void apply(World&, Name host, const ScanGroups&, Report&);

using Op = std::variant<ScanGroups, CreateVolume, CreateSnapshot, RemoveVolumes, RenameVolume,
                        ActivateVolumes, RefreshVolumes, ChangeVolumes, MergeSnapshots,
                        MakeSnapshot, SplitSnapshot, ResizeVolume, ExtendVolume,
                        ReduceVolume, ExtendByPolicy>;

Mismatch parse(std::span<const std::string> words, Op& op);
int claims(std::span<const std::string> words);
Words render(const Op&);
std::vector<Usage> usages();
Refused refuse(const World&, Name host, const Op&, Report&);
void apply(World&, Name host, const Op&, Report&);

}  // namespace rehearse::lvm
