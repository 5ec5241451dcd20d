#include "integration/lab_target.h"

#include <fmt/format.h>

#include "integration/lab/nested_guests.h"
#include "integration/lab_stage.h"

namespace rehearse {
namespace {

Outcome outcome_of(const Done& failed) {
  Outcome outcome;
  if (failed) {
    outcome.verdict = Outcome::Verdict::unknown;
    outcome.what = failed->why;
  }
  return outcome;
}

using Inflict = std::function<Done(const LabFault&)>;

constexpr std::chrono::seconds kLooking{20};

Provider provider_of(std::set<Name> hosts, LabWith with, Inflict inflict) {
  Provider provider;
  provider.can = [hosts = std::move(hosts)](const Step& step) {
    const auto fault = lab_fault_of(step);
    const bool of_link = fault && fault->guest.empty();
    return fault && (of_link ? hosts.size() == 2 : hosts.contains(Name(fault->guest)));
  };
  provider.play = [inflict = std::move(inflict)](const Step& step) {
    return outcome_of(inflict(*lab_fault_of(step)));
  };
  // Guests have no hypervisor but QEMU, if that, and nothing that serves disks to the network.
  provider.lacks = [with](const Step& step) {
    const auto* command = std::get_if<Command>(&step);
    if (!command) return false;
    if (std::holds_alternative<qemu::Op>(command->op)) return with != LabWith::qemu;
    return std::holds_alternative<domain::Op>(command->op) || std::holds_alternative<net::Op>(command->op);
  };
  if (with == LabWith::qemu) {
    provider.at_work = [](Shell& shell) {
      return shell.run(line_call(std::string(kGuestOnItsWay), kLooking)).status == 0;
    };
  }
  return provider;
}

LabTarget target_of(Making making, const std::function<std::shared_ptr<Shell>(const std::string&)>& shell,
                    Inflict inflict) {
  LabTarget target;
  std::set<Name> hosts;
  for (const HostMaking& host : making.hosts) {
    target.shells[host.host] = shell(host.host.str());
    hosts.insert(host.host);
  }
  target.provider = provider_of(std::move(hosts), making.with, std::move(inflict));
  target.world = std::move(making.world);
  target.notes = std::move(making.notes);
  return target;
}

}  // namespace

std::variant<LabTarget, LabFailure> make_lab_target(const World& wanted, const Say& say) {
  Making making = plan_making(wanted);
  auto started = LabStage::start(making, say);
  if (auto* failed = std::get_if<LabFailure>(&started)) return *failed;
  const auto stage = std::get<std::shared_ptr<LabStage>>(std::move(started));
  return target_of(
      std::move(making),
      [stage](const std::string& host) { return std::shared_ptr<Shell>(stage, &stage->shell(host)); },
      [stage](const LabFault& fault) { return stage->inflict(fault); });
}

std::variant<LabTarget, LabFailure> make_kept_target(const std::string& name, const World& wanted,
                                                     bool take_up, const Say& say) {
  Making making = plan_making(wanted);
  if (take_up && !is_kept(name)) {
    return LabFailure{fmt::format("no lab {} is up: the machines of the run are gone", name)};
  }
  auto found = is_kept(name) ? KeptLab::reach(name) : KeptLab::start(name, wanted, say, making.with);
  if (auto* failed = std::get_if<LabFailure>(&found)) return *failed;
  const auto lab = std::get<std::shared_ptr<KeptLab>>(std::move(found));
  for (const HostMaking& host : making.hosts) {
    if (lab->has(host.host.str())) continue;
    return LabFailure{
        fmt::format("the lab {} has no host {}; it was made for another world", name, host.host.str())};
  }
  return target_of(
      std::move(making), [lab](const std::string& host) { return lab->shell(host); },
      [lab](const LabFault& fault) { return lab->inflict(fault); });
}

}  // namespace rehearse
