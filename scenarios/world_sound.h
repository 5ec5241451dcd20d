// An exact world may say anything; what the model takes for granted of a world (rows sorted, references that
// lead somewhere, tables that end) is checked here before it is let in.
#pragma once

#include "scenarios/world_doc.h"

namespace rehearse {

struct Unsound {
  std::string pointer;
  std::string what;
};
std::optional<Unsound> unsound(const shape::ExactDoc& world);

}  // namespace rehearse
