// The model as a backend: a world, and the commands played on it.
#pragma once

#include <functional>

#include "backends/backend.h"
#include "backends/shell_line.h"

namespace rehearse {

struct FileFilter;

class ModelBackend : public Backend {
 public:
  explicit ModelBackend(World world) : world_(std::move(world)) {}

  bool can(const Step&) const override { return true; }
  Outcome play(const Step&) override;
  Observing observe(Name host) override;
  Outcome run(Name host, std::span<const std::string> words, std::string_view input) override;
  using Backend::run_line;
  Outcome run_line(Name host, std::string_view line, std::string_view input) override;

  /// One part of a line; `input` is what its first command reads.
  Outcome run_pipeline(Name host, const Pipeline&, std::string_view input = {});

  /// Called after each operation, done or refused, with the world before it.
  using Watch = std::function<void(const World& before, const Command&, const Refused&, const Report&)>;
  void watch(Watch watch) { watch_ = std::move(watch); }

  const World& world() const { return world_; }
  void set_world(World world) { world_ = std::move(world); }

 private:
  Outcome run_simple(Name host, const SimpleCommand&, const std::string* input);
  Outcome filter_file(Name host, const FileFilter&);
  Outcome run_op(Name host, const Op&, std::string_view input);

  World world_;
  Watch watch_;
};

}  // namespace rehearse
