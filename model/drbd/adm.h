// drbdadm: reads drbd.conf, finds what the words on its command line mean there, and runs drbdsetup and
// drbdmeta for it, one after the other, in the order and with the words of the real one (drbdadm_main.c).
#pragma once

#include "model/drbd/adm_verbs.h"
#include "model/drbd/config.h"
#include "model/drbd/meta.h"
#include "model/drbd/setup.h"

namespace rehearse::drbd {

/// One run of drbdadm.
struct AdmCall {
  AdmVerb verb = AdmVerb::up;
  std::vector<Name> targets;       // "r0", "r0/1", "minor-3", or "all" alone
  std::vector<std::string> setup;  // options and values handed on: "--force"
  bool dry = false;                // only print what would be run
  bool verbose = false;            // print it, and run it
  bool yes = false;                // the answer of a person at the terminal
};

/// drbd.conf as a host reads it, with options inherited if `expand`; `why` and `status` if it is turned down.
struct AdmConfig {
  Configuration config;
  std::vector<std::string> said;  // warnings, and all messages but the last
  Ending ending;
};
AdmConfig load_config(const World&, Name host, bool expand);

/// The resource and, if one was asked for, the volume that a word stands for.
struct AdmTarget {
  const ResourceSection* resource = nullptr;
  const VolumeSection* volume = nullptr;
};
/// What a verb is to work on; the refusal if a word cannot stand for it.
Refused find_target(const Configuration&, AdmVerb, Name word, AdmTarget& target);
/// The refusal of a verb that needs the resource's address where the host does not have it.
Refused check_address(const World&, Name host, const Configuration&, AdmVerb, const ResourceSection&);
/// Every resource of this host; the refusal if there is none.
Refused find_all(const Configuration&, Name host, std::vector<AdmTarget>& targets);

/// How drbdadm names the volume's metadata to drbdmeta.
MetaCall meta_call(const VolumeSection&, std::string_view verb);

/// Does it. The last words are in the ending.
Ending run_adm(World&, Name host, const AdmCall&, Report&);

}  // namespace rehearse::drbd
