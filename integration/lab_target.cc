#include "integration/lab_target.h"

#include <fmt/format.h>

namespace rehearse {
namespace {

constexpr std::chrono::minutes kPatience{5};
constexpr const char* kKept = "/.kept";
// What changed in a guest's root since it was clean, and what a boot does with it.
constexpr const char* kBegin = "touch /.begin";
constexpr const char* kKeep = "find / -xdev -cnewer /.begin | cpio -o -H newc";
constexpr const char* kRestore =
    "touch /.begin && cd / && cpio -id -u < /.kept 2>&1 && rm /.kept && swapon -a && mount -a && udevadm "
    "settle";

// The guests that stand for the hosts of a world.
class Stage {
 public:
  Stage(std::unique_ptr<Lab> lab, const std::vector<HostMaking>& hosts) : lab_(std::move(lab)) {
    const std::vector<std::string> guests = lab_->guests();
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      guests_[hosts[i].host] = guests[i];
    }
  }

  bool has(Name host) const { return guests_.contains(host); }
  Shell& shell(Name host) { return lab_->shell(guests_.at(host)); }

  Done make(const HostMaking& making) {
    if (Done failed = must(making.host, kBegin)) return failed;
    for (const MakingStep& step : making.steps) {
      if (step.line.empty()) {
        if (Done failed = lab_->put(guests_.at(making.host), step.path, step.contents)) return failed;
      } else if (Done failed = must(making.host, step.line)) {
        return failed;
      }
    }
    return std::nullopt;
  }

  // The root of a host lies on a disk, that of a guest in its memory: it is handed on over a loss of power.
  Done power_off(Name host) {
    const ShellAnswer kept = shell(host).run(line_call(kKeep, kPatience));
    if (kept.status != 0) return LabFailure{"the root of " + host.str() + " cannot be kept: " + kept.why};
    kept_[host] = kept.out;
    return lab_->kill(guests_.at(host));
  }

  Done power_on(Name host) {
    if (Done failed = lab_->boot(guests_.at(host))) return failed;
    if (Done failed = lab_->put(guests_.at(host), kKept, kept_[host])) return failed;
    return must(host, fmt::format("{} && hostname {}", kRestore, host.str()));
  }

  Done disk(const DiskEvent& event) {
    const std::string& guest = guests_.at(event.host);
    const std::string disk = event.disk.str();
    switch (event.fault) {
      case DiskFault::unplugged:
        return lab_->unplug(guest, disk);
      case DiskFault::plugged: {
        const auto name = lab_->plug(guest, disk);
        const auto* failed = std::get_if<LabFailure>(&name);
        return failed ? Done(*failed) : std::nullopt;
      }
      case DiskFault::mended:
        return lab_->mend(guest, disk);
      case DiskFault::fails_reads:
        return lab_->fail(guest, disk, {true, false});
      case DiskFault::fails_writes:
        return lab_->fail(guest, disk, {false, true});
      case DiskFault::fails:
        return lab_->fail(guest, disk, {});
    }
    return std::nullopt;
  }

 private:
  Done must(Name host, const std::string& line) {
    const ShellAnswer answer = shell(host).run(line_call(line, kPatience));
    if (answer.status == 0) return std::nullopt;
    return LabFailure{fmt::format("{}: {}: {}{}{}", host.str(), line, answer.out, answer.err, answer.why)};
  }

  std::unique_ptr<Lab> lab_;
  std::map<Name, std::string> guests_;
  std::map<Name, std::string> kept_;
};

Outcome outcome_of(const Done& failed) {
  Outcome outcome;
  if (failed) {
    outcome.verdict = Outcome::Verdict::unknown;
    outcome.what = failed->why;
  }
  return outcome;
}

Provider provider_of(const std::shared_ptr<Stage>& stage) {
  Provider provider;
  provider.can = [stage](const Step& step) {
    const auto* off = std::get_if<PowerOff>(&step);
    const auto* on = std::get_if<PowerOn>(&step);
    const auto* disk = std::get_if<DiskEvent>(&step);
    return (off && stage->has(off->host)) || (on && stage->has(on->host)) || (disk && stage->has(disk->host));
  };
  provider.play = [stage](const Step& step) {
    if (const auto* off = std::get_if<PowerOff>(&step)) return outcome_of(stage->power_off(off->host));
    if (const auto* on = std::get_if<PowerOn>(&step)) return outcome_of(stage->power_on(on->host));
    return outcome_of(stage->disk(std::get<DiskEvent>(step)));
  };
  // Guests have no hypervisor, and nothing that serves disks to the network.
  provider.lacks = [](const Step& step) {
    const auto* command = std::get_if<Command>(&step);
    return command &&
           (std::holds_alternative<domain::Op>(command->op) || std::holds_alternative<net::Op>(command->op));
  };
  return provider;
}

}  // namespace

std::variant<LabTarget, LabFailure> make_lab_target(const World& wanted, const Say& say) {
  Making making = plan_making(wanted);
  if (making.hosts.empty()) return LabFailure{"no host of the world can be made in the lab"};
  LabPlan plan;
  plan.guests = making.hosts.size();
  plan.say = say;
  for (const HostMaking& host : making.hosts) plan.own_disks.push_back(host.disks);
  auto started = Lab::start(plan);
  if (auto* failed = std::get_if<LabFailure>(&started)) return *failed;
  if (say) say("Making the world on the lab's guests");
  const auto stage =
      std::make_shared<Stage>(std::move(std::get<std::unique_ptr<Lab>>(started)), making.hosts);
  LabTarget target;
  for (const HostMaking& host : making.hosts) {
    if (Done failed = stage->make(host)) return *failed;
    target.shells[host.host] = std::shared_ptr<Shell>(stage, &stage->shell(host.host));
  }
  target.provider = provider_of(stage);
  target.world = std::move(making.world);
  target.notes = std::move(making.notes);
  return target;
}

}  // namespace rehearse
