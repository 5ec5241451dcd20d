// Who becomes source or target of a resync, and what becomes of a split brain (drbd_receiver.c
// drbd_sync_handshake, drbd_asb_recover_*). Each side decides by itself; the results mirror each other.
#include <cstdlib>

#include "model/drbd/compare.h"
#include "model/drbd/node.h"

namespace rehearse::drbd {
namespace {

constexpr int kUndecided = -100;

struct SplitBrain {
  const Device& row;
  const NetOptions& options;
  bool resolve_conflicts = false;
  std::string_view warns;

  int tie() const { return resolve_conflicts ? -1 : 1; }

  // Bit 0 of the bitmap identifiers: was this side primary when the two parted?
  int without_primaries() {
    const bool self = (row.backing->super.uuids.bitmap & 1) != 0;
    const bool peer = (row.peer_uuids->uuids.bitmap & 1) != 0;
    switch (options.after_sb_0pri) {
      case AfterSb::disconnect:
        return kUndecided;
      case AfterSb::discard_younger_primary:
      case AfterSb::discard_older_primary:
        if (self != peer) {
          const int younger = self ? 1 : -1;
          return options.after_sb_0pri == AfterSb::discard_younger_primary ? younger : -younger;
        }
        warns = "Discard younger/older primary did not find a decision\nUsing discard-least-changes instead";
        return by_changes(true, true);
      case AfterSb::discard_zero_changes:
        return by_changes(true, false);
      case AfterSb::discard_least_changes:
        return by_changes(false, true);
      case AfterSb::discard_local:
        return -1;
      case AfterSb::discard_remote:
        return 1;
      default:
        warns = "Configuration error.";
        return kUndecided;
    }
  }

