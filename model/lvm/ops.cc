#include "model/lvm/ops.h"

#include "model/layer.h"

namespace rehearse::lvm {

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

}  // namespace rehearse::lvm
