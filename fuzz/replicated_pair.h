// Two hosts, alpha and beta, with one resource between them, and lines at random about it: what operators
// type, what hosts and a guest write, and all that can happen to power, links and disks. A line is text as a
// runbook has it, so that a script that finds something can be played elsewhere. None of them gives up data
// on purpose: no --force, no --discard-my-data, nothing that declares data good or bad or makes metadata
// anew, no policy that chooses a victim, no two primaries.
#pragma once

#include "backends/model_backend.h"
#include "fuzz/generate.h"

namespace rehearse {

class ReplicatedPair {
 public:
  /// Connected and up to date, both secondary. With two volumes the second holds the root of the guest
  /// echelon.
  explicit ReplicatedPair(std::size_t volumes);

  /// A line for the world as it is; what stands in the way is often taken away.
  std::string draw(Choices&) const;
  /// Plays a line.
  Outcome play(const std::string& line);
  /// Who may write through which device by that line.
  struct Writer {
    Name name;  // as the ledger has it
    Name host;
    std::uint32_t minor = 0;
  };
  std::optional<Writer> writer(const std::string& line) const;
  /// Lines after which both hosts run, reach each other, and have their disks.
  std::vector<std::string> mending() const;

  const World& world() const { return model_.world(); }
  void set_world(World world) { model_.set_world(std::move(world)); }

 private:
  ModelBackend model_;
  std::size_t volumes_;
};

inline constexpr const char* kPair[] = {"alpha", "beta"};

}  // namespace rehearse
