// Commands on replicated devices: drbdadm's verbs on resources of drbd.conf, drbdsetup's on what the kernel
// has, drbdmeta's on disks. Verbs that differ in nothing but their name are one template. Those that only
// show something are not here.
#pragma once

#include "model/drbd/values.h"
#include "model/one_of.h"
#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::drbd {

/// drbdadm VERB RESOURCE...
template <AdmVerb V>
struct OnResources {
  bool dry = false;  // prints the commands instead of running them
  bool verbose = false;
  std::vector<Name> targets;
  static constexpr AdmVerb kVerb = V;
  static constexpr Usage usage() {
    return usage_of(AdmWords<V>::words(), toggle<&OnResources::dry>("-d,--dry-run"),
                    toggle<&OnResources::verbose>("-v,--verbose"), some<&OnResources::targets>("RESOURCE"));
  }
  bool operator==(const OnResources&) const = default;
};

/// The same with options that are handed on.
template <AdmVerb V>
struct OnResourcesWith {
  bool dry = false;
  bool verbose = false;
  std::vector<HandedOn<V>> setup;
  std::vector<Name> targets;
  bool yes = false;  // a person at the terminal says so
  static constexpr AdmVerb kVerb = V;
  static constexpr Usage usage() {
    return usage_of(AdmWords<V>::words(), toggle<&OnResourcesWith::dry>("-d,--dry-run"),
                    toggle<&OnResourcesWith::verbose>("-v,--verbose"),
                    maybe<&OnResourcesWith::setup>("-W,--setup-option"),
                    some<&OnResourcesWith::targets>("RESOURCE"));
  }
  bool operator==(const OnResourcesWith&) const = default;
};

/// The same with --force, which drbdadm knows of these verbs.
template <AdmVerb V>
struct OnResourcesForced {
  bool dry = false;
  bool verbose = false;
  bool force = false;
  std::vector<HandedOn<V>> setup;
  std::vector<Name> targets;
  bool yes = false;
  static constexpr AdmVerb kVerb = V;
  static constexpr Usage usage() {
    return usage_of(
        AdmWords<V>::words(), toggle<&OnResourcesForced::dry>("-d,--dry-run"),
        toggle<&OnResourcesForced::verbose>("-v,--verbose"), toggle<&OnResourcesForced::force>("--force"),
        maybe<&OnResourcesForced::setup>("-W,--setup-option"), some<&OnResourcesForced::targets>("RESOURCE"));
  }
  bool operator==(const OnResourcesForced&) const = default;
};

/// drbdadm connect: tells the kernel how to reach the peer, and to go on trying.
struct Connect {
  bool dry = false;
  bool verbose = false;
  bool discard_my_data = false;  // if it comes to a split brain, this side's changes go
  bool tentative = false;        // only to see what would become of it
  std::vector<HandedOn<AdmVerb::connect>> setup;
  std::vector<Name> targets;
  static constexpr AdmVerb kVerb = AdmVerb::connect;
  static constexpr Usage usage() {
    return usage_of(
        "drbdadm connect", toggle<&Connect::dry>("-d,--dry-run"), toggle<&Connect::verbose>("-v,--verbose"),
        toggle<&Connect::discard_my_data>("--discard-my-data"), toggle<&Connect::tentative>("--tentative"),
        maybe<&Connect::setup>("-W,--setup-option"), some<&Connect::targets>("RESOURCE"));
  }
  bool operator==(const Connect&) const = default;
};

/// drbdadm new-current-uuid: a new generation of the data; with --clear-bitmap of two fresh disks that are
/// the same.
struct NewCurrentUuid {
  bool dry = false;
  bool verbose = false;
  bool clear_bitmap = false;
  std::vector<HandedOn<AdmVerb::new_current_uuid>> setup;
  std::vector<Name> targets;
  static constexpr AdmVerb kVerb = AdmVerb::new_current_uuid;
  static constexpr Usage usage() {
    return usage_of("drbdadm new-current-uuid", toggle<&NewCurrentUuid::dry>("-d,--dry-run"),
                    toggle<&NewCurrentUuid::verbose>("-v,--verbose"),
                    toggle<&NewCurrentUuid::clear_bitmap>("--clear-bitmap"),
                    maybe<&NewCurrentUuid::setup>("-W,--setup-option"),
                    some<&NewCurrentUuid::targets>("RESOURCE"));
  }
  bool operator==(const NewCurrentUuid&) const = default;
};

