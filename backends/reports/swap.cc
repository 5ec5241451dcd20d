// Swap space in use, as the kernel and swapon show it.
#include <fmt/format.h>

#include "backends/reports/columns.h"
#include "backends/reports/device_numbers.h"
#include "backends/reports/file_systems.h"

namespace rehearse::reports {

std::vector<SwapUse> swaps_in_use(const World& world, Name host) {
  const Host& machine = *world.hosts.find(host);
  std::vector<SwapUse> all;
  if (!machine.swaps) return all;
  int next = -2;  // each space without a priority of its own gets the next lower one
  for (const SwapSpace& swap : *machine.swaps) {
    const Device* device = machine.device(swap.device);
    const bool mapped = device && device->mapped();
    SwapUse use;
    use.device = swap.device;
    use.path = mapped ? "/dev/dm-" + std::to_string(device->minor) : "/dev/" + swap.device.str();
    use.size = swap.size * kSector;
    use.priority = next--;
    all.push_back(std::move(use));
  }
  return all;
}

std::vector<std::string> proc_swaps(const World& world, Name host) {
  std::vector<std::string> lines = {"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority"};
  for (const SwapUse& use : swaps_in_use(world, host)) {
    lines.push_back(fmt::format("{:<40}partition\t{}\t\t0\t\t{}", use.path, use.size / kKiB, use.priority));
  }
  return lines;
}

void print(const World& world, Name host, const SwapSummary&, Report& report) {
  const auto lines = proc_swaps(world, host);
  if (lines.size() == 1) return;  // nothing but the heading
  for (const std::string& line : lines) report.out("{}", line);
}

void print(const World& world, Name host, const ShowSwap& form, Report& report) {
  Table table;
  table.columns = {{"NAME", "NAME", 0, false},
                   {"TYPE", "TYPE", 0, false},
                   {"SIZE", "SIZE", 0, true},
                   {"USED", "USED", 0, true},
                   {"PRIO", "PRIO", 0, true}};
  for (const SwapUse& use : swaps_in_use(world, host)) {
    table.rows.push_back({{use.path, {}},
                          {"partition", {}},
                          {short_size(use.size), {}},
                          {"0B", {}},
                          {std::to_string(use.priority), {}}});
  }
  TableStyle style;
  style.margin = "";
  style.headings = !form.no_headings;
  style.headings_like_cells = true;
  print_table(table, style, report);
}

}  // namespace rehearse::reports
