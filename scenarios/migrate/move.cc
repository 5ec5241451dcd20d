#include "scenarios/migrate/move.h"

#include <algorithm>

namespace rehearse::migrate {
namespace {

class Mover {
 public:
  Mover(Reach& reach, const TabRow& row, Report& report)
      : reach_(reach), row_(row), report_(report), there_(reach.peer(row.peer)) {}

  Ended operator()(bool check) {
    facts_ = gather(reach_, row_.domain, row_.peer);
    if (!fit(check)) return Ended::not_done;
    if (check) return Ended::well;
    back_ = homewards(facts_);
    if (!write_down() || !promote()) return Ended::not_done;
    std::vector<std::string> words = {"xl", "migrate"};
    words.insert(words.end(), row_.options.begin(), row_.options.end());
    words.insert(words.end(), {row_.domain, row_.peer});
    return settle(reach_.here->run({words, {}, reach_.transfer}));
  }

 private:
  template <class... T>
  void tell(fmt::format_string<T...> format, T&&... args) {
    report_.out("{}: {}", row_.domain, fmt::format(format, std::forward<T>(args)...));
  }
  template <class... T>
  void complain(fmt::format_string<T...> format, T&&... args) {
    report_.err("{}: {}", row_.domain, fmt::format(format, std::forward<T>(args)...));
  }

  bool fit(bool check) {
    bool all = true;
    for (const Condition& condition : conditions()) {
      const Checked found = condition.check(facts_);
      if (check) tell("{:<4}{}: {}", found.holds ? "yes" : "no", condition.name, found.found);
      if (!found.holds && !check)
        complain("not migrated, for this does not hold: {}: {}", condition.name, found.found);
      all = all && found.holds;
    }
    return all;
  }

  // The other host's record comes first: a guest that arrives unrecorded could not be asked back.
  bool write_down() {
    Status here = *facts_.here.status;
    if (back_) {
      StatusRow row = *here.find(row_.domain);
      row.phase = Phase::returning;
      here.put(row);
      return saved(*reach_.here, here);
    }
    Status there = *facts_.there.status;
    there.put({row_.domain, reach_.name, Phase::coming, facts_.started_under, 0});
    if (!saved(*there_, there)) return false;
    here.put({row_.domain, row_.peer, Phase::leaving, facts_.started_under, 0});
    auto again = load_status(*reach_.here);
    const auto* own = std::get_if<Status>(&again);
    const StatusRow* echo = own ? own->find(row_.domain) : nullptr;
    if (echo && echo->phase == Phase::coming) {
      complain("not migrated: {} is the same file here and on {}; each host has to have its own", kStatusFile,
               row_.peer);
      there.drop(row_.domain);
      saved(*there_, there);
      return false;
    }
    return saved(*reach_.here, here);
  }

  bool saved(Shell& shell, const Status& status) {
    const auto why = save_status(shell, status);
    if (why) complain("{} was not written: {}", kStatusFile, *why);
    return !why;
  }

  bool promote() {
    for (const auto& [resource, replica] : facts_.there.replicas) {
      if (replica.roles.self == Role::primary) continue;
      const ShellAnswer answer = there_->run({{"drbdadm", "primary", resource}, {}, kRoleDeadline});
      promoted_.push_back(resource);  // even if it said no: it may have been
      if (went_well(answer)) continue;
      complain("not migrated: {} does not become primary on {}: {}", resource, row_.peer,
               why_of(*there_, answer));
      demote(*there_, row_.peer, promoted_);
      forget();
      return false;
    }
    return true;
  }

  bool demote(Shell& shell, const std::string& host, const std::vector<std::string>& resources) {
    bool all = true;
    for (const std::string& resource : resources) {
      const ShellAnswer answer = shell.run({{"drbdadm", "secondary", resource}, {}, kRoleDeadline});
      if (went_well(answer)) continue;
      complain("{} stays primary on {}: {}", resource, host, why_of(shell, answer));
      all = false;
    }
    return all;
  }

