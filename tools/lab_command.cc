#include "tools/lab_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>

#include "integration/kept_lab.h"
#include "integration/lab/accelerator.h"
#include "integration/lab/template.h"
#include "integration/lab_world.h"
#include "scenarios/phrase.h"
#include "scenarios/world_file.h"
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
  if (!options.with.empty()) plan.with = *lab_with(options.with);
  plan.jobs = std::max(options.jobs, plan.guests);
  plan.say = tell;
  return true;
}

std::string size_text(Bytes bytes) {
  return bytes % kGiB == 0 ? fmt::format("{}G", bytes / kGiB) : fmt::format("{}M", bytes / kMiB);
}

// As recordings have them at their top.
std::string settings_of(const LabPlan& plan) {
  return fmt::format("lab: disks={} size={}{}{}\n", plan.disks, size_text(plan.disk_size),
                     plan.guests == 2 ? " guests=2" : "", plan.with == LabWith::qemu ? " with=qemu" : "");
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

// Where somebody types: a host, and what can be done to it and its like without a command.
struct Seat {
  std::string host;
  std::set<std::string> hosts;
  std::function<ShellAnswer(const ShellCall&)> run;
  std::function<Done(const LabFault&, std::string* called)> inflict;
};

void show(const ShellAnswer& answer) {
  fmt::print("{}", answer.out);
  std::fflush(stdout);
  fmt::print(stderr, "{}", answer.err);
  using Ended = ShellAnswer::Ended;
  if (answer.ended == Ended::timed_out) tell("[timed out]");
  if (answer.ended == Ended::stuck) tell("[timed out; SIGKILL does not end it]");
  if (answer.ended == Ended::lost) tell("[" + answer.why + "]");
  if (answer.ended == Ended::exited && *answer.status != 0) tell(fmt::format("[{}]", *answer.status));
}

// One line typed by a person.
void type(const Seat& seat, const std::string& typed, std::chrono::milliseconds deadline) {
  if (typed.starts_with("! ")) {
    const auto fault = read_lab_fault(std::string_view(typed).substr(2), seat.hosts);
    if (!fault) return tell("no fault that the lab knows; " + std::string(lab_fault_help()));
    std::string called;
    if (Done why = seat.inflict(*fault, &called)) return tell(why->why);
    if (!called.empty()) fmt::print("[it is now {}]\n", called);
    return;
  }
  if (!typed.starts_with("~ ")) return show(seat.run(line_call(typed, deadline)));
  const auto read = read_lab_line(typed);
  const auto* line = std::get_if<LabLine>(&read);
  if (line == nullptr || line->kind != LabLine::Kind::sleep) return tell("expected `~ N seconds pass`");
  std::this_thread::sleep_for(line->time);
}

void sit(const Seat& seat, const char* what_ends, std::chrono::milliseconds deadline) {
  const bool person = isatty(STDIN_FILENO) != 0;
  if (person) {
    tell(fmt::format("Each line is a shell of its own. `! FAULT` and `~ TIME` work as in scripts; {}",
                     what_ends));
  }
  for (std::string line;;) {
    if (person) fmt::print("{}# ", seat.host);
    std::fflush(stdout);
    if (!std::getline(std::cin, line)) break;
    if (!line.empty()) type(seat, line, deadline);
  }
  if (person) fmt::print("\n");
}

// Bare machines, as the plan has them.
World bare_machines(const LabPlan& plan) {
  World world = lab_world(plan.disks, plan.disk_size);
  if (plan.guests == 2) {
    std::vector<BlankDisk> disks;
    for (const Disk& disk : world.hosts.find("alpha")->hardware->disks)
      disks.push_back({disk.device, plan.disk_size});
    add_host(world, "beta", disks);
  }
  return world;
}

std::string hosts_text(const KeptLab& lab) {
  std::string text;
  for (const KeptHost& host : lab.hosts()) text += " " + host.name + (host.up ? "" : " (no power)");
  return text;
}

int keep(const LabOptions& options, const LabPlan& plan) {
  World world;
  if (options.world.empty()) {
    world = bare_machines(plan);
  } else {
    auto read = load_world(options.world);
    if (const auto* bad = std::get_if<InputError>(&read)) return bad_input(bad->text());
    world = std::get<World>(std::move(read));
  }
  const auto began = Clock::now();
  const auto started = KeptLab::start(options.name, world, tell, plan.with);
  if (const auto* failure = std::get_if<LabFailure>(&started)) return failed(*failure);
  fmt::print("The lab {} is up after {:.1f} s:{}; `rehearse lab down {}` ends it.\n", options.name,
             seconds_since(began), hosts_text(*std::get<std::shared_ptr<KeptLab>>(started)), options.name);
  return kClean;
}

// "NAME" or "NAME:HOST".
int sit_at_kept(const std::string& where, std::chrono::milliseconds deadline) {
  const std::size_t colon = where.find(':');
  const auto found = KeptLab::reach(where.substr(0, colon), tell);
  if (const auto* failure = std::get_if<LabFailure>(&found))
    return bad_input(failure->why + "; expected alpha, beta, or a lab that is up");
  const auto& lab = std::get<std::shared_ptr<KeptLab>>(found);
  Seat seat;
  for (const KeptHost& host : lab->hosts()) seat.hosts.insert(host.name);
  seat.host = colon == std::string::npos ? *seat.hosts.begin() : where.substr(colon + 1);
  if (!lab->has(seat.host)) return bad_input("the lab has no host " + quote_word(seat.host));
  seat.run = [&](const ShellCall& call) { return lab->run(seat.host, call); };
  seat.inflict = [&](const LabFault& fault, std::string* called) { return lab->inflict(fault, called); };
  sit(seat, "the lab stays.", deadline);
  return kClean;
}

}  // namespace