  int by_changes(bool zero, bool least) const {
    const std::uint64_t peer = row.peer_uuids->bits;
    const std::uint64_t self = row.out_of_sync();
    if (zero) {
      if (peer == 0 && self == 0) return tie();
      if (peer == 0) return 1;
      if (self == 0) return -1;
    }
    if (!least) return kUndecided;
    if (self != peer) return self < peer ? -1 : 1;
    return tie();
  }
};

}  // namespace

int Node::compare_with_peer(std::uint32_t volume, Role peer_role) {
  const auto dump = [&](std::string_view whose, const Uuids& uuids, std::uint64_t bits, std::uint32_t flags) {
    log_of(volume, "{} {} bits:{} flags:{:X}", whose, text_of(uuids), bits, flags);
  };
  const PeerUuids peer = *see(volume).peer_uuids;
  log_of(volume, "drbd_sync_handshake:");
  dump("self", see(volume).backing->super.uuids, see(volume).out_of_sync(), 0);
  dump("peer", peer.uuids, peer.bits, peer.flags);
  const Comparison found = compare({see(volume).backing->super.uuids, peer.uuids,
                                    see(volume).flags.crashed_primary, (peer.flags & kCrashedPrimary) != 0,
                                    see(volume).state.role, peer_role, see().resolve_conflicts});
  if (!found.says.empty()) log_of(volume, "{}", found.says);
  if (found.mends_self) {
    device(volume).backing->super.uuids = found.self;
    dump("self", found.self, see(volume).out_of_sync(), 0);
  }
  if (found.mends_peer) {
    device(volume).peer_uuids->uuids = found.peer;
    dump("peer", found.peer, peer.bits, peer.flags);
  }
  log_of(volume, "uuid_compare()={} by rule {}", found.result, found.rule);
  return found.result;
}

std::optional<Connection> Node::handshake(std::uint32_t volume, Role peer_role, Disk peer_disk) {
  const bool negotiates = see(volume).state.disk == Disk::negotiating;
  const Disk my_disk = negotiates ? see(volume).negotiated_disk : see(volume).state.disk;
  int hg = compare_with_peer(volume, peer_role);
  if (hg == -1000) {
    log_of(volume, "Unrelated data, aborting!");
    return std::nullopt;
  }
  if ((my_disk == Disk::inconsistent && peer_disk > Disk::inconsistent) ||
      (peer_disk == Disk::inconsistent && my_disk > Disk::inconsistent)) {
    const bool full = hg == -100 || std::abs(hg) == 2;
    hg = (my_disk > Disk::inconsistent ? 1 : -1) * (full ? 2 : 1);
    log_of(volume, "Becoming sync {} due to disk states.", hg > 0 ? "source" : "target");
  }
  if (std::abs(hg) == 100) helper(volume, "initial-split-brain");
  const NetOptions options = see().net->options;
  if (hg == 100 || (hg == -100 && options.always_asbp)) {
    const bool forced = hg == -100;
    const int primaries = (see(volume).state.role == Role::primary) + (peer_role == Role::primary);
    hg = solve_split_brain(volume, primaries);
    if (std::abs(hg) < 100) {
      log_of(volume, "Split-Brain detected, {} primaries, automatically solved. Sync from {} node", primaries,
             hg < 0 ? "peer" : "this");
      if (forced) {
        log_of(volume, "Doing a full sync, since UUIDs where ambiguous.");
        hg *= 2;
      }
    }
  }
  if (hg == -100) {
    const bool mine = see(volume).flags.discard_my_data;
    const bool theirs = (see(volume).peer_uuids->flags & kDiscardMyData) != 0;
    if (mine != theirs) {
      hg = mine ? -1 : 1;
      log_of(volume, "Split-Brain detected, manually solved. Sync from {} node", mine ? "peer" : "this");
    }
  }
  if (hg == -100) {
    log_of(volume, "Split-Brain detected but unresolved, dropping connection!");
    helper(volume, "split-brain");
    return std::nullopt;
  }
  return side_of(volume, hg, my_disk);
}

// The last objections, and the bits of a full sync.
std::optional<Connection> Node::side_of(std::uint32_t volume, int hg, Disk my_disk) {
  if (hg > 0 && my_disk <= Disk::inconsistent) {
    log_of(volume, "I shall become SyncSource, but I am inconsistent!");
    return std::nullopt;
  }
  if (hg < 0 && see(volume).state.role == Role::primary && see(volume).state.disk >= Disk::consistent) {
    const AfterSb conflict = see().net->options.rr_conflict;
    if (conflict == AfterSb::call_pri_lost_after_sb) helper(volume, "pri-lost");
    if (conflict != AfterSb::violently_as0p) {
      log_of(volume, "I shall become SyncTarget, but I am primary!");
      return std::nullopt;
    }
    log_of(volume, "Becoming SyncTarget, violating the stable-data assumption");
  }
  if (see().net->tentative) {
    if (hg == 0) {
      log_of(volume, "dry-run connect: No resync, would become Connected immediately.");
    } else {
      log_of(volume, "dry-run connect: Would become {}, doing a {} resync.",
             name_of(hg > 0 ? Connection::sync_source : Connection::sync_target),
             std::abs(hg) >= 2 ? "full" : "bit-map based");
    }
    return std::nullopt;
  }
  if (std::abs(hg) >= 2) {
    log_of(volume, "Writing the whole bitmap, full sync required after drbd_sync_handshake.");
    set_all_bits(volume);
  }
  if (hg != 0) return hg > 0 ? Connection::wf_bitmap_s : Connection::wf_bitmap_t;
  if (const std::uint64_t bits = see(volume).out_of_sync())
    log_of(volume, "No resync, but {} bits in bitmap!", bits);
  return Connection::connected;
}

int Node::solve_split_brain(std::uint32_t volume, int primaries) {
  const NetOptions options = see().net->options;
  const Role role = see(volume).state.role;
  SplitBrain brain{see(volume), options, see().resolve_conflicts, {}};
  const AfterSb policy = primaries == 0   ? options.after_sb_0pri
                         : primaries == 1 ? options.after_sb_1pri
                                          : options.after_sb_2pri;
  if (primaries > 0 && policy == AfterSb::disconnect) return kUndecided;
  if (primaries == 1 && policy == AfterSb::discard_secondary) return role == Role::primary ? 1 : -1;
  const bool known = primaries == 0 || policy == AfterSb::violently_as0p ||
                     policy == AfterSb::call_pri_lost_after_sb ||
                     (primaries == 1 && policy == AfterSb::consensus);
  if (!known) {
    log_of(volume, "Configuration error.");
    return kUndecided;
  }
  const int hg = brain.without_primaries();
  if (!brain.warns.empty()) log_of(volume, "{}", brain.warns);
  if (primaries == 0 || policy == AfterSb::violently_as0p) return hg;
  if (policy == AfterSb::consensus) {
    const bool agreed = (hg == -1 && role == Role::secondary) || (hg == 1 && role == Role::primary);
    return agreed ? hg : kUndecided;
  }
  if (hg != -1 || role != Role::primary) return hg;
  if (change(volume, {.role = Role::secondary}, kVerbose) != Code::success) {
    helper(volume, "pri-lost-after-sb");
    return kUndecided;
  }
  log_of(volume, "Successfully gave up primary role.");
  return hg;
}

}  // namespace rehearse::drbd
