#include "model/drbd/meta_calls.h"

#include "model/hash.h"
#include "model/io.h"

namespace rehearse::drbd {

Place place_of(const World& world, Name host, Name device, Name meta_device, int index, Sectors log) {
  const auto size = [&](Name name) {
    const rehearse::Device* row = world.hosts.find(host)->device(name);
    return row ? row->size : 0;
  };
  const Place place{meta_device, layout_of(size(device), size(meta_device), index, log)};
  const auto super = read_super(world, host, place);
  if (!super || log_room(super->al_stripes, super->al_stripe_kib) == log) return place;
  const Sectors found = log_room(super->al_stripes, super->al_stripe_kib);
  return {meta_device, layout_of(size(device), size(meta_device), index, found)};
}

IoError create_md(World& world, Name host, const Place& place) {
  Superblock fresh;
  const auto before = read_super(world, host, place);
  if (before) fresh.device_uuid = before->device_uuid;
  for (const IoError error : {write_bitmap(world, host, place, {}), write_log(world, host, place, {})}) {
    if (error != IoError::none) return error;
  }
  return write_super(world, host, place, fresh);
}

void name_device(World& world, Name host, const Place& place) {
  auto super = read_super(world, host, place);
  if (!super || super->device_uuid != 0) return;
  super->device_uuid = mix(mix(host.hash(), place.device.hash()), hash_of(*super));
  write_super(world, host, place, *super);
}

// drbdmeta.c meta_apply_al: marks only for a primary; an activity log of a secondary is cleared silently.
AppliedLog apply_al(World& world, Name host, const Place& place) {
  AppliedLog applied;
  auto super = read_super(world, host, place);
  if (!super) return applied;
  applied.found = true;
  applied.was_clean = super->clean;
  applied.of_primary = super->flags.primary;
  if (super->clean) return applied;
  const ActivityLog log = read_log(world, host, place);
  applied.found_log = log.used;
  if (super->flags.primary && log.used) {
    Bitmap bitmap = read_bitmap(world, host, place, super->agreed_size);
    const std::uint64_t before = bitmap.weight();
    std::uint64_t beyond = 0;  // of the last extent those behind the end are set and told as well
    for (const std::uint32_t extent : log.extents) {
      constexpr std::uint64_t kBits = kAlExtent / kBit;
      const std::uint64_t first = extent * kBits;
      const std::uint64_t end = std::min(first + kBits, bits_of(super->agreed_size));
      if (end > first) bitmap.set({first, end - first});
      if (end > first) beyond += first + kBits - end;
    }
    applied.marked = (bitmap.weight() - before + beyond) * kBit * kSector;
    write_bitmap(world, host, place, bitmap);
  }
  write_log(world, host, place, {});
  super->clean = true;
  write_super(world, host, place, *super);
  return applied;
}

bool outdate_md(World& world, Name host, const Place& place) {
  auto super = read_super(world, host, place);
  if (!super) return false;
  super->flags.was_up_to_date = false;
  write_super(world, host, place, *super);
  return true;
}

bool invalidate_md(World& world, Name host, const Place& place) {
  auto super = read_super(world, host, place);
  if (!super) return false;
  super->flags.consistent = false;
  super->flags.was_up_to_date = false;
  super->flags.full_sync = true;
  write_super(world, host, place, *super);
  return true;
}

bool set_gi(World& world, Name host, const Place& place, const Uuids& uuids, const MetaFlags& flags) {
  auto super = read_super(world, host, place);
  if (!super) return false;
  super->uuids = uuids;
  super->flags = flags;
  write_super(world, host, place, *super);
  return true;
}

void wipe_md(World& world, Name host, const Place& place) {
  write(world, host, place.device, stamped({place.layout.super, 8}, {}));
}

}  // namespace rehearse::drbd
