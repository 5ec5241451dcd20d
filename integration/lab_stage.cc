#include "integration/lab_stage.h"

#include <fmt/format.h>

namespace rehearse {
namespace {

constexpr std::chrono::minutes kMakingPatience{5};
constexpr const char* kKept = "/.kept";
// What changed in a guest's root since it was clean, and what a boot does with it.
constexpr const char* kBegin = "touch /.begin";
constexpr const char* kKeep = "find / -xdev -cnewer /.begin | cpio -o -H newc";
constexpr const char* kRestore =
    "touch /.begin && cd / && cpio -id -u < /.kept 2>&1 && rm /.kept && swapon -a && mount -a && udevadm "
    "settle";

}  // namespace

LabStage::LabStage(std::unique_ptr<Lab> lab, const Making& making) : lab_(std::move(lab)) {
  const std::vector<std::string> guests = lab_->guests();
  for (std::size_t i = 0; i < making.hosts.size(); ++i) {
    guests_[making.hosts[i].host.str()] = guests[i];
    addresses_[making.hosts[i].host.str()] = making.hosts[i].addresses;
  }
}

std::variant<std::shared_ptr<LabStage>, LabFailure> LabStage::start(const Making& making, const Say& say,
                                                                    LabWith with) {
  if (making.hosts.empty()) return LabFailure{"no host of the world can be made in the lab"};
  LabPlan plan;
  plan.guests = making.hosts.size();
  plan.say = say;
  plan.with = making.with == LabWith::tools ? with : making.with;
  for (const HostMaking& host : making.hosts) plan.own_disks.push_back(host.disks);
  auto started = Lab::start(plan);
  if (auto* failed = std::get_if<LabFailure>(&started)) return *failed;
  if (say) say("Making the world on the lab's guests");
  std::shared_ptr<LabStage> stage(new LabStage(std::move(std::get<std::unique_ptr<Lab>>(started)), making));
  for (const HostMaking& host : making.hosts) {
    if (Done failed = stage->make(host)) return *failed;
  }
  return stage;
}

std::vector<std::string> LabStage::hosts() const {
  std::vector<std::string> names;
  for (const auto& [host, guest] : guests_) names.push_back(host);
  return names;
}

Done LabStage::make(const HostMaking& making) {
  const std::string host = making.host.str();
  if (Done failed = must(host, kBegin)) return failed;
  if (Done failed = take_addresses(host)) return failed;
  for (const MakingStep& step : making.steps) {
    if (step.line.empty()) {
      if (Done failed = lab_->put(guests_.at(host), step.path, step.contents)) return failed;
    } else if (Done failed = must(host, step.line)) {
      return failed;
    }
  }
  return std::nullopt;
}

Done LabStage::must(const std::string& host, const std::string& line) {
  const ShellAnswer answer = shell(host).run(line_call(line, kMakingPatience));
  if (answer.status == 0) return std::nullopt;
  return LabFailure{fmt::format("{}: {}: {}{}{}", host, line, answer.out, answer.err, answer.why)};
}

Done LabStage::take_addresses(const std::string& host) {
  if (addresses_[host].empty()) return std::nullopt;
  std::string line = "ip addr flush dev eth0";
  for (const Name address : addresses_[host])
    line += fmt::format(" && ip addr add {}/24 dev eth0", address.str());
  return must(host, line);
}

Done LabStage::power_off(const std::string& host) {
  const ShellAnswer kept = shell(host).run(line_call(kKeep, kMakingPatience));
  if (kept.status != 0) return LabFailure{"the root of " + host + " cannot be kept: " + kept.why};
  kept_[host] = kept.out;
  return lab_->kill(guests_.at(host));
}

Done LabStage::power_on(const std::string& host) {
  if (Done failed = lab_->boot(guests_.at(host))) return failed;
  if (Done failed = lab_->put(guests_.at(host), kKept, kept_[host])) return failed;
  if (Done failed = take_addresses(host)) return failed;
  return must(host, fmt::format("{} && hostname {}", kRestore, host));
}

Done LabStage::inflict(const LabFault& fault, std::string* called) {
  if (!fault.guest.empty() && !has(fault.guest)) return LabFailure{"there is no host " + fault.guest};
  if (fault.kind == LabFault::Kind::power_off) return power_off(fault.guest);
  if (fault.kind == LabFault::Kind::power_on) return power_on(fault.guest);
  LabFault of_guest = fault;
  if (!fault.guest.empty()) of_guest.guest = guests_.at(fault.guest);
  return rehearse::inflict(*lab_, of_guest, called);
}

}  // namespace rehearse
