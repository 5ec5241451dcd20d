#include "scenarios/migrate/replicas.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/filters.h"
#include "scenarios/migrate/status.h"
#include "scenarios/migrate/tab.h"

namespace rehearse::migrate {
namespace {

constexpr std::string_view kByResource = "/dev/drbd/by-res/";

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string& line : lines_of(text)) {
    for (std::string& word : fields_of(line)) words.push_back(std::move(word));
  }
  return words;
}

// drbdadm resolves /dev/drbd0 for no one, but says each resource's devices.
std::optional<std::string> resource_with_device(Shell& shell, const std::string& path, std::string& why) {
  const ShellAnswer all = shell.run({{"drbdadm", "sh-resources"}, {}});
  if (!went_well(all)) {
    why = why_of(shell, all);
    return std::nullopt;
  }
  for (const std::string& resource : words_of(all.out)) {
    const ShellAnswer devices = shell.run({{"drbdadm", "sh-dev", resource}, {}});
    if (!went_well(devices)) {
      why = why_of(shell, devices);
      return std::nullopt;
    }
    const std::vector<std::string> names = words_of(devices.out);
    if (std::find(names.begin(), names.end(), path) != names.end()) return resource;
  }
  why = fmt::format("no resource has the device {}", path);
  return std::nullopt;
}

Role role_named(std::string_view word) { return drbd::role_named(word).value_or(Role::unknown); }

}  // namespace

std::optional<std::string> resource_in_name(const DiskName& disk) {
  const std::string_view path = disk.path;
  if (disk.script.ends_with("block-drbd")) return disk.path;
  if (path.starts_with("drbd:")) return disk.path.substr(5);
  if (path.starts_with(kByResource)) {
    const std::string_view rest = path.substr(kByResource.size());
    return std::string(rest.substr(0, rest.find('/')));
  }
  if (path.starts_with("/dev/drbd")) return "";
  return std::nullopt;
}

Resources resources_of(Shell& shell, const std::vector<DiskName>& disks) {
  Resources found;
  for (const DiskName& disk : disks) {
    std::optional<std::string> resource = resource_in_name(disk);
    if (!resource) continue;
    if (resource->empty()) resource = resource_with_device(shell, disk.path, found.why);
    if (!resource) return found;
    if (std::find(found.names.begin(), found.names.end(), *resource) == found.names.end()) {
      found.names.push_back(*resource);
    }
  }
  return found;
}

Roles read_roles(std::string_view text) {
  const std::vector<std::string> words = words_of(text);
  if (words.size() != 1) return {};
  const std::size_t slash = words[0].find('/');
  if (slash == std::string::npos) return {};
  const std::string_view word = words[0];
  return {role_named(word.substr(0, slash)), role_named(word.substr(slash + 1))};
}

std::string text_of(const Roles& roles) {
  return fmt::format("{}/{}", drbd::name_of(roles.self), drbd::name_of(roles.peer));
}

bool Replica::healthy() const {
  return why.empty() && connection == "Connected" && !disks.empty() &&
         std::all_of(disks.begin(), disks.end(),
                     [](const std::string& disk) { return disk == "UpToDate/UpToDate"; });
}

Roles roles_of(Shell& shell, const std::string& resource) {
  const ShellAnswer answer = shell.run({{"drbdadm", "role", resource}, {}});
  return went_well(answer) ? read_roles(answer.out) : Roles{};
}

Replica look_at(Shell& shell, const std::string& resource) {
  Replica replica;
  const auto ask = [&](const char* what) -> std::vector<std::string> {
    const ShellAnswer answer = shell.run({{"drbdadm", what, resource}, {}});
    if (!went_well(answer)) replica.why = why_of(shell, answer);
    return words_of(answer.out);
  };
  const std::vector<std::string> connection = ask("cstate");
  if (replica.why.empty() && connection.size() == 1) replica.connection = connection[0];
  if (replica.why.empty()) replica.disks = ask("dstate");
  if (!replica.why.empty()) return replica;
  replica.roles = roles_of(shell, resource);
  const ShellAnswer shown = shell.run({{"drbdsetup", "show", resource}, {}});
  if (!went_well(shown)) {
    replica.why = why_of(shell, shown);
  } else {
    replica.two_primaries = allows_two_primaries(shown.out);
  }
  return replica;
}

bool allows_two_primaries(std::string_view shown) {
  for (const std::string& line : lines_of(shown)) {
    const std::vector<std::string> words = fields_of(line);
    if (!words.empty() && words[0] == "allow-two-primaries;") return true;
    if (words.size() >= 2 && words[0] == "allow-two-primaries") return words[1] == "yes;";
  }
  return false;
}

}  // namespace rehearse::migrate
