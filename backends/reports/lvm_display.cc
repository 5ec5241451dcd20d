#include "backends/reports/lvm_display.h"

#include <algorithm>

#include "backends/reports/lvm_fields.h"
#include "backends/reports/lvm_operands.h"
#include "model/lvm/values.h"
#include "model/lvm/warnings.h"

namespace rehearse::reports {
namespace {

using lvm::GroupRow;
using lvm::Observed;
using lvm::PvRow;
using lvm::VolumeRow;

// What the forms have in common: units that must be valid, warnings first, then one thing after the other.
class Display {
 public:
  Display(const World& world, Name host, const std::optional<Units>& units, std::string_view command,
          Report& report)
      : world_(world), host_(host), units_(units.value_or(Units{})), report_(report) {
    if (units_.valid()) {
      warn_all(lvm::find_groups(world, host), report);
      all_ = lvm::observe(world, host);
      return;
    }
    usable_ = false;
    report.err("  Invalid units specification");
    report.err("  Run `{} --help' for more information.", command);
    report.status = kMisused;
  }

  bool usable() const { return usable_; }
  const Observed& all() const { return all_; }
  std::vector<const VolumeRow*> volumes(const std::vector<std::string>& names, bool hidden) {
    auto chosen = chosen_volumes(all_, names, hidden, report_);
    if (!hidden) std::erase_if(chosen, [](const VolumeRow* row) { return row->merging; });
    std::stable_sort(chosen.begin(), chosen.end(), [](const VolumeRow* a, const VolumeRow* b) {
      return a->group == b->group && a->merging < b->merging;
    });
    return chosen;
  }
  std::vector<const GroupRow*> groups(const std::vector<std::string>& names) {
    return chosen_groups(all_, names, report_);
  }
  std::vector<const PvRow*> pvs(const std::vector<std::string>& names) {
    return chosen_pvs(world_, host_, all_, names, false, report_);
  }
  const GroupRow* group(Name name) const {
    for (const GroupRow& row : all_.groups) {
      if (row.name == name) return &row;
    }
    return nullptr;
  }

  std::string size(Sectors sectors) const { return size_text(sectors * kSector, units_, SizeStyle::display); }
  template <class... T>
  void line(fmt::format_string<T...> format, T&&... args) {
    report_.out("  {}", fmt::format(format, std::forward<T>(args)...));
  }
  void gap() { report_.out("   "); }
  Name host() const { return host_; }

  void volume(const VolumeRow& row, bool maps);
  void pv(const PvRow& row, bool maps);
  void announce(const PvRow& row);
  void group(const GroupRow& row);

 private:
  void snapshot_status(const VolumeRow& row);
  void volume_size(const VolumeRow& row);

