// What the DRBD module of a running kernel holds: resources, their connection and their devices. It lives in
// memory and is gone with the power; what survives is the metadata on the disks (metadata.h).
#pragma once

#include <optional>
#include <vector>

#include "model/drbd/metadata.h"
#include "model/drbd/options.h"
#include "model/drbd/packet.h"
#include "model/drbd/state.h"

namespace rehearse::drbd {

/// A connection as configured: there is one while the resource is not StandAlone.
struct Net {
  Name local;  // "ipv4:10.0.0.1:7788"
  Name peer;
  NetOptions options;
  bool discard_my_data = false;  // until the next handshake
  bool tentative = false;
  friend auto fields(const Net& net) {
    const auto& [local, peer, options, discard_my_data, tentative] = net;
    return std::tie(local, peer, options, discard_my_data, tentative);
  }
  bool operator==(const Net&) const = default;
};

/// The disk under a device, attached.
struct Backing {
  Name path;         // as given: "/dev/vda"
  Name device;       // below /dev
  Name meta_path;    // the same as `path` if internal
  Name meta_device;  // below /dev
  int index = kInternal;
  DiskOptions options;
  Layout layout;
  Superblock super;  // the kernel's copy
  friend auto fields(const Backing& backing) {
    const auto& [path, device, meta_path, meta_device, index, options, layout, super] = backing;
    return std::tie(path, device, meta_path, meta_device, index, options, layout, super);
  }
  bool operator==(const Backing&) const = default;
};

/// What /proc/drbd counts, in KiB where it is data.
struct Counters {
  std::uint64_t sent = 0;           // ns
  std::uint64_t received = 0;       // nr
  std::uint64_t written = 0;        // dw, in sectors until shown
  std::uint64_t read = 0;           // dr
  std::uint64_t log_writes = 0;     // al
  std::uint64_t bitmap_writes = 0;  // bm
  std::uint64_t waiting = 0;        // ap: requests that do not end, because IO is suspended
  std::uint64_t epochs = 1;         // ep
  friend auto fields(const Counters& counters) {
    const auto& [sent, received, written, read, log_writes, bitmap_writes, waiting, epochs] = counters;
    return std::tie(sent, received, written, read, log_writes, bitmap_writes, waiting, epochs);
  }
  bool operator==(const Counters&) const = default;
};

/// A resync or a verify under way.
struct Sync {
  std::uint64_t total = 0;     // bits at its start
  std::uint64_t position = 0;  // the next bit to look at
  std::uint64_t found = 0;     // blocks that a verify found different
  std::uint64_t failed = 0;    // blocks that could not be copied
  std::uint64_t stop = 0;      // a verify ends before this bit; 0: at the end of the device
  friend auto fields(const Sync& sync) {
    const auto& [total, position, found, failed, stop] = sync;
    return std::tie(total, position, found, failed, stop);
  }
  bool operator==(const Sync&) const = default;
};

/// What a peer said of its identifiers.
struct PeerUuids {
  Uuids uuids;
  std::uint64_t bits = 0;
  std::uint32_t flags = 0;  // packet.h UuidFlag
  friend auto fields(const PeerUuids& peer) {
    const auto& [uuids, bits, flags] = peer;
    return std::tie(uuids, bits, flags);
  }
  bool operator==(const PeerUuids&) const = default;
};

/// Which part of the metadata could not be written: the disk is given up for it, as soon as whoever is at
/// work has come to an end.
enum class Unwritten : std::uint8_t { none, superblock, bitmap, log };

/// The flags of drbd_int.h that outlast one call.
struct DeviceFlags {
  bool crashed_primary = false;
  bool new_current_uuid = false;  // make one when IO goes on
  bool consider_resync = false;   // the next state of the peer starts a handshake
  bool discard_my_data = false;
  bool resync_after_neg = false;
  bool al_suspended = false;
  bool bitmap_written = true;  // what lies on the disk is what is in memory
  bool use_degr_wfc = false;   // it had lost its peer already before the boot
  bool got_ping = true;
  Unwritten unwritten = Unwritten::none;
  friend auto fields(const DeviceFlags& flags) {
    const auto& [crashed_primary, new_current_uuid, consider_resync, discard_my_data, resync_after_neg,
                 al_suspended, bitmap_written, use_degr_wfc, got_ping, unwritten] = flags;
    return std::tie(crashed_primary, new_current_uuid, consider_resync, discard_my_data, resync_after_neg,
                    al_suspended, bitmap_written, use_degr_wfc, got_ping, unwritten);
  }
  bool operator==(const DeviceFlags&) const = default;
};

struct Device {
  std::uint32_t minor = 0;
  std::uint32_t volume = 0;
  Sectors size = 0;
  State state;
  std::optional<Backing> backing;
  std::uint64_t exposed_uuid = 0;  // of the data that its users have seen last
  std::optional<PeerUuids> peer_uuids;
  Sectors peer_max_size = 0;
  Disk negotiated_disk = Disk::diskless;  // what an attach would come to without the peer
  Disk negotiated_pdsk = Disk::d_unknown;
  Bitmap bitmap;                           // blocks out of sync
  std::vector<std::uint32_t> active;       // extents in the activity log, the one used last at the end
  std::vector<std::uint64_t> failed_bits;  // that the resync could not copy
  Sync sync;
  Counters counters;
  DeviceFlags flags;

  Name name() const { return "drbd" + std::to_string(minor); }
  /// Bits out of sync; /proc/drbd and status show four times as many KiB.
  std::uint64_t out_of_sync() const { return bitmap.weight(); }
  friend auto fields(const Device& device) {
    const auto& [minor, volume, size, state, backing, exposed_uuid, peer_uuids, peer_max_size,
                 negotiated_disk, negotiated_pdsk, bitmap, active, failed_bits, sync, counters, flags] =
        device;
    return std::tie(minor, volume, size, state, backing, exposed_uuid, peer_uuids, peer_max_size,
                    negotiated_disk, negotiated_pdsk, bitmap, active, failed_bits, sync, counters, flags);
  }
  bool operator==(const Device&) const = default;
};

struct Resource {
  Name name;
  ResourceOptions options;
  Connection conn = Connection::stand_alone;
  std::optional<Net> net;
  Name peer_host;                  // whom the sockets lead to; empty: there are none
  bool resolve_conflicts = false;  // this side breaks ties
  std::vector<Packet> inbox;       // what the peer has sent and is not yet looked at
  std::vector<Device> devices;     // sorted by volume

  const Device* volume(std::uint32_t number) const;
  friend auto fields(const Resource& resource) {
    const auto& [name, options, conn, net, peer_host, resolve_conflicts, inbox, devices] = resource;
    return std::tie(name, options, conn, net, peer_host, resolve_conflicts, inbox, devices);
  }
  bool operator==(const Resource&) const = default;
};

struct Kernel {
  bool loaded = false;              // the module
  std::vector<Resource> resources;  // in the order of their making
  bool breaks_ties = false;         // its side does of every connection; of equals the first by name

  const Resource* resource(Name name) const;
  struct Found {
    const Resource* resource = nullptr;
    const Device* device = nullptr;
    explicit operator bool() const { return device != nullptr; }
  };
  Found minor(std::uint32_t minor) const;
  friend auto fields(const Kernel& kernel) {
    const auto& [loaded, resources, breaks_ties] = kernel;
    return std::tie(loaded, resources, breaks_ties);
  }
  bool operator==(const Kernel&) const = default;
};

}  // namespace rehearse::drbd
