// Commands on running virtual machines.
#pragma once

#include <variant>

#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::domain {

/// xl destroy: ends a domain at once, as a loss of power would.
struct DestroyDomain {
  Name domain;
  static constexpr Usage usage() {
    return usage_of("xl destroy,xm destroy", operand<&DestroyDomain::domain>("DOMAIN"));
  }
  bool operator==(const DestroyDomain&) const = default;
};
Refused refuse(const World&, Name host, const DestroyDomain&, Report&);
void apply(World&, Name host, const DestroyDomain&, Report&);

using Op = std::variant<DestroyDomain>;

Mismatch parse(std::span<const std::string> words, Op& op);
int claims(std::span<const std::string> words);
Words render(const Op&);
std::vector<Usage> usages();
Refused refuse(const World&, Name host, const Op&, Report&);
void apply(World&, Name host, const Op&, Report&);

}  // namespace rehearse::domain
