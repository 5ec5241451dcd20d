// virsh: commands on domains of libvirt. Those that only ask are not here.
#pragma once

#include <optional>

#include "model/libvirt/migrate.h"
#include "model/one_of.h"
#include "model/refusal.h"
#include "model/report.h"
#include "model/units.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::libvirt {

/// Keeps a definition; one that is there of that name and UUID is replaced.
struct DefineDomain {
  Name file;
  static constexpr Usage usage() { return usage_of("virsh define", operand<&DefineDomain::file>("FILE")); }
  bool operator==(const DefineDomain&) const = default;
};
Refused refuse(const World&, Name host, const DefineDomain&, Report&);
void apply(World&, Name host, const DefineDomain&, Report&);

/// Forgets it; a domain that runs goes on, as a transient one.
struct UndefineDomain {
  Name domain;
  static constexpr Usage usage() {
    return usage_of("virsh undefine", operand<&UndefineDomain::domain>("DOMAIN"));
  }
  bool operator==(const UndefineDomain&) const = default;
};
Refused refuse(const World&, Name host, const UndefineDomain&, Report&);
void apply(World&, Name host, const UndefineDomain&, Report&);

struct StartDomain {
  Name domain;
  bool paused = false;
  static constexpr Usage usage() {
    return usage_of("virsh start", toggle<&StartDomain::paused>("--paused"),
                    operand<&StartDomain::domain>("DOMAIN"));
  }
  bool operator==(const StartDomain&) const = default;
};
Refused refuse(const World&, Name host, const StartDomain&, Report&);
void apply(World&, Name host, const StartDomain&, Report&);

/// Starts a domain that is not kept: it is transient.
struct StartTransient {
  Name file;
  bool paused = false;
  static constexpr Usage usage() {
    return usage_of("virsh create", toggle<&StartTransient::paused>("--paused"),
                    operand<&StartTransient::file>("FILE"));
  }
  bool operator==(const StartTransient&) const = default;
};
Refused refuse(const World&, Name host, const StartTransient&, Report&);
void apply(World&, Name host, const StartTransient&, Report&);

/// Asks the guest to shut down; whether it hears is not waited for.
struct ShutDown {
  Name domain;
  std::optional<Name> mode;
  static constexpr Usage usage() {
    return usage_of("virsh shutdown", maybe<&ShutDown::mode>("--mode"), operand<&ShutDown::domain>("DOMAIN"));
  }
  bool operator==(const ShutDown&) const = default;
};
Refused refuse(const World&, Name host, const ShutDown&, Report&);
void apply(World&, Name host, const ShutDown&, Report&);

struct Reboot {
  Name domain;
  std::optional<Name> mode;
  static constexpr Usage usage() {
    return usage_of("virsh reboot", maybe<&Reboot::mode>("--mode"), operand<&Reboot::domain>("DOMAIN"));
  }
  bool operator==(const Reboot&) const = default;
};
Refused refuse(const World&, Name host, const Reboot&, Report&);
void apply(World&, Name host, const Reboot&, Report&);

/// Ends it as by a loss of power.
struct Destroy {
  Name domain;
  bool graceful = false;
  static constexpr Usage usage() {
    return usage_of("virsh destroy", toggle<&Destroy::graceful>("--graceful"),
                    operand<&Destroy::domain>("DOMAIN"));
  }
  bool operator==(const Destroy&) const = default;
};
Refused refuse(const World&, Name host, const Destroy&, Report&);
void apply(World&, Name host, const Destroy&, Report&);

struct Suspend {
  Name domain;
  static constexpr Usage usage() { return usage_of("virsh suspend", operand<&Suspend::domain>("DOMAIN")); }
  bool operator==(const Suspend&) const = default;
};
Refused refuse(const World&, Name host, const Suspend&, Report&);
void apply(World&, Name host, const Suspend&, Report&);

struct Resume {
  Name domain;
  static constexpr Usage usage() { return usage_of("virsh resume", operand<&Resume::domain>("DOMAIN")); }
  bool operator==(const Resume&) const = default;
};
Refused refuse(const World&, Name host, const Resume&, Report&);
void apply(World&, Name host, const Resume&, Report&);

struct Autostart {
  Name domain;
  bool disable = false;
  static constexpr Usage usage() {
    return usage_of("virsh autostart", toggle<&Autostart::disable>("--disable"),
                    operand<&Autostart::domain>("DOMAIN"));
  }
  bool operator==(const Autostart&) const = default;
};
Refused refuse(const World&, Name host, const Autostart&, Report&);
void apply(World&, Name host, const Autostart&, Report&);

/// Tells a running guest that its disk has another size, after the device below has grown.
struct ResizeDisk {
  Name domain;
  Name path;  // "vda", or the source
  Name size;  // "16M"; KiB if nothing is said
  static constexpr Usage usage() {
    return usage_of("virsh blockresize", operand<&ResizeDisk::domain>("DOMAIN"),
                    operand<&ResizeDisk::path>("PATH"), operand<&ResizeDisk::size>("SIZE"));
  }
  bool operator==(const ResizeDisk&) const = default;
};
Refused refuse(const World&, Name host, const ResizeDisk&, Report&);
void apply(World&, Name host, const ResizeDisk&, Report&);

using Op = OneOf<DefineDomain, UndefineDomain, StartDomain, StartTransient, ShutDown, Reboot, Destroy,
                 Suspend, Resume, Autostart, ResizeDisk, Migrate>;

/// As for all operations (model/op.h). `virsh -c qemu:///system` is the same as `virsh`.
Mismatch parse(std::span<const std::string> words, Op& op);
int claims(std::span<const std::string> words);
Words render(const Op& op);
std::vector<Usage> usages();
Refused refuse(const World&, Name host, const Op&, Report&);
void apply(World&, Name host, const Op&, Report&);

/// The words without the connection to this host's own daemon.
Words without_connection(std::span<const std::string> words);

/// libvirtd starts with its host, and starts what is marked (/etc/libvirt/qemu/autostart).
void start_marked(World&, Name host);

}  // namespace rehearse::libvirt
