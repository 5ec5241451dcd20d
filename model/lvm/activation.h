// Making the kernel's tables for volumes and taking them down: VG-LV for a plain one; VG-O on VG-O-real for
// an origin; VG-S on VG-O-real and VG-S-cow for a snapshot; a merge where one is due.
#pragma once

#include "model/lvm/scan.h"

namespace rehearse::lvm {

/// "mapper/vg--1-my--lv": each dash within a name is doubled; `layer` is "", "-real" or "-cow".
Name mapped_name(Name group, Name volume, std::string_view layer = "");

bool active(const Host& host, Name group, Name volume);
/// How many users other than LVM's own layers hold the volume open.
std::uint32_t users(const Host& host, Name group, Name volume);
/// Is it (or a device on it) mounted on the host? Then the tools speak of a file system in use.
bool mounted(const Host& host, Name group, Name volume);

/// Does the volume, or one that is activated with it (an origin with its snapshots), lie on a physical volume
/// that is not here?
bool partial(const FoundGroup&, Name volume);
/// The volume itself, or a snapshot's origin: what the tools act on when they activate.
Name activated_as(const Group&, Name volume);
/// Is the merge into this volume going on now (or was it given up)? Else it waits for the next activation.
bool merge_started(const Host& host, Name group, Name origin);

/// Makes the kernel's tables agree with the group's description for one volume and what belongs to it (an
/// origin with all its snapshots): activates what is inactive, reloads what changed, starts a merge that is
/// due. A partial volume is left out. A volume to be skipped is activated all the same, but not by
/// activate_all.
void activate(World&, Name host, const FoundGroup&, Name volume);
void activate_all(World&, Name host, const FoundGroup&);
/// Takes the tables of the volume, and of the snapshots of an origin, away. Nothing may use them.
void deactivate(World&, Name host, Name group, Name volume);
/// Reloads the tables of an active volume after its description changed (size, snapshots, permission).
void reload(World&, Name host, const FoundGroup&, Name volume);
void reload_all(World&, Name host, const FoundGroup&);

/// Gives a device another name, with all that stands on it: the kernel's own renaming of a volume in use.
void rename_device(World&, Name host, Name from, Name to);

/// Takes the merge into this volume to its end and the merged snapshot out of the group. False: the disks
/// fail, and it stays as far as it got.
bool merge_now(World&, Name host, Name group, Name origin);
/// Lets background merges of this host go on: one run of chunks each, or all. A finished one removes its
/// snapshot from the group. Says whether anything moved.
bool merge_progress(World&, Name host, bool all);

}  // namespace rehearse::lvm
