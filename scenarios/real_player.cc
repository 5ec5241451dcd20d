#include "scenarios/real_player.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/allowance.h"
#include "scenarios/real_compare.h"
#include "scenarios/terminal.h"
#include "scenarios/typed.h"
#include "scenarios/world_file.h"

namespace rehearse {
namespace {

constexpr std::string_view kModel = "in the model";
constexpr std::string_view kReal = "in reality";

using Lines = std::vector<std::string>;

Lines texts(const std::vector<Line>& lines, bool error) {
  Lines all;
  for (const Line& line : lines) {
    if (line.error == error) all.push_back(line.text);
  }
  return all;
}

void add(Lines& to, const Lines& more) { to.insert(to.end(), more.begin(), more.end()); }

class RealPlayer {
 public:
  RealPlayer(const Runbook& runbook, const World& world, Backend& real, const RealOptions& options)
      : runbook_(runbook), real_(real), options_(options), terminal_(world, options.standin) {
    for (Name host : options.hosts) {
      if (world.hosts.contains(host)) hosts_.insert(host);
    }
    if (options.earlier) state_ = state_of(*options.earlier);
    if (!state_.ended.empty()) next_ = state_.ended.rbegin()->first + 1;
    // What stands between is asked of the model alone.
    if (state_.under_way) next_ = state_.under_way->step;
  }

  RealRun play(std::uint64_t digest) {
    const bool begun = options_.earlier || begin(digest);
    for (std::size_t i = 0; begun && i < runbook_.items.size() && run_.stopped.empty(); ++i) {
      const Item& item = runbook_.items[i];
      if (behind_the_last(item)) break;
      if (i == next_ && options_.earlier && !taken_up_ && !take_up()) break;
      if (options_.interrupted && options_.interrupted()) {
        stop("interrupted; nothing is under way");
        break;
      }
      one(i, item);
    }
    if (options_.earlier && run_.stopped.empty() && !taken_up_) take_up();
    close();
    run_.world = terminal_.world();
    return std::move(run_);
  }

 private:
  // In an included file other lines count: only the runbook's own can be behind the last one.
  bool behind_the_last(const Item& item) const {
    return options_.until > 0 && item.place.file == runbook_.items[0].place.file &&
           item.place.line > options_.until;
  }

  // Before anything: the machines must be what the prediction begins with.
  bool begin(std::uint64_t digest) {
    JournalHead head{runbook_.file, digest, options_.target, look(real_, hosts_)};
    if (!write(write_head(head))) return false;
    for (const auto& [host, different] :
         differences(look(terminal_.world(), hosts_), head.seen, "in the world", kReal)) {
      stop(headed(fmt::format("{} is not as the world of the runbook says", host.str()), different));
    }
    return run_.stopped.empty();
  }

  void one(std::size_t i, const Item& item) {
    RealResult& result = run_.results.emplace_back();
    result.item = &item;
    result.place = item.place;
    result.text = item.text;
    result.command = std::holds_alternative<CommandLine>(item.what);
    result.earlier = i < next_;
    if (const auto* says = std::get_if<Assertion>(&item.what)) {
      assertion(*says, result);
    } else if (result.earlier) {
      again(i, item, result);
    } else {
      step(i, item, result);
    }
    if (!result.skipped.empty()) ++run_.skipped;
    if (options_.watch) options_.watch(result);
  }

  // The machines show what the model shows, so what holds there holds here.
  void assertion(const Assertion& says, RealResult& result) {
    const auto* sides = std::get_if<SidesAre>(&says);
    if (std::holds_alternative<NothingLost>(says) || (sides && sides->what == SidesSay::same)) {
      result.skipped = "only the model can say";
      return;
    }
    result.skipped = why_unseen(says, terminal_.world(), real_, hosts_, options_.target);
    if (!result.skipped.empty()) return;
    const auto why = why_not(terminal_.world(), {}, says);
    if (!why) return;
    result.predicted.verdict = Verdict::failed;
    result.complaints.push_back({result.place, fmt::format("it does not hold: {}", *why)});
  }