  const World& world_;
  Name host_;
  Units units_;
  Report& report_;
  bool usable_ = true;
  Observed all_;
};

bool works(const VolumeRow& row) { return row.active && !row.invalid; }

void Display::snapshot_status(const VolumeRow& row) {
  if (!row.snapshots.empty()) {
    line("LV snapshot status     source of");
    for (Name name : row.snapshots) {
      for (const VolumeRow& other : all_.volumes) {
        if (other.group != row.group || other.name != name) continue;
        line("                       {} [{}]", name.str(), works(other) ? "active" : "INACTIVE");
      }
    }
  }
  if (!row.origin.empty()) {
    line("LV snapshot status     {} destination for {}", works(row) ? "active" : "INACTIVE",
         row.origin.str());
  }
}

void Display::volume_size(const VolumeRow& row) {
  if (row.origin.empty()) {
    line("LV Size                {}", size(row.size));
    line("Current LE             {}", row.extents);
    return;
  }
  line("LV Size                {}", size(row.origin_size));
  line("Current LE             {}", row.origin_extents);
  line("COW-table size         {}", size(row.size));
  line("COW-table LE           {}", row.extents);
  if (works(row) && row.data_percent) line("Allocated to snapshot  {:.2f}%", *row.data_percent);
  line("Snapshot chunk size    {}", size(row.chunk));
}

// lvm2 lib/display/display.c lvdisplay_full. The time of making is nobody's to know here.
void Display::volume(const VolumeRow& row, bool maps) {
  line("--- Logical volume ---");
  if (row.merging) {
    line("Internal LV Name       {}", row.name.str());
  } else {
    line("LV Path                /dev/{}/{}", row.group.str(), row.name.str());
    line("LV Name                {}", row.name.str());
  }
  line("VG Name                {}", row.group.str());
  line("LV UUID                {}", lvm::uuid_text(row.uuid));
  line("LV Write Access        {}", row.writable ? "read/write" : "read only");
  line("LV Creation host, time {}, <time>", host_.str());
  snapshot_status(row);
  line("LV Status              {}", row.active ? "available" : "NOT available");
  if (row.active) line("# open                 {}", row.open_count);
  volume_size(row);
  line("Segments               {}", row.segments.size());
  line("Allocation             {}", lvm::word_of(row.alloc));
  line("Read ahead sectors     auto");
  if (row.active) line("- currently set to     256");
  if (row.active && row.minor) line("Block device           253:{}", *row.minor);
  gap();
  if (!maps) return;
  line("--- Segments ---");
  for (const lvm::VolumeSegmentRow& segment : row.segments) {
    line("Logical extents {} to {}:", segment.first, segment.first + segment.count - 1);
    line("  Type\t\tlinear");
    line("  Physical volume\t{}", segment.path.str());
    line("  Physical extents\t{} to {}", segment.pv_first, segment.pv_first + segment.count - 1);
    gap();
  }
  gap();
}

void Display::announce(const PvRow& row) {
  if (row.group.empty()) line("\"{}\" is a new physical volume of \"{}\"", row.path.str(), size(row.size));
  if (row.exported)
    line("Physical volume \"{}\" of volume group \"{}\" is exported", row.path.str(), row.group.str());
}

void Display::pv(const PvRow& row, bool maps) {
  announce(row);
  line("--- {}hysical volume ---", row.group.empty() ? "NEW P" : "P");
  line("PV Name               {}", row.path.str());
  line("VG Name               {}{}", row.group.str(), row.exported ? " (exported)" : "");
  const std::string whole = size(row.device_size);
  if (row.extents > 0) {
    line("PV Size               {} / not usable {}", whole, size(row.device_size - row.extents * row.extent));
  } else {
    line("PV Size               {}", whole);
  }
  const bool full = row.extents > 0 && row.allocated == row.extents;
  line("Allocatable           {}", !row.allocatable ? "NO" : full ? "yes (but full)" : "yes ");
  line("PE Size               {}", size(row.extent));
  line("Total PE              {}", row.extents);
  line("Free PE               {}", row.extents - row.allocated);
  line("Allocated PE          {}", row.allocated);
  line("PV UUID               {}", lvm::uuid_text(row.uuid));
  gap();
  if (!maps) return;
  line("--- Physical Segments ---");
  for (const lvm::PvPiece& piece : row.pieces) {
    line("Physical extent {} to {}:", piece.first, piece.first + piece.count - 1);
    if (piece.volume.empty()) {
      line("  FREE");
      continue;
    }
    line("  Logical volume\t/dev/{}/{}", row.group.str(), piece.volume.str());
    line("  Logical extents\t{} to {}", piece.volume_first, piece.volume_first + piece.count - 1);
  }
  gap();
}

void Display::group(const GroupRow& row) {
  const std::uint64_t here = row.pv_count - row.missing_pvs;
  const std::uint64_t allocated = row.extents - row.free_extents;
  line("--- Volume group ---");
  line("VG Name               {}", row.name.str());
  line("System ID             ");
  line("Format                lvm2");
  line("Metadata Areas        {}", here);
  line("Metadata Sequence No  {}", row.seqno);
  line("VG Access             read/write");
  line("VG Status             {}{}resizable", row.exported ? "exported/" : "", row.resizeable ? "" : "NOT ");
  line("MAX LV                {}", row.max_volumes);
  line("Cur LV                {}", row.volume_count);
  line("Open LV               {}", row.open_volumes);
  line("Max PV                {}", row.max_pvs);
  line("Cur PV                {}", row.pv_count);
  line("Act PV                {}", here);
  line("VG Size               {}", size(row.size));
  line("PE Size               {}", size(row.extent));
  line("Total PE              {}", row.extents);
  line("Alloc PE / Size       {} / {}", allocated, size(allocated * row.extent));
  line("Free  PE / Size       {} / {}", row.free_extents, size(row.free));
  line("VG UUID               {}", lvm::uuid_text(row.uuid));
  gap();
}

}  // namespace

void print(const World& world, Name host, const DisplayVolumes& form, Report& report) {
  Display display(world, host, form.units, "lvdisplay", report);
  if (!display.usable()) return;
  for (const VolumeRow* row : display.volumes(form.names, form.all)) display.volume(*row, form.maps);
}

void print(const World& world, Name host, const DisplayVolumesByColon& form, Report& report) {
  Display display(world, host, std::nullopt, "lvdisplay", report);
  for (const VolumeRow* row : display.volumes(form.names, form.all)) {
    const std::string device = row->active && row->minor ? fmt::format("253:{}", *row->minor) : "-1:-1";
    display.line("/dev/{}/{}:{}:{}:{}:-1:{}:{}:{}:-1:{}:-1:{}", row->group.str(), row->name.str(),
                 row->group.str(), row->writable ? 3 : 1, row->active ? 1 : 0, row->open_count, row->size,
                 row->extents, row->alloc == lvm::Alloc::contiguous ? 2 : 0, device);
  }
}

void print(const World& world, Name host, const DisplayGroups& form, Report& report) {
  Display display(world, host, form.units, "vgdisplay", report);
  if (!display.usable()) return;
  for (const GroupRow* row : display.groups(form.names)) {
    display.group(*row);
    if (form.verbose == 0) continue;
    for (const VolumeRow* volume : display.volumes({row->name.str()}, false)) display.volume(*volume, false);
    display.line("--- Physical volumes ---");
    for (const PvRow& pv : display.all().pvs) {
      if (pv.group != row->name) continue;
      display.line("PV Name               {}     ", pv.path.str());
      display.line("PV UUID               {}", lvm::uuid_text(pv.uuid));
      display.line("PV Status             {}allocatable", pv.allocatable ? "" : "NOT ");
      display.line("Total PE / Free PE    {} / {}", pv.extents, pv.extents - pv.allocated);
      display.gap();
    }
  }
}

void print(const World& world, Name host, const DisplayGroupsShort& form, Report& report) {
  Display display(world, host, form.units, "vgdisplay", report);
  if (!display.usable()) return;
  for (const GroupRow* row : display.groups(form.names)) {
    display.line("\"{}\" {:<9} [{:<9} used / {:<9} free]", row->name.str(), display.size(row->size),
                 display.size(row->size - row->free), display.size(row->free));
  }
}

void print(const World& world, Name host, const DisplayGroupsByColon& form, Report& report) {
  Display display(world, host, std::nullopt, "vgdisplay", report);
  for (const GroupRow* row : display.groups(form.names)) {
    const int status = 0x300 + (row->resizeable ? 4 : 0) + (row->exported ? 2 : 0);  // readable and writable
    display.line("{}:r/w:{}:-1:{}:{}:{}:-1:{}:{}:{}:{}:{}:{}:{}:{}:{}", row->name.str(), status,
                 row->max_volumes, row->volume_count, row->open_volumes, row->max_pvs, row->pv_count,
                 row->pv_count - row->missing_pvs, row->size / 2, row->extent / 2, row->extents,
                 row->extents - row->free_extents, row->free_extents, lvm::uuid_text(row->uuid));
  }
}

void print(const World& world, Name host, const DisplayPvs& form, Report& report) {
  Display display(world, host, form.units, "pvdisplay", report);
  if (!display.usable()) return;
  for (const PvRow* row : display.pvs(form.names)) display.pv(*row, form.maps);
}

void print(const World& world, Name host, const DisplayPvsShort& form, Report& report) {
  Display display(world, host, form.units, "pvdisplay", report);
  if (!display.usable()) return;
  for (const PvRow* row : display.pvs(form.names)) {
    display.line("Device \"{}\" has a capacity of {}", row->path.str(), display.size(row->free));
  }
}

void print(const World& world, Name host, const DisplayPvsByColon& form, Report& report) {
  Display display(world, host, std::nullopt, "pvdisplay", report);
  for (const PvRow* row : display.pvs(form.names)) {
    display.announce(*row);
    const int status = (row->allocatable ? 8 : 0) + (row->exported ? 2 : 0) + (row->missing ? 0x800020 : 0);
    display.line("{}:{}:{}:-1:{}:{}:-1:{}:{}:{}:{}:{}", row->path.str(), row->group.str(), row->device_size,
                 status, row->allocatable ? 8 : 0, row->extent / 2, row->extents,
                 row->extents - row->allocated, row->allocated, lvm::uuid_text(row->uuid));
  }
}

}  // namespace rehearse::reports
