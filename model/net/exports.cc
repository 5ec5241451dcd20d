#include "model/net/exports.h"

#include <algorithm>
#include <optional>

#include "model/fs/path.h"
#include "model/io.h"
#include "model/net/ops.h"

namespace rehearse::net {
namespace {

// The words of a process up to the first that is for the shell.
std::optional<Vblade> vblade_of(std::string_view process) {
  Words words;
  while (!process.empty()) {
    const std::size_t end = process.find_first_of(" \t");
    const std::string_view word = process.substr(0, end);
    process = end == std::string_view::npos ? std::string_view() : process.substr(end + 1);
    if (word.empty()) continue;
    if (word.find_first_of("<>|&;") != std::string_view::npos) break;
    words.emplace_back(word);
  }
  if (!words.empty() && words[0] == "exec") words.erase(words.begin());
  if (words.empty()) return std::nullopt;
  words[0].erase(0, words[0].rfind('/') + 1);
  Op op;
  if (parse(words, op).kind != Mismatch::Kind::none) return std::nullopt;
  const auto* vblade = op.get_if<Vblade>();
  return vblade ? std::optional(*vblade) : std::nullopt;
}

Inittab inittab_of(const World& world, Name host) {
  return read_inittab(fs::text_at(world, host, "/etc/inittab").value_or(""));
}

bool serves(const World& world, const AoeDevice& device) {
  const Host* server = world.hosts.find(device.server);
  if (!server || !server->powered) return false;
  return std::any_of(server->exports->begin(), server->exports->end(),
                     [&](const Export& row) { return row.shelf == device.shelf && row.slot == device.slot; });
}

// A kernel hears of an export. A target that it knows and that still answers stays where it is.
void hear(World& world, Name host, Name server, const Export& row) {
  const Name name = aoe_name(row.shelf, row.slot);
  const Device* exported = world.hosts.find(server)->device(row.device);
  if (!exported) return;
  const Device* known = world.hosts.find(host)->device(name);
  const AoeDevice* target = known ? known->as<AoeDevice>() : nullptr;
  if (target && target->server != server && serves(world, *target)) return;
  Device device;
  device.name = name;
  device.size = exported->size;
  device.map = AoeDevice{server, row.shelf, row.slot};
  if (!known || *known != device) world.hosts.edit(host).put(std::move(device));
}

// A broadcast does not come back to the host that sent it: a server does not see its own exports.
void announce(World& world, Name server, const Export& row) {
  for (Name name : world.hosts.names()) {
    const Host& host = *world.hosts.find(name);
    if (name != server && host.powered && host.hardware->has_aoe) hear(world, name, server, row);
  }
}

}  // namespace

Name aoe_name(std::uint32_t shelf, std::uint32_t slot) {
  return "etherd/e" + std::to_string(shelf) + "." + std::to_string(slot);
}

bool start_export(World& world, Name host, std::uint32_t shelf, std::uint32_t slot, Name path, Name entry) {
  const Name device = device_name(*world.hosts.find(host), path);
  if (!world.hosts.find(host)->device(device)) return false;
  const Export row{shelf, slot, path, device, entry};
  auto& rows = world.hosts.edit(host).exports.edit();
  const auto after = [](const Export& a, const Export& b) {
    return std::tie(a.shelf, a.slot) < std::tie(b.shelf, b.slot);
  };
  rows.insert(std::upper_bound(rows.begin(), rows.end(), row, after), row);
  announce(world, host, row);
  return true;
}

void respawn_exports(World& world, Name host) {
  const Inittab table = inittab_of(world, host);
  for (const InittabEntry& entry : table.entries) {
    if (!table.respawns(entry)) continue;
    const auto& rows = *world.hosts.find(host)->exports;
    const bool runs =
        std::any_of(rows.begin(), rows.end(), [&](const Export& row) { return row.entry == entry.id; });
    if (runs) continue;
    if (const auto command = vblade_of(entry.process)) {
      start_export(world, host, command->shelf, command->slot, command->device, entry.id);
    }
  }
}

// init.c read_inittab: "we do not check ch->process, only the action field".
void reread_inittab(World& world, Name host) {
  const Inittab table = inittab_of(world, host);
  const auto gone = [&](const Export& row) {
    const InittabEntry* entry = row.entry.empty() ? nullptr : table.entry(row.entry);
    return !row.entry.empty() && (!entry || !table.respawns(*entry));
  };
  const auto& rows = *world.hosts.find(host)->exports;
  if (std::any_of(rows.begin(), rows.end(), gone)) std::erase_if(world.hosts.edit(host).exports.edit(), gone);
  respawn_exports(world, host);
}

void discover(World& world, Name host) {
  if (!world.hosts.find(host)->hardware->has_aoe) return;
  for (Name server : world.hosts.names()) {
    const Host& at = *world.hosts.find(server);
    if (server == host || !at.powered) continue;
    const Part<std::vector<Export>> exports = at.exports;
    for (const Export& row : *exports) hear(world, host, server, row);
  }
}

}  // namespace rehearse::net
