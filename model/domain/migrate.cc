#include "model/domain/migrate.h"

#include <algorithm>

#include "model/domain/life.h"
#include "model/domain/script.h"
#include "model/io.h"
#include "model/net/hosts.h"

namespace rehearse::domain {
namespace {

constexpr const char* kIncoming = "--incoming";
constexpr const char* kGivenAway = "--migratedaway";
constexpr int kNoConnection = 255;  // ssh(1)
constexpr std::string_view kNoHypervisor = "ERROR:  Can't find hypervisor information in sysfs!";

// Which domain goes where.
struct Move {
  Name from;
  Name to;
  Name domain;
};

Move move_of(const World& world, Name from, Name domain, Name to) {
  return {from, net::resolve(world, from, to.str()), domain_named(host_at(world, from), domain)};
}

// What the domain is created of there: its disks as that host has them.
Config config_there(const World& world, const Move& move) {
  Config config = host_at(world, move.from).domain(move.domain)->config;
  resolve_disks(host_at(world, move.to), config);
  config.name = move.domain.str() + kIncoming;
  return config;
}

Refused refuse_move(const World& world, Name host, Name domain, Name to, net::Daemon daemon) {
  const Host& here = host_at(world, host);
  if (!here.hardware->runs_xen) return Refusal::not_a_xen_host;
  const Name name = domain_named(here, domain);
  if (name.empty()) return {Refusal::invalid_domain, domain};
  const net::Way way = net::way_to(world, host, to.str(), daemon);
  if (way.ends != net::Way::Ends::well) {
    return {Refusal::migration_no_way, net::ssh_words(way, to.str()), kNoConnection};
  }
  if (way.host == host) return {Refusal::migration_to_itself, name};
  const Host& there = host_at(world, way.host);
  if (!there.hardware->runs_xen) return {Refusal::migration_no_way, Name(kNoHypervisor), 1};
  const Move move{host, way.host, name};
  const Refused unfit = may_create(world, move.to, config_there(world, move));
  if (unfit) return {Refusal::migration_target_failed, unfit.words()};
  World trial = world;
  Report muted;
  muted.muted = true;
  const Config config = config_there(world, move);
  if (const Refused why = promote_disks(trial, move.to, config, there.last_domain_id + 1, muted)) {
    return {Refusal::migration_target_failed, why.words()};
  }
  const Domain& row = *here.domain(name);
  if (row.state != State::running) return {Refusal::migration_not_suspended, row.id};
  if (there.domain(name)) return {Refusal::migration_name_taken, there.last_domain_id + 1, name};
  return {};
}

Domain* row_of(Host& host, Name name) {
  for (Domain& row : host.domains.edit()) {
    if (row.config.name == name) return &row;
  }
  return nullptr;
}

// The guest's file systems are its memory; what changes is on which host's devices they lie.
std::vector<fs::Mount> carried(const Domain& from, const Config& there) {
  std::vector<fs::Mount> mounts = from.mounts;
  for (fs::Mount& mount : mounts) {
    for (std::size_t i = 0; i < there.disks.size() && i < from.config.disks.size(); ++i) {
      if (mount.device == from.config.disks[i].device) {
        mount.device = there.disks[i].device;
        break;
      }
    }
  }
  return mounts;
}

void begin(World& world, const Move& move, bool keeps_id) {
  Domain copy;
  const Domain& guest = *host_at(world, move.from).domain(move.domain);
  const std::uint32_t id = guest.id;
  copy.config = config_there(world, move);
  copy.state = State::paused;
  copy.hostname = guest.hostname;
  copy.stopped = guest.stopped;
  copy.xen = guest.xen;
  Report muted;
  muted.muted = true;
  promote_disks(world, move.to, copy.config, host_at(world, move.to).last_domain_id + 1, muted);
  Host& there = world.hosts.edit(move.to);
  const auto taken = [&](const Domain& row) { return row.id == id; };
  const bool same = keeps_id && std::none_of(there.domains->begin(), there.domains->end(), taken);
  copy.id = same ? id : there.last_domain_id + 1;
  there.last_domain_id = std::max(there.last_domain_id, copy.id);
  auto& rows = there.domains.edit();
  const auto later = [](const Domain& a, const Domain& b) { return a.id < b.id; };
  rows.insert(std::upper_bound(rows.begin(), rows.end(), copy, later), std::move(copy));
}

void acknowledge_copy(World& world, const Move& move) {
  const Domain guest = *host_at(world, move.from).domain(move.domain);
  Domain& copy = *row_of(world.hosts.edit(move.to), move.domain.str() + kIncoming);
  copy.mounts = carried(guest, copy.config);
  Domain& left = *row_of(world.hosts.edit(move.from), move.domain);
  left.config.name = move.domain.str() + kGivenAway;
  left.state = State::suspended;
  left.mounts.clear();
}

// A DRBD device that is secondary there is not opened; blkback says so to the log alone, and the guest waits
// for its disk for ever.
bool lacks_a_disk(const World& world, Name host, const Config& config) {
  return std::any_of(config.disks.begin(), config.disks.end(), [&](const Disk& disk) {
    const IoError error = read(world, host, disk.device, {0, 1}).error;
    return error == IoError::wrong_medium || error == IoError::not_primary;
  });
}

void permit(World& world, const Move& move, bool stays_paused) {
  Host& there = world.hosts.edit(move.to);
  Domain& copy = *row_of(there, move.domain.str() + kIncoming);
  copy.config.name = move.domain;
  const bool from_newer = read_xen_version(copy.xen.str()) > xen_version(world, move.to);
  copy.state = stays_paused ? State::paused : State::running;
  if (!stays_paused && (from_newer || lacks_a_disk(world, move.to, copy.config))) {
    row_of(world.hosts.edit(move.to), move.domain)->state = State::frozen;
  }
}

// Both ends' words, without those of the library that carries the memory.
void told(Stage until, Report& report) {
  report.err("migration target: Ready to receive domain.");
  report.err("Saving to migration stream new xl format (info 0x3/0x0/1180)");
  report.err("Loading new save file <incoming migration stream> (new xl fmt info 0x3/0x0/1180)");
  report.err(" Savefile contains xl domain config in JSON format");
  report.err("Parsing config from <saved>");
  if (until == Stage::sending) return;
  report.err("migration target: Transfer complete, requesting permission to start domain.");
  report.err("migration sender: Target has acknowledged transfer.");
  report.err("migration sender: Giving target permission to start.");
  if (until == Stage::acknowledged) return;
  report.err("migration target: Got permission, starting domain.");
  report.err("migration target: Domain started successsfully.");
  if (until == Stage::permitted) return;
  report.err("migration sender: Target reports successful startup.");
  report.err("Migration successful.");
}

// When the way breaks while memory is sent, the sender waits without end, until somebody ends it; later it
// knows that it cannot know (failed_badly).
void broken_off(Stage until, Report& report) {
  report.status = 1;
  if (until == Stage::sending) return;
  report.err(
      "** Migration failed during final handshake **\n"
      "Domain state is now undefined !\n"
      "Please CHECK AT BOTH ENDS for running instances, before renaming and\n"
      " resuming at most one instance.  Two simultaneous instances of the domain\n"
      " would probably result in SEVERE DATA LOSS and it is now your\n"
      " responsibility to avoid that.  Sorry.");
}

void run_move(World& world, const Move& move, const MigrateDomain& op, Report& report) {
  begin(world, move, op.keeps_id);
  if (op.until != Stage::sending) acknowledge_copy(world, move);
  if (op.until >= Stage::permitted) permit(world, move, op.paused);
  if (op.until == Stage::done) destroy(world, move.from, move.domain.str() + kGivenAway);
  told(op.until, report);
  if (op.until != Stage::done) broken_off(op.until, report);
}

}  // namespace

bool read_value(std::string_view text, SshWords& value) {
  value.text = text;
  return text == "ssh" || text.starts_with("ssh ");
}
std::string show_value(const SshWords& value) { return value.text; }

Refused refuse(const World& world, Name host, const MigrateDomain& op, Report&) {
  return refuse_move(world, host, op.domain, op.host, net::Daemon::ssh);
}

void apply(World& world, Name host, const MigrateDomain& op, Report& report) {
  run_move(world, move_of(world, host, op.domain, op.host), op, report);
}

Refused refuse(const World& world, Name host, const XmMigrateDomain& op, Report&) {
  return refuse_move(world, host, op.domain, op.host, net::Daemon::relocation);
}

void apply(World& world, Name host, const XmMigrateDomain& op, Report&) {
  Report quiet;
  quiet.muted = true;
  run_move(world, move_of(world, host, op.domain, op.host), MigrateDomain{}, quiet);
}

}  // namespace rehearse::domain
