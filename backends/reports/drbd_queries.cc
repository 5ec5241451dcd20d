#include "backends/reports/drbd_queries.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/filters.h"
#include "backends/reports/drbd_show.h"
#include "backends/reports/drbd_view.h"
#include "model/drbd/adm.h"

namespace rehearse::reports {
namespace {

using drbd::AdmTarget;
using drbd::Ending;

void print_text(std::string_view text, Report& report) {
  for (const std::string& line : lines_of(text)) report.out("{}", line);
}

void finish(const Ending& ending, Report& report) {
  if (ending.why) report.err("{}", ending.why.words());
  report.status = ending.status;
}

// What drbdsetup prints of a minor, or its refusal.
Ending show_minor(const World& world, Name host, AdmVerb verb, std::uint32_t minor, Report& report) {
  const Host& at = *world.hosts.find(host);
  const drbd::Kernel::Found found = at.drbd ? at.drbd->minor(minor) : drbd::Kernel::Found{};
  if (!found) {
    return drbd::ended({drbd::Code::minor_invalid, "unknown minor"}, std::to_string(minor));
  }
  const drbd::State& state = found.device->state;
  const bool unconfigured = state.conn == drbd::Connection::stand_alone && state.disk == drbd::Disk::diskless;
  const bool of_disk = verb == AdmVerb::get_gi || verb == AdmVerb::show_gi;
  if (of_disk && unconfigured) return {1, {Refusal::drbd_device_unconfigured}};
  if (of_disk && (state.disk == drbd::Disk::diskless || !found.device->backing)) {
    return {1, {Refusal::drbd_device_without_disk}};
  }
  if (unconfigured) {
    report.out("Unconfigured");
  } else if (verb == AdmVerb::role) {
    report.out("{}/{}", name_of(state.role), name_of(state.peer));
  } else if (verb == AdmVerb::cstate) {
    report.out("{}", name_of(state.conn));
  } else if (verb == AdmVerb::dstate) {
    report.out("{}/{}", name_of(state.disk), name_of(state.pdsk));
  } else {
    const drbd::Superblock& super = found.device->backing->super;
    if (verb == AdmVerb::get_gi) {
      report.out("{}", drbd::generation_line(super.uuids, super.flags));
    } else {
      // The kernel never calls its metadata clean.
      for (const std::string& line : drbd::generation_picture(super.uuids, super.flags, false))
        report.out("{}", line);
    }
  }
  return {};
}

class AdmQuery {
 public:
  AdmQuery(const World& world, Name host, AdmVerb verb, bool dry, bool verbose, bool force, Report& report)
      : world_(world),
        host_(host),
        verb_(verb),
        dry_(dry),
        show_(dry || verbose),
        force_(force),
        report_(report) {}

  void run(const std::vector<Name>& words) {
    const drbd::AdmConfig loaded = drbd::load_config(world_, host_, true);
    for (const std::string& message : loaded.said) report_.err("{}", message);
    if (!loaded.ending.ok()) return finish(loaded.ending, report_);
    if (loaded.config.resources.empty())
      return finish(drbd::refused({Refusal::drbd_nothing_defined}), report_);
    std::vector<AdmTarget> targets;
    const bool all = words.empty() || (words.size() == 1 && words[0] == Name("all"));
    if (all) {
      if (const Refused none = find_all(loaded.config, host_, targets))
        return finish(drbd::refused(none), report_);
    }
    const std::size_t count = all ? targets.size() : words.size();
    for (std::size_t i = 0; i < count; ++i) {
      AdmTarget target = all ? targets[i] : AdmTarget{};
      if (!all) {
        if (const Refused bad = find_target(loaded.config, verb_, words[i], target)) {
          return finish(drbd::refused(bad), report_);
        }
      }
      const int status = on_target(target);
      report_.status = std::max(report_.status, status);
      if (status >= 20) return;
    }
  }

 private:
  int on_target(const AdmTarget& target) {
    if (!row_of(verb_).each_volume) return on_resource(*target.resource);
    for (const drbd::VolumeSection& volume : target.resource->here().volumes) {
      if (target.volume && target.volume != &volume) continue;
      if (const int status = on_volume(*target.resource, volume); status != 0) return status;
    }
    return 0;
  }

