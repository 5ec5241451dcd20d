// ATA over Ethernet between the hosts: vblade processes serve devices of their host, the other hosts' kernels
// show them as /dev/etherd/eSHELF.SLOT. A vblade says that it is there when it starts; a host that boots
// asks. Its device stays in a host's /dev when the server is gone, and every access fails until it is back.
#pragma once

#include "model/net/inittab.h"
#include "model/world.h"

namespace rehearse::net {

/// "etherd/e3.6"
Name aoe_name(std::uint32_t shelf, std::uint32_t slot);

/// A vblade starts; `entry` of /etc/inittab, if init started it. False: there is no such device, and it
/// ended.
bool start_export(World&, Name host, std::uint32_t shelf, std::uint32_t slot, Name path, Name entry);
/// Starts each vblade that /etc/inittab says and that is not running.
void respawn_exports(World&, Name host);
/// What init does when it is told to read /etc/inittab again: ends what is gone from it or turned off, starts
/// what is new. One whose command line alone was changed goes on as it is.
void reread_inittab(World&, Name host);
/// The AoE devices that a host's kernel finds on the network now.
void discover(World&, Name host);

}  // namespace rehearse::net
