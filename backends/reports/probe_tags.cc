#include "backends/reports/probe_tags.h"

#include <fmt/format.h>

#include "model/drbd/metadata.h"
#include "model/fs/probe.h"
#include "model/lvm/scan.h"

namespace rehearse::reports {
namespace {

// With DRBD's metadata at its end it is a member of an array, which is all that is said of it (libblkid looks
// for those first).
std::vector<ProbeTag> drbd_tags(const World& world, Name host, Name device) {
  const Device* row = world.hosts.find(host)->device(device);
  if (!row) return {};
  const drbd::Layout layout = drbd::layout_of(row->size, row->size, drbd::kInternal);
  const auto super = drbd::read_super(world, host, {device, layout});
  if (!super) return {};
  return {{"UUID", fmt::format("{:x}", super->device_uuid), false},
          {"VERSION", "v08", true},
          {"TYPE", "drbd", false},
          {"USAGE", "raid", true}};
}

}  // namespace

std::vector<ProbeTag> probe_tags(const World& world, Name host, Name device) {
  if (auto replicated = drbd_tags(world, host, device); !replicated.empty()) return replicated;
  const fs::Signature found = fs::signature_on(world, host, device);
  const std::string type = found.type.str();
  if (type.empty()) return {};
  // A partition table has no label and no type of its own.
  if (type == "dos") return {{"PTTYPE", "dos", false}};
  if (type == "DM_snapshot_cow") return {{"TYPE", type, false}, {"USAGE", "other", true}};
  const bool physical_volume = type == "LVM2_member";
  const bool swap = type == "swap";
  std::vector<ProbeTag> tags;
  if (!found.label.empty()) tags.push_back({"LABEL", found.label.str(), false});
  std::string uuid = physical_volume ? std::string() : fs::uuid_text(found.uuid);
  if (physical_volume) {
    if (const auto pv = lvm::find_pv(world, host, device)) uuid = lvm::uuid_text(pv->label.uuid);
  }
  if (!uuid.empty()) tags.push_back({"UUID", uuid, false});
  tags.push_back({"VERSION", physical_volume ? "LVM2 001" : swap ? "1" : "1.0", true});
  if (found.block_size > 0) tags.push_back({"BLOCK_SIZE", std::to_string(found.block_size), false});
  tags.push_back({"TYPE", type, false});
  tags.push_back({"USAGE", physical_volume ? "raid" : swap ? "other" : "filesystem", true});
  return tags;
}

std::string tag_value(const std::vector<ProbeTag>& tags, std::string_view name) {
  for (const ProbeTag& tag : tags) {
    if (tag.name == name) return tag.value;
  }
  return "";
}

bool internal_device(const Device& device) {
  const std::string& name = device.name.str();
  return device.mapped() && (name.ends_with("-real") || name.ends_with("-cow"));
}

}  // namespace rehearse::reports
