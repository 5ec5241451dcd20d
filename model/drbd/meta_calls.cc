#include "model/drbd/meta_calls.h"

#include <fmt/format.h>

#include <charconv>

#include "model/fs/path.h"
#include "model/fs/tree.h"
#include "model/hash.h"
#include "model/io.h"

namespace rehearse::drbd {

namespace {

std::string file_of(std::uint32_t minor) { return fmt::format("/var/lib/drbd/drbd-minor-{}.lkbd", minor); }

Place place_by_size(const World& world, Name host, Name meta_device, Sectors data, Sectors meta, int index,
                    Sectors log) {
  const Place place{meta_device, layout_of(data, meta, index, log)};
  const auto super = read_super(world, host, place);
  if (!super || log_room(super->al_stripes, super->al_stripe_kib) == log) return place;
  return {meta_device, layout_of(data, meta, index, log_room(super->al_stripes, super->al_stripe_kib))};
}

}  // namespace

Place place_of(const World& world, Name host, Name device, Name meta_device, int index, Sectors log) {
  const auto size = [&](Name name) {
    const rehearse::Device* row = world.hosts.find(host)->device(name);
    return row ? row->size : 0;
  };
  return place_by_size(world, host, meta_device, size(device), size(meta_device), index, log);
}

std::optional<LastKnown> last_known(const World& world, Name host, std::uint32_t minor) {
  const auto text = fs::text_at(world, host, Name(file_of(minor)));
  if (!text) return std::nullopt;
  LastKnown known;
  const std::size_t tab = text->find('\t');
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), known.size);
  if (error != std::errc() || tab == std::string::npos || end != text->data() + tab) return std::nullopt;
  known.path = text->substr(tab + 1, text->find('\n', tab) - tab - 1);
  constexpr std::string_view kUuid = "\nuuid:\t";
  if (const std::size_t at = text->find(kUuid); at != std::string::npos) {
    const char* const first = text->data() + at + kUuid.size();
    std::from_chars(first, text->data() + text->size(), known.device_uuid, 16);
  }
  return known;
}

// That it cannot be written drbdmeta takes without a word.
void remember(World& world, Name host, std::uint32_t minor, Name path, std::uint64_t device_uuid) {
  const Host& at = *world.hosts.find(host);
  const rehearse::Device* disk = at.device(device_name(at, path));
  if (!disk) return;
  std::string text = fmt::format("{}\t{}\n", disk->size * kSector, path.str());
  if (device_uuid != 0) text += fmt::format("uuid:\t{:016X}\n", device_uuid);
  fs::make_directory(world, host, "/var/lib/drbd");
  fs::put_file(world, host, fs::text_file(Name(file_of(minor)), text));
}

std::optional<Place> last_known_place(const World& world, Name host, std::uint32_t minor, Name device) {
  constexpr Bytes kLeast = 68 * kKiB;  // less no disk with metadata has
  const rehearse::Device* row = world.hosts.find(host)->device(device);
  const auto known = last_known(world, host, minor);
  if (!row || !known || known->size < kLeast || known->size >= row->size * kSector) return std::nullopt;
  const Sectors then = known->size / kSector;
  const Place place = place_by_size(world, host, device, then, then, kInternal, kUsualLog);
  const auto super = read_super(world, host, place);
  if (!super || (known->device_uuid != 0 && super->device_uuid != known->device_uuid)) return std::nullopt;
  return place;
}

void move_md(World& world, Name host, const Place& from, const Place& to) {
  const auto super = read_super(world, host, from);
  const ActivityLog log = read_log(world, host, from);
  const Bitmap bitmap = read_bitmap(world, host, from, super->agreed_size);
  wipe_md(world, host, from);
  write_bitmap(world, host, to, bitmap);
  write_log(world, host, to, log);
  write_super(world, host, to, *super);
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

std::uint64_t name_device(World& world, Name host, const Place& place) {
  auto super = read_super(world, host, place);
  if (!super) return 0;
  if (super->device_uuid == 0) {
    const std::uint64_t where = mix(place.device.hash(), place.layout.super);
    super->device_uuid = mix(mix(host.hash(), where), hash_of(*super));
    write_super(world, host, place, *super);
  }
  return super->device_uuid;
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
