// How a domain of libvirt comes and goes: the checks of libvirtd and of QEMU, the start of the guest in it,
// its end. What runs is a row of the host's domains like those of Xen, so that whoever looks at guests sees
// both.
#pragma once

#include "model/libvirt/store.h"
#include "model/refusal.h"

namespace rehearse::libvirt {

/// What the model and the guest see of it on that host; disks that have no medium are left out.
domain::Config config_of(const Host&, const Definition&);

/// Why libvirtd or QEMU does not start it there, in their words; "" if they do. What comes from another host
/// (`incoming`) does not lock its disks before it has all of them.
std::string unfit(const World&, Name host, const Definition&, bool incoming = false);

/// `unfit` must have said nothing. A guest that finds no root stays without a system: QEMU runs on.
void start(World&, Name host, const Definition&, bool paused);

/// One that is paused goes on, or boots if it has not yet.
void run_on(World&, Name host, Name domain);

}  // namespace rehearse::libvirt
