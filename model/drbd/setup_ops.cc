#include "model/drbd/setup_ops.h"

#include "model/drbd/option_table.h"

namespace rehearse::drbd {
namespace {

// The kernel's answer as drbdsetup prints it.
Ending answered(const Answer& answer, const std::string& object, std::string_view command) {
  if (answer.never_ends)
    return refused({Refusal::drbd_does_not_end, "drbdsetup " + std::string(command) + " " + object});
  return ended(answer, object);
}

template <AdmVerb V>
Words words_of(const std::vector<HandedOn<V>>& options) {
  Words words;
  for (const auto& option : options) words.push_back(option.text);
  return words;
}

const Part<Kernel>& kernel_of(const World& world, Name host) { return world.hosts.find(host)->drbd; }

}  // namespace

template <AdmVerb V>
Ending run(World& world, Name host, const SetupOnMinor<V>& form, Report& report) {
  load_module(world, host, report);
  const std::uint32_t minor = form.minor.number;
  const auto call = [&]() -> Answer {
    if constexpr (V == AdmVerb::primary) return primary(world, host, minor, form.force, report);
    if constexpr (V == AdmVerb::secondary) return secondary(world, host, minor, report);
    if constexpr (V == AdmVerb::detach) return detach(world, host, minor, form.force, report);
    if constexpr (V == AdmVerb::invalidate) return invalidate(world, host, minor, report);
    if constexpr (V == AdmVerb::invalidate_remote) return invalidate_remote(world, host, minor, report);
    if constexpr (V == AdmVerb::pause_sync) return pause_sync(world, host, minor, report);
    if constexpr (V == AdmVerb::resume_sync) return resume_sync(world, host, minor, report);
    if constexpr (V == AdmVerb::suspend_io) return suspend_io(world, host, minor, report);
    if constexpr (V == AdmVerb::resume_io) return resume_io(world, host, minor, report);
    if constexpr (V == AdmVerb::outdate) return outdate(world, host, minor, report);
  };
  return answered(call(), std::to_string(minor), row_of(V).name);
}
template Ending run(World&, Name, const SetupOnMinor<AdmVerb::primary>&, Report&);
template Ending run(World&, Name, const SetupOnMinor<AdmVerb::secondary>&, Report&);
template Ending run(World&, Name, const SetupOnMinor<AdmVerb::detach>&, Report&);
template Ending run(World&, Name, const SetupOnMinor<AdmVerb::invalidate>&, Report&);
template Ending run(World&, Name, const SetupOnMinor<AdmVerb::invalidate_remote>&, Report&);
template Ending run(World&, Name, const SetupOnMinor<AdmVerb::pause_sync>&, Report&);
template Ending run(World&, Name, const SetupOnMinor<AdmVerb::resume_sync>&, Report&);
template Ending run(World&, Name, const SetupOnMinor<AdmVerb::suspend_io>&, Report&);
template Ending run(World&, Name, const SetupOnMinor<AdmVerb::resume_io>&, Report&);
template Ending run(World&, Name, const SetupOnMinor<AdmVerb::outdate>&, Report&);

template <AdmVerb V>
Ending run(World& world, Name host, const SetupOnMinorWith<V>& form, Report& report) {
  load_module(world, host, report);
  const std::uint32_t minor = form.minor.number;
  const Words words = words_of(form.options);
  const auto call = [&]() -> Answer {
    if constexpr (V == AdmVerb::resize) return resize(world, host, minor, resize_with(words), report);
    if constexpr (V == AdmVerb::verify) {
      return verify(world, host, minor, option_sectors(words, "--start"), option_sectors(words, "--stop"),
                    report);
    }
    if constexpr (V == AdmVerb::new_current_uuid)
      return new_current_uuid(world, host, minor, option_given(words, "--clear-bitmap"), report);
    if constexpr (V == AdmVerb::disk_options) return change_disk_options(world, host, minor, words, report);
  };
  return answered(call(), std::to_string(minor), row_of(V).name);
}
template Ending run(World&, Name, const SetupOnMinorWith<AdmVerb::resize>&, Report&);
template Ending run(World&, Name, const SetupOnMinorWith<AdmVerb::verify>&, Report&);
template Ending run(World&, Name, const SetupOnMinorWith<AdmVerb::new_current_uuid>&, Report&);
template Ending run(World&, Name, const SetupOnMinorWith<AdmVerb::disk_options>&, Report&);

template <AdmVerb V>
Ending run(World& world, Name host, const SetupOnResource<V>& form, Report& report) {
  load_module(world, host, report);
  const Words words = words_of(form.options);
  const auto call = [&]() -> Answer {
    if constexpr (V == AdmVerb::resource_options)
      return change_resource_options(world, host, form.resource, words, report);
    ResourceOptions options;
    set_words(options, words);
    return new_resource(world, host, form.resource, options, report);
  };
  return answered(call(), form.resource.str(), row_of(V).name);
}
template Ending run(World&, Name, const SetupOnResource<AdmVerb::new_resource>&, Report&);
template Ending run(World&, Name, const SetupOnResource<AdmVerb::resource_options>&, Report&);

template <Wait W>
Ending run(World& world, Name host, const SetupWait<W>& form, Report& report) {
  load_module(world, host, report);
  return wait_by_setup(world, host, form.minor.number, W, wait_limits(words_of(form.options)), report);
}
template Ending run(World&, Name, const SetupWait<Wait::connect>&, Report&);
template Ending run(World&, Name, const SetupWait<Wait::sync>&, Report&);

Ending run(World& world, Name host, const SetupAttach& form, Report& report) {
  load_module(world, host, report);
  if (const Refused bad = no_disk_to_attach(world, host, form.disk.str(), form.meta.str()))
    return refused(bad);
  AttachWith with;
  with.disk = form.disk;
  with.meta = form.meta;
  with.index = *index_named(form.index.text);
  set_words(with.options, words_of(form.options));
  return answered(attach(world, host, form.minor.number, with, report), std::to_string(form.minor.number),
                  "attach");
}

Ending run(World& world, Name host, const SetupConnect& form, Report& report) {
  load_module(world, host, report);
  const Words words = words_of(form.options);
  ConnectWith with;
  with.local = form.local.text;
  with.peer = form.peer.text;
  set_words(with.options, words);
  with.discard_my_data = option_given(words, "--discard-my-data");
  with.tentative = option_given(words, "--tentative") || option_given(words, "--dry-run");
  return answered(connect(world, host, form.resource, with, report), form.resource.str(), "connect");
}

Ending run(World& world, Name host, const SetupNetOptions& form, Report& report) {
  load_module(world, host, report);
  return answered(
      change_net_options(world, host, form.local.text, form.peer.text, words_of(form.options), report), "??",
      "net-options");
}

Ending run(World& world, Name host, const SetupDisconnect& form, Report& report) {
  load_module(world, host, report);
  return answered(disconnect(world, host, form.local.text, form.peer.text, form.force, report), "??",
                  "disconnect");
}

Ending run(World& world, Name host, const SetupDown& form, Report& report) {
  load_module(world, host, report);
  if (!kernel_of(world, host)->resource(form.resource)) return {};
  return answered(down(world, host, form.resource, report), form.resource.str(), "down");
}

Ending run(World& world, Name host, const SetupForgetResource& form, Report& report) {
  load_module(world, host, report);
  return answered(del_resource(world, host, form.resource, report), form.resource.str(), "del-resource");
}

Ending run(World& world, Name host, const SetupNewMinor& form, Report& report) {
  load_module(world, host, report);
  return answered(new_minor(world, host, form.resource, form.minor.number, form.volume, report), "??",
                  "new-minor");
}

Ending run(World& world, Name host, const SetupForgetMinor& form, Report& report) {
  load_module(world, host, report);
  return answered(del_minor(world, host, form.minor.number, report), std::to_string(form.minor.number),
                  "del-minor");
}

}  // namespace rehearse::drbd
