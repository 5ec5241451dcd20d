#include "scenarios/migrate/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "backends/shell/quote.h"
#include "scenarios/migrate/tab.h"
#include "scenarios/phrase.h"

namespace rehearse::migrate {
namespace {

constexpr std::array<std::string_view, 5> kPhases = {"leaving", "away", "coming", "visiting", "returning"};
constexpr std::string_view kHead =
    "# kept by xen-migrate: domain, other host, state, Xen it was started under, its number here\n";
constexpr std::size_t kFields = 5;

// "4.17", or "-" where it is not known.
bool plain_version(std::string_view text) {
  return text == "-" || (!text.empty() && text.size() <= 16 &&
                         text.find_first_not_of("0123456789.") == std::string_view::npos);
}

std::variant<StatusRow, std::string> status_row(const std::vector<std::string>& fields) {
  if (fields.size() != kFields) {
    return fmt::format("expected {} words, found {}", kFields, fields.size());
  }
  StatusRow row;
  row.domain = fields[0];
  row.host = fields[1];
  if (!plain_domain(row.domain)) {
    return fmt::format("expected the name of a domain, found {}", quote_word(row.domain));
  }
  if (!plain_host(row.host)) return fmt::format("expected a host, found {}", quote_word(row.host));
  const auto phase = std::find(kPhases.begin(), kPhases.end(), fields[2]);
  if (phase == kPhases.end()) {
    return fmt::format("expected {}, found {}", fmt::join(kPhases, ", "), quote_word(fields[2]));
  }
  row.phase = static_cast<Phase>(phase - kPhases.begin());
  if (!plain_version(fields[3]))
    return fmt::format("expected a version of Xen, found {}", quote_word(fields[3]));
  row.xen = fields[3] == "-" ? "" : fields[3];
  const char* end = fields[4].data() + fields[4].size();
  const auto [stop, error] = std::from_chars(fields[4].data(), end, row.number);
  if (error != std::errc() || stop != end) {
    return fmt::format("expected the number of a domain, found {}", quote_word(fields[4]));
  }
  return row;
}

}  // namespace

std::string_view name_of(Phase phase) { return kPhases[static_cast<std::size_t>(phase)]; }

const StatusRow* Status::find(std::string_view domain) const {
  const auto at =
      std::find_if(rows.begin(), rows.end(), [&](const StatusRow& row) { return row.domain == domain; });
  return at == rows.end() ? nullptr : &*at;
}

void Status::put(StatusRow row) {
  drop(row.domain);
  const auto before = [](const StatusRow& a, const StatusRow& b) { return a.domain < b.domain; };
  rows.insert(std::upper_bound(rows.begin(), rows.end(), row, before), std::move(row));
}

void Status::drop(std::string_view domain) {
  std::erase_if(rows, [&](const StatusRow& row) { return row.domain == domain; });
}

Input<Status> read_status(std::string_view text, const std::string& file) {
  Status status;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::vector<std::string> fields = fields_of(text.substr(at, end - at));
    at = end + 1;
    ++number;
    if (fields.empty()) continue;
    auto read = status_row(fields);
    if (auto* what = std::get_if<std::string>(&read)) {
      return InputError{file, number, 0, "", std::move(*what)};
    }
    auto& row = std::get<StatusRow>(read);
    if (status.find(row.domain)) {
      return InputError{file, number, 0, "",
                        fmt::format("expected a domain once, {} stands there again", row.domain)};
    }
    status.put(std::move(row));
  }
  return status;
}

std::string write_status(const Status& status) {
  std::string text(kHead);
  for (const StatusRow& row : status.rows) {
    text += fmt::format("{}  {}  {}  {}  {}\n", row.domain, row.host, name_of(row.phase),
                        row.xen.empty() ? "-" : row.xen, row.number);
  }
  return text;
}

std::string why_of(const Shell& shell, const ShellAnswer& answer) {
  using Ended = ShellAnswer::Ended;
  if (answer.ended == Ended::lost) return shell.where() + ": " + answer.why;
  if (answer.ended == Ended::timed_out) return shell.where() + ": no answer within the deadline";
  if (answer.ended == Ended::stuck) return shell.where() + ": the command hangs in the kernel";
  std::string_view said = answer.err.empty() ? answer.out : answer.err;
  while (!said.empty() && said.back() == '\n') said.remove_suffix(1);
  const std::size_t line = said.rfind('\n');
  if (line != std::string_view::npos) said.remove_prefix(line + 1);
  if (said.empty()) return fmt::format("{}: exit status {}", shell.where(), answer.status.value_or(-1));
  return fmt::format("{}: {}", shell.where(), said);
}

Input<Status> load_status(Shell& shell) {
  const std::string file(kStatusFile);
  const ShellAnswer answer = shell.run({{"cat", file}, {}});
  if (went_well(answer)) return read_status(answer.out, file);
  const bool none = answer.ended == ShellAnswer::Ended::exited &&
                    answer.err.find("No such file or directory") != std::string::npos;
  if (none) return Status{};
  return InputError{file, 0, 0, "", why_of(shell, answer)};
}

std::optional<std::string> save_status(Shell& shell, const Status& status) {
  const std::string file(kStatusFile);
  const std::string aside = file + ".new";
  const std::string folder = file.substr(0, file.rfind('/'));
  const ShellCall calls[] = {
      {{"bash", "-c", "cat > " + quote_for_shell(aside)}, write_status(status)},
      {{"sync", aside}, {}},
      {{"mv", "-f", aside, file}, {}},
      {{"sync", folder}, {}},
  };
  for (const ShellCall& call : calls) {
    const ShellAnswer answer = shell.run(call);
    if (!went_well(answer)) return why_of(shell, answer);
  }
  return std::nullopt;
}

}  // namespace rehearse::migrate
