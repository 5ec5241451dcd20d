// The first sectors of a device: what pvcreate looks at before it writes a label there, and the label itself.
#pragma once

#include "model/lvm/scan.h"

namespace rehearse::lvm {

/// A mark that something else left on a device: a file system, swap space.
struct Signature {
  Name type;         // "ext4", as blkid calls it
  Bytes offset = 0;  // of the magic bytes
  Range sectors;     // of the block that it belongs to
};
std::vector<Signature> signatures(const World&, Name host, Name device);

/// Is the device mounted, swapped to or mapped, so that nobody can open it for himself alone?
bool held(const Host&, Name device);

/// The device that an operand names, or why LVM will not look at it: "No device found for ...", "Cannot use
/// ...".
struct Operand {
  Name path;    // as typed
  Name device;  // below /dev
  Refused refused;
};
Operand find_device(const World&, Name host, Name path);

/// Wipes the start of the device and writes a label there.
void put_label(World&, Name host, Name device, const Label&);
/// Writes the label alone: what it says of the device has changed.
void rewrite_label(World&, Name host, Name device, const Label&);
/// Takes the label and the description of a group away.
void wipe_label(World&, Name host, Name device);
/// Takes the description alone away: an orphan remains.
void wipe_group(World&, Name host, Name device);
/// Takes the physical volume out of its group, which is as large as its device again (vg_remove_direct,
/// vgreduce_single).
void make_orphan(World&, Name host, const FoundPv&);
void wipe(World&, Name host, Name device, Range sectors);

/// The path of a device, as LVM prints it: "/dev/vda".
inline Name path_of(Name device) { return "/dev/" + device.str(); }

}  // namespace rehearse::lvm
