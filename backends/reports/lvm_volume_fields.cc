// Columns about logical volumes: what their group says of them, what the kernel says, how full snapshots are.
#include <fmt/format.h>

#include "backends/reports/lvm_fields.h"
#include "model/lvm/activation.h"

namespace rehearse::reports {
namespace {

using lvm::VolumeRow;

// Blank without a volume, as the columns of free room are.
template <auto Of>
Cell text_of(const FieldRow& row, const CellStyle&) {
  return text_cell(row.volume ? std::string(Of(*row.volume)) : "");
}
template <auto Of>
Cell number_of(const FieldRow& row, const CellStyle&) {
  return row.volume ? number_cell(Of(*row.volume)) : blank_number();
}
Cell blank_flag(const FieldRow&, const CellStyle&) { return flag_cell(false, ""); }
Cell none_persistent(const FieldRow& row, const CellStyle&) {
  return row.volume ? Cell{"-1", -1.0} : blank_number();
}

// What only the kernel can say is not known of a volume that it does not have.
template <auto Of>
Cell kernel_flag(const FieldRow& row, const CellStyle&) {
  if (!row.volume) return flag_cell(false, "");
  if (!row.volume->active) return flag_cell(true, "unknown");
  return text_cell(std::string(Of(*row.volume)));
}

bool told_by_status(const VolumeRow& row) { return row.active && !row.origin.empty(); }
template <auto Of>
Cell status_flag(const FieldRow& row, const CellStyle&) {
  if (!row.volume) return flag_cell(false, "");
  const std::string word(Of(*row.volume));
  if (word.empty() && !told_by_status(*row.volume)) return text_cell("unknown");
  return text_cell(word);
}

// Free room of a physical volume, or all of it, is reported as a volume of no size.
Cell volume_size(const FieldRow& row, const CellStyle& style) {
  if (!row.volume && !row.pv) return blank_number();
  return size_cell(row.volume ? row.volume->size : 0, style);
}
std::string name_of(const VolumeRow& row) {
  return row.merging ? "[" + row.name.str() + "]" : row.name.str();
}
std::string full_name(const VolumeRow& row) { return row.group.str() + "/" + row.name.str(); }
std::string path_of(const VolumeRow& row) { return row.merging ? "" : "/dev/" + full_name(row); }
std::string dm_path(const VolumeRow& row) { return "/dev/" + lvm::mapped_name(row.group, row.name).str(); }
std::string descendants(const VolumeRow& row) {
  std::vector<Name> names = row.snapshots;
  std::sort(names.begin(), names.end());
  std::string text;
  for (Name name : names) text += (text.empty() ? "" : ",") + name.str();
  return text;
}
Cell origin_uuid(const FieldRow& row, const CellStyle&) {
  if (!row.volume || row.volume->origin.empty()) return text_cell("");
  for (const VolumeRow& other : row.all->volumes) {
    if (other.group == row.volume->group && other.name == row.volume->origin) {
      return text_cell(lvm::uuid_text(other.uuid));
    }
  }
  return text_cell("");
}
Cell origin_size(const FieldRow& row, const CellStyle& style) {
  const bool has = row.volume && (!row.volume->origin.empty() || !row.volume->snapshots.empty());
  return has ? size_cell(row.volume->origin_size, style) : blank_number();
}
Cell percent(const FieldRow& row, const CellStyle&) {
  if (!row.volume || !row.volume->data_percent) return blank_number();
  return {fmt::format("{:.2f}", *row.volume->data_percent), *row.volume->data_percent};
}
Cell kernel_minor(const FieldRow& row, const CellStyle&) {
  if (!row.volume) return blank_number();
  return row.volume->minor ? number_cell(*row.volume->minor) : Cell{"-1", -1.0};
}
Cell kernel_major(const FieldRow& row, const CellStyle&) {
  if (!row.volume) return blank_number();
  return row.volume->minor ? number_cell(253) : Cell{"-1", -1.0};
}
// The kernel's default of 128 KiB; LVM's `auto` leaves it.
Cell kernel_read_ahead(const FieldRow& row, const CellStyle& style) {
  if (!row.volume) return blank_number();
  return row.volume->active ? size_cell(256, style) : Cell{"-1", -1.0};
}
std::string permissions(const VolumeRow& row) {
  if (!row.active) return "unknown";
  if (!row.kernel_read_only) return "writeable";
  return row.writable ? "read-only-override" : "read-only";
}

constexpr auto of = FieldOf::volume;
constexpr Field kFields[] = {
    {"lv_uuid", "LV UUID", 38, false, of, text_of<[](const VolumeRow& v) { return lvm::uuid_text(v.uuid); }>},
    {"lv_name", "LV", 4, false, of, text_of<name_of>},
    {"lv_full_name", "LV", 4, false, of, text_of<full_name>},
    {"lv_path", "Path", 0, false, of, text_of<path_of>},
    {"lv_dm_path", "DMPath", 0, false, of, text_of<dm_path>},
    {"lv_parent", "Parent", 0, false, of, blank},
    {"lv_layout", "Layout", 10, false, of, text_of<[](const VolumeRow&) { return "linear"; }>},
    {"lv_role", "Role", 10, false, of, text_of<role_of>},
    {"lv_initial_image_sync", "InitImgSync", 10, true, of, blank_flag},
    {"lv_image_synced", "ImgSynced", 10, true, of, blank_flag},
    {"lv_merging", "Merging", 10, true, of,
     text_of<[](const VolumeRow& v) { return v.merging || v.origin_of_merge ? "merging" : ""; }>},
    {"lv_converting", "Converting", 0, true, of, blank_flag},
    {"lv_allocation_policy", "AllocPol", 10, false, of,
     text_of<[](const VolumeRow& v) { return lvm::word_of(v.alloc); }>},
    {"lv_allocation_locked", "AllocLock", 10, true, of, blank_flag},
    {"lv_fixed_minor", "FixMin", 10, true, of, blank_flag},
    {"lv_skip_activation", "SkipAct", 15, true, of,
     text_of<[](const VolumeRow& v) { return v.skip_activation ? "skip activation" : ""; }>},
    {"lv_autoactivation", "AutoAct", 0, true, of, text_of<[](const VolumeRow&) { return "enabled"; }>},
    {"lv_when_full", "WhenFull", 15, false, of, blank},
    {"lv_active", "Active", 0, false, of,
     text_of<[](const VolumeRow& v) { return v.active ? "active" : ""; }>},
    {"lv_active_locally", "ActLocal", 10, true, of,
     text_of<[](const VolumeRow& v) { return v.active ? "active locally" : ""; }>},
    {"lv_active_remotely", "ActRemote", 10, true, of, blank_flag},
    {"lv_active_exclusively", "ActExcl", 10, true, of,
     text_of<[](const VolumeRow& v) { return v.active ? "active exclusively" : ""; }>},
    {"lv_major", "Maj", 0, true, of, none_persistent},
    {"lv_minor", "Min", 0, true, of, none_persistent},
    {"lv_read_ahead", "Rahead", 0, true, of, text_of<[](const VolumeRow&) { return "auto"; }>},
    {"lv_size", "LSize", 0, true, of, volume_size},
    {"lv_metadata_size", "MSize", 0, true, of, blank},
    {"seg_count", "#Seg", 0, true, of, number_of<[](const VolumeRow& v) { return v.segments.size(); }>},
    {"origin", "Origin", 0, false, of, text_of<[](const VolumeRow& v) { return v.origin.str(); }>},
    {"origin_uuid", "Origin UUID", 38, false, of, origin_uuid},
    {"origin_size", "OSize", 0, true, of, origin_size},
    {"lv_ancestors", "Ancestors", 0, false, of, text_of<[](const VolumeRow& v) { return v.origin.str(); }>},
    {"lv_full_ancestors", "FAncestors", 0, false, of,
     text_of<[](const VolumeRow& v) { return v.origin.str(); }>},
    {"lv_descendants", "Descendants", 0, false, of, text_of<descendants>},
    {"lv_full_descendants", "FDescendants", 0, false, of, text_of<descendants>},
    {"move_pv", "Move", 0, false, of, blank},
    {"convert_lv", "Convert", 0, false, of, blank},
    {"mirror_log", "Log", 0, false, of, blank},
    {"data_lv", "Data", 0, false, of, blank},
    {"metadata_lv", "Meta", 0, false, of, blank},
    {"pool_lv", "Pool", 0, false, of, blank},
    {"lv_tags", "LV Tags", 0, false, of, blank},
    {"lv_profile", "LProfile", 0, false, of, blank},
    {"lv_lockargs", "LLockArgs", 0, false, of, blank},
    {"lv_modules", "Modules", 0, false, of,
     text_of<[](const VolumeRow& v) { return !v.origin.empty() || !v.snapshots.empty() ? "snapshot" : ""; }>},
    {"lv_historical", "Historical", 0, true, of, blank_flag},
    {"lv_kernel_major", "KMaj", 0, true, of, kernel_major},
    {"lv_kernel_minor", "KMin", 0, true, of, kernel_minor},
    {"lv_kernel_read_ahead", "KRahead", 0, true, of, kernel_read_ahead},
    {"lv_permissions", "LPerms", 8, false, of, text_of<permissions>},
    {"lv_suspended", "Suspended", 10, true, of, kernel_flag<[](const VolumeRow&) { return ""; }>},
    {"lv_live_table", "LiveTable", 20, true, of,
     kernel_flag<[](const VolumeRow&) { return "live table present"; }>},
    {"lv_inactive_table", "InactiveTable", 20, true, of, kernel_flag<[](const VolumeRow&) { return ""; }>},
    {"lv_device_open", "DevOpen", 10, true, of,
     kernel_flag<[](const VolumeRow& v) { return v.open_count == 0 ? "" : "open"; }>},
    {"data_percent", "Data%", 6, false, of, percent},
    {"snap_percent", "Snap%", 6, false, of, percent},
    {"metadata_percent", "Meta%", 6, false, of, blank},
    {"copy_percent", "Cpy%Sync", 0, false, of, blank},
    {"sync_percent", "Cpy%Sync", 0, false, of, blank},
    {"lv_health_status", "Health", 15, false, of,
     text_of<[](const VolumeRow& v) { return v.partial ? "partial" : ""; }>},
    {"lv_check_needed", "CheckNeeded", 15, true, of, text_of<[](const VolumeRow&) { return "unknown"; }>},
    {"lv_merge_failed", "MergeFailed", 15, true, of, status_flag<[](const VolumeRow&) { return ""; }>},
    {"lv_snapshot_invalid", "SnapInvalid", 15, true, of,
     status_flag<[](const VolumeRow& v) { return v.invalid ? "snapshot invalid" : ""; }>},
    {"lv_attr", "Attr", 0, false, of, text_of<[](const VolumeRow& v) { return v.attr; }>},
};

}  // namespace

std::string role_of(const VolumeRow& row) {
  if (!row.origin.empty()) return "public,snapshot,thicksnapshot";
  if (row.snapshots.empty()) return "public";
  return std::string("public,origin,thickorigin") + (row.snapshots.size() > 1 ? ",multithickorigin" : "");
}

std::span<const Field> volume_fields() { return kFields; }

}  // namespace rehearse::reports