  int on_resource(const drbd::ResourceSection& res) {
    if (verb_ == AdmVerb::sh_resource) {
      report_.out("{}", res.name);
      return 0;
    }
    const Words words = {"drbdsetup-84", "status", res.name};
    if (show_) report_.out("{}", drbd::shell_words(words));
    if (dry_) return 0;
    const auto views = drbd_view(world_, host_);
    for (const DrbdResourceView& view : views) {
      if (view.name != res.name) continue;
      print_text(print_drbd_status({view}), report_);
      return 0;
    }
    return told(drbd::refused({Refusal::drbd_setup_no_such_resource, res.name}), words);
  }

  int on_volume(const drbd::ResourceSection& res, const drbd::VolumeSection& volume) {
    const bool internal = volume.meta_disk == "internal";
    switch (verb_) {
      case AdmVerb::sh_dev:
        report_.out("{}", volume.device.value_or(""));
        return 0;
      case AdmVerb::sh_minor:
        report_.out("{}", volume.minor.value_or(0));
        return 0;
      case AdmVerb::sh_ll_dev:
        report_.out("{}", volume.disk.value_or(""));
        return 0;
      case AdmVerb::sh_md_dev:
        report_.out("{}", internal ? volume.disk.value_or("") : volume.meta_disk.value_or(""));
        return 0;
      case AdmVerb::sh_md_idx:
        report_.out("{}", volume.meta_index.value_or(""));
        return 0;
      case AdmVerb::sh_ip:
        report_.out("{}", res.here().address ? res.here().address->address : "");
        return 0;
      case AdmVerb::dump_md:
        return of_metadata(volume);
      default:
        return state_of(volume);
    }
  }

  int of_metadata(const drbd::VolumeSection& volume) {
    drbd::MetaCall call = meta_call(volume, row_of(verb_).name);
    call.force = force_;
    Words words = call.words();
    if (force_) words.emplace_back("--force");
    if (show_) report_.out("{}", drbd::shell_words(words));
    if (dry_) return 0;
    World world = world_;  // it shows and changes nothing
    return told(drbd::run_meta(world, host_, call, report_), words);
  }

  // What the kernel does not know of is read from the disk, where the verb can be.
  int state_of(const drbd::VolumeSection& volume) {
    const std::string name(row_of(verb_).name);
    const Words words = {"drbdsetup-84", name, std::to_string(volume.minor.value_or(0))};
    if (show_) report_.out("{}", drbd::shell_words(words));
    const bool on_disk = verb_ == AdmVerb::dstate || verb_ == AdmVerb::get_gi || verb_ == AdmVerb::show_gi;
    Ending ending;
    if (!dry_) {
      ending = show_minor(world_, host_, verb_, volume.minor.value_or(0), report_);
      if (ending.ok() || !on_disk) return told(ending, words);
    } else if (!on_disk) {
      return 0;
    }
    return of_metadata(volume);
  }

  int told(const Ending& ending, const Words& words) {
    if (ending.why) report_.err("{}", ending.why.words());
    if (ending.status >= 10) {
      std::string line;
      for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
      report_.err("Command '{}' terminated with exit code {}", line, ending.status);
    }
    return ending.status;
  }

