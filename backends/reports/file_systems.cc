#include "backends/reports/file_systems.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "backends/reports/columns.h"
#include "model/fs/ext4.h"
#include "model/fs/path.h"
#include "model/fs/space.h"
#include "model/io.h"

namespace rehearse::reports {
namespace {

const std::vector<Column>& df_columns() {
  static const std::vector<Column> columns = {
      {"source", "Filesystem", 14, false}, {"fstype", "Type", 4, false}, {"size", "1K-blocks", 5, true},
      {"used", "Used", 5, true},           {"avail", "Avail", 5, true},  {"pcent", "Use%", 4, true},
      {"target", "Mounted on", 0, false}};
  return columns;
}

// gnulib human_readable: upwards, with one decimal below ten.
std::string human(Bytes bytes) {
  static constexpr std::string_view kLetters = " KMGTPE";
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024.0 && unit + 1 < kLetters.size()) {
    value /= 1024.0;
    ++unit;
  }
  if (unit == 0) return std::to_string(bytes);
  double tenths = std::ceil(value * 10.0) / 10.0;
  if (tenths < 10.0) return fmt::format("{:.1f}{}", tenths, kLetters[unit]);
  double whole = std::ceil(value);
  if (whole >= 1024.0 && unit + 1 < kLetters.size()) return fmt::format("1.0{}", kLetters[unit + 1]);
  return fmt::format("{:.0f}{}", whole, kLetters[unit]);
}

std::string df_cell(const FileSystemUse& use, const std::string& id, bool in_human) {
  const auto blocks = [&](Bytes bytes) {
    return in_human ? human(bytes) : std::to_string(divide_up(bytes, kKiB));
  };
  if (id == "source") return use.source;
  if (id == "fstype") return use.type;
  if (id == "size") return blocks(use.size);
  if (id == "used") return blocks(use.used);
  if (id == "avail") return blocks(use.available);
  if (id == "target") return use.target;
  const Bytes total = use.used + use.available;
  return total == 0 ? "-" : fmt::format("{}%", divide_up(use.used * 100, total));
}

// The file system that holds the path: the last one mounted on the longest part of it.
const FileSystemUse* holding(const std::vector<FileSystemUse>& all, const Host& host,
                             const std::string& path) {
  const FileSystemUse* best = nullptr;
  for (const FileSystemUse& use : all) {
    if (path.starts_with("/dev/") && device_name(host, path) == use.device) return &use;
    const bool below = path == use.target || path.starts_with(use.target == "/" ? "/" : use.target + "/");
    if (below && (!best || use.target.size() >= best->target.size())) best = &use;
  }
  return best;
}

}  // namespace

std::vector<FileSystemUse> file_systems(const World& world, Name host) {
  const Host& machine = *world.hosts.find(host);
  std::vector<FileSystemUse> all;
  if (!machine.mounts) return all;
  for (const fs::Mount& mount : *machine.mounts) {
    FileSystemUse use;
    use.device = mount.device;
    // By the name that the device had when it was mounted.
    const Name then = mount.device.empty() ? Name() : device_name(machine, mount.source);
    use.source =
        mount.device.empty() ? mount.source.str() : "/dev/" + (then.empty() ? mount.device : then).str();
    use.target = mount.target.str();
    use.type = mount.type.str();
    use.options = mount.read_only ? "ro," : "rw,";
    use.options += mount.options.empty() ? "relatime" : mount.options.str();
    if (mount.super) {
      const fs::Superblock& super = *mount.super;
      const std::uint64_t room = fs::room(mount);
      use.size = (super.blocks - super.overhead_blocks) * super.block_size;
      use.used = use.size - super.free_blocks * super.block_size;
      use.available = (room > super.reserved_blocks ? room - super.reserved_blocks : 0) * super.block_size;
      use.inodes = super.inodes;
      use.free_inodes = super.free_inodes;
    }
    all.push_back(std::move(use));
  }
  return all;
}

// util-linux lib/strutils.c size_to_human_string.
std::string short_size(Bytes bytes) {
  static constexpr std::string_view kLetters = "BKMGTPE";
  std::size_t unit = 0;
  while (unit + 1 < kLetters.size() && bytes >> (10 * (unit + 1)) > 0) ++unit;
  const Bytes one = Bytes{1} << (10 * unit);
  Bytes whole = bytes / one;
  Bytes tenths = (bytes % one * 1000 / one + 50) / 100;
  if (tenths == 10) {
    ++whole;
    tenths = 0;
  }
  return tenths == 0 ? fmt::format("{}{}", whole, kLetters[unit])
                     : fmt::format("{}.{}{}", whole, tenths, kLetters[unit]);
}

bool read_value(std::string_view text, DfFields& value) {
  value.text = text;
  return all_known(df_columns(), value.text);
}
std::string show_value(const DfFields& value) { return value.text; }

void print(const World& world, Name host, const Df& form, Report& report) {
  const Host& machine = *world.hosts.find(host);
  const auto all = file_systems(world, host);
  Table table;
  const char* usual =
      form.types ? "source,fstype,size,used,avail,pcent,target" : "source,size,used,avail,pcent,target";
  table.columns = columns_listed(df_columns(), form.fields ? form.fields->text : usual);
  for (Column& column : table.columns) {
    if (column.id == "size" && form.human) column.heading = "Size";
    if (column.id == "avail" && !form.human && !form.fields) column.heading = "Available";
  }
  for (const std::string& path : form.paths) {
    const bool there = path.starts_with("/dev/")
                           ? machine.device(device_name(machine, path)) != nullptr
                           : fs::file_at(world, host, path) || fs::directory_at(world, host, path);
    const FileSystemUse* use = there ? holding(all, machine, path) : nullptr;
    if (!there) {
      report.err("df: {}: No such file or directory", path);
      report.status = 1;
    }
    if (!use) continue;
    std::vector<Cell> cells;
    for (const Column& column : table.columns)
      cells.push_back({df_cell(*use, column.id, form.human), std::nullopt});
    table.rows.push_back(std::move(cells));
  }
  TableStyle style;
  style.margin = "";
  style.headings_like_cells = true;
  style.pads_last = false;
  print_table(table, style, report);
}

void print(const World& world, Name host, const ListMounts& form, Report& report) {
  for (const FileSystemUse& use : file_systems(world, host)) {
    if (form.type && *form.type != use.type) continue;
    report.out("{} on {} type {} ({})", use.source, use.target, use.type, use.options);
  }
}

void print(const World& world, Name host, const FindMount& form, Report& report) {
  const Host& machine = *world.hosts.find(host);
  Table table;
  table.columns = {{"TARGET", "TARGET", 0, false},
                   {"SOURCE", "SOURCE", 0, false},
                   {"FSTYPE", "FSTYPE", 0, false},
                   {"OPTIONS", "OPTIONS", 0, false}};
  for (const FileSystemUse& use : file_systems(world, host)) {
    const bool device = form.what.starts_with("/dev/") && device_name(machine, form.what) == use.device;
    if (!device && form.what != use.target) continue;
    table.rows.push_back({{use.target, {}}, {use.source, {}}, {use.type, {}}, {use.options, {}}});
  }
  if (table.rows.empty()) report.status = 1;
  TableStyle style;
  style.margin = "";
  style.pads_last = false;
  print_table(table, style, report);
}

std::vector<std::string> proc_mounts(const World& world, Name host) {
  std::vector<std::string> lines;
  for (const FileSystemUse& use : file_systems(world, host)) {
    lines.push_back(fmt::format("{} {} {} {} 0 0", use.source, use.target, use.type, use.options));
  }
  return lines;
}

}  // namespace rehearse::reports
