#include "backends/reports/domain_list.h"

#include <algorithm>
#include <charconv>

#include "backends/filters.h"
#include "backends/reports/domain_details.h"

namespace rehearse::reports {
namespace {

constexpr std::uint32_t kHostCpus = 4;

// xl prints how long a domain has run in its last column; no clock runs here.
std::string show(const DomainRow& row) {
  // A domain that waits for work is blocked; the host's own is the one that asks.
  const char* state = row.stopped ? "---s--" : row.paused ? "--p---" : row.id == 0 ? "r-----" : "-b----";
  return fmt::format("{:<40} {:>5} {:>5} {:>5}     {}  {:8.1f}", row.name, row.id, row.memory_mib, row.vcpus,
                     state, 0.0);
}

template <class T>
bool take(std::string_view& text, T& value) {
  const std::size_t start = text.find_first_not_of(' ');
  if (start == text.npos) return false;
  text.remove_prefix(start);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

}  // namespace

std::vector<DomainRow> domain_rows(const Host& host) {
  std::uint64_t taken = 0;
  std::vector<DomainRow> rows;
  for (std::size_t i = 0; host.domains && i < host.domains->size(); ++i) {
    const domain::Domain& one = (*host.domains)[i];
    taken += one.config.memory_mib;
    rows.push_back({one.config.name.str(), one.id, one.config.memory_mib, one.config.vcpus,
                    one.state == domain::State::paused, one.state == domain::State::suspended});
  }
  const std::uint64_t all = host.hardware ? host.hardware->memory_mib : 0;
  rows.insert(rows.begin(), DomainRow{"Domain-0", 0, all > taken ? all - taken : 0, kHostCpus, false, false});
  return rows;
}

void print(const World& world, Name host, const ListDomains& form, Report& report) {
  const auto rows = domain_rows(*world.hosts.find(host));
  const auto is = [](const DomainRow& row, const std::string& name) {
    return row.name == name || std::to_string(row.id) == name;
  };
  for (const std::string& name : form.names) {
    if (std::any_of(rows.begin(), rows.end(), [&](const DomainRow& row) { return is(row, name); })) continue;
    report.err("{} is an invalid domain identifier (rc=-6)", name);
    report.status = 1;
    return;
  }
  if (form.details) {
    auto details = domain_details(*world.hosts.find(host));
    std::erase_if(details, [&](const DomainDetails& row) {
      return !form.names.empty() && std::none_of(form.names.begin(), form.names.end(), [&](const auto& name) {
        return row.name == name || std::to_string(row.id) == name;
      });
    });
    for (const std::string& line : lines_of(show_domain_details(details))) report.out("{}", line);
    return;
  }
  report.out("Name                                        ID   Mem VCPUs\tState\tTime(s)");
  for (const DomainRow& row : rows) {
    const bool asked =
        form.names.empty() || std::any_of(form.names.begin(), form.names.end(),
                                          [&](const std::string& name) { return is(row, name); });
    if (asked) report.out("{}", show(row));
  }
}

std::vector<DomainRow> read_domain_list(std::string_view text) {
  std::vector<DomainRow> rows;
  for (const std::string& line : lines_of(text)) {
    std::string_view rest = line;
    const std::size_t space = rest.find(' ');
    if (space == rest.npos) continue;
    DomainRow row;
    row.name = rest.substr(0, space);
    rest.remove_prefix(space);
    if (!take(rest, row.id) || !take(rest, row.memory_mib) || !take(rest, row.vcpus)) continue;
    const std::string_view state = rest.substr(0, rest.find_last_of(' '));  // the time stands behind it
    row.paused = state.find('p') != state.npos;
    row.stopped = state.find('s') != state.npos || state.find('d') != state.npos;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace rehearse::reports