int lab_up(const LabOptions& options) {
  LabPlan plan;
  plan.guests = std::max<std::size_t>(options.guests, 1);
  if (!read_options(options, plan)) return kBadInput;
  if (!options.name.empty()) return keep(options, plan);
  if (!options.world.empty()) return bad_input("--world: expected the name of the lab that is to be made so");
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
  plan.with = script.with;
  if (!read_options(options, plan)) return kBadInput;
  if (plan.guests < script.guests)
    return bad_input("the script speaks of beta, but there is to be one guest");

  Started started = Lab::start(plan);
  if (const auto* failure = std::get_if<LabFailure>(&started)) return failed(*failure);
  Lab& lab = *std::get<std::unique_ptr<Lab>>(started);
  const std::string settings = settings_of(plan);
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
    return sit_at_kept(options.guest, std::chrono::seconds(options.deadline));
  }
  LabPlan plan;
  plan.guests = options.guest == "beta" ? 2 : 1;
  if (!read_options(options, plan)) return kBadInput;
  Started started = Lab::start(plan);
  if (const auto* failure = std::get_if<LabFailure>(&started)) return failed(*failure);
  Lab& lab = *std::get<std::unique_ptr<Lab>>(started);
  const Seat seat{options.guest,
                  {"alpha", "beta"},
                  [&](const ShellCall& call) { return lab.shell(options.guest).run(call); },
                  [&](const LabFault& fault, std::string* called) { return inflict(lab, fault, called); }};
  sit(seat, "the end of input ends the guest.", std::chrono::seconds(options.deadline));
  return kClean;
}

int lab_status(const LabOptions& options) {
  LabPlan plan;
  if (!read_options(options, plan)) return kBadInput;
  if (options.measure) return measure(plan);
  const auto cache = lab_cache();
  fmt::print("cache      {}\n", cache.string());
  for (const char* which : {"current", "current-qemu"}) {
    std::ifstream current(cache / which);
    std::string stamp;
    std::string image;
    std::getline(current, stamp);
    std::getline(current, image);
    const bool plain = which == std::string_view("current");
    fmt::print("{:<10} {}\n", plain ? "image" : "with qemu",
               !image.empty() ? image
               : plain        ? "none; `rehearse lab up` builds it"
                              : "none; `rehearse lab up --with qemu` builds it");
  }
  std::ifstream kvm(cache / "kvm");
  const std::string answer{std::istreambuf_iterator<char>(kvm), std::istreambuf_iterator<char>()};
  fmt::print("runs on    {}\n", answer.empty()                ? "not yet known"
                                : answer.ends_with("works\n") ? "KVM"
                                                              : "software emulation: no guest booted on KVM");
  fmt::print("templates  {}\n", templates().empty() ? "none" : "");
  for (const TemplateRow& row : templates())
    fmt::print("           {:<32} {} MiB\n", row.name, row.bytes / kMiB);
  fmt::print("labs up    {}\n", kept_labs().empty() ? "none" : "");
  for (const std::string& name : kept_labs()) {
    const auto lab = KeptLab::reach(name);
    const auto* failure = std::get_if<LabFailure>(&lab);
    fmt::print("           {:<12}{}\n", name, failure ? failure->why : hosts_text(*std::get<0>(lab)));
  }
  return kClean;
}

int lab_down(const LabOptions& options) {
  for (const std::string& name : options.name.empty() ? kept_labs() : std::vector{options.name}) {
    if (Done why = end_kept_lab(name)) return failed(*why);
    fmt::print("The lab {} is gone.\n", name);
  }
  if (!options.name.empty()) return kClean;
  if (Done why = drop_templates(options.everything)) return failed(*why);
  fmt::print("{}\n", options.everything ? "Templates and image are gone." : "The templates are gone.");
  return kClean;
}

}  // namespace rehearse
