// Commands on replicated devices: drbdadm's verbs on resources of drbd.conf, drbdsetup's on what the kernel
// has (setup_ops.h), drbdmeta's on disks. Verbs that differ in nothing but their name are one template. Those
// that only show something are not here.
#pragma once

#include "model/drbd/setup_ops.h"
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
    OnResources<AdmVerb::up>, OnResources<AdmVerb::down>, OnResourcesWith<AdmVerb::attach>,
    OnResourcesForced<AdmVerb::detach>, Connect, OnResourcesForced<AdmVerb::disconnect>,
    OnResourcesForced<AdmVerb::primary>, OnResources<AdmVerb::secondary>, OnResources<AdmVerb::invalidate>,
    OnResources<AdmVerb::invalidate_remote>, OnResources<AdmVerb::outdate>, OnResourcesWith<AdmVerb::resize>,
    OnResourcesWith<AdmVerb::verify>, OnResources<AdmVerb::pause_sync>, OnResources<AdmVerb::resume_sync>,
    OnResources<AdmVerb::suspend_io>, OnResources<AdmVerb::resume_io>, NewCurrentUuid,
    OnResources<AdmVerb::adjust>, OnResourcesWith<AdmVerb::wait_connect>,
    OnResourcesForced<AdmVerb::create_md>, OnResourcesWith<AdmVerb::wipe_md>, OnResources<AdmVerb::apply_al>,
    OnResourcesWith<AdmVerb::set_gi>, OnResources<AdmVerb::new_resource>, OnResources<AdmVerb::new_minor>,
    OnResourcesWith<AdmVerb::disk_options>, OnResourcesWith<AdmVerb::net_options>,
    OnResourcesWith<AdmVerb::resource_options>, SetupOnMinor<AdmVerb::primary>,
    SetupOnMinor<AdmVerb::secondary>, SetupOnMinor<AdmVerb::detach>, SetupOnMinor<AdmVerb::invalidate>,
    SetupOnMinor<AdmVerb::invalidate_remote>, SetupOnMinor<AdmVerb::pause_sync>,
    SetupOnMinor<AdmVerb::resume_sync>, SetupOnMinor<AdmVerb::suspend_io>, SetupOnMinor<AdmVerb::resume_io>,
    SetupOnMinor<AdmVerb::outdate>, SetupOnMinorWith<AdmVerb::resize>, SetupOnMinorWith<AdmVerb::verify>,
    SetupOnMinorWith<AdmVerb::new_current_uuid>, SetupOnMinorWith<AdmVerb::disk_options>, SetupAttach,
    SetupConnect, SetupNetOptions, SetupDisconnect, SetupOnResource<AdmVerb::new_resource>,
    SetupOnResource<AdmVerb::resource_options>, SetupDown, SetupForgetResource, SetupNewMinor,
    SetupForgetMinor, SetupWait<Wait::connect>, SetupWait<Wait::sync>, ChangeMetadata, LoadModule,
    UnloadModule>;

Mismatch parse(std::span<const std::string> words, Op& op);
int claims(std::span<const std::string> words);
Words render(const Op&);
std::vector<Usage> usages();
Refused refuse(const World&, Name host, const Op&, Report&);
void apply(World&, Name host, const Op&, Report&);

}  // namespace rehearse::drbd
