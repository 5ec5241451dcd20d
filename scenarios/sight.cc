#include "scenarios/sight.h"

#include <fmt/format.h>

#include "backends/observe/model.h"

namespace rehearse {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

Sight look(Backend& backend, Name host) {
  Observing seen = backend.observe(host);
  if (const auto* bad = std::get_if<Unobserved>(&seen)) return {std::nullopt, bad->text()};
  return {normalised(std::get<Observation>(std::move(seen))), ""};
}

Sight look(const World& world, Name host) {
  const Host* at = world.hosts.find(host);
  if (!at || !at->powered) return {std::nullopt, host.str() + " has no power"};
  return {normalised(observe(world, host)), ""};
}

std::vector<std::string> difference(const Sight& a, const Sight& b, std::string_view in_a,
                                    std::string_view in_b) {
  if (a.shows && b.shows) return difference(*a.shows, *b.shows, in_a, in_b);
  if (a.shows) return {fmt::format("it can be seen {}, but not {}: {}", in_a, in_b, b.unseen)};
  if (b.shows) return {fmt::format("it can be seen {}, but not {}: {}", in_b, in_a, a.unseen)};
  return {};
}

std::set<Name> hosts_of(const Sights& sights) {
  std::set<Name> all;
  for (const auto& [host, sight] : sights) all.insert(host);
  return all;
}

Sights look(Backend& backend, const std::set<Name>& hosts) {
  Sights all;
  for (Name host : hosts) all[host] = look(backend, host);
  return all;
}

Sights look(const World& world, const std::set<Name>& hosts) {
  Sights all;
  for (Name host : hosts) all[host] = look(world, host);
  return all;
}

std::map<Name, std::vector<std::string>> differences(const Sights& a, const Sights& b, std::string_view in_a,
                                                     std::string_view in_b) {
  std::map<Name, std::vector<std::string>> all;
  for (const auto& [host, sight] : a) {
    const auto other = b.find(host);
    if (other == b.end()) continue;
    std::vector<std::string> lines = difference(sight, other->second, in_a, in_b);
    if (!lines.empty()) all[host] = std::move(lines);
  }
  return all;
}

std::vector<std::string> unseen(const Sights& wanted, const Sights& real) {
  std::vector<std::string> lines;
  for (const auto& [host, sight] : real) {
    const auto other = wanted.find(host);
    if (sight.shows || other == wanted.end() || !other->second.shows) continue;
    lines.push_back(fmt::format("{}: {}", host.str(), sight.unseen));
  }
  return lines;
}

Json as_json(const Sight& sight) {
  if (!sight.shows) return {{"unseen", sight.unseen}};
  return {{"shows", Json::parse(as_json(*sight.shows))}};
}

bool from_json(const Json& json, Sight& sight) {
  sight = {};
  if (!json.is_object() || json.size() != 1) return false;
  if (json.contains("unseen")) {
    if (!json["unseen"].is_string()) return false;
    sight.unseen = json["unseen"].get<std::string>();
    return true;
  }
  if (!json.contains("shows")) return false;
  Observing read = read_observation(json["shows"].dump(-1, ' ', false, Json::error_handler_t::replace));
  if (!std::holds_alternative<Observation>(read)) return false;
  sight.shows = std::get<Observation>(std::move(read));
  return true;
}

}  // namespace rehearse
