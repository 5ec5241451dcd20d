// Which real machines there are, how they are reached, and which of them are for the lab: only on those may a
// rehearsal change anything. A JSON file, `"rehearse_inventory": 1`.
//
//   {"rehearse_inventory": 1,
//    "hosts": {"trolls": {"address": "192.0.2.7", "user": "root", "port": 22, "lab_host": true}}}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/name.h"
#include "scenarios/input.h"

namespace rehearse {

struct InventoryHost {
  Name name;
  std::string address;  // a host name or an IP address; left out: the name
  std::string user = "root";
  std::uint16_t port = 22;
  bool lab_host = false;  // nothing on it is worth keeping
  bool operator==(const InventoryHost&) const = default;
};

struct Inventory {
  std::vector<InventoryHost> hosts;  // in the order of the file
  const InventoryHost* find(Name name) const;
  bool operator==(const Inventory&) const = default;
};

Input<Inventory> read_inventory(std::string_view text, const std::string& file);
Input<Inventory> load_inventory(const std::string& file);

}  // namespace rehearse
