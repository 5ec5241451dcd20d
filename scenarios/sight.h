// What a host shows of its storage, or why it cannot be seen: what the model and the real machine must have
// alike after each step of a real run.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backends/backend.h"

namespace rehearse {

struct Sight {
  std::optional<Observation> shows;  // normalised
  std::string unseen;                // why not: it has no power, it does not answer
  bool operator==(const Sight&) const = default;
};

/// Only looks.
Sight look(Backend&, Name host);
/// What the model predicts of it.
Sight look(const World&, Name host);

/// What differs, a sentence each; none: nothing does. Two hosts that cannot be seen do not.
std::vector<std::string> difference(const Sight& a, const Sight& b, std::string_view in_a,
                                    std::string_view in_b);

/// Of hosts that can be seen in the first, those that cannot in the second, a sentence each.
std::vector<std::string> unseen(const std::map<Name, Sight>& wanted, const std::map<Name, Sight>& real);

/// Several hosts.
using Sights = std::map<Name, Sight>;
std::set<Name> hosts_of(const Sights&);
Sights look(Backend&, const std::set<Name>& hosts);
Sights look(const World&, const std::set<Name>& hosts);
/// Of the hosts that both know, those that differ.
std::map<Name, std::vector<std::string>> differences(const Sights& a, const Sights& b, std::string_view in_a,
                                                     std::string_view in_b);

nlohmann::ordered_json as_json(const Sight&);
/// False if it is no such thing.
bool from_json(const nlohmann::ordered_json&, Sight&);

}  // namespace rehearse
