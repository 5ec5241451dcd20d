// A host: what it owns and keeps (disks, the files of its own root), and what lives in its memory while it
// has power (kernel devices, mounts, running domains, daemons).
#pragma once

#include <optional>
#include <vector>

#include "model/dm/device.h"
#include "model/domain/domain.h"
#include "model/fs/mount.h"
#include "model/part.h"

namespace rehearse {

namespace drbd {
struct Kernel;  // model/drbd/kernel.h
}

/// A disk in a host's slot.
struct Disk {
  Name device;     // "sda"
  Name medium;     // which of the world's media
  Name slot = {};  // what faults call it, if it came back under another name while the old one was in use
  bool present = true;
  bool fails_reads = false;
  bool fails_writes = false;
  std::optional<Range> failing = {};  // where, in sectors; everywhere if it is not said
  bool hangs = false;                 // what is asked of it does not end
  /// Does an access of these sectors fail, if accesses of its kind do?
  bool fails_at(Range asked) const { return !failing || failing->overlaps(asked); }
  friend auto fields(const Disk& disk) {
    const auto& [device, medium, slot, present, fails_reads, fails_writes, failing, hangs] = disk;
    return std::tie(device, medium, slot, present, fails_reads, fails_writes, failing, hangs);
  }
  bool operator==(const Disk&) const = default;
};

struct Hardware {
  std::uint64_t memory_mib = 4096;
  bool has_aoe = false;              // its kernel finds the network's AoE exports
  bool runs_xen = false;             // a dom0
  bool runs_libvirt = false;         // libvirtd with QEMU
  bool has_qemu = false;             // QEMU without it
  bool has_udev_lvm = true;          // volume groups are activated as their disks appear
  std::vector<Disk> disks;           // sorted by device
  std::vector<Name> addresses = {};  // of its network interfaces: "10.0.0.1"; sorted
  void sort_disks();
  bool a_disk_hangs() const;
  friend auto fields(const Hardware& hardware) {
    const auto& [memory_mib, has_aoe, runs_xen, runs_libvirt, has_qemu, has_udev_lvm, disks, addresses] =
        hardware;
    return std::tie(memory_mib, has_aoe, runs_xen, runs_libvirt, has_qemu, has_udev_lvm, disks, addresses);
  }
  bool operator==(const Hardware&) const = default;
};

/// A device served to the network as AoE target e<shelf>.<slot> by a vblade process.
struct Export {
  std::uint32_t shelf = 0;
  std::uint32_t slot = 0;
  Name path;        // as typed: "/dev/vg1/echelon"
  Name device;      // below /dev
  Name entry = {};  // of /etc/inittab, whose process it is; empty: started by hand
  friend auto fields(const Export& row) {
    const auto& [shelf, slot, path, device, entry] = row;
    return std::tie(shelf, slot, path, device, entry);
  }
  bool operator==(const Export&) const = default;
};

struct SwapSpace {
  Name path;
  Name device;
  Sectors size = 0;
  friend auto fields(const SwapSpace& swap) {
    const auto& [path, device, size] = swap;
    return std::tie(path, device, size);
  }
  bool operator==(const SwapSpace&) const = default;
};

struct Host {
  bool powered = true;
  bool hung = false;  // it has power and answers nobody
  // Kept over a loss of power.
  Part<Hardware> hardware;
  Part<fs::Tree> disk_root;  // the host's own files as they lie on its system disk
  // In memory: empty without power.
  Part<fs::Tree> root;                        // the host's own files as it sees them
  Part<std::vector<Device>> devices;          // sorted by name
  Part<std::vector<fs::Mount>> mounts;        // in the order of mounting
  Part<std::vector<SwapSpace>> swaps;         // in the order of swapon
  Part<std::vector<Export>> exports;          // sorted by shelf and slot
  Part<std::vector<domain::Domain>> domains;  // sorted by id
  std::uint32_t last_domain_id = 0;
  Part<drbd::Kernel> drbd;  // empty: the module is not loaded

  const Device* device(Name name) const;
  const Disk* disk(Name device) const;
  const Disk* disk_in(Name slot) const;  // what faults call it
  const domain::Domain* domain(Name name) const;
  void put(Device device);
  void drop_device(Name name);

  friend auto fields(const Host& host) {
    const auto& [powered, hung, hardware, disk_root, root, devices, mounts, swaps, exports, domains,
                 last_domain_id, drbd] = host;
    static_cast<void>(drbd);  // known by name only here: hash and equality look into it elsewhere
    return std::tie(powered, hung, hardware, disk_root, root, devices, mounts, swaps, exports, domains,
                    last_domain_id);
  }
  std::uint64_t hash() const;
  bool operator==(const Host&) const;
};

/// A host with power and nothing on it.
Host bare_host();

}  // namespace rehearse
