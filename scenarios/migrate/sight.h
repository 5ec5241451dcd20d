// Where a guest is: what the hypervisors of two hosts show of it, and what follows. `xl migrate` gives the
// copies names of their own while it works: NAME--incoming is the one that arrives, paused, and
// NAME--migratedaway the one that was stopped and given away. The names and states alone tell how far it
// came.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backends/reports/domain_list.h"
#include "backends/shell.h"

namespace rehearse::migrate {

enum class Copy : std::uint8_t { none, running, paused, stopped };

/// What one host shows of a guest.
struct Sighting {
  bool seen = false;  // the host answered
  std::string why;    // of one that did not
  Copy guest = Copy::none;
  std::uint32_t number = 0;  // of its domain
  bool incoming = false;
  bool given_away = false;
  bool nothing() const { return seen && guest == Copy::none && !incoming && !given_away; }
  bool operator==(const Sighting&) const = default;
};

Sighting sighting_in(const std::vector<reports::DomainRow>& rows, std::string_view domain);
/// Asks the host.
Sighting look(Shell&, const std::string& domain);

enum class Where : std::uint8_t {
  here,        // and it cannot start there by itself
  there,       // the same the other way round
  nowhere,     // both were seen, neither has it
  both,        // it runs twice
  given_away,  // stopped on one side and not going on on the other: a person must choose one copy
  arriving,    // nothing of it but an incoming copy that nobody will finish
  unknown,     // a host that may have it was not seen
};
std::string_view name_of(Where);

/// `here` is the host that had it.
Where where_is(const Sighting& here, const Sighting& there);

/// One sentence: which side has the guest, and what a person has to do if the program may not.
std::string account(std::string_view domain, std::string_view here, std::string_view there, const Sighting&,
                    const Sighting&);

}  // namespace rehearse::migrate
