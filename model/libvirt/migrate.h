// virsh migrate: a domain goes on with its memory on another host that has the same disks. libvirtd here asks
// the one there, whose QEMU opens the disks before anything is sent: a DRBD device that is Secondary there
// turns it down, so that both sides have to be Primary. The definition stays where it was unless one says
// otherwise: after a plain migration the domain is shut off here, to be started a second time by whoever does
// not know.
#pragma once

#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::libvirt {

/// "qemu+ssh://beta/system", "qemu+tcp://root@beta:16509/system"
struct PeerUri {
  std::string text;
  bool operator==(const PeerUri&) const = default;
};
bool read_value(std::string_view text, PeerUri& value);
std::string show_value(const PeerUri& value);

struct Migrate {
  Name domain;
  PeerUri to;
  bool live = false;        // else the guest stands still meanwhile
  bool offline = false;     // the definition alone, of one that is shut off as well
  bool persistent = false;  // it is kept there
  bool undefines = false;   // it is forgotten here
  bool suspended = false;   // it stays paused there
  bool unsafe = false;      // with a cache that may be in the way
  static constexpr Usage usage() {
    return usage_of("virsh migrate", toggle<&Migrate::live>("--live"), toggle<&Migrate::offline>("--offline"),
                    toggle<&Migrate::persistent>("--persistent"),
                    toggle<&Migrate::undefines>("--undefinesource"), toggle<&Migrate::suspended>("--suspend"),
                    toggle<&Migrate::unsafe>("--unsafe"), operand<&Migrate::domain>("DOMAIN"),
                    operand<&Migrate::to>("DESTURI"));
  }
  bool operator==(const Migrate&) const = default;
};
Refused refuse(const World&, Name host, const Migrate&, Report&);
void apply(World&, Name host, const Migrate&, Report&);

}  // namespace rehearse::libvirt
