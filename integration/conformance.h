// Model against reality: the same script is played on clean machines of the lab and on the model, and every
// answer is compared, down to the words. What disagrees is made shorter until each line matters, and is then
// a recording like any other.
#pragma once

#include <functional>
#include <variant>

#include "integration/lab/image.h"
#include "integration/random_script.h"
#include "integration/recording_replay.h"

namespace rehearse {

/// One script on both sides.
struct Comparison {
  std::string recording;                        // the script with what the real tools said
  Replay replay;                                // what the model made of it
  const ReplayedCommand* disagreement() const;  // the first, or none
  bool agrees() const { return !disagreement() && replay.stopped.empty(); }
};

/// Plays a script, in the form of a recording without answers, on a clean lab. The lab's failure is no
/// disagreement.
std::variant<Comparison, LabFailure> compare(const std::string& script, std::size_t jobs);

/// Fewer lines that still fail: lines are left out one after the other while `fails` says so, which is asked
/// `tries` times at most.
std::vector<std::string> shortened(std::vector<std::string> lines, std::size_t tries,
                                   const std::function<bool(const std::vector<std::string>&)>& fails);

enum class Layer : std::uint8_t { lvm, drbd };

struct ConformancePlan {
  Layer layer = Layer::lvm;  // what the scripts are about
  std::size_t scripts = 30;
  std::uint64_t seed = 1;    // of the first script; the others follow it
  std::size_t jobs = 2;      // labs at once
  std::size_t shorten = 25;  // how often a script that disagrees is played again; 0: not at all
};

/// A script of the run, or why the lab could not play it.
struct ConformanceScript {
  std::uint64_t seed = 0;
  Comparison comparison;
  std::string shortest;  // of one that disagrees: the shortest recording found
  std::string failure;   // the lab's
};

struct Conformance {
  std::vector<ConformanceScript> scripts;  // by seed
  std::size_t count(ReplayedCommand::Verdict) const;
  std::size_t disagreeing() const;
  std::size_t failed() const;  // those that the lab could not play
};

/// `watch` hears of each script when it is done; it is called by one thread at a time.
Conformance conform(const ConformancePlan&, const std::function<void(const ConformanceScript&)>& watch);

}  // namespace rehearse