  // A step of the run that is taken up again: on the model alone.
  void again(std::size_t i, const Item& item, RealResult& result) {
    const auto ended = state_.ended.find(i);
    if (ended != state_.ended.end() && ended->second.how == StepEnd::skipped) {
      result.skipped = ended->second.why;
      return;
    }
    predict(item, result);
    if (ended == state_.ended.end()) return;
    ++run_.played;
    if (ended->second.how != StepEnd::differs) return;
    Lines lines{fmt::format("{}:{}: the earlier run stopped here, where reality was not as predicted",
                            item.place.file, item.place.line)};
    lines.push_back("put right what differs, or the world file, and begin a new run");
    stop(lines);
  }

  void predict(const Item& item, RealResult& result) {
    const World before = terminal_.world();
    Result predicted;
    predicted.item = &item;
    if (const auto* command = std::get_if<CommandLine>(&item.what)) {
      terminal_.type(*command, predicted);
      result.host = predicted.host;
    } else {
      const Step& happens = std::get<Step>(item.what);
      terminal_.happen(happens, predicted);
      if (const auto* on = std::get_if<PowerOn>(&happens)) start_nothing_more(on->host);
      result.host = host_of(happens).value_or(Name());
    }
    result.predicted = ending_of(predicted);
    for (Name host : hosts_) allowance_.count(before, terminal_.world(), host);
  }

  // What these machines do not have does not start by itself either.
  void start_nothing_more(Name host) {
    Terminal::Mark now = terminal_.mark();
    const Host* at = now.world.hosts.find(host);
    if (!at || at->exports->empty() || real_.can(Command{host, net::Op()})) return;
    now.world.hosts.edit(host).exports = {};
    terminal_.back_to(std::move(now));
  }

  void step(std::size_t i, const Item& item, RealResult& result) {
    const Terminal::Mark before = terminal_.mark();
    predict(item, result);
    Typed line;
    if (const auto* command = std::get_if<CommandLine>(&item.what)) {
      line = typed(*command, result.host);
      result.host = line.host;
      if (line.empty()) return;  // it only moves the place where the next line is typed
    }
    const bool changes = may_change(item, line);
    result.skipped = why_skipped(item, line, result, changes);
    if (!result.skipped.empty()) return skip(i, before, result);
    if (changes && options_.confirm && !options_.confirm(announced(before.world, result))) {
      terminal_.back_to(before);
      result.skipped = "not confirmed";
      return stop(fmt::format("{}:{}: not confirmed", result.place.file, result.place.line));
    }
    if (!write(write_entry(StepBegins{i, item.place.line, result.host.str(), item.text}))) {
      return terminal_.back_to(before);
    }
    result.real = ending_of(perform(item, line));
    const bool missing = result.real->status == kCommandNotFound &&
                         result.predicted.status != kCommandNotFound &&
                         result.real->verdict == Verdict::failed && line.single;
    if (missing) {
      result.skipped = fmt::format("{} has no such command", result.host.str());
      result.real.reset();
      return skip(i, before, result);
    }
    ++run_.played;
    judge(i, before.world, line, changes, result);
  }

  std::string why_skipped(const Item& item, const Typed& line, const RealResult& result, bool changes) const {
    const auto* happens = std::get_if<Step>(&item.what);
    const bool somewhere = !result.host.empty();
    if (somewhere && !hosts_.contains(result.host)) {
      return fmt::format("{} has no host {}", options_.target, result.host.str());
    }
    if (happens ? !real_.can(*happens) : !can_run(real_, line))
      return options_.target + " cannot bring it about";
    if (happens && result.predicted.verdict == Verdict::refused) return "it cannot be";
    if (options_.strict && result.predicted.verdict == Verdict::not_modelled) {
      return "not modelled: " + result.predicted.what;
    }
    if (changes && !allowed(item, result.host, hosts_, options_.may_change)) {
      return "it may change something, which needs --really and a lab host";
    }
    return "";
  }

