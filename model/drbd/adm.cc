#include <fmt/format.h>

#include <algorithm>

#include "model/drbd/adm_run.h"

namespace rehearse::drbd {
namespace {

constexpr int kReported = 10;  // from here on drbdadm tells how a program ended
constexpr int kEnds = 20;      // and here it ends itself

std::string plain(const Words& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

}  // namespace

Ending AdmRun::operator()() {
  loaded_ = load_config(world_, host_, true);
  for (const std::string& message : loaded_.said) report_.err("{}", message);
  if (!loaded_.ending.ok()) return loaded_.ending;
  const Configuration& config = loaded_.config;
  if (config.resources.empty()) return refused({Refusal::drbd_nothing_defined});
  std::vector<AdmTarget> targets;
  const bool all = call_.targets.size() == 1 && call_.targets[0] == Name("all");
  if (all) {
    if (const Refused none = find_all(config, host_, targets)) return refused(none);
    for (const AdmTarget& target : targets) {
      if (const Refused bad = check_address(world_, host_, config, call_.verb, *target.resource))
        return refused(bad);
    }
  }
  int status = 0;
  const std::size_t count = all ? targets.size() : call_.targets.size();
  for (std::size_t i = 0; i < count && !over_; ++i) {
    AdmTarget target = all ? targets[i] : AdmTarget{};
    if (!all) {
      Refused bad = find_target(config, call_.verb, call_.targets[i], target);
      if (!bad) bad = check_address(world_, host_, config, call_.verb, *target.resource);
      if (bad) {
        flush();
        return refused(bad);
      }
    }
    const int ended = call_verb(target);
    over_ = over_ || ended >= kEnds;
    status = over_ ? ended : std::max(status, ended);
  }
  if (!over_) status = std::max(status, run_later());
  if (last_ && rehearse::row_of(last_.why).status != status) flush();
  return {status, last_};
}

int AdmRun::call_verb(const AdmTarget& target) {
  const AdmVerbRow& row = row_of(call_.verb);
  if (!row.each_volume) return on_resource(*target.resource);
  if (target.volume) return on_volume(*target.resource, *target.volume);
  for (const VolumeSection& volume : target.resource->here().volumes) {
    if (const int status = on_volume(*target.resource, volume); status != 0) return status;
  }
  return 0;
}

void AdmRun::show(const Words& words) {
  if (call_.dry || call_.verbose) report_.out("{}", shell_words(words));
}

void AdmRun::flush() {
  if (last_) report_.err("{}", last_.words());
  last_ = {};
}

int AdmRun::finish(Ending ending, const Words& words, Errors errors) {
  if (errors != Errors::hidden && ending.why) {
    flush();
    last_ = ending.why;
  }
  if (ending.status >= kReported && errors == Errors::shown) {
    const std::string line =
        fmt::format("Command '{}' terminated with exit code {}", plain(words), ending.status);
    if (last_ && ending.why) {
      append(last_, "\n" + line);
    } else if (ending.status == rehearse::row_of(Refusal::drbdmeta_data_in_the_way).status) {
      flush();
      last_ = {Refusal::drbdmeta_data_in_the_way, plain(words)};
    } else {
      flush();
      report_.err("{}", line);
    }
  }
  return ending.status;
}

int AdmRun::setup(Words words, std::string_view object, const std::function<Answer()>& call, Errors errors) {
  words.insert(words.begin(), "drbdsetup-84");
  words.insert(words.end(), call_.setup.begin(), call_.setup.end());
  show(words);
  if (call_.dry) return 0;
  load_module(world_, host_, report_);
  const Answer answer = call();
  if (!answer.never_ends) return finish(ended(answer, object), words, errors);
  flush();
  over_ = true;
  const std::uint64_t seconds = call_.verb == AdmVerb::primary || call_.verb == AdmVerb::secondary ||
                                        call_.verb == AdmVerb::detach || call_.verb == AdmVerb::attach ||
                                        call_.verb == AdmVerb::down ||
                                        call_.verb == AdmVerb::invalidate_remote
                                    ? loaded_.config.global.timeout_medium
                                    : loaded_.config.global.timeout_short;
  last_ = {Refusal::drbd_no_answer, plain(words), seconds};
  return kEnds;
}

int AdmRun::setup_minor(const VolumeSection& volume, const Kernel& call, Errors errors) {
  const std::uint32_t minor = volume.minor.value_or(0);
  const std::string object = std::to_string(minor);
  return setup(
      {std::string(row_of(call_.verb).name), object}, object, [&] { return call(minor); }, errors);
}

int AdmRun::meta(const VolumeSection& volume, std::string_view verb) {
  MetaCall call = meta_call(volume, verb);
  call.force = given("--force");
  call.yes = call_.yes;
  call.values = call_.setup;
  const Words words = call.words();
  show(words);
  if (call_.dry) return 0;
  std::erase_if(call.values, [](const std::string& word) { return word.starts_with("--"); });
  flush();
  return finish(run_meta(world_, host_, call, report_), words, Errors::shown);
}

Ending run_adm(World& world, Name host, const AdmCall& call, Report& report) {
  return AdmRun(world, host, call, report)();
}

}  // namespace rehearse::drbd
