#include "model/net/ops.h"

#include "model/io.h"
#include "model/layer.h"
#include "model/net/exports.h"

namespace rehearse::net {

Refused refuse(const World&, Name, const InitReload&, Report&) { return {}; }
void apply(World& world, Name host, const InitReload&, Report&) { reread_inittab(world, host); }

Refused refuse(const World& world, Name host, const Vblade& op, Report&) {
  const Host& at = *world.hosts.find(host);
  return at.device(device_name(at, op.device)) ? Refused() : Refused(Refusal::exported_device_missing);
}

void apply(World& world, Name host, const Vblade& op, Report& report) {
  start_export(world, host, op.shelf, op.slot, op.device, {});
  const Host& at = *world.hosts.find(host);
  const Sectors size = at.device(device_name(at, op.device))->size;
  constexpr int kPid = 2000;  // process numbers are not modelled
  report.out("pid {}: e{}.{}, {} sectors O_RDWR", kPid, op.shelf, op.slot, size);
}

Refused refuse(const World&, Name, const Vbladed&, Report&) { return {}; }
void apply(World& world, Name host, const Vbladed& op, Report&) {
  start_export(world, host, op.shelf, op.slot, op.device, {});
}

Refused refuse(const World& world, Name host, const AoeDiscover&, Report&) {
  return world.hosts.find(host)->hardware->has_aoe ? Refused() : Refused(Refusal::aoe_not_loaded);
}
void apply(World& world, Name host, const AoeDiscover&, Report&) { discover(world, host); }

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

}  // namespace rehearse::net
