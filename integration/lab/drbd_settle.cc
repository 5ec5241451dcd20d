#include "integration/lab/drbd_settle.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <thread>

#include "backends/reports/drbd_proc.h"
#include "integration/lab/lab_shell.h"

namespace rehearse {
namespace {

using reports::DrbdProcRow;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{150};
// Where large packets are lost, a state that leads to another is the last one when it stayed so long.
constexpr std::chrono::seconds kSticks{5};

// It is there while udevd has something to do; "udevadm settle" waits for it to go.
constexpr const char* kUdevQueue = "/run/udev/queue";

constexpr std::array<std::string_view, 6> kRests = {"StandAlone",  "WFConnection", "Connected",
                                                    "PausedSyncS", "PausedSyncT",  "Unconfigured"};
constexpr std::array<std::string_view, 3> kPassing = {"Attaching", "Failed", "Negotiating"};

template <class List>
bool among(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// A row that cannot be read is one that changes.
std::vector<DrbdProcRow> rows_of(const DrbdGlance& glance) {
  auto read = reports::read_drbd_proc(glance.proc);
  auto* rows = std::get_if<std::vector<DrbdProcRow>>(&read);
  return rows ? std::move(*rows) : std::vector<DrbdProcRow>();
}

bool linked(const DrbdProcRow* row) {
  return row != nullptr && row->connection != "StandAlone" && row->connection != "WFConnection" &&
         !row->unconfigured();
}

bool waits(const DrbdProcRow* row) { return row != nullptr && row->connection == "WFConnection"; }

const DrbdProcRow* of_minor(const std::vector<DrbdProcRow>& rows, std::uint32_t minor) {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.minor == minor; });
  return at != rows.end() ? &*at : nullptr;
}

// What could change between two answers; the counters behind it may go on for a while.
std::string states_in(const std::vector<DrbdGlance>& glances) {
  std::string text;
  for (const DrbdGlance& glance : glances) {
    for (const DrbdProcRow& row : rows_of(glance)) {
      text += row.connection + row.role + row.peer_role + row.disk + row.peer_disk + row.flags +
              std::to_string(row.out_of_sync) + "\n";
    }
  }
  return text;
}

bool any_way(const Lab& lab, bool LinkWay::*wrong) {
  const auto guests = lab.guests();
  return std::any_of(guests.begin(), guests.end(), [&](const auto& guest) { return lab.way(guest).*wrong; });
}

Done ask(Lab& lab, std::vector<DrbdGlance>& glances) {
  glances.clear();
  for (const std::string& guest : lab.guests()) {
    if (!lab.is_up(guest)) continue;
    auto seen = lab.look(guest, {"/sys/class/net/eth0/carrier", "/proc/drbd", kUdevQueue});
    if (const auto* failed = std::get_if<LabFailure>(&seen)) return *failed;
    auto& files = std::get<LabShell::Contents>(seen);
    const bool reached = files[0].value_or("").starts_with('1') && !any_way(lab, &LinkWay::cut);
    glances.push_back({guest, reached, files[1].value_or(""), files[2].has_value()});
  }
  return std::nullopt;
}

}  // namespace

bool at_rest(const std::vector<DrbdGlance>& glances) {
  std::vector<std::vector<DrbdProcRow>> sides;
  for (const DrbdGlance& glance : glances) {
    if (glance.udev_is_busy) return false;
    sides.push_back(rows_of(glance));
    for (const DrbdProcRow& row : sides.back()) {
      if (!among(kRests, row.connection) || among(kPassing, row.disk)) return false;
      if (!glance.reached && linked(&row)) return false;
    }
  }
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const std::vector<DrbdProcRow> none;
    const auto& others = sides.size() > 1 ? sides[1 - i] : none;
    for (const DrbdProcRow& row : sides[i]) {
      const DrbdProcRow* other = of_minor(others, row.minor);
      if (linked(&row) != linked(other)) return false;
      if (waits(&row) && waits(other) && glances[i].reached) return false;
    }
  }
  return true;
}

std::optional<bool> source_of_tie(const std::string& log) {
  std::optional<bool> self;
  std::size_t last = 0;
  const auto note = [&](std::string_view words, bool source) {
    const std::size_t at = log.rfind(words);
    if (at == std::string::npos || (self && at < last)) return;
    last = at;
    self = source;
  };
  note("solved. Sync from this", true);
  note("solved. Sync from peer", false);
  note("uuid_compare()=1 by rule 40", true);
  note("uuid_compare()=-1 by rule 40", false);
  return self;
}

Done settle_drbd(Lab& lab, std::chrono::milliseconds deadline, std::string& chance) {
  const auto end = Clock::now() + deadline;
  const bool may_stick = any_way(lab, &LinkWay::loses_large);
  std::vector<DrbdGlance> glances;
  std::string before;
  Clock::time_point since;
  bool rested = false;
  for (;;) {
    if (Done failed = ask(lab, glances)) return failed;
    const auto now = Clock::now();
    std::string states = states_in(glances);
    if (states != before) {
      before = std::move(states);
      since = now;
      rested = false;
    }
    const bool rests = at_rest(glances) || (may_stick && now - since > kSticks);
    if ((rests && rested) || now > end) break;
    rested = rests;
    std::this_thread::sleep_for(kPause);
  }
  if (glances.size() != 2) return std::nullopt;
  std::string source;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto logged = lab.look(glances[i].guest, {"/dev/kmsg"});
    if (const auto* failed = std::get_if<LabFailure>(&logged)) return *failed;
    const std::string log = std::get<LabShell::Contents>(logged)[0].value_or("");
    if (const auto self = source_of_tie(log)) source = glances[*self ? i : 1 - i].guest;
    const std::vector<DrbdProcRow> others = rows_of(glances[1 - i]);
    for (const DrbdProcRow& row : rows_of(glances[i])) {
      const DrbdProcRow* other = of_minor(others, row.minor);
      if (waits(&row) && other != nullptr && other->connection == "StandAlone")
        chance += "[" + glances[i].guest + " waits]\n";
    }
  }
  if (!source.empty()) chance += "[" + source + " is source]\n";
  return std::nullopt;
}

}  // namespace rehearse
