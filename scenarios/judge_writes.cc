// Hazards of acknowledged writes: those that a command destroys, those that a switch leaves behind.
#include <fmt/format.h>

#include <algorithm>

#include "model/io.h"
#include "scenarios/judge.h"
#include "scenarios/sides.h"

namespace rehearse::judging {
namespace {

const Write* row_of(const World& world, const Stamp& stamp) {
  const WriterLog* log = world.ledger.find(stamp.writer);
  return log && stamp.sequence >= 1 && stamp.sequence <= log->writes.size() ? &log->writes[stamp.sequence - 1]
                                                                            : nullptr;
}

std::string step_text(const Look& look) {
  const Words words = words_of(look.played);
  if (!words.empty()) return "by " + words[0];
  if (std::holds_alternative<PowerOff>(look.played.step)) return "with the power";
  if (std::holds_alternative<PowerOn>(look.played.step)) return "at the start";
  for (const auto& [subject, sides] : replicated_volumes(look.old_world())) {
    if (sides[0].target() || sides[1].target()) return "by the resync of " + subject;
  }
  return "in the background";
}

// The writes that a guest finds on its disks and in its memory.
WriteSet writes_of(const World& world, const Guest& guest) {
  WriteSet found;
  const Host* host = world.hosts.find(guest.host);
  for (const domain::Disk& disk : guest.domain->config.disks) {
    const Device* device = host->device(disk.device);
    if (!device) continue;
    const ReadResult whole = read(world, guest.host, disk.device, {0, device->size});
    if (whole.error != IoError::none) continue;
    add_writes(found, whole.data);
    for (const fs::Mount& mount : guest.domain->mounts) {
      if (mount.device == disk.device) add_writes(found, mount, whole.data);
    }
  }
  return found;
}

// Where most of it can still be read.
std::string kept_on(const Readable& readable, const WriteSet& left) {
  std::vector<std::string> places;
  for (const auto& place : readable.places) {
    const bool some = std::any_of(left.begin(), left.end(),
                                  [&](const auto& row) { return place.second.contains(row.first); });
    if (some) places.push_back(place.first);
  }
  return joined(places);
}

}  // namespace

bool may_destroy(const Look& look) {
  const Step& step = look.played.step;
  if (std::holds_alternative<GuestWrite>(step) || std::holds_alternative<Upgrade>(step)) return false;
  if (std::holds_alternative<DiskEvent>(step) || std::holds_alternative<HostWrite>(step)) return false;
  const Words words = words_of(look.played);
  return words.empty() || words[0] != "rm";
}

std::map<Name, Loss> by_writer(const Look& look, const WriteSet& lost) {
  std::map<Name, Loss> all;
  for (const auto& [stamp, sectors] : lost) {
    const Write* row = row_of(look.new_world(), stamp);
    if (!row) continue;
    Loss& loss = all[stamp.writer];
    // The last sector may be filled only in part.
    const Bytes bytes = std::min(bytes_of(sectors), round_up(row->bytes, kSector));
    loss.bytes += bytes;
    loss.by_place[row->place.str()] += bytes;
    if (const auto line = look.story.written.find(stamp); line != look.story.written.end()) {
      loss.lines.push_back(line->second);
    }
  }
  return all;
}

std::string places_text(const Loss& loss) {
  std::vector<std::string> parts;
  for (const auto& [place, bytes] : loss.by_place) {
    parts.push_back(loss.by_place.size() == 1 ? place : fmt::format("{} to {}", amount(bytes), place));
  }
  return loss.by_place.size() == 1 ? "to " + parts[0] : "(" + joined(parts) + ")";
}

void writes_lost(const Look& look) {
  if (!may_destroy(look)) return;
  const WriteSet gone = minus(look.before.readable.anywhere, look.after.readable.anywhere);
  const WriteSet lost = minus(minus(gone, look.story.lost), look.story.overwritten);
  for (const auto& [writer, loss] : by_writer(look, lost)) {
    look.tell("RH301", writer.str(),
              fmt::format("{} that {} wrote {} {} lost {}: no disk holds them any more", amount(loss.bytes),
                          writer.str(), places_text(loss), loss.bytes == 1 ? "is" : "are", step_text(look)),
              fmt::format("copy what {} wrote to a safe place first", writer.str()), loss.lines);
  }
  add(look.story.lost, lost);
}

void writes_left_behind(const Look& look) {
  for (const Guest& guest : started(look)) {
    const Name name = guest.domain->config.name;
    for (const domain::Interface& interface : guest.domain->config.interfaces) {
      if (interface.ip.empty()) continue;
      WriteSet under;  // what was acknowledged under this address and can be read somewhere
      for (const auto& [stamp, sectors] : look.before.readable.anywhere) {
        const Write* row = row_of(look.old_world(), stamp);
        if (row && row->service == interface.ip) under.emplace(stamp, sectors);
      }
      if (under.empty()) continue;
      const WriteSet left = minus(under, writes_of(look.new_world(), guest));
      for (const auto& [writer, loss] : by_writer(look, left)) {
        look.tell(
            "RH302", name.str(),
            fmt::format("{} takes over {} on {} without {} that {} wrote under that address {}; they stay "
                        "behind on {}",
                        name.str(), interface.ip.str(), guest.host.str(), amount(loss.bytes), writer.str(),
                        places_text(loss), kept_on(look.before.readable, left)),
            fmt::format("stop what writes there before the disks part, or copy it to the disks of {} before "
                        "the switch",
                        name.str()),
            loss.lines);
      }
    }
  }
}

}  // namespace rehearse::judging
