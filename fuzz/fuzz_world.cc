// The world file reader: any text is a world that survives being written and read again, or one error.
#include <cstdlib>

#include "fuzz/target.h"
#include "scenarios/world_file.h"

using namespace rehearse;

int FUZZ_TARGET(world)(const std::uint8_t* data, std::size_t size) {
  const Input<World> read = read_world(text_of(data, size), "fuzz.json");
  if (const auto* error = std::get_if<InputError>(&read)) {
    if (error->what.empty()) std::abort();
    return 0;
  }
  const World& world = std::get<World>(read);
  const Input<World> again = read_world(write_world(world), "again.json");
  if (!std::holds_alternative<World>(again) || !(std::get<World>(again) == world)) std::abort();
  return 0;
}
