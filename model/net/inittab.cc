#include "model/net/inittab.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace rehearse::net {
namespace {

constexpr std::array<std::string_view, 17> kActions = {
    "respawn",      "wait",      "once",        "boot",        "bootwait", "powerfail",
    "powerfailnow", "powerwait", "powerokwait", "ctrlaltdel",  "off",      "ondemand",
    "initdefault",  "sysinit",   "kbrequest",   "powerokfail", "resume"};

// strsep(): the text up to the mark, which goes with it; false once nothing is left.
bool field(std::string_view& rest, bool& over, char mark, std::string_view& out) {
  if (over) return false;
  const std::size_t at = rest.find(mark);
  out = rest.substr(0, at);
  over = at == std::string_view::npos;
  rest = over ? std::string_view() : rest.substr(at + 1);
  return true;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

// init looks at all of this and keeps the last complaint (init.c read_inittab).
std::string complaint(std::string_view id, bool has_levels, std::string_view levels, std::string_view action,
                      bool has_process, std::string_view process) {
  std::string what;
  if (id.empty()) what = "missing id field";
  if (!has_levels) what = "missing runlevel field";
  if (!has_process) what = "missing process field";
  if (action.empty()) what = "missing action field";
  if (id.size() > 4) what = "id field too long (max 4 characters)";
  if (levels.size() > 11) what = "rlevel field too long (max 11 characters)";
  if (process.size() > 127) what = "process field too long";
  if (action.size() > 32) what = "action field too long";
  return what;
}

}  // namespace

const InittabEntry* Inittab::entry(Name id) const {
  const auto at =
      std::find_if(entries.begin(), entries.end(), [&](const InittabEntry& row) { return row.id == id; });
  return at != entries.end() ? &*at : nullptr;
}

bool Inittab::respawns(const InittabEntry& entry) const {
  return entry.action == "respawn" && entry.runlevels.find(runlevel) != std::string::npos;
}

Inittab read_inittab(std::string_view text) {
  Inittab table;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view rest = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    ++number;
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\t')) rest.remove_prefix(1);
    if (rest.empty() || rest[0] == '#') continue;
    std::string_view id, levels, action, process;
    bool over = false;
    field(rest, over, ':', id);
    const bool has_levels = field(rest, over, ':', levels);
    field(rest, over, ':', action);
    const bool has_process = field(rest, over, '\n', process);
    std::string what = complaint(id, has_levels, levels, action, has_process, process);
    const std::string known = lower_case(action);
    if (what.empty() && std::find(kActions.begin(), kActions.end(), known) == kActions.end()) {
      what = std::string(action) + ": unknown action field";
    }
    if (what.empty() && table.entry(id)) what = "duplicate ID field \"" + std::string(id) + "\"";
    if (!what.empty()) {
      table.errors.push_back({number, std::move(what)});
      continue;
    }
    if (known == "initdefault" && !levels.empty()) table.runlevel = levels[0];
    if (process.starts_with('+')) process.remove_prefix(1);  // without entries in utmp
    const std::string all = levels.empty() ? "0123456789" : std::string(levels);
    table.entries.push_back({id, all, known, std::string(process), number});
  }
  return table;
}

}  // namespace rehearse::net