  void skip(std::size_t i, const Terminal::Mark& before, const RealResult& result) {
    terminal_.back_to(before);
    StepEnds row;
    row.step = i;
    row.how = StepEnd::skipped;
    row.why = result.skipped;
    write(write_entry(row));
  }

  Outcome perform(const Item& item, const Typed& line) {
    if (const auto* happens = std::get_if<Step>(&item.what)) return real_.play(*happens);
    return real_.run_line(line.host, line.text, line.input);
  }

  void judge(std::size_t i, const World& before, const Typed& line, bool changes, RealResult& result) {
    StepEnds row;
    row.step = i;
    row.status = result.real->status;
    if (result.real->refusal != Refusal::none) row.refusal = row_of(result.real->refusal).name;
    row.out = texts(result.real->output, false);
    row.err = texts(result.real->output, true);
    const Ending& real = *result.real;
    const bool single = line.single || !result.command;
    const bool agrees = agree(result.predicted, real, single);
    if (real.verdict == Verdict::unknown && !agrees) {
      row.how = StepEnd::unknown;
      result.differences = side_by_side(result.predicted, real);
      result.differences.emplace_back("whether it had an effect is not known; --resume looks");
    } else if (!agrees) {
      row.how = StepEnd::differs;
      result.differences = side_by_side(result.predicted, real);
    } else {
      result.complaints = complaints_of(*result.item, real);
    }
    const bool passing = !result.command && result.host.empty();
    if (real.verdict != Verdict::unknown && (changes || passing)) look_after(before, row, result);
    if (!result.differences.empty()) {
      row.why = result.differences.front();
      const char* what = real.verdict == Verdict::unknown ? "nobody knows how it ended"
                         : row.how == StepEnd::unknown    ? "what it left cannot be seen"
                                                          : "reality is not as the model predicted";
      Lines lines{fmt::format("{}:{}: {}", result.place.file, result.place.line, what)};
      add(lines, result.differences);
      stop(lines);
    }
    write(write_entry(row));
  }

  // Where the machines cannot be seen, the step counts as under way: --resume looks again.
  void look_after(const World& before, StepEnds& row, RealResult& result) {
    row.seen = look(real_, touched(before, result.host));
    const Sights wanted = expected(row.seen, &result.allowed);
    const Lines blind = unseen(wanted, row.seen);
    if (!blind.empty() && row.how == StepEnd::done) {
      row.how = StepEnd::unknown;
      row.seen.clear();
      return add(result.differences, blind);
    }
    for (const auto& [host, different] : differences(wanted, row.seen, kModel, kReal)) {
      row.how = StepEnd::differs;
      add(result.differences, headed(fmt::format("{} after it", host.str()), different));
    }
  }

  // Hosts that look different on the model now, and the one where it happened. One that hangs shows nothing,
  // and where a disk does, who looks comes to wait for it.
  std::set<Name> touched(const World& before, Name host) const {
    std::set<Name> all;
    for (Name name : hosts_) {
      const Host& now = *terminal_.world().hosts.find(name);
      const bool concerned = host.empty() || host == name || !(*before.hosts.find(name) == now);
      if (concerned && !now.hung && !now.hardware->a_disk_hangs()) all.insert(name);
    }
    return all;
  }

  // What the machines show now says whether the step under way when the earlier run ended was done.
  bool take_up() {
    taken_up_ = true;
    const Sights now = look(real_, hosts_);
    const auto since = differences(allowance_.adjusted(state_.seen, now), now, "in the journal", kReal);
    if (!state_.under_way) {
      for (const auto& [host, different] : since) {
        stop(headed(fmt::format("{} is not as the journal says", host.str()), different));
      }
      return run_.stopped.empty();
    }
    StepEnds row;
    row.step = state_.under_way->step;
    row.how = StepEnd::not_run;
    row.seen = now;
    if (since.empty()) return write(write_entry(row));
    return found_done(now, since, row);
  }

