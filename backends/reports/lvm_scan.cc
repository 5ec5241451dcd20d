#include "backends/reports/lvm_scan.h"

#include <algorithm>

#include "backends/reports/lvm_fields.h"
#include "backends/reports/lvm_operands.h"
#include "model/lvm/values.h"
#include "model/lvm/warnings.h"

namespace rehearse::reports {
namespace {

std::string display_size(Sectors sectors) {
  return size_text(sectors * kSector, Units{}, SizeStyle::display);
}

}  // namespace

void print(const World& world, Name host, const ScanVolumes& form, Report& report) {
  warn_all(lvm::find_groups(world, host), report);
  const lvm::Observed all = lvm::observe(world, host);
  auto rows = chosen_volumes(all, {}, form.all, report);
  std::stable_sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) {
    return a->group == b->group && a->merging < b->merging;
  });
  for (const lvm::VolumeRow* row : rows) {
    const bool snapshot = !row->origin.empty();
    const bool works = row->active && !(snapshot && row->invalid);
    const char* kind = snapshot ? " Snapshot" : row->snapshots.empty() ? "         " : " Original";
    report.out("  {}{} '/dev/{}/{}' [{}] {}", works ? "ACTIVE  " : "inactive", kind, row->group.str(),
               row->name.str(), display_size(row->size), lvm::word_of(row->alloc));
  }
}

}  // namespace rehearse::reports
