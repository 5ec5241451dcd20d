#include "model/domain/ops.h"

#include <algorithm>

#include "model/domain/life.h"
#include "model/fs/guest.h"
#include "model/fs/path.h"
#include "model/layer.h"

namespace rehearse::domain {
namespace {

// Debian's wrapper looks for the hypervisor first (/usr/lib/xen-common/bin/xen-utils-wrapper).
Refused need_xen(const World& world, Name host) {
  return host_at(world, host).hardware->runs_xen ? Refused() : Refused(Refusal::not_a_xen_host);
}

Refused need_domain(const World& world, Name host, Name typed) {
  if (const Refused refused = need_xen(world, host)) return refused;
  if (!domain_named(host_at(world, host), typed).empty()) return {};
  return {Refusal::invalid_domain, typed};
}

Refused refuse_create(const World& world, Name host, FoundConfig found) {
  if (found.refused) return found.refused;
  resolve_disks(host_at(world, host), found.config);
  if (const Refused refused = may_create(world, host, found.config)) return refused;
  World trial = world;  // whether the guest finds a root is seen when it boots
  Report muted;
  muted.muted = true;
  return create(trial, host, std::move(found.config), found.file, false, muted);
}

void apply_create(World& world, Name host, FoundConfig found, bool paused, Report& report) {
  resolve_disks(host_at(world, host), found.config);
  create(world, host, std::move(found.config), found.file, paused, report);
}

Report muted_report() {
  Report report;
  report.muted = true;
  return report;
}

// xm's own search path is ".:/etc/xen".
Name xm_file(const World& world, Name host, Name typed) {
  if (typed.str().starts_with('/') || fs::text_at(world, host, "/root/" + typed.str())) return typed;
  for (const char* suffix : {"", ".cfg"}) {
    const Name path = "/etc/xen/" + typed.str() + suffix;
    if (fs::text_at(world, host, path)) return path;
  }
  return typed;
}

// To xm a relative path of a device is one below /dev, as it is to the block script.
FoundConfig xm_config(const World& world, Name host, const XmCreateDomain& op) {
  Report muted = muted_report();
  FoundConfig found = config_at(world, host, xm_file(world, host, op.file.path), true, muted);
  for (Disk& disk : found.config.disks) {
    if (!disk.backend.str().starts_with('/')) disk.backend = "/dev/" + disk.backend.str();
  }
  return found;
}

}  // namespace

bool read_value(std::string_view text, ConfigPath& value) {
  value.path = text;
  return !text.empty() && text.find('=') == std::string_view::npos;
}
std::string show_value(const ConfigPath& value) { return value.path.str(); }

Refused refuse(const World& world, Name host, const CreateDomain& op, Report& report) {
  if (const Refused refused = need_xen(world, host)) return refused;
  return refuse_create(world, host, config_at(world, host, op.file.path, op.quiet, report));
}

void apply(World& world, Name host, const CreateDomain& op, Report& report) {
  Report muted = muted_report();  // what reading the file says was said by refuse
  apply_create(world, host, config_at(world, host, op.file.path, true, muted), op.paused, report);
}

Refused refuse(const World& world, Name host, const XmCreateDomain& op, Report& report) {
  if (const Refused refused = need_xen(world, host)) return refused;
  FoundConfig found = xm_config(world, host, op);
  if (!op.quiet && found.refused.why != Refusal::config_not_read) {
    report.out("Using config file \"{}\".", found.file.str());
  }
  return refuse_create(world, host, std::move(found));
}

void apply(World& world, Name host, const XmCreateDomain& op, Report& report) {
  FoundConfig found = xm_config(world, host, op);
  const Name name = found.config.name;
  apply_create(world, host, std::move(found), op.paused, report);
  if (!op.quiet) report.out("Started domain {}", name.str());
}

Refused refuse(const World& world, Name host, const ShutDownDomain& op, Report&) {
  if (const Refused refused = need_xen(world, host)) return refused;
  if (op.all) return {};
  return op.domain ? need_domain(world, host, *op.domain) : Refused(Refusal::no_domain_given);
}

// xl_vmcontrol.c main_shutdown_or_reboot
void apply(World& world, Name host, const ShutDownDomain& op, Report& report) {
  std::vector<Domain> asked;
  for (const Domain& domain : *host_at(world, host).domains) {
    if (op.all || domain.config.name == domain_named(host_at(world, host), *op.domain))
      asked.push_back(domain);
  }
  for (const Domain& domain : asked) {
    report.err("Shutting down domain {}", domain.id);
    if (domain.state == State::running) shut_down(world, host, domain.config.name);
  }
  if (!op.wait) return;
  report.err("Waiting for {} domains", asked.size());
  for (const Domain& domain : asked) {
    if (domain.state == State::running) report.err("Domain {} has been shut down, reason code 0", domain.id);
  }
}

Refused refuse(const World& world, Name host, const RebootDomain& op, Report&) {
  return need_domain(world, host, op.domain);
}

// xl stays with a domain it created and creates it again by the configuration it keeps, the file as it was
// then.
void apply(World& world, Name host, const RebootDomain& op, Report& report) {
  const Domain domain = *host_at(world, host).domain(domain_named(host_at(world, host), op.domain));
  report.err("Rebooting domain {}", domain.id);
  if (domain.state != State::running) return;
  shut_down(world, host, domain.config.name);
  Refused refused = may_create(world, host, domain.config);
  if (!refused) refused = create(world, host, domain.config, domain.file, false, report);
  if (refused) report.err("{}", refused.words());
}

Refused refuse(const World& world, Name host, const DestroyDomain& op, Report&) {
  if (op.domain == Name("0") || op.domain == Name("Domain-0")) {
    if (const Refused refused = need_xen(world, host)) return refused;
    return Refusal::not_destroying_domain_0;
  }
  const Refused refused = need_domain(world, host, op.domain);
  const std::string& typed = op.domain.str();
  const bool number = std::all_of(typed.begin(), typed.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (refused.why == Refusal::invalid_domain && number) return {Refusal::no_such_domain_id, op.domain};
  return refused;
}

void apply(World& world, Name host, const DestroyDomain& op, Report&) {
  destroy(world, host, domain_named(host_at(world, host), op.domain));
}

Refused refuse(const World& world, Name host, const PauseDomain& op, Report&) {
  return need_domain(world, host, op.domain);
}

void apply(World& world, Name host, const PauseDomain& op, Report&) {
  const Name domain = domain_named(host_at(world, host), op.domain);
  // One that was given away stays so: it has nothing that could be paused.
  if (host_at(world, host).domain(domain)->state == State::running)
    set_state(world, host, domain, State::paused);
}

Refused refuse(const World& world, Name host, const UnpauseDomain& op, Report&) {
  return need_domain(world, host, op.domain);
}

// Nobody at the terminal sees that a guest created paused finds no root: its domain only is not there any
// more.
void apply(World& world, Name host, const UnpauseDomain& op, Report& report) {
  unpause(world, host, domain_named(host_at(world, host), op.domain), report);
}

Refused refuse(const World& world, Name host, const RenameDomain& op, Report&) {
  if (const Refused refused = need_domain(world, host, op.domain)) return refused;
  const Host& at = host_at(world, host);
  const Name old = domain_named(at, op.domain);
  const bool taken = op.name != old && (at.domain(op.name) || op.name == Name("Domain-0"));
  return taken ? Refused(Refusal::rename_name_taken, at.domain(old)->id, op.name, op.domain) : Refused();
}

void apply(World& world, Name host, const RenameDomain& op, Report&) {
  const Name old = domain_named(host_at(world, host), op.domain);
  for (Domain& domain : world.hosts.edit(host).domains.edit()) {
    if (domain.config.name == old) domain.config.name = op.name;
  }
}

Mismatch parse(std::span<const std::string> words, Op& op) { return layer::parse(words, op); }
int claims(std::span<const std::string> words) { return layer::claims<Op>(words); }
Words render(const Op& op) { return layer::render(op); }
std::vector<Usage> usages() { return layer::usages<Op>(); }

Refused refuse(const World& world, Name host, const Op& op, Report& report) {
  return op.visit([&](const auto& form) { return refuse(world, host, form, report); });
}

void apply(World& world, Name host, const Op& op, Report& report) {
  op.visit([&](const auto& form) { apply(world, host, form, report); });
}

}  // namespace rehearse::domain
