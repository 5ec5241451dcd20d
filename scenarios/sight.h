// What a host shows of itself to whoever looks with the ordinary tools, in lines that the model and the real
// machine must have alike: no times, no random identities. The questions are the same to both.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "scenarios/input.h"

namespace rehearse {

struct Sight {
  bool answers = true;                                    // a host without power does not
  std::map<std::string, std::vector<std::string>> shows;  // by what is looked at: "volumes"
  std::vector<std::string> unseen;                        // what could not be looked at
  bool operator==(const Sight&) const = default;
};

/// Only looks.
Sight look(Backend&, Name host);

/// What differs, of all that both could be looked at for: lines of both, "-" only in `a`, "+" only in `b`.
/// Empty: nothing does.
std::vector<std::string> difference(const Sight& a, const Sight& b);

/// Several hosts.
using Sights = std::map<Name, Sight>;
Sights look(Backend&, const std::set<Name>& hosts);
/// Of the hosts that both know, those that differ.
std::map<Name, std::vector<std::string>> differences(const Sights& a, const Sights& b);

nlohmann::ordered_json as_json(const Sight&);
/// False if it is no such thing.
bool from_json(const nlohmann::ordered_json&, Sight&);

}  // namespace rehearse
