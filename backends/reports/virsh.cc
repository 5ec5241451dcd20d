#include "backends/reports/virsh.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "backends/filters.h"
#include "model/libvirt/ops.h"
#include "model/libvirt/store.h"

namespace rehearse::reports {
namespace {

using libvirt::Definition;
using libvirt::Found;

Refused no_daemon(const World& world, Name host) {
  return world.hosts.find(host)->hardware->runs_libvirt ? Refused() : Refused(Refusal::virsh_not_connected);
}

bool turned_down(const Refused& why, Report& report) {
  if (!why) return false;
  if (why.why != Refusal::virsh_not_connected) report.out("");
  report.err("{}", why.words());
  report.status = 1;
  return true;
}

// Nothing if it was said that there is none.
std::optional<Found> virsh_domain(const World& world, Name host, const std::string& typed, Report& report) {
  if (turned_down(no_daemon(world, host), report)) return std::nullopt;
  Found found = libvirt::find(world, host, typed);
  if (!found) {
    turned_down({Refusal::virsh_no_domain, typed}, report);
    return std::nullopt;
  }
  return found;
}

const char* virsh_state(const domain::Domain* running) {
  if (!running) return "shut off";
  return running->state == domain::State::running ? "running" : "paused";
}

// vshTable: each column as wide as its widest cell, three blanks between them, a line below the heading.
void print_table(const std::vector<std::vector<std::string>>& rows, Report& report) {
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::size_t whole = 0;
  for (const std::size_t width : widths) whole += width + 3;
  for (const auto& row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] + 3 - row[i].size(), ' ');
    }
    report.out("{}", line);
    if (&row == &rows[0]) report.out("{}", std::string(whole, '-'));
  }
  report.out("");
}

struct Listed {
  std::string id;
  std::string name;
  std::string uuid;
  const char* state;
};

// What runs by number, then the rest by name.
std::vector<Listed> listed(const World& world, Name host, const VirshList& form) {
  std::vector<Listed> rows;
  const auto& domains = *world.hosts.find(host)->domains;
  const auto runs = [&](const std::string& name) {
    return std::any_of(domains.begin(), domains.end(), [&](const domain::Domain& row) {
      return row.config.name == Name(name) && !row.definition.empty();
    });
  };
  for (const domain::Domain& row : domains) {
    if (form.inactive || row.definition.empty()) continue;
    const std::string uuid = libvirt::find(world, host, row.config.name.str()).shown().uuid;
    rows.push_back({std::to_string(row.id), row.config.name.str(), uuid, virsh_state(&row)});
  }
  if (!form.all && !form.inactive) return rows;
  for (const Definition& made : libvirt::kept(world, host)) {
    if (!runs(made.name)) rows.push_back({"-", made.name, made.uuid, "shut off"});
  }
  return rows;
}

// As it runs, or will run.
Definition definition_shown(const Found& found, bool inactive) {
  return inactive && found.definition ? *found.definition : found.shown();
}

}  // namespace

void print(const World& world, Name host, const VirshList& form, Report& report) {
  if (turned_down(no_daemon(world, host), report)) return;
  const std::vector<Listed> rows = listed(world, host, form);
  if (form.name || form.uuid) {
    for (const Listed& row : rows) {
      if (form.name && form.uuid) {
        report.out("{} {:<30}", row.uuid, row.name);
      } else {
        report.out("{}", form.name ? row.name : row.uuid);
      }
    }
    report.out("");
    return;
  }
  std::vector<std::vector<std::string>> cells = {{"Id", "Name", "State"}};
  for (const Listed& row : rows) cells.push_back({row.id, row.name, row.state});
  print_table(cells, report);
}

void print(const World& world, Name host, const VirshInfo& form, Report& report) {
  const auto found = virsh_domain(world, host, form.domain, report);
  if (!found) return;
  const Definition made = found->shown();
  const auto line = [&](std::string_view name, const auto& value) { report.out("{:<15} {}", name, value); };
  line("Id:", found->running ? std::to_string(found->running->id) : "-");
  line("Name:", made.name);
  line("UUID:", made.uuid);
  line("OS Type:", "hvm");
  line("State:", virsh_state(found->running));
  line("CPU(s):", made.vcpus);
  if (found->running) line("CPU time:", "0.0s");
  line("Max memory:", fmt::format("{} KiB", made.memory));
  line("Used memory:", fmt::format("{} KiB", made.current));
  line("Persistent:", found->definition ? "yes" : "no");
  line("Autostart:", libvirt::starts_by_itself(world, host, made.name) ? "enable" : "disable");
  line("Managed save:", "no");
  line("Security model:", "none");
  line("Security DOI:", "0");
  if (found->running) line("Messages:", "tainted: running with undesirable elevated privileges");
  report.out("");
}

void print(const World& world, Name host, const VirshState& form, Report& report) {
  const auto found = virsh_domain(world, host, form.domain, report);
  if (found) report.out("{}\n", virsh_state(found->running));
}

void print(const World& world, Name host, const VirshId& form, Report& report) {
  const auto found = virsh_domain(world, host, form.domain, report);
  if (found) report.out("{}\n", found->running ? std::to_string(found->running->id) : "-");
}

void print(const World& world, Name host, const VirshUuid& form, Report& report) {
  const auto found = virsh_domain(world, host, form.domain, report);
  if (found) report.out("{}\n", found->shown().uuid);
}

void print(const World& world, Name host, const VirshDisks& form, Report& report) {
  const auto found = virsh_domain(world, host, form.domain, report);
  if (!found) return;
  std::vector<std::vector<std::string>> rows = {{"Target", "Source"}};
  if (form.details) rows = {{"Type", "Device", "Target", "Source"}};
  for (const libvirt::Disk& disk : definition_shown(*found, form.inactive).disks) {
    const std::string source = disk.source.empty() ? "-" : disk.source;
    if (form.details) {
      rows.push_back({disk.block ? "block" : "file", disk.cdrom ? "cdrom" : "disk", disk.target, source});
    } else {
      rows.push_back({disk.target, source});
    }
  }
  print_table(rows, report);
}

void print(const World& world, Name host, const VirshDump& form, Report& report) {
  const auto found = virsh_domain(world, host, form.domain, report);
  if (!found) return;
  const Definition made = definition_shown(*found, form.inactive);
  const bool running = found->running && !(form.inactive && found->definition);
  if (!made.unmodelled.empty() || (running && made.kvm)) {
    const std::string what =
        made.unmodelled.empty() ? "the CPU of a domain that runs on KVM" : made.unmodelled[0];
    report.err("rehearse: not modelled: {} in the definition of {}", what, made.name);
    report.status = 1;
    return;
  }
  const std::string text = running ? write_running(made, found->running->id) : write_definition(made);
  for (const std::string& line : lines_of(text)) report.out("{}", line);
  report.out("");
}

}  // namespace rehearse::reports
