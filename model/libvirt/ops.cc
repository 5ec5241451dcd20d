#include "model/libvirt/ops.h"

#include "model/domain/life.h"
#include "model/fs/guest.h"
#include "model/fs/path.h"
#include "model/layer.h"
#include "model/libvirt/life.h"

namespace rehearse::libvirt {
namespace {

Refused need_daemon(const World& world, Name host) {
  return world.hosts.find(host)->hardware->runs_libvirt ? Refused() : Refused(Refusal::virsh_not_connected);
}

// The blank line that ends what virsh says comes with an error, too.
Refused said(Refused refused, Report& report) {
  if (refused && refused.why != Refusal::virsh_not_connected) report.out("");
  return refused;
}

Refused need_domain(const World& world, Name host, Name typed) {
  if (const Refused refused = need_daemon(world, host)) return refused;
  return find(world, host, typed.str()) ? Refused() : Refused(Refusal::virsh_no_domain, typed);
}

Refused need_running(const World& world, Name host, Name typed, const char* what) {
  if (const Refused refused = need_domain(world, host, typed)) return refused;
  if (find(world, host, typed.str()).running) return {};
  return {Refusal::virsh_not_running, what, typed};
}

struct FoundFile {
  Refused refused;
  Definition made;
};

// What stands in a file and what libvirt makes of it, or with the words of `why` why it does not.
FoundFile definition_at(const World& world, Name host, Name file, Refusal why) {
  FoundFile found;
  if ((found.refused = need_daemon(world, host))) return found;
  const Name path = file.str().starts_with('/') ? file : Name("/root/" + file.str());
  const auto text = fs::text_at(world, host, path);
  if (!text) {
    found.refused = {Refusal::virsh_file_not_opened, file, "No such file or directory"};
    return found;
  }
  auto read = read_definition(*text);
  // Another one each time, as long as something has changed meanwhile.
  const std::string seed = fmt::format("{}/{}/{}", host.str(), world.hosts.find(host)->last_domain_id, *text);
  if (auto* made = std::get_if<Definition>(&read)) read = completed(std::move(*made), seed);
  if (const auto* error = std::get_if<DefinitionError>(&read)) {
    found.refused = {why, file, error->what};
    return found;
  }
  found.made = std::get<Definition>(std::move(read));
  // A UUID that was made up is never the one of the domain that is there.
  const bool given = text->find("<uuid>") != std::string::npos;
  const Found there = find(world, host, found.made.name);
  if (!there) return found;
  const std::string uuid = there.shown().uuid;
  if (given && uuid == found.made.uuid) return found;
  found.refused = {
      why, file,
      fmt::format("operation failed: domain '{}' already exists with uuid {}", there.name.str(), uuid)};
  return found;
}

}  // namespace

Refused refuse(const World& world, Name host, const DefineDomain& op, Report& report) {
  return said(definition_at(world, host, op.file, Refusal::virsh_not_defined).refused, report);
}

void apply(World& world, Name host, const DefineDomain& op, Report& report) {
  const Definition made = definition_at(world, host, op.file, Refusal::virsh_not_defined).made;
  keep(world, host, made);
  report.out("Domain '{}' defined from {}\n", made.name, op.file.str());
}

Refused refuse(const World& world, Name host, const UndefineDomain& op, Report& report) {
  Refused refused = need_domain(world, host, op.domain);
  if (!refused && !find(world, host, op.domain.str()).definition)
    refused = {Refusal::virsh_transient, op.domain};
  return said(refused, report);
}

void apply(World& world, Name host, const UndefineDomain& op, Report& report) {
  forget(world, host, find(world, host, op.domain.str()).name.str());
  report.out("Domain '{}' has been undefined\n", op.domain.str());
}

Refused refuse(const World& world, Name host, const StartDomain& op, Report& report) {
  if (const Refused refused = need_domain(world, host, op.domain)) return said(refused, report);
  const Found found = find(world, host, op.domain.str());
  if (found.running) return said(Refusal::virsh_already_active, report);
  const std::string why = unfit(world, host, *found.definition);
  return why.empty() ? Refused() : said({Refusal::virsh_not_started, found.name, why}, report);
}

void apply(World& world, Name host, const StartDomain& op, Report& report) {
  const Found found = find(world, host, op.domain.str());
  start(world, host, *found.definition, op.paused);
  report.out("Domain '{}' started\n", found.name.str());
}

Refused refuse(const World& world, Name host, const StartTransient& op, Report& report) {
  const FoundFile found = definition_at(world, host, op.file, Refusal::virsh_not_created);
  if (found.refused) return said(found.refused, report);
  if (find(world, host, found.made.name).running) {
    return said(
        {Refusal::virsh_not_created, op.file,
         fmt::format("Requested operation is not valid: domain '{}' is already active", found.made.name)},
        report);
  }
  const std::string why = unfit(world, host, found.made);
  return why.empty() ? Refused() : said({Refusal::virsh_not_created, op.file, why}, report);
}

void apply(World& world, Name host, const StartTransient& op, Report& report) {
  const Definition made = definition_at(world, host, op.file, Refusal::virsh_not_created).made;
  start(world, host, made, op.paused);
  report.out("Domain '{}' created from {}\n", made.name, op.file.str());
}

Refused refuse(const World& world, Name host, const ShutDown& op, Report& report) {
  Refused refused = need_running(world, host, op.domain, "shutdown");
  const auto paused = [&] {
    return find(world, host, op.domain.str()).running->state != domain::State::running;
  };
  if (!refused && paused()) refused = {Refusal::virsh_not_running, "shutdown", op.domain};
  return said(refused, report);
}

void apply(World& world, Name host, const ShutDown& op, Report& report) {
  const Found found = find(world, host, op.domain.str());
  report.out("Domain '{}' is being shutdown\n", op.domain.str());
  if (domain::listens(*found.running)) domain::shut_down(world, host, found.name);
}

Refused refuse(const World& world, Name host, const Reboot& op, Report& report) {
  return said(need_running(world, host, op.domain, "reboot"), report);
}

void apply(World& world, Name host, const Reboot& op, Report& report) {
  const Found found = find(world, host, op.domain.str());
  report.out("Domain '{}' is being rebooted\n", op.domain.str());
  if (!domain::listens(*found.running)) return;
  fs::unmount_guest(world, host, found.name);
  domain::boot_guest(world, host, found.name);
}

Refused refuse(const World& world, Name host, const Destroy& op, Report& report) {
  return said(need_running(world, host, op.domain, "destroy"), report);
}

void apply(World& world, Name host, const Destroy& op, Report& report) {
  domain::destroy(world, host, find(world, host, op.domain.str()).name);
  report.out("Domain '{}' destroyed\n", op.domain.str());
}

Refused refuse(const World& world, Name host, const Suspend& op, Report& report) {
  return said(need_running(world, host, op.domain, "suspend"), report);
}

void apply(World& world, Name host, const Suspend& op, Report& report) {
  domain::set_state(world, host, find(world, host, op.domain.str()).name, domain::State::paused);
  report.out("Domain '{}' suspended\n", op.domain.str());
}

Refused refuse(const World& world, Name host, const Resume& op, Report& report) {
  Refused refused = need_running(world, host, op.domain, "resume");
  if (!refused && find(world, host, op.domain.str()).running->state == domain::State::running)
    refused = {Refusal::virsh_already_running, op.domain};
  return said(refused, report);
}

void apply(World& world, Name host, const Resume& op, Report& report) {
  const Found found = find(world, host, op.domain.str());
  run_on(world, host, found.name);
  report.out("Domain '{}' resumed\n", op.domain.str());
}

Refused refuse(const World& world, Name host, const Autostart& op, Report& report) {
  Refused refused = need_domain(world, host, op.domain);
  if (!refused && !find(world, host, op.domain.str()).definition) {
    refused = {Refusal::virsh_not_marked, op.disable ? "unmark" : "mark", op.domain,
               "Requested operation is not valid: cannot set autostart for transient domain"};
  }
  return said(refused, report);
}

void apply(World& world, Name host, const Autostart& op, Report& report) {
  start_by_itself(world, host, find(world, host, op.domain.str()).name.str(), !op.disable);
  report.out("Domain '{}' {} as autostarted\n", op.domain.str(), op.disable ? "unmarked" : "marked");
}

Refused refuse(const World& world, Name host, const ResizeDisk& op, Report& report) {
  if (const Refused refused = need_domain(world, host, op.domain)) return said(refused, report);
  const Found found = find(world, host, op.domain.str());
  const auto fails = [&](std::string why) {
    return said({Refusal::virsh_not_resized, op.path, why}, report);
  };
  if (!found.running) return fails("Requested operation is not valid: domain is not running");
  for (const Disk& disk : found.shown().disks) {
    if (op.path == Name(disk.target) || op.path == Name(disk.source)) return {};
  }
  return fails(fmt::format("invalid argument: disk '{}' was not found in the domain config", op.path.str()));
}

void apply(World&, Name, const ResizeDisk& op, Report& report) {
  report.out("Block device '{}' is resized", op.path.str());
}

Words without_connection(std::span<const std::string> words) {
  Words plain(words.begin(), words.end());
  const bool names = plain.size() > 3 && plain[0] == "virsh" && (plain[1] == "-c" || plain[1] == "--connect");
  if (names && plain[2] == "qemu:///system") plain.erase(plain.begin() + 1, plain.begin() + 3);
  return plain;
}

Mismatch parse(std::span<const std::string> words, Op& op) {
  return layer::parse(without_connection(words), op);
}
int claims(std::span<const std::string> words) { return layer::claims<Op>(without_connection(words)); }
Words render(const Op& op) { return layer::render(op); }
std::vector<Usage> usages() { return layer::usages<Op>(); }

Refused refuse(const World& world, Name host, const Op& op, Report& report) {
  return op.visit([&](const auto& form) { return refuse(world, host, form, report); });
}

void apply(World& world, Name host, const Op& op, Report& report) {
  op.visit([&](const auto& form) { apply(world, host, form, report); });
}

void start_marked(World& world, Name host) {
  if (!world.hosts.find(host)->hardware->runs_libvirt) return;
  for (const Definition& made : kept(world, host)) {
    const bool wanted = starts_by_itself(world, host, made.name) && !find(world, host, made.name).running;
    if (wanted && unfit(world, host, made).empty()) start(world, host, made, false);
  }
}

}  // namespace rehearse::libvirt
