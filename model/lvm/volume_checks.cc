#include "model/lvm/volume_checks.h"

#include <algorithm>
#include <charconv>

#include "model/io.h"
#include "model/lvm/activation.h"
#include "model/lvm/pv_list.h"
#include "model/lvm/values.h"
#include "model/lvm/warnings.h"

namespace rehearse::lvm {
namespace {

constexpr bool plain(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '+' || letter == '_' || letter == '.' || letter == '-';
}

void act_on_group(Attempt& attempt, Name name, const std::vector<Name>& wanted, bool change,
                  const VolumeAction& action) {
  FoundGroup found;
  if (const Refused bad = open_group(attempt.world, attempt.host, name, change, attempt.report, found)) {
    attempt.complain(bad);
    return;
  }
  const bool whole = std::find(wanted.begin(), wanted.end(), Name()) != wanted.end();
  for (const Name volume : in_order(*found.group)) {
    const bool named = !whole && std::find(wanted.begin(), wanted.end(), volume) != wanted.end();
    const auto now = find_group(attempt.world, attempt.host, name);
    const Volume* row = now ? now->group->volume(volume) : nullptr;
    if (row && (named || (whole && !row->hidden()))) action(name, volume, named);
  }
  if (whole) {  // whatever else was named in it does not count
    if (found.group->volumes.empty()) attempt.done = true;
    return;
  }
  for (const Name volume : wanted) {
    if (volume.empty() || found.group->volume(volume)) continue;
    attempt.complain({Refusal::no_such_volume, name, volume});
  }
}

}  // namespace

Refused no_group(Name name) {
  const std::string& text = name.str();
  const bool possible = !text.empty() && std::all_of(text.begin(), text.end(), plain);
  return {possible ? Refusal::no_such_group : Refusal::group_characters_invalid, name};
}

Refused open_group(const World& world, Name host, Name name, bool change, Report& report, FoundGroup& found) {
  auto here = find_group(world, host, name);
  if (!here) return no_group(name);
  found = std::move(*here);
  warn(found, report);
  if (change) {
    if (const Refused bad = refuse_change(found)) return bad;
    return refuse_write(world, host, found);
  }
  return found.group->exported ? Refused{Refusal::group_exported, name} : Refused{};
}

Refused refuse_write(const World& world, Name host, const FoundGroup& found) {
  World trial = world;
  const Patch first_block = {Run{0, kBlock, {}, 0, {}}};
  for (const FoundPv& pv : found.pvs) {
    if (write(trial, host, pv.device, first_block) != IoError::none) {
      return {Refusal::group_not_written, pv.device, found.group->name};
    }
  }
  return {};
}

void each_volume(Attempt& attempt, const std::vector<VolumeRef>& refs, bool change,
                 const VolumeAction& action) {
  std::vector<Name> groups;
  for (const VolumeRef& ref : refs) {
    if (std::find(groups.begin(), groups.end(), ref.group) == groups.end()) groups.push_back(ref.group);
  }
  for (const Name group : groups) {
    std::vector<Name> wanted;
    for (const VolumeRef& ref : refs) {
      const bool known = std::find(wanted.begin(), wanted.end(), ref.volume) != wanted.end();
      if (ref.group == group && !known) wanted.push_back(ref.volume);
    }
    act_on_group(attempt, group, wanted, change, action);
  }
}

std::vector<Name> in_order(const Group& group) {
  std::vector<const Volume*> rows = group.as_made();
  // Hidden ones are written last (lib/format_text/export.c _print_lvs).
  std::stable_partition(rows.begin(), rows.end(), [](const Volume* row) { return !row->hidden(); });
  std::vector<Name> names;
  for (const Volume* row : rows) names.push_back(row->name);
  return names;
}

Refused nearest_syntax(const char* command, const std::vector<const char*>& lines, Report& report) {
  for (const char* line : lines) report.out("  {}", line);
  report.out("");
  return {Refusal::no_matching_syntax_nearest, command};
}

Refused correct_syntax(const char* command, const char* line, Report& report) {
  report.out("  {}", line);
  report.out("");
  return {Refusal::no_matching_syntax_correct, command};
}

bool valid_name(Name name) {
  const std::string& text = name.str();
  if (text.empty() || text.size() > 127 || text[0] == '-' || text == "." || text == "..") return false;
  return std::all_of(text.begin(), text.end(), plain);
}

Refused reserved_name(Name name, const char* command) {
  const std::string& text = name.str();
  for (const char* start : {"snapshot", "pvmove"}) {
    if (text.starts_with(start)) return {Refusal::name_start_reserved, start, command};
  }
  for (const char* part :
       {"_cdata", "_cmeta", "_corig", "_cpool", "_cvol", "_wcorig", "_mimage", "_mlog", "_rimage", "_rmeta",
        "_tdata", "_tmeta", "_vdata", "_imeta", "_iorig", "_pmspare", "_vorigin"}) {
    if (text.find(part) != std::string::npos) return {Refusal::name_part_reserved, part, command};
  }
  return {};
}

Refused too_long(Name group, Name volume) {
  const std::size_t length = group.str().size() + volume.str().size() + 3;
  return length < 128 ? Refused{} : Refused{Refusal::name_too_long, group, volume, length};
}

Name automatic_name(const Group& group) {
  std::uint64_t next = 0;
  for (const Volume& volume : group.volumes) {  // sscanf "lvol%d", whatever follows the number
    const std::string& text = volume.name.str();
    std::uint64_t number = 0;
    if (!text.starts_with("lvol")) continue;
    const auto [end, error] = std::from_chars(text.data() + 4, text.data() + text.size(), number);
    if (error == std::errc()) next = std::max(next, number + 1);
  }
  return "lvol" + std::to_string(next);
}

Refused refuse_use(const Host& at, Name group, Name volume) {
  if (users(at, group, volume) == 0) return {};
  const Refusal why = mounted(at, group, volume) ? Refusal::volume_mounted : Refusal::volume_in_use;
  return {why, group, volume};
}

Refused check_yes_no(const std::optional<Name>& word, const char* option) {
  if (!word || *word == Name("y") || *word == Name("n")) return {};
  return {Refusal::extents_invalid, option, *word};
}

Refused check_permission(const std::optional<Name>& word) {
  if (!word || *word == Name("r") || *word == Name("rw")) return {};
  return {Refusal::extents_invalid, "--permission", *word};
}

Refused check_alloc(const std::optional<Name>& word) {
  Alloc policy{};
  if (!word || read_value(word->str(), policy)) return {};
  return {Refusal::alloc_unknown, *word};
}

Alloc chosen_alloc(const std::optional<Name>& contiguous, const std::optional<Name>& alloc) {
  Alloc policy = Alloc::inherit;
  if (alloc) read_value(alloc->str(), policy);
  return contiguous && *contiguous == Name("y") ? Alloc::contiguous : policy;
}

Refused read_activation(Name word, Activation& value) {
  static constexpr std::pair<std::string_view, Activation> kSpellings[] = {
      {"y", Activation::yes},       {"e", Activation::yes},        {"ey", Activation::yes},
      {"ye", Activation::yes},      {"s", Activation::yes},        {"sy", Activation::yes},
      {"ys", Activation::yes},      {"l", Activation::yes},        {"ly", Activation::yes},
      {"yl", Activation::yes},      {"n", Activation::no},         {"en", Activation::no},
      {"ne", Activation::no},       {"ln", Activation::no},        {"nl", Activation::no},
      {"a", Activation::automatic}, {"ay", Activation::automatic}, {"ya", Activation::automatic},
  };
  for (const auto& [spelling, meaning] : kSpellings) {
    if (word.str() != spelling) continue;
    value = meaning;
    return {};
  }
  return {Refusal::extents_invalid, "--activate", word};
}

Refused read_pvs(const Host& at, const FoundGroup& found, std::span<const Name> typed, Report& report,
                 std::vector<Allowed>& allowed) {
  if (!typed.empty()) return read_pv_list(at, found, {typed.begin(), typed.end()}, allowed, report);
  allowed = everywhere(*found.group);
  return {};
}

Refused find_extents(const Group& group, Volume& volume, std::uint64_t extents, bool approximate,
                     const std::vector<Allowed>& from) {
  const Alloc policy = volume.alloc == Alloc::inherit ? group.alloc : volume.alloc;
  const std::uint64_t room = free_in(group, from);
  if (!approximate && room < extents) return {Refusal::extents_lacking, extents, room};
  volume.segments = allocate(group, {}, extents, policy, from);
  const std::uint64_t got = volume.extents();
  const char* kind = policy == Alloc::contiguous ? "contiguous " : "";
  if (approximate) return got > 0 ? Refused{} : Refused{Refusal::extents_not_found, kind, volume.name};
  return got == extents ? Refused{} : Refused{Refusal::extents_unsuitable, kind, volume.name, extents - got};
}

bool good_chunk(Sectors chunk) { return chunk >= 8 && chunk <= 1024 && (chunk & (chunk - 1)) == 0; }

void insert(Group& group, Volume volume) {
  const auto at = std::partition_point(group.volumes.begin(), group.volumes.end(),
                                       [&](const Volume& row) { return row.name < volume.name; });
  group.volumes.insert(at, std::move(volume));
}

}  // namespace rehearse::lvm
