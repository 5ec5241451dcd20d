#include "tools/conform_command.h"

#include <fmt/core.h>

#include <filesystem>
#include <random>

#include "integration/conformance.h"
#include "integration/fidelity.h"
#include "tools/check.h"

namespace rehearse {
namespace {

constexpr int kLabFailed = 3;

bool keep(const std::string& folder, const ConformanceScript& script) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::string& text = script.shortest.empty() ? script.comparison.recording : script.shortest;
  return write_whole(fmt::format("{}/seed-{}.rec", folder, script.seed), text);
}

void tell_done(const ConformanceScript& script, std::size_t done, std::size_t all) {
  using Verdict = ReplayedCommand::Verdict;
  const Replay& replay = script.comparison.replay;
  const std::string progress = fmt::format("[{}/{}] seed {}: ", done, all, script.seed);
  if (!script.failure.empty()) {
    fmt::print("{}the lab failed: {}\n", progress, script.failure);
  } else if (const ReplayedCommand* found = script.comparison.disagreement()) {
    fmt::print("{}disagrees at line {}: {}\n{}\n", progress, found->line, found->text, found->why);
    fmt::print("the shortest script found, with what the real tools said:\n\n{}\n", script.shortest);
  } else {
    fmt::print("{}{} commands agree{}\n", progress, replay.count(Verdict::agrees),
               replay.stopped.empty() ? "" : "; " + replay.stopped);
  }
  std::fflush(stdout);
}

}  // namespace

int conform(const ConformOptions& options) {
  ConformancePlan plan;
  plan.layer = options.layer == "drbd" ? Layer::drbd : Layer::lvm;
  plan.scripts = options.scripts;
  plan.seed = options.seed != 0 ? options.seed : std::random_device()() % 1'000'000'000u + 1;
  plan.jobs = options.jobs;
  plan.shorten = options.shorten;
  fmt::print("{} scripts from seed {} on\n", plan.scripts, plan.seed);
  std::size_t done = 0;
  bool kept = true;
  const Conformance result = conform(plan, [&](const ConformanceScript& script) {
    tell_done(script, ++done, plan.scripts);
    const bool wanted = script.comparison.disagreement() || (options.keep_all && script.failure.empty());
    if (!options.keep.empty() && wanted) kept = keep(options.keep, script) && kept;
  });
  using Verdict = ReplayedCommand::Verdict;
  const std::size_t agreed = result.count(Verdict::agrees);
  fmt::print(
      "{} scripts: {} disagree, {} the lab could not play; {} commands compared, {} agree; {} not modelled\n",
      plan.scripts, result.disagreeing(), result.failed(), agreed + result.count(Verdict::disagrees), agreed,
      result.count(Verdict::not_modelled));
  if (!kept) return kBadInput;
  if (result.disagreeing() > 0) return kFindings;
  return result.failed() > 0 ? kLabFailed : kClean;
}

int compare_recordings(const std::string& before, const std::string& after) {
  const auto was = load_recording(before);
  if (const auto* bad = std::get_if<InputError>(&was)) return bad_input(bad->text());
  const auto is = load_recording(after);
  if (const auto* bad = std::get_if<InputError>(&is)) return bad_input(bad->text());
  const std::string text = changes(std::get<Recording>(was), std::get<Recording>(is));
  fmt::print("{}", text);
  return text.empty() ? kClean : kFindings;
}

int fidelity(const FidelityOptions& options) {
  const std::string folder = options.recordings.empty() ? REHEARSE_RECORDINGS : options.recordings;
  const auto measured = measure_fidelity(folder);
  if (const auto* bad = std::get_if<InputError>(&measured)) return bad_input(bad->text());
  const auto& all = std::get<Fidelity>(measured);
  const std::string text = options.format == "json"      ? fidelity_json(all)
                           : options.format == "html"    ? fidelity_html(all)
                           : options.format == "summary" ? fidelity_summary(all)
                                                         : fidelity_markdown(all);
  if (!options.output.empty()) return write_whole(options.output, text) ? kClean : kBadInput;
  fmt::print("{}", text);
  return kClean;
}

}  // namespace rehearse
