#include "scenarios/migrate/drbd_auto.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/filters.h"
#include "model/domain/config.h"
#include "scenarios/migrate/sight.h"
#include "scenarios/migrate/status.h"
#include "scenarios/migrate/tab.h"

namespace rehearse::migrate {
namespace {

using What = Looked::What;

constexpr std::chrono::minutes kCreateDeadline{5};

class Look {
 public:
  Look(Shell& shell, const std::string& file, bool act) : shell_(shell), file_(file), act_(act) {}

  Looked operator()() {
    if (!read_file() || runs_or_is_away() || !find_resources()) return std::move(looked_);
    const Decision first = decide_now();
    if (first == Decision::never) return ended(What::peer_primary, roles_text_);
    if (first == Decision::undetermined) return ended(What::undetermined, roles_text_);
    if (!act_) return ended(What::startable, roles_text_);
    if (!promote()) return std::move(looked_);
    // The other side may have promoted as well since it was looked at.
    if (decide_now() != Decision::start) {
      demote();
      return ended(What::undetermined, "after it was promoted here: " + roles_text_);
    }
    return create();
  }

 private:
  Looked ended(What what, std::string words) {
    looked_.what = what;
    looked_.words = std::move(words);
    return std::move(looked_);
  }
  bool end(What what, std::string words) {
    looked_.what = what;
    looked_.words = std::move(words);
    return false;
  }

  bool read_file() {
    const ShellAnswer answer = shell_.run({{"cat", file_}, {}});
    if (!went_well(answer)) {
      const bool gone = answer.ended == ShellAnswer::Ended::exited;
      return end(gone ? What::broken : What::undetermined, why_of(shell_, answer));
    }
    const auto read = domain::read_config(answer.out);
    if (const auto* bad = std::get_if<domain::ConfigError>(&read)) {
      return end(What::broken, fmt::format("{}:{}: {}", file_, bad->said_line(), bad->what));
    }
    config_ = std::get<domain::ConfigFile>(read).config;
    looked_.domain = config_.name.str();
    if (plain_domain(looked_.domain)) return true;
    return end(What::broken, fmt::format("{}: expected the name of a domain", file_));
  }

  // True: there is nothing to decide.
  bool runs_or_is_away() {
    const Sighting here = look(shell_, looked_.domain);
    if (!here.seen) return !end(What::undetermined, here.why);
    if (here.incoming || here.given_away) return !end(What::undetermined, "a migration is not at its end");
    if (here.guest != Copy::none) return !end(What::running, fmt::format("as domain {}", here.number));
    const auto read = load_status(shell_);
    if (const auto* bad = std::get_if<InputError>(&read)) return !end(What::undetermined, bad->text());
    const StatusRow* row = std::get<Status>(read).find(looked_.domain);
    if (!row || row->phase == Phase::leaving) return false;
    if (row->phase == Phase::away) return !end(What::away, "at " + row->host);
    return !end(What::undetermined, fmt::format("it is down as {} ({})", name_of(row->phase), row->host));
  }

  bool find_resources() {
    std::vector<DiskName> disks;
    for (const domain::Disk& disk : config_.disks) disks.push_back({disk.backend.str(), disk.script.str()});
    const Resources found = resources_of(shell_, disks);
    if (!found.why.empty()) return end(What::undetermined, found.why);
    resources_ = found.names;
    if (!resources_.empty()) return true;
    return end(What::broken, fmt::format("{}: none of its disks is on DRBD", file_));
  }

  Decision decide_now() {
    std::vector<Roles> all;
    roles_text_.clear();
    for (const std::string& resource : resources_) {
      all.push_back(roles_of(shell_, resource));
      roles_text_ += (roles_text_.empty() ? "" : ", ") + resource + " " + text_of(all.back());
    }
    return decide(all);
  }

  bool promote() {
    for (const std::string& resource : resources_) {
      promoted_.push_back(resource);  // even if it says no: it may have been
      const ShellAnswer answer = shell_.run({{"drbdadm", "primary", resource}, {}, kRoleDeadline});
      if (went_well(answer)) continue;
      demote();
      return end(What::undetermined, fmt::format("{}: {}", resource, why_of(shell_, answer)));
    }
    return true;
  }

  void demote() {
    for (const std::string& resource : promoted_) {
      shell_.run({{"drbdadm", "secondary", resource}, {}, kRoleDeadline});
    }
  }

  Looked create() {
    const ShellAnswer answer = shell_.run({{"xl", "create", file_}, {}, kCreateDeadline});
    if (went_well(answer)) return ended(What::started, roles_text_);
    const Sighting here = look(shell_, looked_.domain);
    if (here.guest != Copy::none) return ended(What::started, "xl create: " + why_of(shell_, answer));
    if (here.seen) demote();
    return ended(What::undetermined, "xl create: " + why_of(shell_, answer));
  }

