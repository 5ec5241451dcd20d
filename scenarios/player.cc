#include "scenarios/player.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/sizing.h"
#include "scenarios/terminal.h"

namespace rehearse {
namespace {

class Player {
 public:
  Player(const Runbook& runbook, const World& world, const PlayOptions& options)
      : runbook_(runbook), options_(options), terminal_(world, options.standin), judge_(options.judge()) {}

  Rehearsal play() {
    rehearsal_.runbook = runbook_.file;
    rehearsal_.title = runbook_.title;
    rehearsal_.results.reserve(runbook_.items.size());
    for (const Item& item : runbook_.items) {
      rehearsal_.results.push_back(one(item));
      if (options_.watch) options_.watch(rehearsal_.results.back());
    }
    finish();
    rehearsal_.world = terminal_.world();
    return std::move(rehearsal_);
  }

 private:
  Result one(const Item& item) {
    Result result;
    result.item = &item;
    result.place = item.place;
    result.text = item.text;
    // In an included file other lines count: only the runbook's own can be behind the last one.
    ended_ = ended_ || (options_.until > 0 && item.place.file == runbook_.items[0].place.file &&
                        item.place.line > options_.until);
    const auto* command = std::get_if<CommandLine>(&item.what);
    result.command = command != nullptr;
    if (command) result.host = command->host;
    if (ended_) {
      result.verdict = Verdict::skipped;
      result.after = terminal_.world();
      return result;
    }
    if (command) {
      type(*command, result);
    } else if (const auto* step = std::get_if<Step>(&item.what)) {
      terminal_.happen(*step, result);
    } else {
      assertion(std::get<Assertion>(item.what), result);
    }
    if (!std::holds_alternative<Assertion>(item.what)) judge(item, result);
    compare(item, result);
    result.after = terminal_.world();
    return result;
  }

  void type(const CommandLine& command, Result& result) {
    ++rehearsal_.commands;
    terminal_.type(command, result);
    if (result.verdict != Verdict::not_modelled) return;
    ++rehearsal_.not_modelled;
    if (!options_.strict) return;
    Finding finding;
    finding.code = kNotModelled;
    finding.what = fmt::format("This command is not modelled: {}", result.not_modelled);
    finding.subject = result.not_modelled;
    finding.line = result.place.line;
    result.findings.push_back(placed(std::move(finding), result.place));
  }

  void assertion(const Assertion& says, Result& result) {
    const auto why = why_not(terminal_.world(), so_far_, says);
    if (!why) return;
    result.verdict = Verdict::failed;
    result.complaints.push_back({result.place, fmt::format("it does not hold: {}", *why)});
  }

  void judge(const Item& item, Result& result) {
    lines_.push_back(item.place);
    for (const Move& move : terminal_.moves()) {
      result.log.insert(result.log.end(), move.report.log.begin(), move.report.log.end());
      const Played played{move.before, move.after, move.step, move.refused, move.report, item.place.line};
      for (Finding& finding : judge_->look(played))
        result.findings.push_back(placed(std::move(finding), item.place));
    }
  }

  // The judge speaks of lines alone; the latest step of that line is meant.
  Place place_of(std::size_t line) const {
    const auto at =
        std::find_if(lines_.rbegin(), lines_.rend(), [&](const Place& place) { return place.line == line; });
    return at != lines_.rend() ? *at : Place{runbook_.file, line, 0};
  }

  PlacedFinding placed(Finding finding, const Place& here) {
    so_far_.push_back(finding);
    PlacedFinding all{std::move(finding), here, {}};
    Finding& row = all.finding;
    row.expected = false;
    if (row.line != 0 && row.line != here.line) all.place = place_of(row.line);
    if (all.place.line == 0) all.place = {runbook_.file, 0, 0};
    row.line = all.place.line;
    for (std::size_t line : row.chain) all.chain.push_back(place_of(line));
    for (const ExpectedFinding& wanted : runbook_.expected) {
      if (wanted.code == row.code && wanted.subject == row.subject) row.expected = true;
    }
    return all;
  }

  // What the runbook says of this step against what came.
  void compare(const Item& item, Result& result) {
    const auto complain = [&](const Place& place, std::string what) {
      result.complaints.push_back({place, std::move(what)});
    };
    const bool done = result.verdict == Verdict::done || result.verdict == Verdict::not_modelled;
    if (item.refused && result.verdict != Verdict::not_modelled) {
      const std::string_view wanted = row_of(item.refused->why).name;
      if (result.verdict != Verdict::refused) {
        complain(item.refused->place,
                 fmt::format("expected to be refused ({}), but was {}", wanted, name_of(result.verdict)));
      } else if (result.refusal != item.refused->why) {
        complain(item.refused->place, fmt::format("expected to be refused ({}), but was refused ({})", wanted,
                                                  row_of(result.refusal).name));
      }
    } else if (!done && !std::holds_alternative<Assertion>(item.what)) {
      complain(item.place,
               result.verdict == Verdict::refused   ? fmt::format("refused: {}", row_of(result.refusal).name)
               : result.verdict == Verdict::unknown ? "it does not end"
                                                    : fmt::format("failed with status {}", result.status));
    }
    for (const ExpectedFinding& wanted : item.expected) {
      bool met = false;
      for (PlacedFinding& found : result.findings) {
        if (found.finding.code == wanted.code) met = found.finding.expected = true;
      }
      if (!met && result.verdict != Verdict::not_modelled) {
        complain(wanted.place, fmt::format("expected {} here, but it was not found", wanted.code));
      }
    }
  }

