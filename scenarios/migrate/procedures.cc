#include "scenarios/migrate/procedures.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "backends/filters.h"
#include "scenarios/phrase.h"

namespace rehearse::migrate {
namespace {

Ended bad_input(Report& report, const std::string& what) {
  report.err("{}", what);
  return Ended::bad_input;
}

bool all_meant(const std::vector<std::string>& domains) {
  return std::find(domains.begin(), domains.end(), "ALL") != domains.end();
}

// The first name that is none.
std::optional<std::string> odd_name(const std::vector<std::string>& domains) {
  for (const std::string& domain : domains) {
    if (domain != "ALL" && !plain_domain(domain)) return domain;
  }
  return std::nullopt;
}

std::string expected_domain(const std::string& found) {
  return "expected the name of a domain or ALL, found " + quote_word(found);
}

struct Books {
  Tab tab;
  Status status;
};
Input<Books> load_books(Shell& shell) {
  auto tab = load_tab(shell);
  if (auto* bad = std::get_if<InputError>(&tab)) return std::move(*bad);
  auto status = load_status(shell);
  if (auto* bad = std::get_if<InputError>(&status)) return std::move(*bad);
  return Books{std::get<Tab>(std::move(tab)), std::get<Status>(std::move(status))};
}

bool visits(const StatusRow* row) { return row && row->phase != Phase::leaving && row->phase != Phase::away; }

// Is it where the records say?
bool as_recorded(const StatusRow* row, Where where) {
  if (!row || row->phase == Phase::visiting) return where == Where::here || where == Where::nowhere;
  return row->phase == Phase::away && where == Where::there;
}

// Takes the guest out of the books of its own host.
bool forget(Shell& shell, const std::string& domain, Report& report) {
  auto read = load_status(shell);
  auto* status = std::get_if<Status>(&read);
  if (status) status->drop(domain);
  const auto why = status ? save_status(shell, *status) : std::get<InputError>(read).text();
  if (why) report.err("{}: {} was not written: {}", domain, kStatusFile, *why);
  return !why;
}

Ended bring_back(Reach& reach, const StatusRow& row, Report& report) {
  const std::shared_ptr<Shell> peer = reach.peer(row.host);
  const auto told = [&](Where& where) {
    const Sighting here = look(*reach.here, row.domain);
    const Sighting there = look(*peer, row.domain);
    where = where_is(here, there);
    return account(row.domain, reach.name, row.host, here, there);
  };
  Where where = Where::unknown;
  std::string said = told(where);
  if (where == Where::there) {
    const std::string request = write_request({Request::Kind::reverse, row.domain});
    const ShellAnswer answer = reach.ask(row.host, request);
    for (const std::string& line : lines_of(answer.out)) report.out("{}", line);
    for (const std::string& line : lines_of(answer.err)) report.err("{}", line);
    const bool well = went_well(answer);
    if (!well && answer.ended != ShellAnswer::Ended::exited)
      report.err("{}: {}", row.domain, why_of(*peer, answer));
    said = told(where);
    if (where == Where::there) {
      report.err("{}", said);
      return well ? Ended::undetermined : Ended::not_done;
    }
  } else if (where == Where::nowhere) {
    report.err("{}; it counts as being at home again, and xl create or xen-drbd-auto starts it", said);
    return forget(*reach.here, row.domain, report) ? Ended::not_done : Ended::undetermined;
  }
  if (where != Where::here) {
    report.err("{}", said);
    return Ended::undetermined;
  }
  report.out("{}", said);
  return forget(*reach.here, row.domain, report) ? Ended::well : Ended::undetermined;
}

}  // namespace

Input<Tab> load_tab(Shell& shell) {
  const std::string file(kTabFile);
  const ShellAnswer answer = shell.run({{"cat", file}, {}});
  if (!went_well(answer)) return InputError{file, 0, 0, "", why_of(shell, answer)};
  return read_tab(answer.out, file);
}

Ended show_status(Reach& reach, const std::vector<std::string>& domains, Report& report) {
  if (const auto odd = odd_name(domains)) return bad_input(report, expected_domain(*odd));
  const auto read = load_books(*reach.here);
  if (const auto* bad = std::get_if<InputError>(&read)) return bad_input(report, bad->text());
  const Books& books = std::get<Books>(read);
  std::set<std::string> wanted(domains.begin(), domains.end());
  if (domains.empty() || all_meant(domains)) {
    wanted.clear();
    for (const TabRow& row : books.tab.rows) wanted.insert(row.domain);
    for (const StatusRow& row : books.status.rows) wanted.insert(row.domain);
  }
  Ended ended = Ended::well;
  for (const std::string& domain : wanted) {
    const StatusRow* row = books.status.find(domain);
    const TabRow* entry = books.tab.find(domain);
    if (!row && !entry) {
      report.err("{}: neither {} nor {} has it", domain, kTabFile, kStatusFile);
      ended = worse(ended, Ended::bad_input);
      continue;
    }
    const std::string& host = row ? row->host : entry->peer;
    const Sighting here = look(*reach.here, domain);
    const Sighting there = look(*reach.peer(host), domain);
    const std::string_view state = row ? name_of(row->phase) : "at home";
    report.out("{:<20} {:<10} {}", domain, state, account(domain, reach.name, host, here, there));
    if (!as_recorded(row, where_is(here, there))) ended = worse(ended, Ended::undetermined);
  }
  return ended;
}

Ended migrate(Reach& reach, const std::vector<std::string>& domains, bool check, Report& report) {
  if (const auto odd = odd_name(domains)) return bad_input(report, expected_domain(*odd));
  const auto read = load_books(*reach.here);
  if (const auto* bad = std::get_if<InputError>(&read)) return bad_input(report, bad->text());
  const Books& books = std::get<Books>(read);
  std::vector<TabRow> rows;
  if (all_meant(domains)) {
    for (const TabRow& row : books.tab.rows) {
      const Sighting here = look(*reach.here, row.domain);
      if (!here.seen) return bad_input(report, here.why);
      if (!here.nothing()) rows.push_back(row);
    }
  } else {
    for (const std::string& domain : domains) {
      const TabRow* row = books.tab.find(domain);
      if (!row) return bad_input(report, fmt::format("{}: expected a line for {}", kTabFile, domain));
      rows.push_back(*row);
    }
  }
  Ended ended = Ended::well;
  for (const TabRow& row : rows) {
    const StatusRow* record = books.status.find(row.domain);
    if (visits(record) && record->host != row.peer) {
      report.err("{}: it is a visitor of {}, and the tab would send it to {}", row.domain, record->host,
                 row.peer);
      ended = worse(ended, Ended::not_done);
      continue;
    }
    ended = worse(ended, move_guest(reach, row, check, report));
  }
  if (rows.empty()) report.out("no guest of {} runs here", kTabFile);
  return ended;
}

Ended reverse(Reach& reach, const std::vector<std::string>& domains, Report& report) {
  if (const auto odd = odd_name(domains)) return bad_input(report, expected_domain(*odd));
  const auto read = load_status(*reach.here);
  if (const auto* bad = std::get_if<InputError>(&read)) return bad_input(report, bad->text());
  const auto& status = std::get<Status>(read);
  std::vector<StatusRow> rows;
  for (const StatusRow& row : status.rows) {
    if (all_meant(domains) && !visits(&row)) rows.push_back(row);
  }
  for (const std::string& domain : domains) {
    if (domain == "ALL") continue;
    const StatusRow* row = status.find(domain);
    if (!row || visits(row)) {
      report.err("{}: {} does not have it as away", domain, kStatusFile);
      return Ended::bad_input;
    }
    const auto same = [&](const StatusRow& other) { return other.domain == domain; };
    if (std::none_of(rows.begin(), rows.end(), same)) rows.push_back(*row);
  }
  Ended ended = Ended::well;
  std::vector<std::string> missing;
  for (const StatusRow& row : rows) {
    const Ended one = bring_back(reach, row, report);
    if (one != Ended::well) missing.push_back(row.domain);
    ended = worse(ended, one);
  }
  if (rows.empty()) report.out("no guest is away");
  if (!missing.empty()) report.err("not brought back: {}", fmt::join(missing, ", "));
  return ended;
}

Ended ping(Reach& reach, const std::string& host, Report& report) {
  if (!plain_host(host)) return bad_input(report, "expected a host, found " + quote_word(host));
  report.out("PING {} -> {}", reach.name, host);
  const ShellAnswer answer = reach.ask(host, write_request({}));
  const std::vector<std::string> lines = lines_of(answer.out);
  const std::string tail = " -> " + reach.name;
  if (went_well(answer) && lines.size() == 1 && lines[0].starts_with("PONG ") && lines[0].ends_with(tail)) {
    report.out("{}", lines[0]);
    report.out("Success.");
    return Ended::well;
  }
  for (const std::string& line : lines_of(answer.err)) report.err("{}", line);
  report.err("{} does not answer through {}: {}", host, kKeyFile,
             answer.ended == ShellAnswer::Ended::exited
                 ? fmt::format("exit status {}", answer.status.value_or(-1))
                 : answer.why);
  return Ended::not_done;
}

Ended serve(Reach& reach, const std::string& requester, std::string_view request, Report& report) {
  if (!plain_host(requester)) return bad_input(report, "expected the requesting host behind migrate2");
  const auto read = read_request(request);
  if (const auto* bad = std::get_if<BadRequest>(&read)) return bad_input(report, std::string(bad->what));
  const auto& wanted = std::get<Request>(read);
  if (wanted.kind == Request::Kind::ping) {
    report.out("PONG {} -> {}", reach.name, requester);
    return Ended::well;
  }
  const auto loaded = load_books(*reach.here);
  if (const auto* bad = std::get_if<InputError>(&loaded)) return bad_input(report, bad->text());
  const Books& books = std::get<Books>(loaded);
  const StatusRow* row = books.status.find(wanted.domain);
  if (!visits(row) || row->host != requester) {
    return bad_input(report, fmt::format("{} is no visitor of {} here", wanted.domain, requester));
  }
  const TabRow* way = books.tab.find(wanted.domain);
  if (!way || way->peer != requester) {
    return bad_input(report, fmt::format("{} of {} does not send {} to {}", kTabFile, reach.name,
                                         wanted.domain, requester));
  }
  return move_guest(reach, *way, false, report);
}

}  // namespace rehearse::migrate
