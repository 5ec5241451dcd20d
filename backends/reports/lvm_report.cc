#include "backends/reports/lvm_report.h"

#include <algorithm>

#include "backends/reports/lvm_operands.h"
#include "model/lvm/warnings.h"
#include "model/text.h"

namespace rehearse::reports {
namespace {

// Which things a row of the report is: it follows from the columns.
enum class RowOf : std::uint8_t { volume, segment, pv, piece, group };

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  for (const std::string_view name : split(list, ',')) {
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

std::string_view prefix_of(ReportOn on) {
  return on == ReportOn::volumes ? "lv_" : on == ReportOn::groups ? "vg_" : "pv_";
}

// lib/config/config_settings.h: the defaults of report/*_cols.
std::string default_columns(const ReportAsked& asked) {
  switch (asked.on) {
    case ReportOn::volumes:
      if (asked.segments) return "lv_name,vg_name,lv_attr,stripes,segtype,seg_size";
      if (asked.verbose > 0) {
        return "lv_name,vg_name,seg_count,lv_attr,lv_size,lv_major,lv_minor,lv_kernel_major,lv_kernel_minor,"
               "pool_lv,"
               "origin,data_percent,metadata_percent,move_pv,copy_percent,mirror_log,convert_lv,lv_uuid,lv_"
               "profile";
      }
      return "lv_name,vg_name,lv_attr,lv_size,pool_lv,origin,data_percent,metadata_percent,move_pv,mirror_"
             "log,"
             "copy_percent,convert_lv";
    case ReportOn::groups:
      if (asked.verbose > 0) {
        return "vg_name,vg_attr,vg_extent_size,pv_count,lv_count,snap_count,vg_size,vg_free,vg_uuid,vg_"
               "profile";
      }
      return "vg_name,pv_count,lv_count,snap_count,vg_attr,vg_size,vg_free";
    case ReportOn::pvs:
      break;
  }
  std::string columns = "pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free";
  if (asked.segments) return columns + ",pvseg_start,pvseg_size";
  return asked.verbose > 0 ? columns + ",dev_size,pv_uuid" : columns;
}

std::string default_sort(const ReportAsked& asked) {
  if (asked.on == ReportOn::volumes) return asked.segments ? "vg_name,lv_name,seg_start" : "vg_name,lv_name";
  if (asked.on == ReportOn::groups) return "vg_name";
  return asked.segments ? "pv_name,pvseg_start" : "pv_name";
}

class LvmReport {
 public:
  LvmReport(const ReportAsked& asked, Report& report) : asked_(asked), report_(report) {
    style_.units = asked.units.value_or(Units{});
    style_.suffix = !asked.no_suffix;
  }

  void operator()(const World& world, Name host) {
    if (!style_.units.valid()) {
      report_.err("  Invalid units specification");
      report_.err("  Run `{} --help' for more information.", asked_.command);
      report_.status = kMisused;
      return;
    }
    if (!choose_columns() || !choose_keys() || !choose_rows()) {
      report_.status = kFailed;
      return;
    }
    warn_all(lvm::find_groups(world, host), report_);
    const lvm::Observed all = lvm::observe(world, host);
    all_ = &all;
    fill(world, host);
    sort_rows(table_, keys_);
    print_table(table_, table_style(), report_);
  }

 private:
  bool unknown(const std::string& name, const char* who) {
    report_.err("   ");  // behind the list of all columns, which is left out here
    report_.err("  {}Unrecognised field: {}", who, name);
    return false;
  }

  // A list without a sign stands for those before it, `+` adds to them, `-` takes away.
  bool choose_columns() {
    std::vector<std::string> names = names_in(default_columns(asked_));
    for (const ColumnList& list : asked_.columns) {
      if (list.text.empty()) {
        report_.err("  Invalid options string: ");
        return false;
      }
      const char sign = list.text[0];
      const std::string text = sign == '+' || sign == '-' ? list.text.substr(1) : list.text;
      if (sign != '+' && sign != '-') names.clear();
      for (std::string name : names_in(text)) {
        if (sign != '-') {
          names.push_back(name);
          continue;
        }
        if (name[0] == '-') name.erase(0, 1);
        const Field* field = find_field(name, prefix_of(asked_.on));
        std::erase_if(names, [&](const std::string& other) {
          return field && find_field(other, prefix_of(asked_.on)) == field;
        });
      }
    }
    for (const std::string& name : names) {
      const Field* field = find_field(name, prefix_of(asked_.on));
      if (!field) return unknown(name, "");
      shown_.push_back(field);
    }
    for (const Field* field : shown_) {
      table_.columns.push_back(
          {std::string(field->id), std::string(field->heading), field->width, field->right});
    }
    return true;
  }

  bool choose_keys() {
    sorted_ = shown_;
    for (std::string name : names_in(asked_.sort ? asked_.sort->text : default_sort(asked_))) {
      const bool descending = name[0] == '-';
      if (name[0] == '-' || name[0] == '+') name.erase(0, 1);
      const Field* field = find_field(name, prefix_of(asked_.on));
      if (!field) return unknown(name, "dm_report: ");
      const auto at = std::find(sorted_.begin(), sorted_.end(), field);
      keys_.push_back({static_cast<std::size_t>(at - sorted_.begin()), descending});
      if (at == sorted_.end()) sorted_.push_back(field);
    }
    return true;
  }

  bool has(std::initializer_list<FieldOf> kinds) const {
    return std::any_of(sorted_.begin(), sorted_.end(), [&](const Field* field) {
      return std::find(kinds.begin(), kinds.end(), field->of) != kinds.end();
    });
  }

  std::string_view kind() const {
    if (asked_.on == ReportOn::groups) return "vg";
    if (asked_.on == ReportOn::volumes) return asked_.segments ? "seg" : "lv";
    return asked_.segments ? "pvseg" : "pv";
  }

  bool choose_rows() {
    const bool of_volumes = has({FieldOf::volume, FieldOf::segment});
    const bool of_pvs = has({FieldOf::label, FieldOf::pv, FieldOf::piece});
    if (asked_.on == ReportOn::pvs) {
      rows_ = of_volumes || asked_.segments || has({FieldOf::piece}) ? RowOf::piece : RowOf::pv;
    } else if ((asked_.on == ReportOn::volumes || of_volumes) && of_pvs) {
      report_.err("  Can't report LV and PV fields at the same time in report type \"{}\".", kind());
      return false;
    } else if (asked_.on == ReportOn::volumes || of_volumes) {
      rows_ = asked_.segments || has({FieldOf::segment}) ? RowOf::segment : RowOf::volume;
    } else {
      rows_ = has({FieldOf::piece}) ? RowOf::piece : of_pvs ? RowOf::pv : RowOf::group;
    }
    return true;
  }

  const lvm::GroupRow* group(Name name) const {
    const auto at = std::find_if(all_->groups.begin(), all_->groups.end(),
                                 [&](const auto& row) { return row.name == name; });
    return at == all_->groups.end() ? nullptr : &*at;
  }

  void add(FieldRow row) {
    row.all = all_;
    std::vector<Cell> cells;
    for (const Field* field : sorted_) cells.push_back(field->cell(row, style_));
    table_.rows.push_back(std::move(cells));
  }

  void add_volume(const lvm::VolumeRow& volume) {
    FieldRow row;
    row.group = group(volume.group);
    row.volume = &volume;
    if (rows_ != RowOf::segment) return add(row);
    for (const lvm::VolumeSegmentRow& segment : volume.segments) {
      row.segment = &segment;
      add(row);
    }
  }

  void add_pv(const lvm::PvRow& pv) {
    FieldRow row;
    row.group = group(pv.group);
    row.pv = &pv;
    if (rows_ != RowOf::piece) return add(row);
    for (const lvm::PvPiece& piece : pv.pieces) {
      row.piece = &piece;
      row.volume = nullptr;
      row.segment = nullptr;
      for (const lvm::VolumeRow& volume : all_->volumes) {
        if (volume.group == pv.group && volume.name == piece.volume) row.volume = &volume;
      }
      for (std::size_t i = 0; row.volume && i < row.volume->segments.size(); ++i) {
        const lvm::VolumeSegmentRow& segment = row.volume->segments[i];
        if (segment.path == pv.path && segment.pv_first == piece.first) row.segment = &segment;
      }
      add(row);
    }
    if (pv.pieces.empty()) add(row);
  }

  void fill(const World& world, Name host) {
    if (asked_.on == ReportOn::volumes) {
      for (const auto* volume : chosen_volumes(*all_, asked_.names, asked_.all, report_)) add_volume(*volume);
    } else if (asked_.on == ReportOn::pvs) {
      for (const auto* pv : chosen_pvs(world, host, *all_, asked_.names, asked_.all, report_)) add_pv(*pv);
    } else {
      for (const auto* row : chosen_groups(*all_, asked_.names, report_)) add_group(*row);
    }
  }

  void add_group(const lvm::GroupRow& row) {
    if (rows_ == RowOf::group) {
      FieldRow cells;
      cells.group = &row;
      return add(cells);
    }
    if (rows_ == RowOf::pv || rows_ == RowOf::piece) {
      for (const lvm::PvRow& pv : all_->pvs) {
        if (pv.group == row.name) add_pv(pv);
      }
      return;
    }
    Report ignored;
    ignored.muted = true;
    for (const auto* volume : chosen_volumes(*all_, {row.name.str()}, asked_.all, ignored))
      add_volume(*volume);
  }

  TableStyle table_style() {
    table_.kind = kind();
    TableStyle style;
    style.headings = !asked_.no_headings;
    style.separator = asked_.separator.value_or(" ");
    style.aligned = !asked_.separator || asked_.aligned;
    style.transposed = asked_.transposed;
    style.prefixes = asked_.prefixes;
    style.quoted = !asked_.unquoted;
    style.json = asked_.format == ReportFormat::json;
    return style;
  }

  const ReportAsked& asked_;
  Report& report_;
  CellStyle style_;
  std::vector<const Field*> shown_;
  std::vector<const Field*> sorted_;  // the same, and those behind that are only sorted by
  std::vector<SortKey> keys_;
  RowOf rows_ = RowOf::volume;
  const lvm::Observed* all_ = nullptr;
  Table table_;
};

}  // namespace

bool read_value(std::string_view text, ColumnList& value) {
  value.text = text;
  for (std::string name : names_in(value.text)) {
    if (name[0] == '+' || name[0] == '-') name.erase(0, 1);
    for (const char* prefix : {"lv_", "vg_", "pv_"}) {
      if (!find_field(name, prefix) && unmodelled_field(name, prefix)) return false;
    }
  }
  return true;
}
std::string show_value(const ColumnList& value) { return value.text; }

bool read_value(std::string_view text, ReportFormat& value) {
  value = text == "json" ? ReportFormat::json : ReportFormat::basic;
  return text == "json" || text == "basic";
}
std::string show_value(ReportFormat value) { return value == ReportFormat::json ? "json" : "basic"; }

void print(const World& world, Name host, const ReportAsked& asked, Report& report) {
  LvmReport(asked, report)(world, host);
}

}  // namespace rehearse::reports
