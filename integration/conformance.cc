#include "integration/conformance.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "integration/lab/lab_script.h"
#include "integration/random_drbd.h"

namespace rehearse {
namespace {

constexpr std::chrono::seconds kDeadline{120};

// The model and its names are one thread's at a time; the machines take nearly all of the time.
std::mutex modelling;

ScriptPlan plan_of(Layer layer, std::uint64_t seed) {
  ScriptPlan plan;
  plan.seed = seed;
  plan.steps = 5 + seed % (layer == Layer::drbd ? 21 : 16);
  return plan;
}

std::vector<std::string> drawn(Layer layer, const ScriptPlan& plan) {
  return layer == Layer::drbd ? random_drbd_script(plan) : random_script(plan);
}
std::string written(Layer layer, const std::vector<std::string>& lines, const ScriptPlan& plan) {
  return layer == Layer::drbd ? as_drbd_recording(lines, plan) : as_recording(lines, plan);
}

// Lines that do not matter go, those behind the disagreement first of all.
std::string shortest(const ScriptPlan& plan, std::vector<std::string> lines, const ConformancePlan& wanted,
                     std::string recording, const std::string& command) {
  const auto verb = [](const std::string& text) { return text.substr(0, text.find(' ')); };
  const auto fails = [&](const std::vector<std::string>& fewer) {
    const auto played = compare(written(wanted.layer, fewer, plan), wanted.jobs);
    const auto* comparison = std::get_if<Comparison>(&played);
    const ReplayedCommand* found = comparison ? comparison->disagreement() : nullptr;
    if (!found || verb(found->text) != verb(command)) return false;
    recording = comparison->recording;
    return true;
  };
  shortened(std::move(lines), wanted.shorten, fails);
  return recording;
}

ConformanceScript play(std::uint64_t seed, const ConformancePlan& wanted) {
  ConformanceScript script;
  script.seed = seed;
  const ScriptPlan plan = plan_of(wanted.layer, seed);
  const std::vector<std::string> lines = [&] {
    const std::lock_guard<std::mutex> lock(modelling);
    return drawn(wanted.layer, plan);
  }();
  auto played = compare(written(wanted.layer, lines, plan), wanted.jobs);
  if (const auto* failure = std::get_if<LabFailure>(&played)) {
    script.failure = failure->why;
    return script;
  }
  script.comparison = std::move(std::get<Comparison>(played));
  const ReplayedCommand* found = script.comparison.disagreement();
  if (!found) return script;
  script.shortest = script.comparison.recording;
  if (wanted.shorten > 0) {
    script.shortest = shortest(plan, lines, wanted, script.shortest, found->text);
  }
  return script;
}

}  // namespace

const ReplayedCommand* Comparison::disagreement() const {
  const auto at = std::find_if(replay.commands.begin(), replay.commands.end(), [](const auto& row) {
    return row.verdict == ReplayedCommand::Verdict::disagrees;
  });
  return at != replay.commands.end() ? &*at : nullptr;
}

std::variant<Comparison, LabFailure> compare(const std::string& text, std::size_t jobs) {
  std::unique_lock<std::mutex> lock(modelling);
  const auto read = read_lab_script(text, "script");
  lock.unlock();
  if (const auto* bad = std::get_if<InputError>(&read)) return LabFailure{bad->text()};
  const auto& script = std::get<LabScript>(read);
  LabPlan plan;
  plan.guests = script.guests;
  plan.disks = script.disks;
  plan.disk_size = script.disk_size;
  plan.jobs = std::max(jobs, script.guests);
  auto started = Lab::start(plan);
  if (auto* failure = std::get_if<LabFailure>(&started)) return *failure;
  Lab& lab = *std::get<std::unique_ptr<Lab>>(started);
  Comparison comparison;
  comparison.recording = text.substr(0, text.find("\n\n") + 1);
  for (const LabLine& line : script.lines) {
    if (line.kind == LabLine::Kind::comment) continue;
    std::string said;
    if (Done failed = play_lab_line(lab, line, kDeadline, said)) return LabFailure{failed->why};
    comparison.recording += "\n" + said;
  }
  lock.lock();
  const auto recording = read_recording(comparison.recording, "script");
  if (const auto* bad = std::get_if<InputError>(&recording)) return LabFailure{bad->text()};
  comparison.replay = replay(std::get<Recording>(recording));
  return comparison;
}

std::vector<std::string> shortened(std::vector<std::string> lines, std::size_t tries,
                                   const std::function<bool(const std::vector<std::string>&)>& fails) {
  for (std::size_t width = std::max<std::size_t>(lines.size() / 2, 1); tries > 0; width /= 2) {
    for (std::size_t end = lines.size(); end > 0 && tries > 0;) {
      const std::size_t begin = end > width ? end - width : 0;
      std::vector<std::string> fewer = lines;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(begin),
                  fewer.begin() + static_cast<std::ptrdiff_t>(end));
      --tries;
      if (!fewer.empty() && fails(fewer)) lines = std::move(fewer);
      end = begin;
    }
    if (width == 1) break;
  }
  return lines;
}

std::size_t Conformance::count(ReplayedCommand::Verdict verdict) const {
  std::size_t sum = 0;
  for (const ConformanceScript& script : scripts) sum += script.comparison.replay.count(verdict);
  return sum;
}

std::size_t Conformance::disagreeing() const {
  return static_cast<std::size_t>(std::count_if(scripts.begin(), scripts.end(), [](const auto& row) {
    return row.comparison.disagreement() != nullptr;
  }));
}

std::size_t Conformance::failed() const {
  return static_cast<std::size_t>(
      std::count_if(scripts.begin(), scripts.end(), [](const auto& row) { return !row.failure.empty(); }));
}

Conformance conform(const ConformancePlan& plan, const std::function<void(const ConformanceScript&)>& watch) {
  Conformance result;
  result.scripts.resize(plan.scripts);
  std::atomic<std::size_t> next = 0;
  std::mutex telling;
  const auto work = [&] {
    for (std::size_t at = next++; at < plan.scripts; at = next++) {
      result.scripts[at] = play(plan.seed + at, plan);
      const std::lock_guard<std::mutex> lock(telling);
      watch(result.scripts[at]);
    }
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < std::min(plan.jobs, plan.scripts); ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
  return result;
}

}  // namespace rehearse
