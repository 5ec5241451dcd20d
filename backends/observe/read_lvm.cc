// pvs and lvs, as JSON with sizes in bytes.
#include <fmt/format.h>

#include <algorithm>

#include "backends/observe/numbers.h"
#include "backends/observe/reports.h"
#include "backends/reports/columns.h"

namespace rehearse {
namespace {

using reports::JsonReport;

// A row of a report by column; what is wrong is remembered, the first of it.
class Row {
 public:
  Row(const JsonReport& report, const std::vector<std::string>& cells, std::string& wrong)
      : report_(report), cells_(cells), wrong_(wrong) {}

  std::string text(std::string_view id) const {
    const auto at = std::find(report_.ids.begin(), report_.ids.end(), id);
    if (at != report_.ids.end()) return cells_[static_cast<std::size_t>(at - report_.ids.begin())];
    if (wrong_.empty()) wrong_ = fmt::format("expected a column {}", id);
    return "";
  }
  /// Where there is no such thing LVM leaves a blank.
  std::uint64_t number(std::string_view id) const {
    const std::string cell = text(id);
    if (cell.empty()) return 0;
    if (const auto number = observing::read_number(cell)) return *number;
    if (wrong_.empty()) wrong_ = fmt::format("expected a number as {}, got \"{}\"", id, cell);
    return 0;
  }

 private:
  const JsonReport& report_;
  const std::vector<std::string>& cells_;
  std::string& wrong_;
};

template <class Take>
ReadProblem read_rows(std::string_view command, std::string_view text, Take take) {
  const auto report = reports::read_json_report(text);
  if (!report) return Unobserved{std::string(command), "expected a report as JSON"};
  std::string wrong;
  for (const auto& cells : report->rows) {
    take(Row(*report, cells, wrong));
    if (!wrong.empty()) return Unobserved{std::string(command), wrong};
  }
  return std::nullopt;
}

seen::Group group_of(const Row& row) {
  seen::Group group;
  group.name = row.text("vg_name");
  group.uuid = {row.text("vg_uuid")};
  group.attr = row.text("vg_attr");
  group.seqno = row.number("vg_seqno");
  group.extent = row.number("vg_extent_size");
  group.extents = row.number("vg_extent_count");
  group.free_extents = row.number("vg_free_count");
  group.max_volumes = row.number("max_lv");
  group.max_pvs = row.number("max_pv");
  group.tags = row.text("vg_tags");
  return group;
}

seen::Pv pv_of(const Row& row) {
  seen::Pv pv;
  pv.path = row.text("pv_name");
  pv.uuid = {row.text("pv_uuid")};
  pv.group = row.text("vg_name");
  pv.attr = row.text("pv_attr");
  pv.device_size = row.number("dev_size");
  pv.size = row.number("pv_size");
  pv.free = row.number("pv_free");
  pv.pe_start = row.number("pe_start");
  pv.extents = row.number("pv_pe_count");
  pv.allocated = row.number("pv_pe_alloc_count");
  pv.tags = row.text("pv_tags");
  return pv;
}

seen::Volume volume_of(const Row& row) {
  seen::Volume volume;
  volume.group = row.text("vg_name");
  volume.name = row.text("lv_name");
  // A hidden volume's name stands in brackets.
  if (volume.name.starts_with('[') && volume.name.ends_with(']'))
    volume.name = volume.name.substr(1, volume.name.size() - 2);
  volume.uuid = {row.text("lv_uuid")};
  volume.attr = row.text("lv_attr");
  volume.size = row.number("lv_size");
  volume.origin = row.text("origin");
  if (volume.origin.starts_with('[') && volume.origin.ends_with(']'))
    volume.origin = volume.origin.substr(1, volume.origin.size() - 2);
  volume.origin_size = row.number("origin_size");
  volume.chunk = row.number("chunk_size");
  volume.data_percent = row.text("data_percent");
  volume.tags = row.text("lv_tags");
  return volume;
}

// How many rows of the group there are: where the next one stands.
template <class Item>
std::uint64_t of_group(const std::vector<Item>& items, const std::string& group) {
  return static_cast<std::uint64_t>(
      std::count_if(items.begin(), items.end(), [&](const Item& item) { return item.group == group; }));
}

}  // namespace

ReadProblem read_pvs(std::string_view text, Observation& seen) {
  return read_rows("pvs", text, [&](const Row& row) {
    seen::Pv pv = pv_of(row);
    seen::Group group = group_of(row);
    if (!pv.group.empty()) pv.place = of_group(seen.pvs, pv.group);
    if (pv.place == 0 && !pv.group.empty()) seen.groups.push_back(std::move(group));
    seen.pvs.push_back(std::move(pv));
  });
}

ReadProblem read_lvs(std::string_view text, Observation& seen) {
  return read_rows("lvs", text, [&](const Row& row) {
    seen::Volume volume = volume_of(row);
    const seen::Segment segment{row.number("seg_start_pe"), row.number("seg_size_pe"), row.text("segtype"),
                                row.text("seg_pe_ranges")};
    const auto known = std::find_if(seen.volumes.begin(), seen.volumes.end(), [&](const seen::Volume& other) {
      return other.group == volume.group && other.name == volume.name;
    });
    if (known != seen.volumes.end()) {
      known->segments.push_back(segment);
      return;
    }
    volume.place = of_group(seen.volumes, volume.group);
    volume.segments.push_back(segment);
    seen.volumes.push_back(std::move(volume));
  });
}

}  // namespace rehearse
