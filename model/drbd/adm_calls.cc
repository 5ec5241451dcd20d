// What each verb of drbdadm runs (drbdadm_main.c adm_attach, adm_up, adm_outdate and their sisters).
#include <fmt/format.h>

#include <algorithm>

#include "model/drbd/adm_run.h"
#include "model/drbd/config_token.h"
#include "model/drbd/meta_calls.h"
#include "model/io.h"

namespace rehearse::drbd {
namespace {

constexpr int kDiskConfigured = 11;  // a change of state that the kernel's rules refuse
constexpr int kNotUpToDate = 17;
constexpr int kBelowOutdated = 5;

void add_options(Words& words, const Settings& settings) {
  for (const Setting& setting : settings)
    words.push_back(fmt::format("--{}={}", setting.name, setting.value));
}

}  // namespace

int AdmRun::on_volume(const ResourceSection& res, const VolumeSection& volume) {
  switch (call_.verb) {
    case AdmVerb::up:
      up(res, volume);
      return 0;
    case AdmVerb::attach:
      return attach(volume);
    case AdmVerb::invalidate:
      return invalidate(volume);
    case AdmVerb::outdate:
      return outdate(volume);
    case AdmVerb::resize:
      return resize(res, volume);
    case AdmVerb::wait_connect:
      return wait_connect(res, volume);
    case AdmVerb::new_minor:
      return new_minor(res, volume);
    case AdmVerb::create_md:
      return create_md(volume);
    case AdmVerb::wipe_md:
    case AdmVerb::apply_al:
    case AdmVerb::set_gi:
      return meta(volume, row_of(call_.verb).name);
    default:
      return generic(volume);
  }
}

int AdmRun::on_resource(const ResourceSection& res) {
  switch (call_.verb) {
    case AdmVerb::connect:
      return connect(res);
    case AdmVerb::disconnect:
      return disconnect(res);
    case AdmVerb::adjust:
      adjust(res);
      return 0;
    case AdmVerb::new_resource:
      return new_resource(res);
    case AdmVerb::net_options:
    case AdmVerb::resource_options:
      return change_options(res);
    default:
      return setup({"down", res.name}, res.name, [&]() -> Answer {
        // What is not there is down.
        if (!world_.hosts.find(host_)->drbd->resource(Name(res.name))) return {};
        return down(world_, host_, Name(res.name), report_);
      });
  }
}

// The verbs that are one call of the kernel's on a minor.
int AdmRun::generic(const VolumeSection& volume) {
  const auto call = [&](std::uint32_t minor) -> Answer {
    switch (call_.verb) {
      case AdmVerb::detach:
        return detach(world_, host_, minor, given("--force"), report_);
      case AdmVerb::primary:
        return primary(world_, host_, minor, given("--force") || given("--overwrite-data-of-peer"), report_);
      case AdmVerb::secondary:
        return secondary(world_, host_, minor, report_);
      case AdmVerb::invalidate_remote:
        return invalidate_remote(world_, host_, minor, report_);
      case AdmVerb::verify:
        return verify(world_, host_, minor, sectors_of("--start"), sectors_of("--stop"), report_);
      case AdmVerb::pause_sync:
        return pause_sync(world_, host_, minor, report_);
      case AdmVerb::resume_sync:
        return resume_sync(world_, host_, minor, report_);
      case AdmVerb::suspend_io:
        return suspend_io(world_, host_, minor, report_);
      case AdmVerb::resume_io:
        return resume_io(world_, host_, minor, report_);
      case AdmVerb::disk_options:
        return change_disk_options(world_, host_, minor, call_.setup, report_);
      default:
        return new_current_uuid(world_, host_, minor, given("--clear-bitmap"), report_);
    }
  };
  return setup_minor(volume, call);
}

// Only what is handed on: what drbd.conf says is for adjust.
int AdmRun::change_options(const ResourceSection& res) {
  if (call_.verb == AdmVerb::resource_options) {
    return setup({"resource-options", res.name}, res.name, [&] {
      return change_resource_options(world_, host_, Name(res.name), call_.setup, report_);
    });
  }
  const std::string local = res.here().address->text();
  const std::string peer = res.peer ? res.hosts[*res.peer].address->text() : "";
  return setup({"net-options", local, peer}, "??", [&] {
    return change_net_options(world_, host_, Name(local), Name(peer), call_.setup, report_);
  });
}

int AdmRun::new_resource(const ResourceSection& res) {
  Words words = {"new-resource", res.name};
  add_options(words, res.options);
  return setup(words, res.name, [&] {
    return drbd::new_resource(world_, host_, Name(res.name), options_of<ResourceOptions>(res.options),
                              report_);
  });
}

int AdmRun::new_minor(const ResourceSection& res, const VolumeSection& volume) {
  const std::uint32_t minor = volume.minor.value_or(0);
  const Words words = {"new-minor", res.name, std::to_string(minor), std::to_string(volume.number)};
  return setup(words, "??",
               [&] { return drbd::new_minor(world_, host_, Name(res.name), minor, volume.number, report_); });
}

int AdmRun::attach(const VolumeSection& volume) {
  if (const int status = meta(volume, "apply-al"); status != 0) return status;
  const std::uint32_t minor = volume.minor.value_or(0);
  const std::string disk = volume.disk.value_or("");
  const std::string meta_disk = volume.meta_disk == "internal" ? disk : volume.meta_disk.value_or("");
  const std::string index = volume.meta_index.value_or("internal");
  Words words = {"attach", std::to_string(minor), disk, meta_disk, index};
  add_options(words, volume.disk_options);
  if (const Refused bad = no_disk_to_attach(world_, host_, disk, meta_disk); bad && !call_.dry) {
    // drbdsetup looks for itself.
    words.insert(words.begin(), "drbdsetup-84");
    show(words);
    return finish(refused(bad), words, Errors::shown);
  }
  return setup(words, std::to_string(minor), [&] {
    AttachWith with;
    with.disk = Name(disk);
    with.meta = Name(meta_disk);
    with.index = *index_named(index);
    with.options = options_of<DiskOptions>(volume.disk_options);
    set_words(with.options, call_.setup);
    return drbd::attach(world_, host_, minor, with, report_);
  });
}

int AdmRun::connect(const ResourceSection& res) {
  if (!res.peer) {
    if (call_.dry) return 0;
    flush();
    if (res.hosts.size() == 1) {
      report_.err("{}:{}: in resource {}:\n\tMissing section 'on <PEER> {{ ... }}'.", res.file, res.line,
                  res.name);
    }
    report_.err("resource {}: cannot configure network without knowing my peer.", res.name);
    return 20;
  }
  ConnectWith with;
  with.local = Name(res.here().address->text());
  with.peer = Name(res.hosts[*res.peer].address->text());
  Words words = {"connect", res.name, with.local.str(), with.peer.str()};
  add_options(words, res.net);
  with.options = options_of<NetOptions>(res.net);
  set_words(with.options, call_.setup);
  with.discard_my_data = given("--discard-my-data");
  with.tentative = given("--tentative") || given("--dry-run");
  return setup(words, res.name, [&] { return drbd::connect(world_, host_, Name(res.name), with, report_); });
}

int AdmRun::disconnect(const Endpoint& local, const Endpoint& peer) {
  return setup({"disconnect", local.text(), peer.text()}, "??", [&] {
    return drbd::disconnect(world_, host_, Name(local.text()), Name(peer.text()), given("--force"), report_);
  });
}

int AdmRun::disconnect(const ResourceSection& res) {
  if (res.peer) return disconnect(*res.here().address, *res.hosts[*res.peer].address);
  flush();
  report_.err("resource {}: cannot configure network without knowing my peer.", res.name);
  return 20;
}

// What a kernel cannot do because it does not have the disk is done to the disk.
int AdmRun::invalidate(const VolumeSection& volume) {
  const Refused before = last_;
  const int status = setup_minor(
      volume, [&](std::uint32_t minor) { return drbd::invalidate(world_, host_, minor, report_); },
      Errors::bare);
  if (status == kDiskConfigured || status == kNotUpToDate) return status;
  if (status == 0 && !call_.dry) return 0;
  last_ = before;  // what drbdsetup said is not told
  return meta(volume, "invalidate");
}

int AdmRun::outdate(const VolumeSection& volume) {
  const int status = setup_minor(
      volume, [&](std::uint32_t minor) { return drbd::outdate(world_, host_, minor, report_); },
      Errors::hidden);
  if (status == kNotUpToDate) return status;
  if (status == 0 && !call_.dry) return 0;
  const int of_meta = meta(volume, "outdate");
  if (status != kBelowOutdated) return of_meta;
  if (of_meta == 0) return 0;
  if (last_.why == Refusal::drbdmeta_configured) {
    const MetaCall call = meta_call(volume, "outdate");
    std::string line;
    for (const std::string& word : call.words()) line += (line.empty() ? "" : " ") + word;
    last_ = {Refusal::drbd_stays_below_outdated, call.minor, line};
  }
  return kBelowOutdated;
}

// drbdsetup check-resize: what is remembered of a disk that has another size now, but not its identity.
void AdmRun::check_resize(const VolumeSection& volume) {
  const MetaCall call = meta_call(volume, "");
  const Host& at = *world_.hosts.find(host_);
  const rehearse::Device* device = at.device(device_name(at, Name(call.device)));
  if (!device || meta_index(call.index) != kInternal) return;
  const auto known = last_known(world_, host_, call.minor);
  if (!known || known->size != device->size * kSector || known->path != Name(call.device))
    remember(world_, host_, call.minor, call.device, 0);
}

int AdmRun::resize(const ResourceSection& res, const VolumeSection& volume) {
  const std::string minor = std::to_string(volume.minor.value_or(0));
  const Setting* size = find_setting(volume.disk_options, "size");
  if (!size) size = find_setting(res.disk, "size");
  Words words = {"resize", minor};
  if (size) words.push_back("--size=" + size->value);
  const int status = setup(words, minor, [&] {
    ResizeWith with = resize_with(call_.setup);
    std::uint64_t sectors = 0;
    if (!with.size && size && read_number(size->value, 's', sectors) == NumberError::none)
      with.size = sectors;
    return drbd::resize(world_, host_, volume.minor.value_or(0), with, report_);
  });
  if (status == 0) show({"drbdsetup-84", "check-resize", minor});
  if (status == 0 && !call_.dry) check_resize(volume);
  return status;
}

int AdmRun::wait_connect(const ResourceSection& res, const VolumeSection& volume) {
  const std::string minor = std::to_string(volume.minor.value_or(0));
  Words words = {"drbdsetup-84", "wait-connect", minor};
  add_options(words, res.startup);
  words.insert(words.end(), call_.setup.begin(), call_.setup.end());
  show(words);
  if (call_.dry) return 0;
  flush();
  load_module(world_, host_, report_);
  const Ending ending =
      wait_by_setup(world_, host_, volume.minor.value_or(0), Wait::connect, wait_limits(words), report_);
  if (ending.why.why == Refusal::drbd_does_not_end) {
    over_ = true;
    last_ = ending.why;
    return ending.status;
  }
  return finish(ending, words, Errors::bare);  // it becomes drbdsetup, and has no say in the end
}

int AdmRun::create_md(const VolumeSection& volume) {
  // It looks for the device's identity first, and cannot where somebody has the device: that is asked once
  // more.
  if (!call_.dry) {
    const Refused before = last_;
    MetaCall look = meta_call(volume, "read-dev-uuid");
    Report aside;
    aside.terminal = report_.terminal;
    look.yes = call_.yes;
    look.force = given("--force");
    const Ending looked = run_meta(world_, host_, look, aside);
    for (const Line& line : aside.lines) {
      if (line.error && !report_.muted) report_.lines.push_back(line);
    }
    if (looked.why) report_.err("{}", looked.why.words());
    last_ = before;
  }
  const int status = meta(volume, "create-md");
  if (status == 0 && !call_.dry) {
    const MetaCall made = meta_call(volume, "create-md");
    const Host& at = *world_.hosts.find(host_);
    const Name device = device_name(at, Name(made.device));
    const int index = meta_index(made.index);
    const std::uint64_t uuid = name_device(world_, host_, place_of(world_, host_, device, device, index));
    if (index == kInternal) remember(world_, host_, made.minor, made.device, uuid);
  }
  return status;
}

void AdmRun::up(const ResourceSection& res, const VolumeSection& volume) {
  if (upped_ != &res) {
    later_[kMake].push_back({&res, "new-resource", [this, &res] { return new_resource(res); }});
    later_[kNet].push_back({&res, "connect", [this, &res] { return connect(res); }});
    upped_ = &res;
  }
  later_[kMake].push_back({&res, "new-minor", [this, &res, &volume] { return new_minor(res, volume); }});
  later_[kDisk].push_back({&res, "attach", [this, &volume] { return attach(volume); }});
}

int AdmRun::run_later() {
  std::vector<const ResourceSection*> skipped;
  for (std::size_t stage = 0; stage < later_.size(); ++stage) {
    int worst = 0;
    for (const Later& one : later_[stage]) {
      if (std::find(skipped.begin(), skipped.end(), one.resource) != skipped.end()) {
        flush();
        report_.err("drbdadm: {} {}: skipped due to earlier error", one.what, one.resource->name);
        continue;
      }
      const int status = one.run();
      if (over_) return status;
      if (status != 0 && (stage == kMake || stage == kDiskMake)) skipped.push_back(one.resource);
      worst = std::max(worst, status);
    }
    if (worst != 0) return 1;
  }
  return 0;
}

}  // namespace rehearse::drbd
