// How xen-migrate and xen-drbd-auto reach the machines: this one and its peers by ssh, or hosts of a world
// file, on which the same procedures are tried without any machine.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "scenarios/input.h"
#include "scenarios/migrate/modelled.h"

namespace rehearse::xen {

struct Target {
  std::string on = "local";  // or "model:WORLD.json@HOST"
  std::string save;          // where the world is written afterwards
};

struct Ways {
  bool real = true;
  migrate::Reach reach;
  std::unique_ptr<ModelBackend> model;  // of a world
  std::unique_ptr<migrate::Modelled> modelled;
  Name host;
};

void add_target(CLI::App&, Target&);
Input<Ways> open_ways(const Target&);
/// Writes the world, if that was asked for.
std::optional<InputError> close_ways(const Target&, const Ways&);

void print(const Report&);
/// One line on standard error; the exit status.
int bad_input(const char* program, const std::string& what);

}  // namespace rehearse::xen
