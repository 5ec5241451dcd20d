// Builds the world that a file describes by playing the model's own commands, host by host, so that it
// differs in nothing from one made at the prompt. A command that the tools refuse is an error of the file.
#pragma once

#include "scenarios/world_doc.h"
#include "scenarios/world_file.h"

namespace rehearse {

struct WrittenHost {
  std::string name;
  std::string file;  // that describes it
  shape::HostDoc doc;
};

Input<World> build_world(const std::vector<WrittenHost>& hosts);

}  // namespace rehearse
