// dmsetup info, table and status.
#include <fmt/format.h>

#include <algorithm>

#include "backends/observe/numbers.h"
#include "backends/observe/reports.h"
#include "backends/reports/dmsetup.h"

namespace rehearse {
namespace {

using observing::read_number;

constexpr std::string_view kNone = "No devices found";

seen::MappedDevice* mapped(Observation& seen, std::string_view name) {
  const auto at = std::find_if(seen.mapped.begin(), seen.mapped.end(),
                               [&](const seen::MappedDevice& device) { return device.name == name; });
  return at == seen.mapped.end() ? nullptr : &*at;
}

// Calls take(device, target) for each line; a device without a table has one with its name alone.
template <class Take>
ReadProblem read_targets(std::string_view command, std::string_view text, Observation& seen, Take take) {
  for (const std::string_view line : line_views(text)) {
    if (line == kNone) continue;
    const auto wrong = [&](std::string what) {
      return Unobserved{std::string(command), fmt::format("{}: \"{}\"", what, line)};
    };
    if (line.ends_with(": ") && mapped(seen, line.substr(0, line.size() - 2))) continue;
    auto target = reports::read_dm_target(line);
    if (!target || target->device.empty()) return wrong("expected DEVICE: START LENGTH TARGET ...");
    seen::MappedDevice* device = mapped(seen, target->device);
    if (!device) return wrong("expected a device that dmsetup info tells of");
    if (!take(*device, std::move(*target))) return wrong("expected a line of the device's table");
  }
  return std::nullopt;
}

}  // namespace

ReadProblem read_dm_info(std::string_view text, Observation& seen, DeviceNames& names) {
  for (const std::string_view line : line_views(text)) {
    if (line == kNone) continue;
    const auto pieces = split(line, '|');
    const auto wrong =
        Unobserved{"dmsetup info", fmt::format("expected NAME|MAJOR|MINOR|ATTR|OPEN: \"{}\"", line)};
    if (pieces.size() != 5) return wrong;
    const auto number = reports::read_device_number(fmt::format("{}:{}", pieces[1], pieces[2]));
    const auto open = read_number(pieces[4]);
    if (pieces[0].empty() || !number || !open || pieces[3].size() != 4) return wrong;
    if (mapped(seen, pieces[0])) return wrong;
    const std::string name = fmt::format("mapper/{}", pieces[0]);
    names.by_number.emplace_back(*number, name);
    names.by_kernel.emplace_back(fmt::format("dm-{}", number->minor), name);
    seen.mapped.push_back(
        {std::string(pieces[0]), number->minor, pieces[3][3] == 'r', pieces[3][2] == 's', *open, {}});
  }
  return std::nullopt;
}

ReadProblem read_dm_table(std::string_view text, Observation& seen) {
  return read_targets("dmsetup table", text, seen, [](seen::MappedDevice& device, reports::DmTarget target) {
    device.targets.push_back({target.range.first, target.range.count, target.type, target.arguments, ""});
    return true;
  });
}

ReadProblem read_dm_status(std::string_view text, Observation& seen) {
  return read_targets("dmsetup status", text, seen, [](seen::MappedDevice& device, reports::DmTarget target) {
    for (seen::Target& row : device.targets) {
      if (row.first != target.range.first || row.type != target.type) continue;
      row.status = target.arguments;
      return true;
    }
    return false;
  });
}

}  // namespace rehearse
