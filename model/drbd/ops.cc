#include "model/drbd/ops.h"

#include <algorithm>
#include <charconv>

#include "model/drbd/adm.h"
#include "model/drbd/config_token.h"
#include "model/drbd/option_table.h"
#include "model/layer.h"

namespace rehearse::drbd {
namespace {

// What a form has set, as words for what drbdadm runs.
template <class Form>
AdmCall call_of(const Form& form) {
  AdmCall call;
  call.verb = Form::kVerb;
  call.targets = form.targets;
  call.dry = form.dry;
  call.verbose = form.verbose;
  const auto flag = [&](bool set, const char* word) {
    if (set) call.setup.emplace_back(word);
  };
  if constexpr (requires { form.force; }) flag(form.force, "--force");
  if constexpr (requires { form.discard_my_data; }) flag(form.discard_my_data, "--discard-my-data");
  if constexpr (requires { form.tentative; }) flag(form.tentative, "--tentative");
  if constexpr (requires { form.clear_bitmap; }) flag(form.clear_bitmap, "--clear-bitmap");
  if constexpr (requires { form.setup; }) {
    for (const auto& word : form.setup) call.setup.push_back(word.text);
  }
  if constexpr (requires { form.yes; }) call.yes = form.yes;
  return call;
}

template <class Form>
requires requires(const Form& form) { form.targets; }
Ending run(World& world, Name host, const Form& form, Report& report) {
  return run_adm(world, host, call_of(form), report);
}

Ending run(World& world, Name host, const ChangeMetadata& form, Report& report) {
  MetaCall call;
  call.minor = form.minor.number;
  call.device = form.device;
  call.index = form.index;
  call.verb = form.verb.name;
  call.values = form.values;
  call.force = form.force;
  call.yes = form.yes;
  return run_meta(world, host, call, report);
}

Ending run(World& world, Name host, const LoadModule&, Report& report) {
  load_module(world, host, report);
  return {};
}

Ending run(World& world, Name host, const UnloadModule&, Report&) {
  const Part<Kernel>& kernel = world.hosts.find(host)->drbd;
  if (!kernel || !kernel->loaded) return refused({Refusal::drbd_module_not_loaded});
  return unload_module(world, host) ? Ending() : refused({Refusal::drbd_module_in_use});
}

}  // namespace

Mismatch parse(std::span<const std::string> words, Op& op) { return layer::parse(verb_first(words), op); }
int claims(std::span<const std::string> words) { return layer::claims<Op>(verb_first(words)); }
Words render(const Op& op) { return layer::render(op); }
std::vector<Usage> usages() { return layer::usages<Op>(); }

// These programs find out that they cannot while they are at it: what they would do is tried on a copy. A run
// that changes something before it fails is none that was refused.
Refused refuse(const World& world, Name host, const Op& op, Report& report) {
  World after = world;
  Report said;
  said.muted = report.muted;
  said.terminal = report.terminal;
  const Ending ending = op.visit([&](const auto& form) { return run(after, host, form, said); });
  const bool one_of_them = ending.why && rehearse::row_of(ending.why.why).status == ending.status;
  if (!one_of_them || !(after == world)) return {};
  report.lines.insert(report.lines.end(), said.lines.begin(), said.lines.end());
  report.log.insert(report.log.end(), said.log.begin(), said.log.end());
  return ending.why;
}

void apply(World& world, Name host, const Op& op, Report& report) {
  const Ending ending = op.visit([&](const auto& form) { return run(world, host, form, report); });
  if (ending.why) report.err("{}", ending.why.words());
  report.status = ending.status;
}

}  // namespace rehearse::drbd
