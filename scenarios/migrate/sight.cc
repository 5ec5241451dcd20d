#include "scenarios/migrate/sight.h"

#include <fmt/format.h>

#include "scenarios/migrate/status.h"

namespace rehearse::migrate {
namespace {

bool has(Copy copy) { return copy != Copy::none; }

// What a host that was not seen may hide.
std::string unseen(std::string_view host, const Sighting& sighting) {
  return fmt::format("{} was not seen ({})", host, sighting.why);
}

// `giver` has stopped it and given it away.
std::string left_by(std::string_view domain, std::string_view giver, std::string_view taker,
                    const Sighting& at_taker) {
  if (at_taker.incoming) {
    return fmt::format(
        "{0} runs nowhere: {1} has stopped it, {2} holds its whole memory, paused. Let it go on there: on "
        "{1} xl "
        "destroy {0}--migratedaway, then on {2} xl rename {0}--incoming {0} and xl unpause {0}",
        domain, giver, taker);
  }
  return fmt::format(
      "{0} runs nowhere: {1} has stopped it and {2} has nothing of it. Start it anew on one of them: on {1} "
      "xl "
      "destroy {0}--migratedaway, then xl create",
      domain, giver, taker);
}

std::string half_arrived(std::string_view domain, std::string_view giver, std::string_view taker) {
  return fmt::format(
      "{0} runs nowhere: {1} has nothing of it, and {2} a part of its memory that nobody will complete. On "
      "{2} xl "
      "destroy {0}--incoming, then start it anew on one of them",
      domain, giver, taker);
}

std::string_view words_of(Copy copy) {
  switch (copy) {
    case Copy::paused:
      return "is paused";
    case Copy::stopped:
      return "is stopped";
    default:
      return "runs";
  }
}

}  // namespace

std::string_view name_of(Where where) {
  constexpr std::string_view kNames[] = {"here",       "there",    "nowhere", "both",
                                         "given away", "arriving", "unknown"};
  return kNames[static_cast<std::size_t>(where)];
}

Sighting sighting_in(const std::vector<reports::DomainRow>& rows, std::string_view domain) {
  Sighting sighting;
  sighting.seen = true;
  const std::string name(domain);
  for (const reports::DomainRow& row : rows) {
    if (row.name == name) {
      sighting.guest = row.stopped ? Copy::stopped : row.paused ? Copy::paused : Copy::running;
      sighting.number = row.id;
    }
    sighting.incoming = sighting.incoming || row.name == name + "--incoming";
    sighting.given_away = sighting.given_away || row.name == name + "--migratedaway";
  }
  return sighting;
}

Sighting look(Shell& shell, const std::string& domain) {
  const ShellAnswer answer = shell.run({{"xl", "list"}, {}});
  if (went_well(answer)) return sighting_in(reports::read_domain_list(answer.out), domain);
  Sighting sighting;
  sighting.why = why_of(shell, answer);
  return sighting;
}

// The sender gives permission to start only after it has stopped its copy and renamed it; so while the copy
// here has its own name, none starts there (xl_migrate.c, migrate_domain and migrate_receive).
Where where_is(const Sighting& here, const Sighting& there) {
  if (has(here.guest) && has(there.guest)) return Where::both;
  const auto certain = [](const Sighting& one, const Sighting& other) {
    return other.seen || one.guest == Copy::running;
  };
  if (has(here.guest)) return certain(here, there) ? Where::here : Where::unknown;
  if (has(there.guest)) return certain(there, here) ? Where::there : Where::unknown;
  if (!here.seen || !there.seen) return Where::unknown;
  if (here.given_away || there.given_away) return Where::given_away;
  return here.incoming || there.incoming ? Where::arriving : Where::nowhere;
}

std::string account(std::string_view domain, std::string_view here, std::string_view there,
                    const Sighting& at_here, const Sighting& at_there) {
  switch (where_is(at_here, at_there)) {
    case Where::here:
      if (!at_there.seen) {
        return fmt::format("{} {} on {}; {}", domain, words_of(at_here.guest), here, unseen(there, at_there));
      }
      return fmt::format("{} {} on {}", domain, words_of(at_here.guest), here);
    case Where::there:
      if (!at_here.seen) {
        return fmt::format("{} {} on {}; {}", domain, words_of(at_there.guest), there, unseen(here, at_here));
      }
      return fmt::format("{} {} on {}", domain, words_of(at_there.guest), there);
    case Where::nowhere:
      return fmt::format("{} runs neither on {} nor on {}", domain, here, there);
    case Where::both:
      return fmt::format("{0} IS ON BOTH {1} AND {2}: destroy one of them at once (xl destroy {0})", domain,
                         here, there);
    case Where::given_away:
      return at_here.given_away ? left_by(domain, here, there, at_there)
                                : left_by(domain, there, here, at_here);
    case Where::arriving:
      return at_there.incoming ? half_arrived(domain, here, there) : half_arrived(domain, there, here);
    case Where::unknown:
      break;
  }
  std::string text = fmt::format("it is not known where {} runs", domain);
  if (!at_here.seen) text += "; " + unseen(here, at_here);
  if (!at_there.seen) text += "; " + unseen(there, at_there);
  if (at_here.given_away) text += fmt::format("; {} has stopped it and given it away", here);
  if (at_there.incoming) text += fmt::format("; {} has a copy that was arriving", there);
  return text;
}

}  // namespace rehearse::migrate
