#include "tools/lab_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "integration/lab/accelerator.h"
#include "integration/lab/lab_script.h"
#include "integration/lab/template.h"
#include "scenarios/phrase.h"
#include "tools/check.h"

namespace rehearse {
namespace {

using Clock = std::chrono::steady_clock;
using Started = std::variant<std::unique_ptr<Lab>, LabFailure>;

// What takes time is told on standard error, so that standard output is a recording.
void tell(const std::string& line) { fmt::print(stderr, "{}\n", line); }

int failed(const LabFailure& failure) {
  fmt::print(stderr, "rehearse: {}\n", failure.why);
  return kFindings;
}

// False after saying what is wrong.
bool read_options(const LabOptions& options, LabPlan& plan) {
  if (options.guests > 0) plan.guests = options.guests;
  if (options.disks > 0) plan.disks = options.disks;
  if (!options.size.empty()) {
    const auto size = read_size(options.size);
    if (!size || *size == 0 || *size % kMiB != 0) {
      bad_input("expected a size of whole megabytes such as 256M, found " + quote_word(options.size));
      return false;
    }
    plan.disk_size = *size;
  }
  plan.jobs = std::max(options.jobs, plan.guests);
  plan.say = tell;
  return true;
}

std::string size_text(Bytes bytes) {
  return bytes % kGiB == 0 ? fmt::format("{}G", bytes / kGiB) : fmt::format("{}M", bytes / kMiB);
}

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

// How long from nothing until a clean clone has answered a command.
int measure(const LabPlan& plan) {
  static constexpr std::size_t kRounds = 20;
  std::vector<double> times;
  for (std::size_t i = 0; i < kRounds; ++i) {
    const auto began = Clock::now();
    Started lab = Lab::start(plan);
    if (const auto* failure = std::get_if<LabFailure>(&lab)) return failed(*failure);
    const ShellAnswer answer = std::get<std::unique_ptr<Lab>>(lab)->shell("alpha").run(line_call("vgs"));
    if (answer.status != 0) return failed({"vgs on a clone ended otherwise than it should: " + answer.why});
    times.push_back(seconds_since(began));
  }
  std::sort(times.begin(), times.end());
  fmt::print("a clone answers vgs after {:.2f} s (median of {}; {:.2f} to {:.2f})\n", times[kRounds / 2],
             kRounds, times.front(), times.back());
  return kClean;
}

// One line typed by a person.
void type(Lab& lab, const std::string& guest, const std::string& typed, std::chrono::milliseconds deadline) {
  const bool command = !typed.starts_with("! ") && !typed.starts_with("~ ");
  const auto read = read_lab_line(command ? guest + "# " + typed : typed);
  if (const auto* bad = std::get_if<InputError>(&read)) {
    tell(bad->what);
    return;
  }
  const LabLine& line = std::get<LabLine>(read);
  if (line.kind != LabLine::Kind::command) {
    std::string said;
    if (Done why = play_lab_line(lab, line, deadline, said)) tell(why->why);
    if (const std::size_t note = said.find("[it is now "); note != std::string::npos)
      fmt::print("{}", said.substr(note));
    return;
  }
  const ShellAnswer answer = lab.shell(guest).run(line_call(line.command, deadline));
  fmt::print("{}", answer.out);
  std::fflush(stdout);
  fmt::print(stderr, "{}", answer.err);
  using Ended = ShellAnswer::Ended;
  if (answer.ended == Ended::timed_out) tell("[timed out]");
  if (answer.ended == Ended::stuck) tell("[timed out; SIGKILL does not end it]");
  if (answer.ended == Ended::lost) tell("[" + answer.why + "]");
  if (answer.ended == Ended::exited && *answer.status != 0) tell(fmt::format("[{}]", *answer.status));
}

}  // namespace

int lab_up(const LabOptions& options) {
  LabPlan plan;
  plan.guests = std::max<std::size_t>(options.guests, 1);
  if (!read_options(options, plan)) return kBadInput;
  const auto began = Clock::now();
  const Started lab = Lab::start(plan);
  if (const auto* failure = std::get_if<LabFailure>(&lab)) return failed(*failure);
  fmt::print("The lab is ready after {:.1f} s.\n", seconds_since(began));
  return kClean;
}

int lab_run(const LabOptions& options) {
  const bool standard_input = options.script == "-";
  std::ifstream file;
  if (!standard_input) file.open(options.script, std::ios::binary);
  std::istream& in = standard_input ? std::cin : file;
  if (!in) return bad_input(options.script + ": cannot be opened");
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  auto read = read_lab_script(text, standard_input ? "standard input" : options.script);
  if (const auto* bad = std::get_if<InputError>(&read)) return bad_input(bad->text());
  const auto& script = std::get<LabScript>(read);
  LabPlan plan;
  plan.guests = script.guests;
  plan.disks = script.disks;
  plan.disk_size = script.disk_size;
  if (!read_options(options, plan)) return kBadInput;
  if (plan.guests < script.guests)
    return bad_input("the script speaks of beta, but there is to be one guest");

  Started started = Lab::start(plan);
  if (const auto* failure = std::get_if<LabFailure>(&started)) return failed(*failure);
  Lab& lab = *std::get<std::unique_ptr<Lab>>(started);
  const std::string settings = fmt::format("lab: disks={} size={}{}\n", plan.disks, size_text(plan.disk_size),
                                           plan.guests == 2 ? " guests=2" : "");
  // What it is about stands above the settings; below them an empty line parts the steps.
  bool headed = false;
  bool after_comment = true;
  for (const LabLine& line : script.lines) {
    const bool comment = line.kind == LabLine::Kind::comment;
    if (!comment && !headed) fmt::print("{}", settings);
    after_comment = after_comment && (comment || headed);
    headed = headed || !comment;
    std::string said;
    const Done why = play_lab_line(lab, line, std::chrono::seconds(options.deadline), said);
    fmt::print("{}{}", after_comment ? "" : "\n", said);
    std::fflush(stdout);
    after_comment = comment;
    if (why) return failed({fmt::format("{}:{}: {}", script.file, line.line, why->why)});
  }
  if (!headed) fmt::print("{}", settings);
  return kClean;
}

int lab_shell(const LabOptions& options) {
  if (options.guest != "alpha" && options.guest != "beta") {
    return bad_input("no guest " + quote_word(options.guest) + "; expected alpha or beta");
  }
  LabPlan plan;
  plan.guests = options.guest == "beta" ? 2 : 1;
  if (!read_options(options, plan)) return kBadInput;
  Started started = Lab::start(plan);
  if (const auto* failure = std::get_if<LabFailure>(&started)) return failed(*failure);
  Lab& lab = *std::get<std::unique_ptr<Lab>>(started);
  const bool person = isatty(STDIN_FILENO) != 0;
  if (person)
    tell(
        "Each line is a shell of its own. `! FAULT` and `~ TIME` work as in scripts; the end of input ends "
        "the guest.");
  for (std::string line;;) {
    if (person) fmt::print("{}# ", options.guest);
    std::fflush(stdout);
    if (!std::getline(std::cin, line)) break;
    if (!line.empty()) type(lab, options.guest, line, std::chrono::seconds(options.deadline));
  }
  if (person) fmt::print("\n");
  return kClean;
}

int lab_status(const LabOptions& options) {
  LabPlan plan;
  if (!read_options(options, plan)) return kBadInput;
  if (options.measure) return measure(plan);
  const auto cache = lab_cache();
  fmt::print("cache      {}\n", cache.string());
  std::ifstream current(cache / "current");
  std::string stamp;
  std::string image;
  std::getline(current, stamp);
  std::getline(current, image);
  fmt::print("image      {}\n", image.empty() ? "none; `rehearse lab up` builds it" : image);
  std::ifstream kvm(cache / "kvm");
  const std::string answer{std::istreambuf_iterator<char>(kvm), std::istreambuf_iterator<char>()};
  fmt::print("runs on    {}\n", answer.empty()                ? "not yet known"
                                : answer.ends_with("works\n") ? "KVM"
                                                              : "software emulation: no guest booted on KVM");
  fmt::print("templates  {}\n", templates().empty() ? "none" : "");
  for (const TemplateRow& row : templates())
    fmt::print("           {:<32} {} MiB\n", row.name, row.bytes / kMiB);
  return kClean;
}

int lab_down(const LabOptions& options) {
  if (Done why = drop_templates(options.everything)) return failed(*why);
  fmt::print("{}\n", options.everything ? "Templates and image are gone." : "The templates are gone.");
  return kClean;
}

}  // namespace rehearse