/// drbdsetup VERB MINOR
template <AdmVerb V>
struct SetupOnMinor {
  MinorName minor;
  bool force = false;  // of primary and detach
  static constexpr AdmVerb kVerb = V;
  static constexpr Usage usage() {
    constexpr std::string_view words = V == AdmVerb::secondary           ? "drbdsetup secondary"
                                       : V == AdmVerb::invalidate        ? "drbdsetup invalidate"
                                       : V == AdmVerb::invalidate_remote ? "drbdsetup invalidate-remote"
                                       : V == AdmVerb::pause_sync        ? "drbdsetup pause-sync"
                                       : V == AdmVerb::resume_sync       ? "drbdsetup resume-sync"
                                       : V == AdmVerb::suspend_io        ? "drbdsetup suspend-io"
                                       : V == AdmVerb::resume_io         ? "drbdsetup resume-io"
                                                                         : "drbdsetup outdate";
    if constexpr (V == AdmVerb::primary) {
      return usage_of("drbdsetup primary", toggle<&SetupOnMinor::force>("--force,--overwrite-data-of-peer"),
                      operand<&SetupOnMinor::minor>("MINOR"));
    } else if constexpr (V == AdmVerb::detach) {
      return usage_of("drbdsetup detach", toggle<&SetupOnMinor::force>("--force"),
                      operand<&SetupOnMinor::minor>("MINOR"));
    } else {
      return usage_of(words, operand<&SetupOnMinor::minor>("MINOR"));
    }
  }
  bool operator==(const SetupOnMinor&) const = default;
};

/// drbdsetup down: demotes, disconnects, detaches and forgets a resource.
struct SetupDown {
  Name resource;
  static constexpr Usage usage() {
    return usage_of("drbdsetup down", operand<&SetupDown::resource>("RESOURCE"));
  }
  bool operator==(const SetupDown&) const = default;
};

struct SetupDisconnect {
  bool force = false;
  Name local;  // "ipv4:10.0.0.1:7788"
  Name peer;
  static constexpr Usage usage() {
    return usage_of("drbdsetup disconnect", toggle<&SetupDisconnect::force>("--force"),
                    operand<&SetupDisconnect::local>("LOCAL"), operand<&SetupDisconnect::peer>("PEER"));
  }
  bool operator==(const SetupDisconnect&) const = default;
};

/// drbdmeta MINOR v08 DEVICE INDEX VERB
struct ChangeMetadata {
  bool force = false;
  MinorName minor;
  MetaVersion version;
  std::string device;
  std::string index;
  MetaVerb verb;
  std::vector<std::string> values;
  bool yes = false;
  static constexpr Usage usage() {
    return usage_of("drbdmeta", toggle<&ChangeMetadata::force>("-f,--force"),
                    operand<&ChangeMetadata::minor>("MINOR"), operand<&ChangeMetadata::version>("v08"),
                    operand<&ChangeMetadata::device>("DEVICE"), operand<&ChangeMetadata::index>("INDEX"),
                    operand<&ChangeMetadata::verb>("COMMAND"), any<&ChangeMetadata::values>("VALUE"));
  }
  bool operator==(const ChangeMetadata&) const = default;
};

struct LoadModule {
  static constexpr Usage usage() { return usage_of("modprobe drbd"); }
  bool operator==(const LoadModule&) const = default;
};
struct UnloadModule {
  static constexpr Usage usage() { return usage_of("rmmod drbd"); }
  bool operator==(const UnloadModule&) const = default;
};

using Op = OneOf<
    OnResources<AdmVerb::up>, OnResources<AdmVerb::down>, OnResources<AdmVerb::attach>,
    OnResourcesForced<AdmVerb::detach>, Connect, OnResourcesForced<AdmVerb::disconnect>,
    OnResourcesForced<AdmVerb::primary>, OnResources<AdmVerb::secondary>, OnResources<AdmVerb::invalidate>,
    OnResources<AdmVerb::invalidate_remote>, OnResources<AdmVerb::outdate>, OnResourcesWith<AdmVerb::resize>,
    OnResourcesWith<AdmVerb::verify>, OnResources<AdmVerb::pause_sync>, OnResources<AdmVerb::resume_sync>,
    OnResources<AdmVerb::suspend_io>, OnResources<AdmVerb::resume_io>, NewCurrentUuid,
    OnResources<AdmVerb::adjust>, OnResources<AdmVerb::wait_connect>, OnResourcesForced<AdmVerb::create_md>,
    OnResourcesWith<AdmVerb::wipe_md>, OnResources<AdmVerb::apply_al>, OnResourcesWith<AdmVerb::set_gi>,
    OnResources<AdmVerb::new_resource>, OnResources<AdmVerb::new_minor>, SetupOnMinor<AdmVerb::primary>,
    SetupOnMinor<AdmVerb::secondary>, SetupOnMinor<AdmVerb::detach>, SetupOnMinor<AdmVerb::invalidate>,
    SetupOnMinor<AdmVerb::invalidate_remote>, SetupOnMinor<AdmVerb::pause_sync>,
    SetupOnMinor<AdmVerb::resume_sync>, SetupOnMinor<AdmVerb::suspend_io>, SetupOnMinor<AdmVerb::resume_io>,
    SetupOnMinor<AdmVerb::outdate>, SetupDown, SetupDisconnect, ChangeMetadata, LoadModule, UnloadModule>;

Mismatch parse(std::span<const std::string> words, Op& op);
int claims(std::span<const std::string> words);
Words render(const Op&);
std::vector<Usage> usages();
Refused refuse(const World&, Name host, const Op&, Report&);
void apply(World&, Name host, const Op&, Report&);

}  // namespace rehearse::drbd
