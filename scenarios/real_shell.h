// A line whose syntax only a shell understands (loops, variables, substitutions) is run by a real one that
// can do nothing: a restricted bash in an empty folder, without the builtins that reach out of it, without
// redirections, its PATH holding a stand-in alone. Every command it would run is sent back here by the
// stand-in and answered from the model.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "model/report.h"
#include "model/usage.h"

namespace rehearse {

class RealShell {
 public:
  /// Answers one command of the line. None: it reads its input, ask again with that.
  using Serve = std::function<std::optional<Report>(const Words&, const std::optional<std::string>& input)>;

  /// `standin` is the path of the stand-in program; without one no line is run.
  explicit RealShell(std::string standin) : standin_(std::move(standin)) {}

  /// Runs the line. What it says and its status go into `report`; an answer means that it was not run, or not
  /// to its end, and names why.
  std::optional<std::string> run(const std::string& line, const Serve& serve, Report& report) const;

  /// Seconds after which a line is ended.
  static constexpr int kDeadline = 20;

 private:
  std::string standin_;
};

/// What in a line a restricted shell must not be given, or nothing.
std::optional<std::string> beyond_restriction(const std::string& line);

}  // namespace rehearse
