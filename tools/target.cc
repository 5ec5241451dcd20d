#include "tools/target.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>

#include "backends/real_backend.h"
#include "backends/shell/disturbed_shell.h"
#include "backends/shell/local_shell.h"
#include "backends/shell/replay_shell.h"
#include "backends/shell/ssh_shell.h"
#include "integration/lab_target.h"
#include "scenarios/inventory.h"
#include "scenarios/runbook.h"

namespace rehearse {
namespace {

constexpr std::chrono::seconds kGrace{2};

InputError wrong(std::string what) { return {"--on", 0, 0, "", std::move(what)}; }

// Puts shells behind one backend, each recorded if that was asked for.
class Machines {
 public:
  explicit Machines(const TargetAsked& asked, Provider provider = {}) : asked_(asked) {
    RealBackend::Options options;
    options.deadline = asked.deadline;
    options.provider = std::move(provider);
    backend_ = std::make_unique<RealBackend>(std::move(options));
  }

  std::optional<InputError> record() {
    if (asked_.record.empty()) return std::nullopt;
    log_ = std::make_shared<std::ofstream>(asked_.record, std::ios::binary | std::ios::trunc);
    *log_ << kCallLogHead << std::flush;
    if (*log_) return std::nullopt;
    return InputError{asked_.record, 0, 0, "", "cannot be written"};
  }

  void add(Name host, std::shared_ptr<Shell> shell) {
    if (log_) {
      const auto keep = [log = log_](const LoggedCall& row) { *log << write_call(row) << std::flush; };
      shell = std::make_shared<RecordingShell>(std::move(shell), host.str(), keep);
    }
    backend_->add(host, std::move(shell));
    target_.hosts.insert(host);
  }

  Target finish() {
    target_.backend = std::move(backend_);
    return std::move(target_);
  }
  Target& target() { return target_; }

 private:
  const TargetAsked& asked_;
  std::unique_ptr<RealBackend> backend_;
  std::shared_ptr<std::ofstream> log_;
  Target target_;
};

// This machine is the only host of the world, or the one of its name.
Input<Target> open_local(const TargetAsked& asked, const World& world, Machines& machines) {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  const std::vector<Name> names = world.hosts.names();
  const Name host =
      names.size() == 1 ? names[0] : Name(std::string(name).substr(0, std::string(name).find('.')));
  if (!world.hosts.contains(host)) {
    return wrong(fmt::format("local: expected this machine, {}, among the hosts of the world", host.str()));
  }
  machines.add(host, std::make_shared<LocalShell>(kGrace, asked.lock));
  if (!asked.inventory.empty()) {
    const auto inventory = load_inventory(asked.inventory);
    if (const auto* bad = std::get_if<InputError>(&inventory)) return *bad;
    const InventoryHost* row = std::get<Inventory>(inventory).find(host);
    if (row && row->lab_host) machines.target().lab_hosts.insert(host);
  }
  return machines.finish();
}

Input<Target> open_ssh(const std::string& file, const TargetAsked& asked, Machines& machines) {
  const auto read = load_inventory(file);
  if (const auto* bad = std::get_if<InputError>(&read)) return *bad;
  for (const InventoryHost& row : std::get<Inventory>(read).hosts) {
    SshShell::Options options;
    options.hold = asked.lock;
    options.run = asked.run;
    auto shell = std::make_shared<SshShell>(SshAddress{row.address, row.user, row.port}, options);
    // Its deadline ends it there too.
    if (asked.take_up && !shell->await_earlier(asked.deadline + kGrace)) {
      return wrong(fmt::format("{}: a command of the earlier run is still at work", row.name.str()));
    }
    machines.add(row.name, std::move(shell));
    if (row.lab_host) machines.target().lab_hosts.insert(row.name);
  }
  return machines.finish();
}

Input<Target> open_replay(const std::string& file, Machines& machines) {
  auto text = load_file(file);
  if (auto* bad = std::get_if<InputError>(&text)) return *bad;
  auto read = read_call_log(std::get<std::string>(text));
  if (auto* bad = std::get_if<CallLogError>(&read)) return InputError{file, bad->line, 0, "", bad->what};
  const auto& log = std::get<std::vector<LoggedCall>>(read);
  for (const LoggedCall& row : log) {
    const Name host = row.host;
    if (!machines.target().hosts.contains(host))
      machines.add(host, std::make_shared<ReplayShell>(log, row.host));
  }
  if (machines.target().hosts.empty()) return InputError{file, 0, 0, "", "expected a recording with calls"};
  machines.target().lab_hosts = machines.target().hosts;
  machines.target().guarded = false;
  return machines.finish();
}

// Machines of the lab that are made to be what the world says, as far as they can; those of a name stay.
Input<Target> open_lab(const std::string& name, const TargetAsked& asked, const World& world) {
  const Say say = [](const std::string& line) { std::cerr << line << "\n"; };
  auto made = name.empty() ? make_lab_target(world, say) : make_kept_target(name, world, asked.take_up, say);
  if (const auto* failed = std::get_if<LabFailure>(&made)) return wrong("lab: " + failed->why);
  auto& lab = std::get<LabTarget>(made);
  Machines machines(asked, std::move(lab.provider));
  if (auto bad = machines.record()) return *bad;
  for (auto& [host, shell] : lab.shells) machines.add(host, std::move(shell));
  Target& target = machines.target();
  target.lab_hosts = target.hosts;
  target.guarded = false;
  target.world = std::move(lab.world);
  target.notes = std::move(lab.notes);
  return machines.finish();
}

}  // namespace

Input<Target> open_target(const TargetAsked& asked, const World& world) {
  if (asked.on == "lab") return open_lab("", asked, world);
  const std::size_t colon = asked.on.find(':');
  const std::string kind = asked.on.substr(0, colon);
  const std::string rest = colon == std::string::npos ? "" : asked.on.substr(colon + 1);
  if (kind == "lab" && is_lab_name(rest)) return open_lab(rest, asked, world);
  Machines machines(asked);
  if (auto bad = machines.record()) return *bad;
  if (asked.on == "local") return open_local(asked, world, machines);
  if (kind == "ssh" && !rest.empty()) return open_ssh(rest, asked, machines);
  if (kind == "replay" && !rest.empty()) return open_replay(rest, machines);
  return wrong(fmt::format("expected model, lab, lab:NAME, local, ssh:INVENTORY or replay:FILE, found \"{}\"",
                           asked.on));
}

}  // namespace rehearse
