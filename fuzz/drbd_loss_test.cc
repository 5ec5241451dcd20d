// No script that gives up no data on purpose loses an acknowledged write under protocol C that a disk still
// holds: what that means is said in promises.h, what a script may do in replicated_pair.h. At the end
// everything that went wrong is mended and both sides are brought up: they join without a loss, or they do
// not join.
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fuzz/promises.h"
#include "fuzz/replicated_pair.h"
#include "model/drbd/kernel.h"
#include "scenarios/sides.h"

namespace rehearse {
namespace {

using Numbers = std::vector<std::uint16_t>;

class Script {
 public:
  explicit Script(std::size_t volumes) : pair_(volumes) {}

  /// What is broken; nothing if all is well.
  std::string play(Choices& choices) {
    constexpr int kSteps = 40;
    for (int step = 0; step < kSteps && !choices.over(); ++step) {
      if (std::string broken = play(pair_.draw(choices)); !broken.empty()) return broken;
    }
    return reunite();
  }
  const std::vector<std::string>& lines() const { return lines_; }

  /// What a script came by, each counted once.
  struct Seen {
    int alone = 0;     // a write that counts lay on one disk only
    int resynced = 0;  // one side was copied to the other
    int parted = 0;    // a split brain
    int diskless = 0;  // a primary without a disk
  };
  const Seen& seen() const { return seen_; }

 private:
  std::string play(const std::string& line) {
    lines_.push_back(line);
    const World before = pair_.world();
    const auto writer = pair_.writer(line);
    const Outcome outcome = pair_.play(line);
    if (outcome.verdict == Outcome::Verdict::not_understood) return "not modelled: " + outcome.what;
    if (writer) {
      const bool done = outcome.verdict == Outcome::Verdict::done && outcome.report.status == 0;
      promises_.written(before, pair_.world(), writer->host, writer->minor, done);
      if (!done) forget_number(writer->name);
    }
    look(pair_.world());
    return promises_.broken(pair_.world());
  }

  void look(const World& world) {
    for (const char* host : kPair) {
      if (!promises_.only_on(world, host).empty()) seen_.alone = 1;
      const auto& kernel = world.hosts.find(host)->drbd;
      const auto found = kernel ? kernel->minor(0) : drbd::Kernel::Found{};
      if (!found) continue;
      const drbd::State& state = found.device->state;
      if (state.conn == drbd::Connection::sync_target) seen_.resynced = 1;
      if (state.role == drbd::Role::primary && !found.device->backing) seen_.diskless = 1;
    }
    for (const auto& [name, sides] : replicated_volumes(world)) {
      if (have_parted(sides)) seen_.parted = 1;
    }
  }

  // What a write that failed left behind is not to be taken for the next one.
  void forget_number(Name writer) {
    World world = pair_.world();
    acknowledge(world, writer, {0, 0, "", writer, true});
    pair_.set_world(std::move(world));
  }

  std::string play_all(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      if (std::string broken = play(line); !broken.empty()) return broken;
    }
    return "";
  }

  std::string reunite() {
    std::vector<std::string> lines = pair_.mending();
    for (const char* verb : {"up", "adjust", "resume-sync", "resume-io"}) {
      for (const char* host : kPair) lines.push_back(fmt::format("{}# drbdadm {} r0", host, verb));
    }
    lines.push_back("~ settle");
    for (const char* host : kPair) {
      for (const char* verb : {"primary", "secondary"})
        lines.push_back(fmt::format("{}# drbdadm {} r0", host, verb));
    }
    return play_all(lines);
  }

  ReplicatedPair pair_;
  Promises promises_;
  std::vector<std::string> lines_;
  Seen seen_;
};

RC_GTEST_PROP(AcknowledgedWrites, are_not_lost_unless_somebody_gives_them_up, (const Numbers& numbers)) {
  Choices choices(numbers);
  Script script(1 + choices.below(3) % 2);
  const std::string broken = script.play(choices);
  RC_LOG() << fmt::format("{}\n", fmt::join(script.lines(), "\n"));
  if (!broken.empty()) RC_FAIL(broken);
}

// Where none of this happens nothing can be lost.
TEST(AcknowledgedWrites, are_put_at_risk_by_the_scripts) {
  Script::Seen all;
  for (std::uint32_t seed = 0; seed < 30; ++seed) {
    Numbers numbers;
    for (std::uint32_t i = 0, x = seed * 2654435761u + 1; i < 160; ++i) {
      x = x * 1664525u + 1013904223u;
      numbers.push_back(static_cast<std::uint16_t>(x >> 16));
    }
    Choices choices(numbers);
    Script script(1 + seed % 2);
    EXPECT_EQ(script.play(choices), "") << fmt::format("{}", fmt::join(script.lines(), "\n"));
    all.alone += script.seen().alone;
    all.resynced += script.seen().resynced;
    all.parted += script.seen().parted;
    all.diskless += script.seen().diskless;
  }
  EXPECT_GE(all.alone, 3);
  EXPECT_GE(all.resynced, 3);
  EXPECT_GE(all.parted, 1);
  EXPECT_GE(all.diskless, 2);
}

}  // namespace
}  // namespace rehearse
