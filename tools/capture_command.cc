#include "tools/capture_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "backends/observe/numbers.h"
#include "backends/shell/local_shell.h"
#include "backends/shell/ssh_shell.h"
#include "integration/kept_lab.h"
#include "scenarios/capture_read.h"
#include "scenarios/output.h"
#include "scenarios/phrase.h"
#include "scenarios/runbook.h"
#include "scenarios/world_file.h"
#include "tools/check.h"

namespace rehearse {
namespace {

// "user@host" as ssh takes it.
SshAddress address_of(std::string_view text) {
  SshAddress address;
  const std::size_t user = text.find('@');
  if (user != text.npos) address.user = text.substr(0, user);
  address.address = text.substr(user == text.npos ? 0 : user + 1);
  return address;
}

// What stands for no place is left empty.
std::vector<std::unique_ptr<Shell>> shells_for(const std::string& on) {
  std::vector<std::unique_ptr<Shell>> shells;
  if (on == "local") shells.push_back(std::make_unique<LocalShell>());
  if (!on.starts_with("ssh:")) return shells;
  for (const std::string_view host : split(std::string_view(on).substr(4), ',')) {
    if (host.empty() || host.starts_with('-')) return {};
    shells.push_back(std::make_unique<SshShell>(address_of(host)));
  }
  return shells;
}

class Capturing {
 public:
  explicit Capturing(const CaptureOptions& options) : options_(options) {}

  int archive(const std::string& directory) { return take(capture_archive(directory)); }
  int machine(Shell& shell) { return take(capture_host(shell, std::chrono::seconds(options_.deadline))); }

  // A lab as the script leaves it; a clean one without a script.
  int lab(const std::string& file) {
    LabScript script;
    if (!file.empty()) {
      const auto text = load_file(file);
      if (const auto* bad = std::get_if<InputError>(&text)) return bad_input(bad->text());
      auto read = read_lab_script(std::get<std::string>(text), file);
      if (const auto* bad = std::get_if<InputError>(&read)) return bad_input(bad->text());
      script = std::get<LabScript>(std::move(read));
    }
    LabPlan plan;
    plan.guests = script.guests;
    plan.disks = script.disks;
    plan.disk_size = script.disk_size;
    plan.jobs = std::max(plan.jobs, plan.guests);
    auto started = Lab::start(plan);
    if (const auto* failure = std::get_if<LabFailure>(&started)) return bad_input("lab: " + failure->why);
    Lab& lab = *std::get<std::unique_ptr<Lab>>(started);
    std::string said;
    for (const LabLine& line : script.lines) {
      if (const Done why = play_lab_line(lab, line, std::chrono::seconds(options_.deadline), said))
        return bad_input(fmt::format("{}:{}: {}", file, line.line, why->why));
    }
    for (const std::string& guest : lab.guests()) {
      if (const int status = machine(lab.shell(guest))) return status;
    }
    return kClean;
  }

  // One that is up.
  int kept(const std::string& name) {
    const auto found = KeptLab::reach(name);
    if (const auto* failure = std::get_if<LabFailure>(&found)) return bad_input(failure->why);
    const auto& lab = std::get<std::shared_ptr<KeptLab>>(found);
    for (const KeptHost& host : lab->hosts()) {
      if (const int status = machine(*lab->shell(host.name))) return status;
    }
    return kClean;
  }

  const std::vector<CapturedHost>& hosts() const { return hosts_; }

 private:
  int take(Input<CapturedHost> host) {
    if (const auto* bad = std::get_if<InputError>(&host)) return bad_input(bad->text());
    hosts_.push_back(std::get<CapturedHost>(std::move(host)));
    return kClean;
  }

  const CaptureOptions& options_;
  std::vector<CapturedHost> hosts_;
};

int capture_all(const CaptureOptions& options, Capturing& capturing) {
  if (options.on == "lab") return capturing.lab(options.script);
  if (!options.script.empty()) return bad_input("--script: expected --on lab");
  if (options.on.starts_with("lab:")) return capturing.kept(options.on.substr(4));
  const auto shells = shells_for(options.on);
  if (!options.on.empty() && shells.empty()) {
    return bad_input(
        fmt::format("--on {}: expected local, ssh:HOST,HOST, lab or lab:NAME", quote_word(options.on)));
  }
  for (const auto& shell : shells) {
    if (const int status = capturing.machine(*shell)) return status;
  }
  for (const std::string& directory : options.from) {
    if (const int status = capturing.archive(directory)) return status;
  }
  return kClean;
}

}  // namespace

int capture(const CaptureOptions& options) {
  if (options.on.empty() == options.from.empty()) return bad_input("expected either --on or --from");
  Capturing capturing(options);
  if (const int status = capture_all(options, capturing)) return status;
  const Captured captured = world_from(capturing.hosts());
  for (const std::string& note : captured.notes) std::cerr << printable(note) << "\n";
  const std::string text = write_world(captured.world, captured.notes);
  if (!options.output.empty()) return write_whole(options.output, text) ? kClean : kBadInput;
  std::cout << text << std::flush;
  return kClean;
}

}  // namespace rehearse
