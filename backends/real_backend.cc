#include "backends/real_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "backends/filters.h"
#include "backends/observe/reports.h"
#include "backends/refusal_words.h"

namespace rehearse {
namespace {

using Verdict = Outcome::Verdict;
using Ended = ShellAnswer::Ended;

constexpr std::chrono::milliseconds kLookAgain{200};

Outcome unknown(std::string what) {
  Outcome outcome;
  outcome.verdict = Verdict::unknown;
  outcome.what = std::move(what);
  return outcome;
}

std::string what_broke(const ShellAnswer& answer) {
  if (answer.ended == Ended::timed_out) return "killed at its deadline";
  if (answer.ended == Ended::stuck) return "it waits in the kernel and cannot be ended";
  return answer.why.empty() ? "the answer was lost" : answer.why;
}

// A merge that waits for its volume to be closed has no table yet; one that failed shows no figures.
bool in_work(const seen::MappedDevice& device) {
  return std::any_of(device.targets.begin(), device.targets.end(), [](const seen::Target& target) {
    return target.type == "snapshot-merge" && target.status.find('/') != std::string::npos;
  });
}

}  // namespace

Outcome outcome_of(const ShellAnswer& answer) {
  Outcome outcome;
  for (const std::string& line : lines_of(answer.out)) outcome.report.lines.push_back({false, line});
  for (const std::string& line : lines_of(answer.err)) outcome.report.lines.push_back({true, line});
  if (answer.ended != Ended::exited || !answer.status) {
    outcome.verdict = Verdict::unknown;
    outcome.what = what_broke(answer);
    return outcome;
  }
  outcome.report.status = *answer.status;
  outcome.why = find_refusal(*answer.status, answer.err);
  if (outcome.why) outcome.verdict = Verdict::refused;
  return outcome;
}

Shell* RealBackend::shell(Name host) const {
  const auto found = shells_.find(host);
  return found == shells_.end() ? nullptr : found->second.get();
}

void RealBackend::wait(std::chrono::milliseconds time) const {
  if (options_.wait) return options_.wait(time);
  std::this_thread::sleep_for(time);
}

bool RealBackend::can(const Step& step) const {
  if (options_.provider.lacks && options_.provider.lacks(step)) return false;
  if (options_.provider.can && options_.provider.can(step)) return true;
  if (const auto* command = std::get_if<Command>(&step)) return shell(command->host) != nullptr;
  if (const auto* pass = std::get_if<Pass>(&step)) {
    return pass->seconds <= static_cast<std::uint64_t>(options_.longest_wait.count());
  }
  if (const auto* progress = std::get_if<Progress>(&step)) return progress->all;
  // Where the blocks of a write at random lie is the model's secret.
  if (const auto* write = std::get_if<HostWrite>(&step)) return !write->random && shell(write->host);
  return false;
}

Outcome RealBackend::play(const Step& step) {
  if (!can(step)) return Outcome::misses("this step");
  if (options_.provider.can && options_.provider.can(step)) return options_.provider.play(step);
  if (const auto* command = std::get_if<Command>(&step)) return run(command->host, render(command->op), {});
  if (const auto* pass = std::get_if<Pass>(&step)) {
    wait(std::chrono::seconds(pass->seconds));
    return {};
  }
  if (std::holds_alternative<Progress>(step)) return settle();
  return write(std::get<HostWrite>(step));
}

Observing RealBackend::observe(Name host) {
  Shell* at = shell(host);
  if (!at) return Unobserved{host.str(), "there is no such host"};
  return options_.observer ? options_.observer(*at) : rehearse::observe(*at);
}

Outcome RealBackend::run(Name host, std::span<const std::string> words, std::string_view input) {
  return call(host, {{words.begin(), words.end()}, std::string(input), options_.deadline});
}

Outcome RealBackend::run_line(Name host, std::string_view line, std::string_view input) {
  ShellCall made = line_call(std::string(line), options_.deadline);
  made.input = input;
  return call(host, made);
}

Outcome RealBackend::call(Name host, const ShellCall& made) {
  Shell* at = shell(host);
  return at ? outcome_of(at->run(made)) : Outcome::misses(host.str());
}

Outcome RealBackend::settle() {
  std::chrono::milliseconds waited{0};
  while (true) {
    bool quiet = true;
    for (const auto& [host, at] : shells_) {
      const Observing seen = observe(host);
      if (const auto* bad = std::get_if<Unobserved>(&seen)) return unknown(bad->text());
      const auto& mapped = std::get<Observation>(seen).mapped;
      quiet = quiet && std::none_of(mapped.begin(), mapped.end(), in_work);
      if (options_.provider.at_work) quiet = quiet && !options_.provider.at_work(*at);
    }
    if (quiet) return {};
    if (waited >= options_.longest_wait) return unknown("work in the background goes on");
    wait(kLookAgain);
    waited += kLookAgain;
  }
}

Outcome RealBackend::write(const HostWrite& step) {
  const std::vector<std::string> words{"dd",
                                       "if=/dev/urandom",
                                       "of=" + step.path.str(),
                                       "bs=64K",
                                       fmt::format("count={}", step.bytes),
                                       fmt::format("seek={}", step.offset),
                                       "iflag=count_bytes,fullblock",
                                       "oflag=seek_bytes",
                                       "conv=notrunc,fsync",
                                       "status=none"};
  return run(step.host, words, {});
}

}  // namespace rehearse
