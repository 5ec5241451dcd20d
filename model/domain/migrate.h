// xl migrate: a guest goes on with its memory on another host that has the same disks. Both ends agree step
// by step (xl_migrate.c), and what is left when the way between them breaks depends on how far they came:
//
//   sending       here as it was                     there NAME--incoming, paused, a part of its memory
//   acknowledged  here NAME--migratedaway, stopped   there NAME--incoming, paused, all of it
//   permitted     here NAME--migratedaway, stopped   there NAME, running
#pragma once

#include <optional>
#include <string>

#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::domain {

enum class Stage : std::uint8_t { sending, acknowledged, permitted, done };

/// -s: the ssh that is used, which must be one; a command of another kind is not modelled.
struct SshWords {
  std::string text;
  bool operator==(const SshWords&) const = default;
};
bool read_value(std::string_view text, SshWords& value);
std::string show_value(const SshWords& value);

struct MigrateDomain {
  Name domain;
  Name host;
  bool live = false;  // as it always is; for those used to xm
  bool debug = false;
  bool unwatched = false;  // nobody there waits for its end
  bool paused = false;     // it stays paused there
  bool keeps_id = false;   // its number there is the same
  std::optional<SshWords> ssh;
  Stage until = Stage::done;  // no word of the command: where the way between the hosts breaks
  static constexpr Usage usage() {
    return usage_of("xl migrate", toggle<&MigrateDomain::live>("--live"),
                    toggle<&MigrateDomain::debug>("--debug"), toggle<&MigrateDomain::unwatched>("-e"),
                    toggle<&MigrateDomain::paused>("-p"), toggle<&MigrateDomain::keeps_id>("-D"),
                    maybe<&MigrateDomain::ssh>("-s"), operand<&MigrateDomain::domain>("DOMAIN"),
                    operand<&MigrateDomain::host>("HOST"));
  }
  bool operator==(const MigrateDomain&) const = default;
};
Refused refuse(const World&, Name host, const MigrateDomain&, Report&);
void apply(World&, Name host, const MigrateDomain&, Report&);

/// xm migrate: the same through xend's own port instead of ssh; without --live the guest stands still
/// meanwhile.
struct XmMigrateDomain {
  Name domain;
  Name host;
  bool live = false;
  bool ssl = false;
  std::optional<std::uint32_t> port;
  std::optional<std::uint32_t> node;
  static constexpr Usage usage() {
    return usage_of("xm migrate", toggle<&XmMigrateDomain::live>("-l,--live"),
                    toggle<&XmMigrateDomain::ssl>("-s,--ssl"), maybe<&XmMigrateDomain::port>("-p,--port"),
                    maybe<&XmMigrateDomain::node>("-n,--node"), operand<&XmMigrateDomain::domain>("DOMAIN"),
                    operand<&XmMigrateDomain::host>("HOST"));
  }
  bool operator==(const XmMigrateDomain&) const = default;
};
Refused refuse(const World&, Name host, const XmMigrateDomain&, Report&);
void apply(World&, Name host, const XmMigrateDomain&, Report&);

}  // namespace rehearse::domain
