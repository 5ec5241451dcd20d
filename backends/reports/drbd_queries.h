// What an operator types to look at replicated devices: drbdadm's and drbdsetup's verbs that change nothing.
#pragma once

#include "model/drbd/values.h"
#include "model/report.h"
#include "model/world.h"

namespace rehearse::reports {

using drbd::AdmVerb;

/// drbdadm role, cstate, dstate, get-gi, show-gi, sh-dev and their sisters.
template <AdmVerb V>
struct AdmShow {
  bool dry = false;
  bool verbose = false;
  std::vector<Name> targets;
  static constexpr AdmVerb kVerb = V;
  static constexpr Usage usage() {
    return usage_of(drbd::AdmWords<V>::words(), toggle<&AdmShow::dry>("-d,--dry-run"),
                    toggle<&AdmShow::verbose>("-v,--verbose"), some<&AdmShow::targets>("RESOURCE"));
  }
  bool operator==(const AdmShow&) const = default;
};

/// drbdadm dump-md: the metadata of disks as text.
struct AdmDumpMetadata {
  bool dry = false;
  bool verbose = false;
  std::vector<drbd::HandedOn<AdmVerb::dump_md>> setup;  // --force: even if they are not clean, or in use
  std::vector<Name> targets;
  static constexpr Usage usage() {
    return usage_of("drbdadm dump-md", toggle<&AdmDumpMetadata::dry>("-d,--dry-run"),
                    toggle<&AdmDumpMetadata::verbose>("-v,--verbose"),
                    maybe<&AdmDumpMetadata::setup>("-W,--setup-option"),
                    some<&AdmDumpMetadata::targets>("RESOURCE"));
  }
  bool operator==(const AdmDumpMetadata&) const = default;
};

/// drbdadm dump: drbd.conf as it was understood.
struct AdmDump {
  bool dry = false;
  std::vector<Name> targets;
  static constexpr Usage usage() {
    return usage_of("drbdadm dump", toggle<&AdmDump::dry>("-d,--dry-run"),
                    any<&AdmDump::targets>("RESOURCE"));
  }
  bool operator==(const AdmDump&) const = default;
};

struct AdmStatus {
  bool dry = false;
  std::vector<Name> targets;
  static constexpr Usage usage() {
    return usage_of("drbdadm status", toggle<&AdmStatus::dry>("-d,--dry-run"),
                    any<&AdmStatus::targets>("RESOURCE"));
  }
  bool operator==(const AdmStatus&) const = default;
};

struct AdmListResources {
  static constexpr Usage usage() { return usage_of("drbdadm sh-resources"); }
  bool operator==(const AdmListResources&) const = default;
};

/// drbdsetup role, cstate, dstate, get-gi and show-gi of a minor.
template <AdmVerb V>
struct SetupShow {
  drbd::MinorName minor;
  static constexpr AdmVerb kVerb = V;
  static constexpr Usage usage() {
    constexpr std::string_view words = V == AdmVerb::role     ? "drbdsetup role"
                                       : V == AdmVerb::cstate ? "drbdsetup cstate"
                                       : V == AdmVerb::dstate ? "drbdsetup dstate"
                                       : V == AdmVerb::get_gi ? "drbdsetup get-gi"
                                                              : "drbdsetup show-gi";
    return usage_of(words, operand<&SetupShow::minor>("MINOR"));
  }
  bool operator==(const SetupShow&) const = default;
};

struct SetupStatus {
  bool verbose = false;
  std::optional<Name> resource;
  static constexpr Usage usage() {
    return usage_of("drbdsetup status", toggle<&SetupStatus::verbose>("--verbose"),
                    last<&SetupStatus::resource>("RESOURCE"));
  }
  bool operator==(const SetupStatus&) const = default;
};

/// drbdsetup show: how the kernel is configured.
struct SetupShowConfig {
  bool defaults = false;         // also what is as usual
  std::optional<Name> resource;  // or a minor
  static constexpr Usage usage() {
    return usage_of("drbdsetup show", toggle<&SetupShowConfig::defaults>("--show-defaults"),
                    last<&SetupShowConfig::resource>("RESOURCE"));
  }
  bool operator==(const SetupShowConfig&) const = default;
};

/// drbdsetup events2 --now: what there is, a line each, and no waiting for what comes.
struct SetupEvents {
  std::optional<Name> resource;
  static constexpr Usage usage() {
    return usage_of("drbdsetup events2", flag("--now"), last<&SetupEvents::resource>("RESOURCE"));
  }
  bool operator==(const SetupEvents&) const = default;
};

/// drbdmeta get-gi, show-gi, dstate, dump-md and read-dev-uuid.
struct MetaShowVerb {
  std::string name = "get-gi";
  bool operator==(const MetaShowVerb&) const = default;
};
bool read_value(std::string_view text, MetaShowVerb& value);
std::string show_value(const MetaShowVerb& value);
struct ShowMetadata {
  bool force = false;
  drbd::MinorName minor;
  drbd::MetaVersion version;
  std::string device;
  std::string index;
  MetaShowVerb verb;
  static constexpr Usage usage() {
    return usage_of("drbdmeta", toggle<&ShowMetadata::force>("-f,--force"),
                    operand<&ShowMetadata::minor>("MINOR"), operand<&ShowMetadata::version>("v08"),
                    operand<&ShowMetadata::device>("DEVICE"), operand<&ShowMetadata::index>("INDEX"),
                    operand<&ShowMetadata::verb>("COMMAND"));
  }
  bool operator==(const ShowMetadata&) const = default;
};

/// Prints what drbdadm does for the verb; the last words and the status go into the report.
void print_adm(const World&, Name host, AdmVerb verb, bool dry, bool verbose,
               const std::vector<Name>& targets, Report&);
void print_setup(const World&, Name host, AdmVerb verb, std::uint32_t minor, Report&);

template <AdmVerb V>
void print(const World& world, Name host, const AdmShow<V>& form, Report& report) {
  print_adm(world, host, V, form.dry, form.verbose, form.targets, report);
}
template <AdmVerb V>
void print(const World& world, Name host, const SetupShow<V>& form, Report& report) {
  print_setup(world, host, V, form.minor.number, report);
}
void print(const World&, Name host, const AdmDumpMetadata&, Report&);
void print(const World&, Name host, const AdmDump&, Report&);
void print(const World&, Name host, const AdmStatus&, Report&);
void print(const World&, Name host, const AdmListResources&, Report&);
void print(const World&, Name host, const SetupStatus&, Report&);
void print(const World&, Name host, const SetupShowConfig&, Report&);
void print(const World&, Name host, const SetupEvents&, Report&);
void print(const World&, Name host, const ShowMetadata&, Report&);

}  // namespace rehearse::reports
