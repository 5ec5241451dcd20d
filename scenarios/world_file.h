// Worlds as JSON files, `"rehearse_world": 1`; the schema is scenarios/world.schema.json. Reading and writing
// are inverse.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/world.h"
#include "scenarios/input.h"

namespace rehearse {

/// Reads a world from text; `file` is for error messages, files it includes are looked for beside it.
Input<World> read_world(std::string_view text, const std::string& file);
Input<World> load_world(const std::string& file);
/// The notes are for people; reading passes over them.
std::string write_world(const World&, const std::vector<std::string>& notes = {});

}  // namespace rehearse
