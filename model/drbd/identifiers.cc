// Generation identifiers (drbd_main.c drbd_uuid_*).
#include "model/drbd/node.h"

namespace rehearse::drbd {
namespace {

void push(Uuids& uuids, std::uint64_t value) {
  uuids.older = uuids.younger;
  uuids.younger = value;
}

}  // namespace

// The kernel draws them; here they follow from what was there before, so that worlds are comparable.
std::uint64_t Node::random(std::uint32_t volume, std::uint64_t purpose) const {
  const Device& row = see(volume);
  std::uint64_t value = mix(mix(host_.hash(), see().name.hash()), mix(row.minor, purpose));
  if (row.backing) value = mix(mix(value, hash_of(row.backing->super.uuids)), row.backing->super.device_uuid);
  value = mix(value, row.exposed_uuid);
  return value < 16 ? value + 16 : value;
}

void Node::set_uuid(std::uint32_t volume, std::uint64_t Uuids::*which, std::uint64_t value) {
  Device& row = device(volume);
  if (which == &Uuids::current) {
    value = row.state.role == Role::primary ? value | 1 : value & ~std::uint64_t{1};
    row.exposed_uuid = value;
  }
  row.backing->super.uuids.*which = value;
}

void Node::rotate_uuid(std::uint32_t volume, std::uint64_t Uuids::*which, std::uint64_t value) {
  Uuids& uuids = device(volume).backing->super.uuids;
  if (uuids.*which != 0) push(uuids, uuids.*which);
  set_uuid(volume, which, value);
}

void Node::clear_bitmap_uuid(std::uint32_t volume) {
  Uuids& uuids = device(volume).backing->super.uuids;
  if (uuids.bitmap == 0) return;
  push(uuids, uuids.bitmap);
  uuids.bitmap = 0;
}

void Node::new_current_uuid(std::uint32_t volume) {
  const std::uint64_t value = random(volume, 1);
  Uuids& uuids = device(volume).backing->super.uuids;
  if (uuids.bitmap != 0) log_of(volume, "bm UUID was already set: {:X}", uuids.bitmap);
  uuids.bitmap = uuids.current;
  set_uuid(volume, &Uuids::current, value);
  say_uuids(volume, "new current UUID");
  sync_md(volume);
}

void Node::mark_role(std::uint32_t volume) {
  Device& row = device(volume);
  if (!row.backing) return;
  std::uint64_t& current = row.backing->super.uuids.current;
  current = row.state.role == Role::primary ? current | 1 : current & ~std::uint64_t{1};
}

void Node::say_uuids(std::uint32_t volume, std::string_view what) {
  const Device& row = see(volume);
  if (row.backing) {
    log_of(volume, "{} {}", what, text_of(row.backing->super.uuids));
  } else {
    log_of(volume, "{} effective data uuid: {:016X}", what, row.exposed_uuid);
  }
}

}  // namespace rehearse::drbd
