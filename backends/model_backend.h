// The model as a backend: a world, and the commands played on it.
#pragma once

#include "backends/backend.h"
#include "backends/shell_line.h"

namespace rehearse {

class ModelBackend : public Backend {
 public:
  explicit ModelBackend(World world) : world_(std::move(world)) {}

  Outcome run(Name host, std::span<const std::string> words, std::string_view input) override;
  Outcome run_line(Name host, std::string_view line) override;

  const World& world() const { return world_; }
  void set_world(World world) { world_ = std::move(world); }

 private:
  Outcome run_pipeline(Name host, const Pipeline&);
  Outcome run_simple(Name host, const SimpleCommand&, const std::string* input);
  Outcome run_op(Name host, const Op&, std::string_view input);

  World world_;
};

}  // namespace rehearse
