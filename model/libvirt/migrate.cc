#include "model/libvirt/migrate.h"

#include <algorithm>

#include "model/domain/life.h"
#include "model/libvirt/life.h"
#include "model/net/hosts.h"

namespace rehearse::libvirt {
namespace {

struct Uri {
  bool ssh = false;
  std::string host;
};

// DRIVER+TRANSPORT://[USER@]HOST[:PORT]/PATH
std::optional<Uri> read_uri(std::string_view text) {
  Uri uri;
  if (text.starts_with("qemu+ssh://")) uri.ssh = true;
  if (!uri.ssh && !text.starts_with("qemu+tcp://")) return std::nullopt;
  text.remove_prefix(text.find("//") + 2);
  const std::size_t path = text.find('/');
  if (path == text.npos || text.substr(path) != "/system") return std::nullopt;
  text = text.substr(0, path);
  if (const std::size_t user = text.find('@'); user != text.npos) text.remove_prefix(user + 1);
  uri.host = text.substr(0, text.find(':'));
  if (uri.host.empty()) return std::nullopt;
  return uri;
}

Refused failed(std::string why, Report& report) {
  report.out("");
  return {Refusal::virsh_not_migrated, why};
}

// What virsh says that finds nobody there; "" if it does.
std::string no_way(const net::Way& way, const Uri& uri) {
  using enum net::Way::Ends;
  if (way.ends == well) return "";
  if (uri.ssh)
    return fmt::format("Cannot recv data: {}: Connection reset by peer", net::ssh_words(way, uri.host));
  if (way.ends == unknown_name) {
    return fmt::format("Unable to resolve address '{}' service '16509': Temporary failure in name resolution",
                       uri.host);
  }
  return fmt::format("unable to connect to server at '{}:16509': {}", uri.host,
                     way.ends == refused ? "Connection refused" : "No route to host");
}

std::vector<fs::Mount> carried(const domain::Domain& from, const domain::Config& there) {
  std::vector<fs::Mount> mounts = from.mounts;
  for (fs::Mount& mount : mounts) {
    for (std::size_t i = 0; i < there.disks.size(); ++i) {
      if (mount.device != from.config.disks[i].device) continue;
      mount.device = there.disks[i].device;
      break;
    }
  }
  return mounts;
}

// Why the daemon there does not take it.
std::string turned_down(const World& world, Name host, const Found& found, const Migrate& op) {
  const Definition made = found.shown();
  const Found there = find(world, host, made.name);
  if (there && there.shown().uuid != made.uuid)
    return fmt::format("operation failed: domain '{}' already exists with uuid {}", made.name,
                       there.shown().uuid);
  if (op.offline) return "";
  if (there.running)
    return fmt::format("Requested operation is not valid: domain '{}' is already active", made.name);
  return unfit(world, host, made, true);
}

// What goes on there: the row of the host's domains.
void carry(World& world, Name from, Name to, const Found& found, bool suspended) {
  domain::Domain row = *found.running;
  row.config = config_of(*world.hosts.find(to), found.shown());
  row.mounts = carried(*found.running, row.config);
  row.id = world.hosts.find(to)->last_domain_id + 1;
  if (suspended) row.state = domain::State::paused;
  row.arrived_paused = row.state == domain::State::paused;
  Host& there = world.hosts.edit(to);
  there.last_domain_id = row.id;
  there.domains.edit().push_back(std::move(row));
  std::erase_if(world.hosts.edit(from).domains.edit(),
                [&](const domain::Domain& one) { return one.config.name == found.name; });
}

}  // namespace

bool read_value(std::string_view text, PeerUri& value) {
  value.text = text;
  return read_uri(text).has_value();
}
std::string show_value(const PeerUri& value) { return value.text; }

Refused refuse(const World& world, Name host, const Migrate& op, Report& report) {
  if (!world.hosts.find(host)->hardware->runs_libvirt) return Refusal::virsh_not_connected;
  const Found found = find(world, host, op.domain.str());
  if (!found) {
    report.out("");
    return {Refusal::virsh_no_domain, op.domain};
  }
  const Uri uri = *read_uri(op.to.text);
  const net::Way way = net::way_to(world, host, uri.host, uri.ssh ? net::Daemon::ssh : net::Daemon::libvirt);
  if (const std::string why = no_way(way, uri); !why.empty()) return failed(why, report);
  if (!found.running && !op.offline)
    return failed("Requested operation is not valid: domain is not running", report);
  if (way.host == host) {
    return failed(
        fmt::format("internal error: Attempt to migrate guest to the same host {}", made_up_uuid(host.str())),
        report);
  }
  const std::string why = turned_down(world, way.host, found, op);
  return why.empty() ? Refused() : failed(why, report);
}

void apply(World& world, Name host, const Migrate& op, Report& report) {
  const Found found = find(world, host, op.domain.str());
  const Name to = net::resolve(world, host, read_uri(op.to.text)->host);
  const Definition made = found.shown();
  if (found.running && found.running->arrived_paused && !op.offline) {
    // QEMU 7.2 gives its disks up before it sends the last of the memory; one that has not taken them yet
    // stumbles over that (block.c bdrv_inactivate_recurse), and the guest is gone on both sides.
    domain::destroy(world, host, found.name);
    ++world.hosts.edit(to).last_domain_id;
    report.out("");
    report.err("error: operation failed: domain is not running");
    report.status = 1;
    return;
  }
  if (op.persistent) {
    Definition there = found.definition.value_or(made);
    there.settled = !op.offline;
    keep(world, to, there);
  }
  if (!op.offline) carry(world, host, to, found, op.suspended);
  if (op.undefines) forget(world, host, made.name);
  report.out("");
}

}  // namespace rehearse::libvirt
