// DRBD's metadata on a disk: a superblock, the activity log and the bitmap, each a block on its real sectors
// of the backing device (internal) or of a device of its own (external), so that dd, snapshots and an
// overwritten end of a disk act on them. The kernel keeps a copy of the superblock in memory.
#pragma once

#include <optional>
#include <vector>

#include "model/contents.h"
#include "model/hash.h"
#include "model/units.h"

namespace rehearse {
struct World;
enum class IoError : std::uint8_t;
}  // namespace rehearse

namespace rehearse::drbd {

/// Generation identifiers: current, bitmap, younger and older history. Bit 0 of the current one says that
/// this node was primary.
struct Uuids {
  std::uint64_t current = 0;
  std::uint64_t bitmap = 0;
  std::uint64_t younger = 0;
  std::uint64_t older = 0;

  friend auto fields(const Uuids& uuids) {
    const auto& [current, bitmap, younger, older] = uuids;
    return std::tie(current, bitmap, younger, older);
  }
  bool operator==(const Uuids&) const = default;
};
/// "8022303AEF7C5533:0000000000000000:EEFDA88E611E40A1:0000000000000004"
std::string text_of(const Uuids&);

inline constexpr std::uint64_t kJustCreated = 4;  // the current identifier of fresh metadata

/// The persisted flags (drbd.h MDF_*).
struct MetaFlags {
  bool consistent = false;       // 1
  bool primary = false;          // 2: this node was primary
  bool connected = false;        // 4: and connected
  bool full_sync = false;        // 8: was setting all bits
  bool was_up_to_date = false;   // 16
  bool peer_outdated = false;    // 32: the peer's disk was outdated or inconsistent
  bool crashed_primary = false;  // 64
  bool al_disabled = false;      // 256
  friend auto fields(const MetaFlags& flags) {
    const auto& [consistent, primary, connected, full_sync, was_up_to_date, peer_outdated, crashed_primary,
                 al_disabled] = flags;
    return std::tie(consistent, primary, connected, full_sync, was_up_to_date, peer_outdated, crashed_primary,
                    al_disabled);
  }
  bool operator==(const MetaFlags&) const = default;
};

struct Superblock {
  Uuids uuids{kJustCreated, 0, 0, 0};
  MetaFlags flags;
  bool clean = true;         // false: written by a kernel; drbdmeta apply-al has not seen it since
  Sectors agreed_size = 0;   // la_size: last agreed with the peer; 0: never attached
  Sectors max_bio_size = 0;  // last agreed, in bytes of la_peer_max_bio_size / 512
  std::uint64_t device_uuid = 0;
  std::uint32_t al_extents = 257;    // that the activity log holds at most; a kernel puts its own number
  std::uint32_t al_stripes = 1;      // the log is so many stripes
  std::uint32_t al_stripe_kib = 32;  // of this size

  friend auto fields(const Superblock& super) {
    const auto& [uuids, flags, clean, agreed_size, max_bio_size, device_uuid, al_extents, al_stripes,
                 al_stripe_kib] = super;
    return std::tie(uuids, flags, clean, agreed_size, max_bio_size, device_uuid, al_extents, al_stripes,
                    al_stripe_kib);
  }
  bool operator==(const Superblock&) const = default;
};

/// The extents of 4 MiB that were being written to, the one used last at the end.
struct ActivityLog {
  std::vector<std::uint32_t> extents;
  bool used = false;  // a kernel wrote to it since drbdmeta initialised it
  friend auto fields(const ActivityLog& log) { return std::tie(log.extents, log.used); }
  bool operator==(const ActivityLog&) const = default;
};

inline constexpr Sectors kBit = 8;             // a bit of the bitmap stands for 4 KiB
inline constexpr Sectors kAlExtent = 8192;     // 4 MiB
inline constexpr Sectors kSyncExtent = 32768;  // 16 MiB

/// Which blocks of 4 KiB are out of sync: runs of set bits, in ascending order and apart.
struct Bitmap {
  std::vector<Range> runs;

  void set(Range bits);
  void clear(Range bits);
  void set(const Bitmap& more);
  bool any(Range bits) const;
  std::uint64_t weight() const;
  friend auto fields(const Bitmap& bitmap) { return std::tie(bitmap.runs); }
  bool operator==(const Bitmap&) const = default;
};

/// Every block that `sectors` touches.
Range bits_touched(Range sectors);
/// Only the blocks that lie in `sectors` wholly.
Range bits_covered(Range sectors);
/// The bits of a device of that size.
std::uint64_t bits_of(Sectors size);

/// Where the parts of the metadata lie on their device (drbd_nl.c drbd_md_set_sector_offsets).
struct Layout {
  Sectors super = 0;  // 8 sectors
  Range log;
  Range bitmap;
  Sectors usable = 0;  // room for data on the backing device
  friend auto fields(const Layout& layout) {
    const auto& [super, log, bitmap, usable] = layout;
    return std::tie(super, log, bitmap, usable);
  }
  bool operator==(const Layout&) const = default;
};
inline constexpr int kInternal = -3;  // drbd.h DRBD_MD_INDEX_FLEX_INT
inline constexpr int kFlexibleExternal = -2;
inline constexpr Sectors kUsualLog = 64;  // 32 KiB
/// The room of the activity log.
constexpr Sectors log_room(std::uint32_t stripes, std::uint32_t stripe_kib) {
  return Sectors{stripes} * stripe_kib * 2;
}
/// An index of 0 and more counts slots of 128 MiB on an external device.
Layout layout_of(Sectors backing_size, Sectors meta_size, int index, Sectors log = kUsualLog);

/// Where a volume's metadata are: the device below /dev, and how they lie there.
struct Place {
  Name device;  // that holds the metadata
  Layout layout;
};

/// What lies there, if the blocks are whole.
std::optional<Superblock> read_super(const World&, Name host, const Place&);
ActivityLog read_log(const World&, Name host, const Place&);
/// The set bits; a bitmap that is not whole counts as all bits set, at most `size`'s.
Bitmap read_bitmap(const World&, Name host, const Place&, Sectors size);
IoError write_super(World&, Name host, const Place&, const Superblock&);
IoError write_log(World&, Name host, const Place&, const ActivityLog&);
IoError write_bitmap(World&, Name host, const Place&, const Bitmap&);

}  // namespace rehearse::drbd
