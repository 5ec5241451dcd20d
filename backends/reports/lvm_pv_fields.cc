// Columns about segments of volumes, physical volumes, their pieces, and groups.
#include <fmt/format.h>

#include "backends/reports/lvm_fields.h"

namespace rehearse::reports {
namespace {

using lvm::GroupRow;
using lvm::PvRow;
using lvm::VolumeSegmentRow;

constexpr Sectors kMetadataArea = 8;  // it begins at byte 4096 and goes on to the first extent

// What a row says of a segment; a free piece of a physical volume stands as a segment of its own.
struct Part {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  Sectors extent = 0;
};
std::optional<Part> part_of(const FieldRow& row) {
  if (row.segment && row.volume) return Part{row.segment->first, row.segment->count, row.volume->extent};
  if (row.piece && row.pv) return Part{0, row.piece->count, row.pv->extent};
  return std::nullopt;
}
Cell seg_type(const FieldRow& row, const CellStyle&) {
  return text_cell(row.segment ? "linear" : row.piece ? "free" : "");
}
template <std::uint64_t Number>
Cell of_segment(const FieldRow& row, const CellStyle&) {
  return row.segment ? number_cell(Number) : row.piece ? number_cell(0) : blank_number();
}
Cell no_size(const FieldRow& row, const CellStyle& style) {
  return row.segment || row.piece ? size_cell(0, style) : blank_number();
}
Cell chunk_size(const FieldRow& row, const CellStyle& style) {
  return size_cell(row.volume ? row.volume->chunk : 0, style);
}
Cell seg_start(const FieldRow& row, const CellStyle& style) {
  const auto part = part_of(row);
  return part ? size_cell(part->first * part->extent, style) : blank_number();
}
Cell seg_start_pe(const FieldRow& row, const CellStyle&) {
  const auto part = part_of(row);
  return part ? number_cell(part->first) : blank_number();
}
Cell seg_size(const FieldRow& row, const CellStyle& style) {
  const auto part = part_of(row);
  return part ? size_cell(part->count * part->extent, style) : blank_number();
}
Cell seg_size_pe(const FieldRow& row, const CellStyle&) {
  const auto part = part_of(row);
  return part ? number_cell(part->count) : blank_number();
}
Cell ranges(const FieldRow& row, const CellStyle&) {
  if (!row.segment) return text_cell("");
  const VolumeSegmentRow& at = *row.segment;
  return text_cell(fmt::format("{}:{}-{}", at.path.str(), at.pv_first, at.pv_first + at.count - 1));
}
Cell devices(const FieldRow& row, const CellStyle&) {
  return text_cell(row.segment ? fmt::format("{}({})", row.segment->path.str(), row.segment->pv_first) : "");
}

constexpr auto seg = FieldOf::segment;
constexpr Field kSegmentFields[] = {
    {"segtype", "Type", 0, false, seg, seg_type},
    {"stripes", "#Str", 0, true, seg, of_segment<1>},
    {"data_stripes", "#DStr", 0, true, seg, of_segment<1>},
    {"stripe_size", "Stripe", 0, true, seg, no_size},
    {"region_size", "Region", 0, true, seg, no_size},
    {"chunk_size", "Chunk", 0, true, seg, chunk_size},
    {"seg_start", "Start", 0, true, seg, seg_start},
    {"seg_start_pe", "Start", 0, true, seg, seg_start_pe},
    {"seg_size", "SSize", 0, true, seg, seg_size},
    {"seg_size_pe", "SSize", 0, true, seg, seg_size_pe},
    {"seg_tags", "Seg Tags", 0, false, seg, blank},
    {"seg_pe_ranges", "PE Ranges", 0, false, seg, ranges},
    {"seg_le_ranges", "LE Ranges", 0, false, seg, ranges},
    {"seg_metadata_le_ranges", "Metadata LE Ranges", 0, false, seg, blank},
    {"devices", "Devices", 0, false, seg, devices},
    {"metadata_devices", "Metadata Devs", 0, false, seg, blank},
};

template <auto Of>
Cell pv_text(const FieldRow& row, const CellStyle&) {
  return text_cell(row.pv ? std::string(Of(*row.pv)) : "");
}
template <auto Of>
Cell pv_number(const FieldRow& row, const CellStyle&) {
  return row.pv ? number_cell(Of(*row.pv)) : blank_number();
}
template <auto Of>
Cell pv_size(const FieldRow& row, const CellStyle& style) {
  return row.pv ? size_cell(Of(*row.pv), style) : blank_number();
}
Sectors metadata_area(const PvRow& pv) {
  return pv.labelled && pv.pe_start > kMetadataArea ? pv.pe_start - kMetadataArea : 0;
}
Cell piece_start(const FieldRow& row, const CellStyle&) {
  return number_cell(row.piece ? row.piece->first : 0);
}
Cell piece_size(const FieldRow& row, const CellStyle&) {
  return number_cell(row.piece ? row.piece->count : 0);
}

constexpr auto label = FieldOf::label;
constexpr auto phys = FieldOf::pv;
constexpr Field kPvFields[] = {
    {"pv_fmt", "Fmt", 0, false, label, pv_text<[](const PvRow& p) { return p.labelled ? "lvm2" : ""; }>},
    {"pv_uuid", "PV UUID", 38, false, label,
     pv_text<[](const PvRow& p) { return p.labelled ? lvm::uuid_text(p.uuid) : std::string(); }>},
    {"dev_size", "DevSize", 0, true, label, pv_size<[](const PvRow& p) { return p.device_size; }>},
    {"pv_name", "PV", 10, false, label, pv_text<[](const PvRow& p) { return p.path.str(); }>},
    {"pv_mda_size", "PMdaSize", 9, true, label, pv_size<metadata_area>},
    {"pv_ext_vsn", "PExtVsn", 0, true, label, pv_number<[](const PvRow& p) { return p.labelled ? 2u : 0u; }>},
    {"pe_start", "1st PE", 7, true, phys, pv_size<[](const PvRow& p) { return p.pe_start; }>},
    {"pv_size", "PSize", 0, true, phys, pv_size<[](const PvRow& p) { return p.size; }>},
    {"pv_free", "PFree", 0, true, phys, pv_size<[](const PvRow& p) { return p.free; }>},
    {"pv_used", "Used", 0, true, phys, pv_size<[](const PvRow& p) { return p.used; }>},
    {"pv_attr", "Attr", 0, false, phys, pv_text<[](const PvRow& p) { return p.attr; }>},
    {"pv_allocatable", "Allocatable", 0, true, phys,
     pv_text<[](const PvRow& p) { return p.allocatable ? "allocatable" : ""; }>},
    {"pv_exported", "Exported", 10, true, phys,
     pv_text<[](const PvRow& p) { return p.exported ? "exported" : ""; }>},
    {"pv_missing", "Missing", 10, true, phys,
     pv_text<[](const PvRow& p) { return p.missing ? "missing" : ""; }>},
    {"pv_pe_count", "PE", 3, true, phys, pv_number<[](const PvRow& p) { return p.extents; }>},
    {"pv_pe_alloc_count", "Alloc", 0, true, phys, pv_number<[](const PvRow& p) { return p.allocated; }>},
    {"pv_tags", "PV Tags", 0, false, phys, blank},
    {"pv_mda_count", "#PMda", 0, true, phys,
     pv_number<[](const PvRow& p) { return p.labelled && !p.missing; }>},
    {"pv_mda_used_count", "#PMdaUse", 0, true, phys,
     pv_number<[](const PvRow& p) { return p.labelled && !p.missing; }>},
    {"pv_ba_start", "BA Start", 0, true, phys, pv_size<[](const PvRow&) { return Sectors{0}; }>},
    {"pv_ba_size", "BA Size", 0, true, phys, pv_size<[](const PvRow&) { return Sectors{0}; }>},
    {"pv_in_use", "PInUse", 0, true, phys, pv_text<[](const PvRow& p) { return p.in_use ? "used" : ""; }>},
    {"pv_duplicate", "Duplicate", 0, true, phys, blank},
    {"pvseg_start", "Start", 0, true, FieldOf::piece, piece_start},
    {"pvseg_size", "SSize", 0, true, FieldOf::piece, piece_size},
};

template <auto Of>
Cell group_text(const FieldRow& row, const CellStyle&) {
  return text_cell(row.group ? std::string(Of(*row.group)) : "");
}
// The group of those in none is empty.
// A physical volume without a group belongs, to LVM, to one of orphans that nobody may write.
Cell group_attr(const FieldRow& row, const CellStyle&) {
  return text_cell(row.group ? row.group->attr : "r-----");
}
Cell group_permissions(const FieldRow& row, const CellStyle&) {
  return text_cell(row.group ? "writeable" : "read-only");
}
template <auto Of>
Cell group_number(const FieldRow& row, const CellStyle&) {
  return number_cell(row.group ? Of(*row.group) : 0);
}
template <auto Of>
Cell group_size(const FieldRow& row, const CellStyle& style) {
  return size_cell(row.group ? Of(*row.group) : 0, style);
}
std::uint64_t areas(const GroupRow& group) { return group.pv_count - group.missing_pvs; }
Cell group_area(const FieldRow& row, const CellStyle& style) {
  Sectors smallest = 0;
  if (!row.group) return size_cell(0, style);
  for (const PvRow& pv : row.all->pvs) {
    if (pv.group != row.group->name || pv.missing) continue;
    if (smallest == 0 || metadata_area(pv) < smallest) smallest = metadata_area(pv);
  }
  return size_cell(smallest, style);
}

constexpr auto grp = FieldOf::group;
constexpr Field kGroupFields[] = {
    {"vg_fmt", "Fmt", 0, false, grp, group_text<[](const GroupRow&) { return "lvm2"; }>},
    {"vg_uuid", "VG UUID", 38, false, grp,
     group_text<[](const GroupRow& g) { return lvm::uuid_text(g.uuid); }>},
    {"vg_name", "VG", 0, false, grp, group_text<[](const GroupRow& g) { return g.name.str(); }>},
    {"vg_attr", "Attr", 5, false, grp, group_attr},
    {"vg_permissions", "VPerms", 10, false, grp, group_permissions},
    {"vg_extendable", "Extendable", 0, true, grp,
     group_text<[](const GroupRow& g) { return g.resizeable ? "extendable" : ""; }>},
    {"vg_exported", "Exported", 10, true, grp,
     group_text<[](const GroupRow& g) { return g.exported ? "exported" : ""; }>},
    {"vg_autoactivation", "AutoAct", 0, true, grp, group_text<[](const GroupRow&) { return "enabled"; }>},
    {"vg_partial", "Partial", 10, true, grp,
     group_text<[](const GroupRow& g) { return g.partial ? "partial" : ""; }>},
    {"vg_allocation_policy", "AllocPol", 10, false, grp,
     group_text<[](const GroupRow& g) { return lvm::word_of(g.alloc); }>},
    {"vg_clustered", "Clustered", 10, true, grp, blank},
    {"vg_shared", "Shared", 7, true, grp, blank},
    {"vg_size", "VSize", 0, true, grp, group_size<[](const GroupRow& g) { return g.size; }>},
    {"vg_free", "VFree", 0, true, grp, group_size<[](const GroupRow& g) { return g.free; }>},
    {"vg_sysid", "SYS ID", 0, false, grp, blank},
    {"vg_systemid", "System ID", 0, false, grp, blank},
    {"vg_lock_type", "LockType", 0, false, grp, blank},
    {"vg_lock_args", "VLockArgs", 0, false, grp, blank},
    {"vg_extent_size", "Ext", 0, true, grp, group_size<[](const GroupRow& g) { return g.extent; }>},
    {"vg_extent_count", "#Ext", 0, true, grp, group_number<[](const GroupRow& g) { return g.extents; }>},
    {"vg_free_count", "Free", 0, true, grp, group_number<[](const GroupRow& g) { return g.free_extents; }>},
    {"max_lv", "MaxLV", 0, true, grp, group_number<[](const GroupRow& g) { return g.max_volumes; }>},
    {"max_pv", "MaxPV", 0, true, grp, group_number<[](const GroupRow& g) { return g.max_pvs; }>},
    {"pv_count", "#PV", 0, true, grp, group_number<[](const GroupRow& g) { return g.pv_count; }>},
    {"vg_missing_pv_count", "#PV Missing", 0, true, grp,
     group_number<[](const GroupRow& g) { return g.missing_pvs; }>},
    {"lv_count", "#LV", 0, true, grp, group_number<[](const GroupRow& g) { return g.volume_count; }>},
    {"snap_count", "#SN", 0, true, grp, group_number<[](const GroupRow& g) { return g.snapshot_count; }>},
    {"vg_seqno", "Seq", 0, true, grp, group_number<[](const GroupRow& g) { return g.seqno; }>},
    {"vg_tags", "VG Tags", 0, false, grp, blank},
    {"vg_profile", "VProfile", 0, false, grp, blank},
    {"vg_mda_count", "#VMda", 0, true, grp, group_number<areas>},
    {"vg_mda_used_count", "#VMdaUse", 0, true, grp, group_number<areas>},
    {"vg_mda_size", "VMdaSize", 9, true, grp, group_area},
    {"vg_mda_copies", "#VMdaCps", 0, true, grp, group_text<[](const GroupRow&) { return "unmanaged"; }>},
};

}  // namespace

std::span<const Field> segment_fields() { return kSegmentFields; }
std::span<const Field> pv_fields() { return kPvFields; }
std::span<const Field> group_fields() { return kGroupFields; }

}  // namespace rehearse::reports
