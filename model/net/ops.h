// Commands on what hosts offer each other: AoE exports.
#pragma once

#include "model/one_of.h"
#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::net {

/// init q: starts what /etc/inittab says and is not running, ends what it no longer says. System V's: systemd
/// takes the same words for a reload of its own units and knows no /etc/inittab.
struct InitReload {
  static constexpr Usage usage() { return usage_of("init q,telinit q,init Q,telinit Q"); }
  bool operator==(const InitReload&) const = default;
};
Refused refuse(const World&, Name host, const InitReload&, Report&);
void apply(World&, Name host, const InitReload&, Report&);

/// vblade: serves a device as AoE target eSHELF.SLOT. It stays in the foreground; the rehearsal goes on
/// beside it.
struct Vblade {
  std::uint32_t shelf = 0;
  std::uint32_t slot = 0;
  Name interface;
  Name device;
  static constexpr Usage usage() {
    return usage_of("vblade", operand<&Vblade::shelf>("SHELF"), operand<&Vblade::slot>("SLOT"),
                    operand<&Vblade::interface>("INTERFACE"), operand<&Vblade::device>("DEVICE"));
  }
  bool operator==(const Vblade&) const = default;
};
Refused refuse(const World&, Name host, const Vblade&, Report&);
void apply(World&, Name host, const Vblade&, Report&);

/// vbladed: the same in the background. It says nothing and succeeds even where vblade then fails.
struct Vbladed {
  std::uint32_t shelf = 0;
  std::uint32_t slot = 0;
  Name interface;
  Name device;
  static constexpr Usage usage() {
    return usage_of("vbladed", operand<&Vbladed::shelf>("SHELF"), operand<&Vbladed::slot>("SLOT"),
                    operand<&Vbladed::interface>("INTERFACE"), operand<&Vbladed::device>("DEVICE"));
  }
  bool operator==(const Vbladed&) const = default;
};
Refused refuse(const World&, Name host, const Vbladed&, Report&);
void apply(World&, Name host, const Vbladed&, Report&);

/// aoe-discover: asks the network for AoE targets.
struct AoeDiscover {
  static constexpr Usage usage() { return usage_of("aoe-discover"); }
  bool operator==(const AoeDiscover&) const = default;
};
Refused refuse(const World&, Name host, const AoeDiscover&, Report&);
void apply(World&, Name host, const AoeDiscover&, Report&);

using Op = OneOf<InitReload, Vblade, Vbladed, AoeDiscover>;

Mismatch parse(std::span<const std::string> words, Op& op);
int claims(std::span<const std::string> words);
Words render(const Op&);
std::vector<Usage> usages();
Refused refuse(const World&, Name host, const Op&, Report&);
void apply(World&, Name host, const Op&, Report&);

}  // namespace rehearse::net
