#include "model/drbd/compare.h"

namespace rehearse::drbd {
namespace {

constexpr std::uint64_t kNewSyncOffset = 0x0001000000000000;

bool same(std::uint64_t a, std::uint64_t b) { return (a & ~std::uint64_t{1}) == (b & ~std::uint64_t{1}); }

// Rules 34 to 41: the same generation on both sides.
Comparison same_current(const Compared& asked, Comparison found) {
  Uuids& self = found.self;
  Uuids& peer = found.peer;
  if (peer.bitmap == 0 && self.bitmap != 0) {
    found.result = 1;
    found.rule = 36;
    found.says = "was SyncSource (peer failed to write sync_uuid)";
    if (same(self.bitmap, peer.younger) && same(self.younger, peer.older)) {
      found.rule = 34;
      found.says = "was SyncSource, missed the resync finished event, corrected myself:";
      found.mends_self = true;
      self.older = self.younger;
      self.younger = self.bitmap;
      self.bitmap = 0;
    }
    return found;
  }
  if (self.bitmap == 0 && peer.bitmap != 0) {
    found.result = -1;
    found.rule = 37;
    found.says = "was SyncTarget (failed to write sync_uuid)";
    if (same(self.younger, peer.bitmap) && same(self.older, peer.younger)) {
      found.rule = 35;
      found.says = "was SyncTarget, peer missed the resync finished event, corrected peer:";
      found.mends_peer = true;
      peer.older = peer.younger;
      peer.younger = peer.bitmap;
      peer.bitmap = 0;
    }
    return found;
  }
  found.rule = 40;
  if (!asked.self_crashed && !asked.peer_crashed) return found;
  const bool self_primary = asked.self_role == Role::primary;
  const bool peer_primary = asked.peer_role == Role::primary;
  if (self_primary || peer_primary) {
    found.rule = 41;
    found.result = self_primary && peer_primary ? -100 : self_primary ? 1 : -1;
  } else if (asked.self_crashed && asked.peer_crashed) {
    found.result = asked.resolve_conflicts ? -1 : 1;
  } else {
    found.result = asked.self_crashed ? 1 : -1;
  }
  return found;
}

}  // namespace

Comparison compare(const Compared& asked) {
  Comparison found;
  found.self = asked.self;
  found.peer = asked.peer;
  Uuids& self = found.self;
  Uuids& peer = found.peer;
  const auto is = [&](int result, int rule) {
    found.result = result;
    found.rule = rule;
    return found;
  };
  const std::uint64_t mine = self.current & ~std::uint64_t{1};
  const std::uint64_t theirs = peer.current & ~std::uint64_t{1};
  if (mine == kJustCreated && theirs == kJustCreated) return is(0, 10);
  if ((mine == kJustCreated || mine == 0) && theirs != kJustCreated) return is(-2, 20);
  if (mine != kJustCreated && (theirs == kJustCreated || theirs == 0)) return is(2, 30);
  if (mine == theirs) return same_current(asked, found);
  if (same(mine, peer.bitmap)) return is(-1, 50);
  if (same(mine, peer.younger) && same(peer.younger + kNewSyncOffset, peer.bitmap)) {
    found.says = "Lost last syncUUID packet, corrected:";
    found.mends_peer = true;
    peer.bitmap = peer.younger;
    peer.younger = peer.older;
    return is(-1, 51);
  }
  if (same(mine, peer.younger) || same(mine, peer.older)) return is(-2, 60);
  if (same(self.bitmap, theirs)) return is(1, 70);
  if (same(self.younger, theirs) && same(self.younger + kNewSyncOffset, self.bitmap)) {
    found.says = "Last syncUUID did not get through, corrected:";
    found.mends_self = true;
    self.bitmap = self.younger;
    self.younger = self.older;
    return is(1, 71);
  }
  if (same(self.younger, theirs) || same(self.older, theirs)) return is(2, 80);
  if (same(self.bitmap, peer.bitmap) && !same(self.bitmap, 0)) return is(100, 90);
  for (const std::uint64_t own : {self.younger, self.older}) {
    for (const std::uint64_t other : {peer.younger, peer.older}) {
      if (same(own, other)) return is(-100, 100);
    }
  }
  return is(-1000, 100);
}

}  // namespace rehearse::drbd