  const World& world_;
  Name host_;
  AdmVerb verb_;
  bool dry_;
  bool show_;
  bool force_;
  Report& report_;
};

}  // namespace

bool read_value(std::string_view text, MetaShowVerb& value) {
  value.name = text;
  return text == "get-gi" || text == "show-gi" || text == "dstate" || text == "dump-md" ||
         text == "read-dev-uuid";
}
std::string show_value(const MetaShowVerb& value) { return value.name; }

void print_adm(const World& world, Name host, AdmVerb verb, bool dry, bool verbose,
               const std::vector<Name>& targets, Report& report) {
  AdmQuery(world, host, verb, dry, verbose, false, report).run(targets);
}

void print(const World& world, Name host, const AdmDumpMetadata& form, Report& report) {
  AdmQuery(world, host, AdmVerb::dump_md, form.dry, form.verbose, !form.setup.empty(), report)
      .run(form.targets);
}

void print_setup(const World& world, Name host, AdmVerb verb, std::uint32_t minor, Report& report) {
  finish(show_minor(world, host, verb, minor, report), report);
}

void print(const World& world, Name host, const AdmStatus& form, Report& report) {
  print_adm(world, host, AdmVerb::status, form.dry, false, form.targets, report);
}

void print(const World& world, Name host, const AdmDump& form, Report& report) {
  const drbd::AdmConfig loaded = drbd::load_config(world, host, form.dry);
  for (const std::string& message : loaded.said) report.err("{}", message);
  if (!loaded.ending.ok()) return finish(loaded.ending, report);
  const auto show = [&](const drbd::ResourceSection& res) {
    const Refused missing =
        form.dry ? Refused() : check_address(world, host, loaded.config, AdmVerb::dump, res);
    if (missing) report.err("{}", missing.words());
    return !missing;
  };
  const bool all = form.targets.empty() || (form.targets.size() == 1 && form.targets[0] == Name("all"));
  if (all) {
    bool valid = true;
    for (const drbd::ResourceSection& res : loaded.config.resources) valid = show(res) && valid;
    if (!valid) {
      report.status = 10;
      return;
    }
    print_text(drbd::dump_header(loaded.config), report);
    for (const drbd::ResourceSection& res : loaded.config.resources) {
      print_text(drbd::dump_resource(res, host.str()), report);
    }
    return;
  }
  for (const Name word : form.targets) {
    AdmTarget target;
    if (const Refused bad = find_target(loaded.config, AdmVerb::dump, word, target)) {
      return finish(drbd::refused(bad), report);
    }
    show(*target.resource);
    print_text(drbd::dump_resource(*target.resource, host.str()), report);
  }
}

void print(const World& world, Name host, const AdmListResources&, Report& report) {
  const drbd::AdmConfig loaded = drbd::load_config(world, host, true);
  for (const std::string& message : loaded.said) report.err("{}", message);
  if (!loaded.ending.ok()) return finish(loaded.ending, report);
  std::string names;
  for (const drbd::ResourceSection& res : loaded.config.resources) {
    if (!res.ignored && !res.stacked) names += (names.empty() ? "" : " ") + drbd::quoted(res.name);
  }
  if (!names.empty()) report.out("{}", names);
}

void print(const World& world, Name host, const SetupStatus& form, Report& report) {
  bool found = false;
  for (const DrbdResourceView& view : drbd_view(world, host)) {
    if (form.resource && view.name != form.resource->str() && form.resource->str() != "all") continue;
    print_text(print_drbd_status({view}, form.verbose), report);
    found = true;
  }
  if (found || !form.resource || form.resource->str() == "all") return;
  finish(drbd::refused({Refusal::drbd_setup_no_such_resource, *form.resource}), report);
}

void print(const World& world, Name host, const SetupShowConfig& form, Report& report) {
  std::vector<DrbdShown> shown = drbd_shown(world, host);
  drbd::MinorName minor;
  if (form.resource && drbd::read_value(form.resource->str(), minor)) {
    const auto other = [&](const DrbdShownVolume& volume) { return volume.minor != minor.number; };
    for (DrbdShown& one : shown) std::erase_if(one.volumes, other);
    std::erase_if(shown, [](const DrbdShown& one) { return one.volumes.empty(); });
    const std::string object = std::to_string(minor.number);
    if (shown.empty())
      return finish(drbd::ended({drbd::Code::minor_invalid, "unknown minor"}, object), report);
    return print_text(print_drbd_show(shown, form.defaults), report);
  }
  if (form.resource && form.resource->str() != "all")
    std::erase_if(shown, [&](const DrbdShown& one) { return one.name != form.resource->str(); });
  if (form.resource && shown.empty()) {
    report.err("received netlink error reply: No such device");
    report.status = 20;
    return;
  }
  print_text(print_drbd_show(shown, form.defaults), report);
}

void print(const World& world, Name host, const SetupEvents& form, Report& report) {
  std::vector<DrbdResourceView> views = drbd_view(world, host, true);
  if (form.resource)
    std::erase_if(views, [&](const auto& view) { return view.name != form.resource->str(); });
  print_text(print_drbd_events(views), report);
}

void print(const World& world, Name host, const ShowMetadata& form, Report& report) {
  drbd::MetaCall call;
  call.minor = form.minor.number;
  call.device = form.device;
  call.index = form.index;
  call.verb = form.verb.name;
  call.force = form.force;
  World same = world;
  finish(drbd::run_meta(same, host, call, report), report);
}

}  // namespace rehearse::reports
