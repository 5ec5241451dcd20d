// lvs, vgs and pvs (and lvdisplay, vgdisplay and pvdisplay with -C): what there is, in the columns that were
// asked for.
#pragma once

#include <optional>

#include "backends/reports/lvm_fields.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::reports {

/// The argument of -o: columns of the model's, or none that LVM has.
struct ColumnList {
  std::string text;
  bool operator==(const ColumnList&) const = default;
};
/// False if it names a column that LVM has and the model has not.
bool read_value(std::string_view text, ColumnList& value);
std::string show_value(const ColumnList& value);

enum class ReportFormat : std::uint8_t { basic, json };
bool read_value(std::string_view text, ReportFormat& value);
std::string show_value(ReportFormat value);

enum class ReportOn : std::uint8_t { volumes, groups, pvs };

/// What the commands have in common.
struct ReportAsked {
  ReportOn on = ReportOn::volumes;
  std::string_view command;  // "lvs"
  std::uint32_t verbose = 0;
  bool all = false;
  bool segments = false;
  bool no_headings = false;
  bool no_suffix = false;
  bool aligned = false;
  bool transposed = false;
  bool prefixes = false;
  bool unquoted = false;
  std::vector<ColumnList> columns;
  std::optional<ColumnList> sort;
  std::optional<Units> units;
  std::optional<std::string> separator;
  std::optional<ReportFormat> format;
  std::vector<std::string> names;
};
void print(const World& world, Name host, const ReportAsked& asked, Report& report);

template <ReportOn On, bool Display>
struct ListLvm {
  std::uint32_t verbose = 0;
  bool all = false;
  bool segments = false;
  bool no_headings = false;
  bool no_suffix = false;
  bool aligned = false;
  bool transposed = false;
  bool prefixes = false;
  bool unquoted = false;
  std::vector<ColumnList> columns;
  std::optional<ColumnList> sort;
  std::optional<Units> units;
  std::optional<std::string> separator;
  std::optional<ReportFormat> format;
  std::vector<std::string> names;  // of volumes, groups, or devices

  static constexpr std::string_view command() {
    constexpr std::string_view names[] = {"lvs", "vgs", "pvs", "lvdisplay", "vgdisplay", "pvdisplay"};
    return names[static_cast<std::size_t>(On) + (Display ? 3 : 0)];
  }
  static constexpr Usage usage() {
    using Form = ListLvm;
    Usage usage = usage_of(command(), toggle<&Form::verbose>("-v,--verbose"), toggle<&Form::all>("-a,--all"),
                           toggle<&Form::no_headings>("--noheadings"), toggle<&Form::no_suffix>("--nosuffix"),
                           toggle<&Form::aligned>("--aligned"), maybe<&Form::columns>("-o,--options"),
                           maybe<&Form::sort>("-O,--sort"), maybe<&Form::units>("--units"),
                           maybe<&Form::separator>("--separator"), any<&Form::names>("NAME"));
    const auto add = [&](const UsagePart& part) { usage.parts[usage.count++] = part; };
    if (Display) {
      add(flag("-C,--columns"));
    } else {
      if (On != ReportOn::groups) add(toggle<&Form::segments>("--segments"));
      add(toggle<&Form::transposed>("--rows"));
      add(toggle<&Form::prefixes>("--nameprefixes"));
      add(toggle<&Form::unquoted>("--unquoted"));
      add(maybe<&Form::format>("--reportformat"));
    }
    return usage;
  }
  bool operator==(const ListLvm&) const = default;
};

template <ReportOn On, bool Display>
void print(const World& world, Name host, const ListLvm<On, Display>& form, Report& report) {
  print(world, host,
        ReportAsked{On, form.command(), form.verbose, form.all, form.segments, form.no_headings,
                    form.no_suffix, form.aligned, form.transposed, form.prefixes, form.unquoted, form.columns,
                    form.sort, form.units, form.separator, form.format, form.names},
        report);
}

using ListVolumes = ListLvm<ReportOn::volumes, false>;
using ListGroups = ListLvm<ReportOn::groups, false>;
using ListPvs = ListLvm<ReportOn::pvs, false>;
using DisplayVolumesInColumns = ListLvm<ReportOn::volumes, true>;
using DisplayGroupsInColumns = ListLvm<ReportOn::groups, true>;
using DisplayPvsInColumns = ListLvm<ReportOn::pvs, true>;

}  // namespace rehearse::reports
