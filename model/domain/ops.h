// Commands on virtual machines: xl, and the older xm where it differs in what is typed. `xl list` asks only
// and is not here.
#pragma once

#include <optional>

#include "model/domain/migrate.h"
#include "model/one_of.h"
#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::domain {

/// A configuration file as named on a command line. NAME=VALUE is a setting, which the model does not take.
struct ConfigPath {
  Name path;
  bool operator==(const ConfigPath&) const = default;
};
bool read_value(std::string_view text, ConfigPath& value);
std::string show_value(const ConfigPath& value);

/// xl create: makes a domain from its configuration file and boots it.
struct CreateDomain {
  ConfigPath file;
  bool paused = false;
  bool quiet = false;
  bool console = false;  // attaches to it; that changes nothing
  static constexpr Usage usage() {
    return usage_of("xl create", toggle<&CreateDomain::paused>("-p"),
                    toggle<&CreateDomain::quiet>("-q,--quiet"), toggle<&CreateDomain::console>("-c"),
                    operand<&CreateDomain::file>("FILE"));
  }
  bool operator==(const CreateDomain&) const = default;
};
Refused refuse(const World&, Name host, const CreateDomain&, Report&);
void apply(World&, Name host, const CreateDomain&, Report&);

/// xm create: the same, but a file that is not where it is typed is looked for in /etc/xen, with and without
/// .cfg.
struct XmCreateDomain {
  ConfigPath file;
  bool paused = false;
  bool quiet = false;
  bool console = false;
  static constexpr Usage usage() {
    return usage_of("xm create", toggle<&XmCreateDomain::paused>("-p,--paused"),
                    toggle<&XmCreateDomain::quiet>("-q,--quiet"),
                    toggle<&XmCreateDomain::console>("-c,--console_autoconnect"),
                    operand<&XmCreateDomain::file>("FILE"));
  }
  bool operator==(const XmCreateDomain&) const = default;
};
Refused refuse(const World&, Name host, const XmCreateDomain&, Report&);
void apply(World&, Name host, const XmCreateDomain&, Report&);

/// xl shutdown: asks the guest to shut down in order. One that is paused does not hear it.
struct ShutDownDomain {
  std::optional<Name> domain;
  bool all = false;
  bool wait = false;
  static constexpr Usage usage() {
    return usage_of("xl shutdown,xm shutdown", toggle<&ShutDownDomain::all>("-a,--all"),
                    toggle<&ShutDownDomain::wait>("-w,--wait"), last<&ShutDownDomain::domain>("DOMAIN"));
  }
  bool operator==(const ShutDownDomain&) const = default;
};
Refused refuse(const World&, Name host, const ShutDownDomain&, Report&);
void apply(World&, Name host, const ShutDownDomain&, Report&);

/// xl reboot: shuts the guest down in order and creates its domain again.
struct RebootDomain {
  Name domain;
  static constexpr Usage usage() {
    return usage_of("xl reboot,xm reboot", operand<&RebootDomain::domain>("DOMAIN"));
  }
  bool operator==(const RebootDomain&) const = default;
};
Refused refuse(const World&, Name host, const RebootDomain&, Report&);
void apply(World&, Name host, const RebootDomain&, Report&);

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

/// xl pause: the domain keeps its memory and its disks and does nothing.
struct PauseDomain {
  Name domain;
  static constexpr Usage usage() {
    return usage_of("xl pause,xm pause", operand<&PauseDomain::domain>("DOMAIN"));
  }
  bool operator==(const PauseDomain&) const = default;
};
Refused refuse(const World&, Name host, const PauseDomain&, Report&);
void apply(World&, Name host, const PauseDomain&, Report&);

/// xl unpause: it goes on; one created paused boots now.
struct UnpauseDomain {
  Name domain;
  static constexpr Usage usage() {
    return usage_of("xl unpause,xm unpause", operand<&UnpauseDomain::domain>("DOMAIN"));
  }
  bool operator==(const UnpauseDomain&) const = default;
};
Refused refuse(const World&, Name host, const UnpauseDomain&, Report&);
void apply(World&, Name host, const UnpauseDomain&, Report&);

/// xl rename: the running domain's name; its configuration file is not touched.
struct RenameDomain {
  Name domain;
  Name name;
  static constexpr Usage usage() {
    return usage_of("xl rename,xm rename", operand<&RenameDomain::domain>("DOMAIN"),
                    operand<&RenameDomain::name>("NAME"));
  }
  bool operator==(const RenameDomain&) const = default;
};
Refused refuse(const World&, Name host, const RenameDomain&, Report&);
void apply(World&, Name host, const RenameDomain&, Report&);

using Op = OneOf<CreateDomain, XmCreateDomain, ShutDownDomain, RebootDomain, DestroyDomain, PauseDomain,
                 UnpauseDomain, RenameDomain, MigrateDomain, XmMigrateDomain>;

Mismatch parse(std::span<const std::string> words, Op& op);
int claims(std::span<const std::string> words);
Words render(const Op&);
std::vector<Usage> usages();
Refused refuse(const World&, Name host, const Op&, Report&);
void apply(World&, Name host, const Op&, Report&);

}  // namespace rehearse::domain