  // Both records as if nothing had been tried.
  void forget() {
    saved(*reach_.here, *facts_.here.status);
    if (!back_) saved(*there_, *facts_.there.status);
  }

  Ended settle(const ShellAnswer& answer) {
    const Sighting here = look(*reach_.here, row_.domain);
    const Sighting there = look(*there_, row_.domain);
    // A sender of which nothing is known may still be at work.
    const bool over =
        answer.ended == ShellAnswer::Ended::exited || answer.ended == ShellAnswer::Ended::timed_out;
    if (!went_well(answer)) complain("xl migrate: {}", why_of(*reach_.here, answer));
    const Where where = where_is(here, there);
    const std::string said = account(row_.domain, reach_.name, row_.peer, here, there);
    if (over && where == Where::there && here.seen) return arrived(here, there, said);
    if (over && where == Where::here && there.seen) return stayed(there, said);
    report_.err("{}", said);
    return Ended::undetermined;
  }

  Ended arrived(const Sighting& here, const Sighting& there, const std::string& said) {
    bool well = true;
    if (here.given_away) well = destroy(*reach_.here, reach_.name, "--migratedaway");
    std::vector<std::string> resources;
    for (const auto& [resource, replica] : facts_.here.replicas) resources.push_back(resource);
    if (well) well = demote(*reach_.here, reach_.name, resources);
    well = record_arrival(there) && well;
    report_.out("{}", said);
    return well ? Ended::well : Ended::undetermined;
  }

  // The records are read again: others may have been moved meanwhile.
  bool record_arrival(const Sighting& there) {
    Status here_now = now(*reach_.here, *facts_.here.status);
    Status there_now = now(*there_, *facts_.there.status);
    if (back_) {
      here_now.drop(row_.domain);
      there_now.drop(row_.domain);
      return saved(*there_, there_now) && saved(*reach_.here, here_now);
    }
    there_now.put({row_.domain, reach_.name, Phase::visiting, facts_.started_under, there.number});
    here_now.put({row_.domain, row_.peer, Phase::away, facts_.started_under, 0});
    const bool own = saved(*reach_.here, here_now);
    return saved(*there_, there_now) && own;
  }

  static Status now(Shell& shell, const Status& otherwise) {
    auto read = load_status(shell);
    return std::holds_alternative<Status>(read) ? std::get<Status>(std::move(read)) : otherwise;
  }

  Ended stayed(const Sighting& there, const std::string& said) {
    bool well = true;
    if (there.incoming) well = destroy(*there_, row_.peer, "--incoming");
    if (well) well = demote(*there_, row_.peer, promoted_);
    if (well) forget();
    report_.err("{}", said);
    return well ? Ended::not_done : Ended::undetermined;
  }

  // A receiver whose sender is gone takes its copy away by itself, maybe just now.
  bool destroy(Shell& shell, const std::string& host, const char* suffix) {
    const std::string copy = row_.domain + suffix;
    const ShellAnswer answer = shell.run({{"xl", "destroy", copy}, {}});
    if (went_well(answer)) return true;
    const Sighting left = look(shell, row_.domain);
    if (left.seen && !left.incoming && !left.given_away) return true;
    complain("{} stays on {}: {}", copy, host, why_of(shell, answer));
    return false;
  }

  Reach& reach_;
  const TabRow& row_;
  Report& report_;
  std::shared_ptr<Shell> there_;
  Facts facts_;
  bool back_ = false;
  std::vector<std::string> promoted_;
};

}  // namespace

Ended worse(Ended one, Ended other) { return std::max(one, other); }

bool homewards(const Facts& facts) {
  const StatusRow* row = facts.here.status ? facts.here.status->find(facts.domain) : nullptr;
  if (!row || row->phase == Phase::leaving || row->phase == Phase::away) return false;
  return row->host == facts.there.name || row->host == facts.there.own;
}

Ended move_guest(Reach& reach, const TabRow& row, bool check, Report& report) {
  return Mover(reach, row, report)(check);
}

}  // namespace rehearse::migrate
