// How a host reaches another by name: through its own /etc/hosts, the network, and a daemon there that
// listens where one can come from outside. Debian gives a machine's own name the address 127.0.1.1, so a
// daemon told to listen on its machine's name listens to nobody but the machine itself.
#pragma once

#include <string>

#include "model/world.h"

namespace rehearse::net {

enum class Daemon : std::uint8_t {
  ssh,         // /etc/ssh/sshd_config: ListenAddress
  libvirt,     // /etc/libvirt/libvirtd.conf: listen_tcp
  relocation,  // xend's, for xm migrate: /etc/xen/xend-config.sxp
  any,         // one that somebody has just started, on all addresses
};

struct Way {
  enum class Ends : std::uint8_t { well, unknown_name, no_route, refused };
  Ends ends = Ends::well;
  Name host;  // that the name leads to, as far as it leads
};

/// The host that a name or an address means to `from`; none: it is not known. A name that /etc/hosts does not
/// have is found as by DNS.
Name resolve(const World&, Name from, const std::string& name);
/// The address in /etc/hosts of the host, "" if it is not there.
std::string address_of(const World&, Name host, const std::string& name);
bool loopback(std::string_view address);
/// Does the daemon there listen on an address that others reach?
bool listens_outside(const World&, Name host, Daemon);

Way way_to(const World&, Name from, const std::string& name, Daemon);
/// What ssh(1) says of a way that does not end well.
std::string ssh_words(const Way&, const std::string& name);

}  // namespace rehearse::net
