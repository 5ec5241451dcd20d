// Where `rehearse check --on` plays: a backend for the machines that are meant, and on which of them anything
// may be changed. Each kind of target is one branch of `open_target`.
#pragma once

#include <chrono>
#include <memory>
#include <set>
#include <string>

#include "backends/backend.h"
#include "scenarios/input.h"

namespace rehearse {

struct TargetAsked {
  std::string on = {};         // "local", "lab", "lab:NAME", "ssh:inventory.json", "replay:calls.log"
  std::string inventory = {};  // of --on local: which host this machine is, and whether it is for the lab
  std::string record = {};     // where every call and its answer are written; empty: nowhere
  std::chrono::milliseconds deadline{60'000};
  bool take_up = false;  // a run on these machines is to be taken up: they must be there
  std::string run = {};  // the same for a run and whoever takes it up, and for no other
  int lock = -1;         // of the journal, held by each command while it runs
};

struct Target {
  std::unique_ptr<Backend> backend;
  std::set<Name> hosts;        // that can be reached
  std::set<Name> lab_hosts;    // of these, the ones with nothing worth keeping
  bool guarded = true;         // real machines: nothing is changed without --really
  std::optional<World> world;  // what the machines were made to be, if that is not all of the runbook's world
  std::vector<std::string> notes;  // what of that world they are not, and why
};

/// `world` is the runbook's.
Input<Target> open_target(const TargetAsked&, const World& world);

}  // namespace rehearse