  bool found_done(const Sights& now, const std::map<Name, Lines>& since, StepEnds& row) {
    const std::size_t i = row.step;
    const Item& item = runbook_.items[i];
    const Terminal::Mark before = terminal_.mark();
    RealResult predicted;
    predict(item, predicted);
    const auto wanted = differences(expected(now, nullptr), now, kModel, kReal);
    if (wanted.empty()) {
      terminal_.back_to(before);
      row.how = StepEnd::found_done;
      next_ = i + 1;
      state_.ended[i] = row;
      return write(write_entry(row));
    }
    terminal_.back_to(before);
    stop({fmt::format("{}:{}: under way when the earlier run ended: {}", item.place.file, item.place.line,
                      item.text),
          "the machines are neither as before it nor as the model predicts for after it"});
    for (const auto& [host, different] : since) {
      stop(headed(fmt::format("{} against before it", host.str()), different));
    }
    for (const auto& [host, different] : wanted) {
      stop(headed(fmt::format("{} against after it", host.str()), different));
    }
    return false;
  }

  // What a person is asked before the step.
  std::string announced(const World& before, const RealResult& result) {
    std::string text =
        fmt::format("{}:{}: {}{}\n  the model says: {}\n", result.place.file, result.place.line,
                    result.command ? result.host.str() + "# " : "", result.text, text_of(result.predicted));
    for (Name host : touched(before, result.host)) {
      const Sight now = look(before, host);
      for (const std::string& line : difference(now, look(terminal_.world(), host), "now", "then")) {
        text += fmt::format("  {}: {}\n", host.str(), line);
      }
    }
    return text;
  }

  // What those hosts show on the model, with what it cannot know to the sector.
  Sights expected(const Sights& real, std::vector<std::string>* used) const {
    return allowance_.adjusted(look(terminal_.world(), hosts_of(real)), real, used);
  }
  void stop(const std::string& why) { run_.stopped.push_back(why); }
  void stop(const Lines& why) { add(run_.stopped, why); }
  // A run that cannot be written down does not go on.
  bool write(const std::string& line) {
    if (!options_.journal || options_.journal->append(line)) return true;
    stop(fmt::format("{}: the journal cannot be written", options_.journal->name()));
    return false;
  }
  void close() {
    const bool to_the_end = run_.stopped.empty() && run_.results.size() == runbook_.items.size();
    const std::string ended = run_.stopped.empty() ? "stopped at --until" : run_.stopped.front();
    if (options_.journal) options_.journal->append(write_entry(Closed{to_the_end ? "done" : ended}));
  }

  const Runbook& runbook_;
  Backend& real_;
  const RealOptions& options_;
  Terminal terminal_;
  std::set<Name> hosts_;
  Allowance allowance_;
  JournalState state_;
  std::size_t next_ = 0;  // the first item that is played in this run
  bool taken_up_ = false;
  RealRun run_;
};

}  // namespace

bool RealRun::clean() const {
  return stopped.empty() && std::all_of(results.begin(), results.end(),
                                        [](const RealResult& row) { return row.complaints.empty(); });
}

std::uint64_t digest_of(const Runbook& runbook, const World& world) {
  std::uint64_t digest = hash_of(write_world(world));
  for (const Item& item : runbook.items) {
    digest = mix(digest, hash_of(item.text));
    const auto* command = std::get_if<CommandLine>(&item.what);
    if (!command) continue;
    digest = mix(digest, command->host.hash());
    for (const std::string& line : command->heredoc) digest = mix(digest, hash_of(line));
  }
  return digest;
}

RealRun play_for_real(const Runbook& runbook, const World& world, Backend& real, const RealOptions& options) {
  return RealPlayer(runbook, world, real, options).play(digest_of(runbook, world));
}

}  // namespace rehearse
