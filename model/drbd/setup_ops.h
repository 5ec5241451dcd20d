// Commands on replicated devices as the kernel has them: drbdsetup's verbs, typed by hand. drbdadm runs the
// same for its own. Options that drbd.conf has, too, are kept as the words that say them.
#pragma once

#include "model/drbd/kernel_calls.h"
#include "model/drbd/setup.h"
#include "model/drbd/values.h"

namespace rehearse::drbd {

/// drbdsetup VERB MINOR
template <AdmVerb V>
struct SetupOnMinor {
  MinorName minor;
  bool force = false;  // of primary and detach
  static constexpr AdmVerb kVerb = V;
  static constexpr Usage usage() {
    if constexpr (V == AdmVerb::primary) {
      return usage_of(SetupWords<V>::words(),
                      toggle<&SetupOnMinor::force>("--force,--overwrite-data-of-peer"),
                      operand<&SetupOnMinor::minor>("MINOR"));
    } else if constexpr (V == AdmVerb::detach) {
      return usage_of(SetupWords<V>::words(), toggle<&SetupOnMinor::force>("--force"),
                      operand<&SetupOnMinor::minor>("MINOR"));
    } else {
      return usage_of(SetupWords<V>::words(), operand<&SetupOnMinor::minor>("MINOR"));
    }
  }
  bool operator==(const SetupOnMinor&) const = default;
};

/// The same with options: resize, verify, new-current-uuid, disk-options.
template <AdmVerb V>
struct SetupOnMinorWith {
  std::vector<HandedOn<V>> options;
  MinorName minor;
  static constexpr AdmVerb kVerb = V;
  static constexpr Usage usage() {
    return usage_of(SetupWords<V>::words(), others<&SetupOnMinorWith::options>("--OPTION=VALUE"),
                    operand<&SetupOnMinorWith::minor>("MINOR"));
  }
  bool operator==(const SetupOnMinorWith&) const = default;
};

/// drbdsetup attach: gives a device its disk. The metadata have to be clean.
struct SetupAttach {
  std::vector<HandedOn<AdmVerb::attach>> options;
  MinorName minor;
  Name disk;
  Name meta;  // the same with an internal index
  MetaIndex index;
  static constexpr Usage usage() {
    return usage_of("drbdsetup attach", others<&SetupAttach::options>("--OPTION=VALUE"),
                    operand<&SetupAttach::minor>("MINOR"), operand<&SetupAttach::disk>("DISK"),
                    operand<&SetupAttach::meta>("META_DISK"), operand<&SetupAttach::index>("INDEX"));
  }
  bool operator==(const SetupAttach&) const = default;
};

/// drbdsetup connect
struct SetupConnect {
  std::vector<HandedOn<AdmVerb::connect>> options;
  Name resource;
  EndpointName local;
  EndpointName peer;
  static constexpr Usage usage() {
    return usage_of("drbdsetup connect", others<&SetupConnect::options>("--OPTION=VALUE"),
                    operand<&SetupConnect::resource>("RESOURCE"), operand<&SetupConnect::local>("LOCAL"),
                    operand<&SetupConnect::peer>("PEER"));
  }
  bool operator==(const SetupConnect&) const = default;
};

struct SetupNetOptions {
  std::vector<HandedOn<AdmVerb::net_options>> options;
  EndpointName local;
  EndpointName peer;
  static constexpr Usage usage() {
    return usage_of("drbdsetup net-options", others<&SetupNetOptions::options>("--OPTION=VALUE"),
                    operand<&SetupNetOptions::local>("LOCAL"), operand<&SetupNetOptions::peer>("PEER"));
  }
  bool operator==(const SetupNetOptions&) const = default;
};

struct SetupDisconnect {
  bool force = false;
  EndpointName local;
  EndpointName peer;
  static constexpr Usage usage() {
    return usage_of("drbdsetup disconnect", toggle<&SetupDisconnect::force>("--force"),
                    operand<&SetupDisconnect::local>("LOCAL"), operand<&SetupDisconnect::peer>("PEER"));
  }
  bool operator==(const SetupDisconnect&) const = default;
};

/// drbdsetup new-resource and resource-options
template <AdmVerb V>
struct SetupOnResource {
  std::vector<HandedOn<V>> options;
  Name resource;
  static constexpr AdmVerb kVerb = V;
  static constexpr Usage usage() {
    return usage_of(SetupWords<V>::words(), others<&SetupOnResource::options>("--OPTION=VALUE"),
                    operand<&SetupOnResource::resource>("RESOURCE"));
  }
  bool operator==(const SetupOnResource&) const = default;
};

/// drbdsetup down: demotes, disconnects, detaches and forgets a resource.
struct SetupDown {
  Name resource;
  static constexpr Usage usage() {
    return usage_of("drbdsetup down", operand<&SetupDown::resource>("RESOURCE"));
  }
  bool operator==(const SetupDown&) const = default;
};

struct SetupForgetResource {
  Name resource;
  static constexpr Usage usage() {
    return usage_of("drbdsetup del-resource", operand<&SetupForgetResource::resource>("RESOURCE"));
  }
  bool operator==(const SetupForgetResource&) const = default;
};

struct SetupNewMinor {
  Name resource;
  MinorName minor;
  std::uint32_t volume = 0;
  static constexpr Usage usage() {
    return usage_of("drbdsetup new-minor", operand<&SetupNewMinor::resource>("RESOURCE"),
                    operand<&SetupNewMinor::minor>("MINOR"), operand<&SetupNewMinor::volume>("VOLUME"));
  }
  bool operator==(const SetupNewMinor&) const = default;
};

struct SetupForgetMinor {
  MinorName minor;
  static constexpr Usage usage() {
    return usage_of("drbdsetup del-minor", operand<&SetupForgetMinor::minor>("MINOR"));
  }
  bool operator==(const SetupForgetMinor&) const = default;
};

/// drbdsetup wait-connect and wait-sync: until there is a connection, or one and no resync.
template <Wait W>
struct SetupWait {
  std::vector<HandedOn<AdmVerb::wait_connect>> options;
  MinorName minor;
  static constexpr Usage usage() {
    return usage_of(W == Wait::connect ? "drbdsetup wait-connect" : "drbdsetup wait-sync",
                    others<&SetupWait::options>("--OPTION=VALUE"), operand<&SetupWait::minor>("MINOR"));
  }
  bool operator==(const SetupWait&) const = default;
};

template <AdmVerb V>
Ending run(World&, Name host, const SetupOnMinor<V>&, Report&);
template <AdmVerb V>
Ending run(World&, Name host, const SetupOnMinorWith<V>&, Report&);
template <AdmVerb V>
Ending run(World&, Name host, const SetupOnResource<V>&, Report&);
template <Wait W>
Ending run(World&, Name host, const SetupWait<W>&, Report&);
Ending run(World&, Name host, const SetupAttach&, Report&);
Ending run(World&, Name host, const SetupConnect&, Report&);
Ending run(World&, Name host, const SetupNetOptions&, Report&);
Ending run(World&, Name host, const SetupDisconnect&, Report&);
Ending run(World&, Name host, const SetupDown&, Report&);
Ending run(World&, Name host, const SetupForgetResource&, Report&);
Ending run(World&, Name host, const SetupNewMinor&, Report&);
Ending run(World&, Name host, const SetupForgetMinor&, Report&);

}  // namespace rehearse::drbd