  Shell& shell_;
  const std::string& file_;
  bool act_;
  domain::Config config_;
  std::vector<std::string> resources_;
  std::vector<std::string> promoted_;
  std::string roles_text_;
  Looked looked_;
};

// What an editor or a package manager leaves behind is no configuration (run-parts(8)).
bool configuration_name(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '+';
  });
  return plain && !name.empty() && name.size() <= 128 && name[0] != '.' && name[0] != '-' &&
         name.find(".dpkg-") == std::string_view::npos && !name.ends_with(".bak");
}

struct Names {
  std::vector<std::string> names;
  std::string why;
};
Names configurations(Shell& shell) {
  const ShellAnswer answer = shell.run({{"ls", std::string(kAutoFolder)}, {}});
  if (!went_well(answer)) return {{}, why_of(shell, answer)};
  Names found;
  for (const std::string& name : lines_of(answer.out)) {
    if (configuration_name(name)) found.names.push_back(name);
  }
  return found;
}

std::string sentence(const std::string& name, const Looked& looked) {
  constexpr std::string_view kWords[] = {"runs",
                                         "is migrated away",
                                         "was started",
                                         "is not started yet",
                                         "must not be started, the peer is primary",
                                         "undetermined",
                                         "not usable"};
  return fmt::format("{}: {} ({})", looked.domain.empty() ? name : looked.domain,
                     kWords[static_cast<std::size_t>(looked.what)], looked.words);
}

bool among(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Decision decide(std::span<const Roles> all) {
  const auto peer_is = [](Role role) { return [role](const Roles& roles) { return roles.peer == role; }; };
  if (std::any_of(all.begin(), all.end(), peer_is(Role::primary))) return Decision::never;
  const bool certain = !all.empty() && std::all_of(all.begin(), all.end(), peer_is(Role::secondary));
  return certain ? Decision::start : Decision::undetermined;
}

Looked look_at_guest(Shell& shell, const std::string& file, bool act) { return Look(shell, file, act)(); }

std::string file_of(const std::string& name) { return std::string(kAutoFolder) + "/" + name; }

void watch_guest(Shell& shell, const std::string& name, const std::function<bool()>& wait,
                 const std::function<void(const Looked&)>& tell) {
  while (wait()) {
    const Looked looked = look_at_guest(shell, file_of(name), true);
    tell(looked);
    if (looked.what != What::undetermined) return;
  }
}

Ended auto_start(Shell& shell, const Tasks& tasks, Report& report) {
  const Names found = configurations(shell);
  if (!found.why.empty()) {
    report.err("{}", found.why);
    return Ended::bad_input;
  }
  const std::vector<std::string> waiting = tasks.all();
  Ended ended = Ended::well;
  for (const std::string& name : found.names) {
    if (among(waiting, name)) {
      report.out("{}: is looked after already", name);
      continue;
    }
    const Looked looked = look_at_guest(shell, file_of(name), true);
    (looked.what == What::broken ? report.err("{}", sentence(name, looked))
                                 : report.out("{}", sentence(name, looked)));
    if (looked.what == What::broken) ended = worse(ended, Ended::not_done);
    if (looked.what != What::undetermined || tasks.begin(name)) continue;
    report.err("{}: nobody looks again, its background task did not start", name);
    ended = worse(ended, Ended::not_done);
  }
  return ended;
}

namespace {

// Says to every task what `tell` does, and of each whether it heard.
Ended tell_all(const Tasks& tasks, const std::function<bool(const std::string& name)>& tell,
               std::string_view heard, std::string_view did_not, Report& report) {
  Ended ended = Ended::well;
  for (const std::string& name : tasks.all()) {
    if (tell(name)) {
      report.out("{}: {}", name, heard);
    } else {
      report.err("{}: {}", name, did_not);
      ended = Ended::not_done;
    }
  }
  return ended;
}

}  // namespace

Ended auto_stop(const Tasks& tasks, Report& report) {
  return tell_all(tasks, tasks.end, "daemon ended", "daemon does not end", report);
}

Ended auto_reload(const Tasks& tasks, Report& report) {
  return tell_all(tasks, tasks.wake, "looks again", "daemon does not hear", report);
}

Ended auto_status(Shell& shell, const Tasks& tasks, Report& report) {
  const Names found = configurations(shell);
  if (!found.why.empty()) {
    report.err("{}", found.why);
    return Ended::bad_input;
  }
  std::vector<std::string> names = found.names;
  const std::vector<std::string> waiting = tasks.all();
  for (const std::string& name : waiting) {
    if (!among(names, name)) names.push_back(name);
  }
  for (const std::string& name : names) {
    const std::string said = sentence(name, look_at_guest(shell, file_of(name), false));
    if (among(waiting, name)) {
      report.out("{}; daemon waits: {}", said, tasks.said(name));
    } else {
      report.out("{}; daemon gone", said);
    }
  }
  return Ended::well;
}

}  // namespace rehearse::migrate
