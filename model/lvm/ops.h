// LVM's commands that change something.
#pragma once

#include "model/lvm/group_ops.h"
#include "model/lvm/pv_ops.h"
#include "model/lvm/resize_ops.h"
#include "model/lvm/volume_ops.h"
#include "model/one_of.h"
#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::lvm {

using Op = OneOf<
    // physical volumes and groups
    CreatePvs, RemovePvs, ResizePvs, ChangePvs, ChangeAllPvs, ScanPvs, CreateGroup, ExtendGroup,
    RestoreMissing, ReduceGroup, ReduceGroupToNeeded, RemoveMissing, RemoveGroups, RenameGroup,
    ActivateGroups, RefreshGroups, ChangeGroups, ExportGroups, ExportAllGroups, ImportGroups, ImportAllGroups,
    UpdateMetadata, ScanGroups,
    // volumes
    CreateVolume, CreateSnapshot, RemoveVolumes, RenameVolume, ActivateVolumes, RefreshVolumes, ChangeVolumes,
    MergeSnapshots, MakeSnapshot, SplitSnapshot, ResizeVolume, ExtendVolume, ReduceVolume, ExtendByPolicy>;

Mismatch parse(std::span<const std::string> words, Op& op);
int claims(std::span<const std::string> words);
Words render(const Op&);
std::vector<Usage> usages();
Refused refuse(const World&, Name host, const Op&, Report&);
void apply(World&, Name host, const Op&, Report&);

}  // namespace rehearse::lvm