  void finish() {
    if (!ended_) {
      for (Finding& finding : judge_->finish(terminal_.world())) {
        rehearsal_.at_end.push_back(placed(std::move(finding), {runbook_.file, 0, 0}));
      }
    }
    late_expectations();
    if (ended_) return;
    for (const ExpectedFinding& wanted : runbook_.expected) {
      std::string other;
      bool met = false;
      for (const PlacedFinding* found : rehearsal_.findings()) {
        if (found->finding.code != wanted.code) continue;
        met = met || found->finding.subject == wanted.subject;
        other = found->finding.subject;
      }
      if (met) continue;
      rehearsal_.complaints.push_back(
          {wanted.place, fmt::format("expected {} of {}, but it was not found{}", wanted.code, wanted.subject,
                                     other.empty() ? "" : fmt::format("; did you mean \"{}\"?", other))});
    }
  }

  // A finding that could only be made at the end may be one that a step expected.
  void late_expectations() {
    for (Result& result : rehearsal_.results) {
      for (const ExpectedFinding& wanted : result.item->expected) {
        for (PlacedFinding& found : rehearsal_.at_end) {
          if (found.finding.code != wanted.code || found.place.line != result.place.line) continue;
          found.finding.expected = true;
          std::erase_if(result.complaints, [&](const Complaint& row) { return row.place == wanted.place; });
        }
      }
    }
  }

  const Runbook& runbook_;
  const PlayOptions& options_;
  Terminal terminal_;
  std::unique_ptr<Judge> judge_;
  Rehearsal rehearsal_;
  std::vector<Finding> so_far_;
  std::vector<Place> lines_;  // of the items played
  bool ended_ = false;
};

// A guest's own prompt: its configuration is a file somewhere, or is spoken of.
bool is_guest(const Runbook& runbook, const World& world, Name name) {
  const std::string file = name.str() + ".cfg";
  for (const Item& item : runbook.items) {
    if (item.text.find(file) != std::string::npos) return true;
  }
  bool found = false;
  world.hosts.for_each([&](Name, const Host& host) {
    if (host.domain(name)) found = true;
    if (!host.root) return;
    for (const fs::File& row : host.root->files) found = found || row.path.str().ends_with("/" + file);
  });
  return found;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::done:
      return "done";
    case Verdict::refused:
      return "refused";
    case Verdict::failed:
      return "failed";
    case Verdict::unknown:
      return "unknown";
    case Verdict::not_modelled:
      return "not modelled";
    case Verdict::skipped:
      return "skipped";
  }
  return "";
}

std::vector<const PlacedFinding*> Rehearsal::findings() const {
  std::vector<const PlacedFinding*> all;
  for (const Result& result : results) {
    for (const PlacedFinding& found : result.findings) all.push_back(&found);
  }
  for (const PlacedFinding& found : at_end) all.push_back(&found);
  return all;
}

std::vector<const Complaint*> Rehearsal::all_complaints() const {
  std::vector<const Complaint*> all;
  for (const Result& result : results) {
    for (const Complaint& complaint : result.complaints) all.push_back(&complaint);
  }
  for (const Complaint& complaint : complaints) all.push_back(&complaint);
  return all;
}

bool Rehearsal::clean() const {
  const auto found = findings();
  return all_complaints().empty() && std::all_of(found.begin(), found.end(), [](const PlacedFinding* row) {
           return row->finding.expected;
         });
}

std::optional<InputError> unknown_rule(const Runbook& runbook, std::span<const RulePage> pages) {
  std::vector<std::string_view> known;
  for (const RulePage& page : pages) known.push_back(page.code);
  const auto check = [&](const ExpectedFinding& wanted) -> std::optional<InputError> {
    if (std::find(known.begin(), known.end(), wanted.code) != known.end()) return std::nullopt;
    const std::string_view meant = nearest(wanted.code, known);
    return InputError{
        wanted.place.file, wanted.place.line, wanted.place.column, "",
        fmt::format("there is no rule {} (see `rehearse list rules`){}", quote_word(wanted.code),
                    meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant))};
  };
  for (const Item& item : runbook.items) {
    for (const ExpectedFinding& wanted : item.expected) {
      if (auto bad = check(wanted)) return bad;
    }
  }
  for (const ExpectedFinding& wanted : runbook.expected) {
    if (auto bad = check(wanted)) return bad;
  }
  return std::nullopt;
}

std::optional<InputError> unplayable(const Runbook& runbook, const World& world) {
  std::vector<std::string_view> known;
  for (Name name : world.hosts.names()) known.push_back(name.str());
  for (const Item& item : runbook.items) {
    Name host;
    if (const auto* command = std::get_if<CommandLine>(&item.what)) host = command->host;
    if (const auto* step = std::get_if<Step>(&item.what)) {
      if (const auto* off = std::get_if<PowerOff>(step)) host = off->host;
      if (const auto* on = std::get_if<PowerOn>(step)) host = on->host;
      if (const auto* disk = std::get_if<DiskEvent>(step)) host = disk->host;
      if (const auto* write = std::get_if<HostWrite>(step)) host = write->host;
    }
    if (host.empty() || world.hosts.contains(host)) continue;
    if (std::holds_alternative<CommandLine>(item.what) && is_guest(runbook, world, host)) continue;
    const std::string_view meant = nearest(host.str(), known);
    return InputError{item.place.file, item.place.line, 1, "",
                      fmt::format("there is no host {} in the world{}", quote_word(host.str()),
                                  meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant))};
  }
  return std::nullopt;
}

Rehearsal play(const Runbook& runbook, const World& world, const PlayOptions& options) {
  Rehearsal rehearsal = Player(runbook, world, options).play();
  if (options.size_snapshots) add_sizes(runbook, world, options, rehearsal);
  return rehearsal;
}

}  // namespace rehearse
