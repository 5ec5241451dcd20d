// What libvirtd of a host knows: definitions, each a file in /etc/libvirt/qemu, and the domains that run.
// Both may be there of one name (it is persistent and runs), or one of them (it is shut off; it is
// transient).
#pragma once

#include <optional>

#include "model/libvirt/definition.h"
#include "model/world.h"

namespace rehearse::libvirt {

/// The definitions that are kept, by name.
std::vector<Definition> kept(const World&, Name host);
std::optional<Definition> kept(const World&, Name host, std::string_view name);
/// Written and synced, in place of the one of that name.
void keep(World&, Name host, const Definition&);
void forget(World&, Name host, std::string_view name);

/// A link in /etc/libvirt/qemu/autostart: libvirtd starts it when it starts itself.
bool starts_by_itself(const World&, Name host, std::string_view name);
void start_by_itself(World&, Name host, std::string_view name, bool starts);

struct Found {
  Name name;                                // empty: there is no such domain
  const domain::Domain* running = nullptr;  // the row of the host
  std::optional<Definition> definition;     // that is kept
  explicit operator bool() const { return !name.empty(); }
  /// As it runs, else as it is kept.
  Definition shown() const;
};
/// By number, UUID or name, as virsh takes it.
Found find(const World&, Name host, std::string_view typed);

}  // namespace rehearse::libvirt
