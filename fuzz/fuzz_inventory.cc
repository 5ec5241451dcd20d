// The inventory of real machines: whatever is read holds nothing that ssh would take for an option.
#include <cstdlib>

#include "fuzz/target.h"
#include "scenarios/inventory.h"

using namespace rehearse;

int FUZZ_TARGET(inventory)(const std::uint8_t* data, std::size_t size) {
  const Input<Inventory> read = read_inventory(text_of(data, size), "fuzz.json");
  if (const auto* error = std::get_if<InputError>(&read)) {
    if (error->what.empty() || error->file.empty()) std::abort();
    return 0;
  }
  for (const InventoryHost& host : std::get<Inventory>(read).hosts) {
    if (host.address.empty() || host.address[0] == '-' || host.user.empty() || host.user[0] == '-')
      std::abort();
    if (host.port == 0) std::abort();
  }
  return 0;
}
