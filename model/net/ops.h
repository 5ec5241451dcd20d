// Commands on what hosts offer each other: AoE exports.
#pragma once

#include <variant>

#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::net {

/// init q: starts what /etc/inittab says and is not running, ends what it no longer says.
struct InitReload {

  static constexpr Usage usage() {
    return usage_of("init q,telinit q");
  }
  bool operator==(const InitReload&) const = default;
};
Refused refuse(const World&, Name host, const InitReload&, Report&);
void apply(World&, Name host, const InitReload&, Report&);

using Op = std::variant<InitReload>;

Mismatch parse(std::span<const std::string> words, Op& op);
int claims(std::span<const std::string> words);
Words render(const Op&);
std::vector<Usage> usages();
Refused refuse(const World&, Name host, const Op&, Report&);
void apply(World&, Name host, const Op&, Report&);

}  // namespace rehearse::net
