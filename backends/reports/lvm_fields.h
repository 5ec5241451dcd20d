// The columns that lvs, vgs and pvs can show, with LVM's own names, headings, widths and alignment. A row of
// a report knows a piece of each kind of thing that its columns speak of; a column of a kind that the row has
// none of is blank.
#pragma once

#include <span>
#include <string_view>

#include "backends/reports/columns.h"
#include "backends/reports/sizes.h"
#include "model/lvm/observe.h"
#include "model/lvm/values.h"

namespace rehearse::reports {

enum class FieldOf : std::uint8_t { volume, segment, label, pv, piece, group };

struct FieldRow {
  const lvm::Observed* all = nullptr;
  const lvm::GroupRow* group = nullptr;
  const lvm::VolumeRow* volume = nullptr;
  const lvm::VolumeSegmentRow* segment = nullptr;
  const lvm::PvRow* pv = nullptr;
  const lvm::PvPiece* piece = nullptr;
};

/// How the cells of one report show sizes.
struct CellStyle {
  Units units;
  bool suffix = true;
};

struct Field {
  std::string_view id;       // "lv_size"
  std::string_view heading;  // "LSize"
  std::size_t width = 0;
  bool right = false;
  FieldOf of = FieldOf::volume;
  Cell (*cell)(const FieldRow&, const CellStyle&) = nullptr;
};

/// By its name as typed, underscores and case aside, with or without `prefix` ("lv_"). Null if the model has
/// none.
const Field* find_field(std::string_view name, std::string_view prefix);
/// Is it one that LVM has and the model has not?
bool unmodelled_field(std::string_view name, std::string_view prefix);

/// "public,snapshot,thicksnapshot" and its like.
std::string role_of(const lvm::VolumeRow&);

// The lists, by file.
std::span<const Field> volume_fields();
std::span<const Field> segment_fields();
std::span<const Field> pv_fields();
std::span<const Field> group_fields();

// Cells.
inline Cell text_cell(std::string text) { return {std::move(text), std::nullopt}; }
inline Cell blank(const FieldRow&, const CellStyle&) { return text_cell(""); }
Cell number_cell(std::uint64_t number);
Cell size_cell(Sectors size, const CellStyle& style);
/// A number or size that is not known.
Cell blank_number();
/// A property that is shown by a word where it holds.
Cell flag_cell(bool holds, std::string_view word);

}  // namespace rehearse::reports
