#include "scenarios/real_compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/monitor_answer.h"
#include "backends/refusal_words.h"
#include "backends/shell_line.h"
#include "model/op.h"

namespace rehearse {

std::string text_of(const Ending& ending) {
  switch (ending.verdict) {
    case Verdict::refused:
      return fmt::format("refused ({}), status {}", row_of(ending.refusal).name, ending.status);
    case Verdict::failed:
      return fmt::format("failed with status {}", ending.status);
    case Verdict::unknown:
      return "unknown: " + ending.what;
    case Verdict::not_modelled:
      return "not modelled: " + ending.what;
    default:
      return std::string(name_of(ending.verdict));
  }
}

Ending ending_of(const Result& result) {
  return {result.verdict, result.refusal, result.status, result.not_modelled, result.output};
}

Ending ending_of(const Outcome& outcome) {
  Ending ending{Verdict::done, Refusal::none, outcome.report.status, outcome.what, outcome.report.lines};
  switch (outcome.verdict) {
    case Outcome::Verdict::done:
      if (ending.status != 0) ending.verdict = Verdict::failed;
      break;
    case Outcome::Verdict::refused:
      ending.verdict = Verdict::refused;
      ending.refusal = outcome.why.why;
      break;
    case Outcome::Verdict::unknown:
      ending.verdict = Verdict::unknown;
      break;
    case Outcome::Verdict::not_understood:
      ending.verdict = Verdict::not_modelled;
      break;
  }
  return ending;
}

bool agree(const Ending& predicted, const Ending& real, bool single) {
  if (predicted.verdict == Verdict::unknown) return real.verdict == Verdict::unknown;
  if (predicted.verdict == Verdict::not_modelled) return real.verdict != Verdict::unknown;
  if (real.verdict == Verdict::unknown || real.verdict == Verdict::not_modelled) return false;
  // The status of who asks a monitor says nothing of the answer.
  if (single && answers_in(predicted.output) != answers_in(real.output)) return false;
  return predicted.status == real.status && (!single || alike(predicted.refusal, real.refusal));
}

bool can_run(const Backend& real, const Typed& line) {
  const auto read = read_shell_line(line.text);
  const auto* parts = std::get_if<std::vector<Pipeline>>(&read);
  if (!parts || parts->size() != 1 || parts->front().commands.size() != 1) return true;
  Op op;
  if (parse(parts->front().commands[0].words, op).kind != Mismatch::Kind::none) return true;
  return real.can(Command{line.host, op});
}

std::string why_unseen(const Assertion& says, const World& world, const Backend& real,
                       const std::set<Name>& hosts, const std::string& target) {
  const Name host = std::visit(
      []<class T>(const T& row) {
        if constexpr (requires { row.host; }) {
          return row.host;
        } else if constexpr (requires { row.machine; }) {
          return row.machine;
        } else {
          return Name();
        }
      },
      says);
  const auto runs_domains = [&](Name name) {
    return real.can(Command{name, domain::Op()}) || real.can(Command{name, qemu::Op()});
  };
  const bool of_domain = std::holds_alternative<DomainIs>(says) || std::holds_alternative<ServiceRuns>(says);
  if (of_domain && std::none_of(hosts.begin(), hosts.end(), runs_domains)) return target + " has no domains";
  if (host.empty() || world.hosts.contains(host)) return "";
  return fmt::format("{} has no {}", target, host.str());
}

std::vector<std::string> side_by_side(const Ending& predicted, const Ending& real) {
  std::vector<std::string> lines;
  const auto side = [&](std::string_view name, const Ending& ending) {
    lines.push_back(fmt::format("{}: {}", name, text_of(ending)));
    for (const Line& line : ending.output) lines.push_back((line.error ? "  2> " : "   > ") + line.text);
  };
  side("the model", predicted);
  side("in reality", real);
  return lines;
}

std::vector<std::string> headed(const std::string& about, std::vector<std::string> difference) {
  for (std::string& line : difference) line.insert(0, "  ");
  difference.insert(difference.begin(), about + ":");
  return difference;
}

std::vector<Complaint> complaints_of(const Item& item, const Ending& real) {
  std::vector<Complaint> all;
  const bool not_so = real.verdict != Verdict::done && real.verdict != Verdict::not_modelled;
  if (item.refused) {
    if (real.verdict != Verdict::refused || !alike(real.refusal, item.refused->why)) {
      all.push_back({item.refused->place, fmt::format("expected to be refused ({}), but was {}",
                                                      row_of(item.refused->why).name, text_of(real))});
    }
  } else if (not_so) {
    all.push_back({item.place, text_of(real)});
  }
  return all;
}

}  // namespace rehearse
