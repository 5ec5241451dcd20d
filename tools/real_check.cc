#include "tools/real_check.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "scenarios/output.h"
#include "scenarios/real_player.h"
#include "tools/target.h"

namespace rehearse {
namespace {

constexpr std::chrono::milliseconds kLockPatience{120'000};

volatile std::sig_atomic_t interrupted = 0;

// From now on an interrupt is a wish, granted between two steps. What reads the terminal meanwhile fails.
void defer_interrupts() {
  struct sigaction how {};
  how.sa_handler = [](int) { interrupted = 1; };
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaction(number, &how, nullptr);
}

bool ask(const std::string& what) {
  std::cerr << what << "Go on? [y/n] " << std::flush;
  std::string answer;
  return std::getline(std::cin, answer) && (answer == "y" || answer == "yes");
}

std::string word_for(const RealResult& result) {
  if (!result.skipped.empty()) return "skipped";
  if (std::holds_alternative<Assertion>(result.item->what)) return result.holds() ? "holds" : "failed";
  if (result.earlier) return "done before";
  return std::string(name_of(result.real ? result.real->verdict : result.predicted.verdict));
}

std::string line_of(const RealResult& result) {
  return printable(result.command ? result.host.str() + "# " + result.text : result.text);
}

void print_step(std::ostream& out, const RealResult& result, bool verbose) {
  const std::string indent(22, ' ');
  out << fmt::format("{:>5}  {:<13}  {}\n", result.place.line, word_for(result), line_of(result));
  if (!result.skipped.empty()) out << indent << printable(result.skipped) << "\n";
  if (verbose && result.real) {
    for (const Line& line : result.real->output) out << indent << "| " << printable(line.text) << "\n";
    for (const std::string& line : result.allowed) out << indent << printable(line) << "\n";
  }
  for (const Complaint& complaint : result.complaints) out << indent << printable(complaint.what) << "\n";
  out << std::flush;
}

void print_end(std::ostream& out, const RealRun& run, const std::string& target) {
  for (std::size_t i = 0; i < run.stopped.size(); ++i) {
    out << (i == 0 ? "\nstopped: " : "  ") << printable(run.stopped[i]) << "\n";
  }
  std::size_t unmet = 0;
  for (const RealResult& result : run.results) unmet += result.complaints.size();
  out << fmt::format("\n{}: {} played on {}, {} skipped", run.clean() ? "clean" : "not clean", run.played,
                     target, run.skipped);
  if (unmet > 0) out << fmt::format(", {} not as the runbook says", unmet);
  out << "\n" << std::flush;
}

nlohmann::ordered_json as_json(const Ending& ending) {
  nlohmann::ordered_json json{{"verdict", name_of(ending.verdict)}, {"status", ending.status}};
  if (ending.refusal != Refusal::none) json["refusal"] = row_of(ending.refusal).name;
  return json;
}

std::string as_json(const RealRun& run, const Runbook& runbook, const std::string& target) {
  using Json = nlohmann::ordered_json;
  Json steps = Json::array();
  for (const RealResult& result : run.results) {
    Json row{{"file", result.place.file}, {"line", result.place.line},
             {"host", result.host.str()}, {"text", result.text},
             {"word", word_for(result)},  {"predicted", as_json(result.predicted)}};
    if (result.real) row["real"] = as_json(*result.real);
    if (!result.skipped.empty()) row["skipped"] = result.skipped;
    Json complaints = Json::array();
    for (const Complaint& complaint : result.complaints) complaints.push_back(complaint.what);
    row["complaints"] = std::move(complaints);
    row["allowed"] = result.allowed;
    steps.push_back(std::move(row));
  }
  const Json all{{"rehearse_run", 1},      {"runbook", runbook.file},  {"target", target},
                 {"clean", run.clean()},   {"played", run.played},     {"skipped", run.skipped},
                 {"stopped", run.stopped}, {"steps", std::move(steps)}};
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// What an earlier run has left: to be taken up, or in the way.
std::optional<InputError> earlier_run(const CheckOptions& options, std::uint64_t digest, JournalFile& file,
                                      std::optional<JournalText>& earlier) {
  const auto wrong = [&](std::string what) { return InputError{file.name(), 0, 0, "", std::move(what)}; };
  if (file.text().empty() && options.resume) return wrong("there is no run to be taken up");
  if (file.text().find('\n') == std::string::npos) {  // nothing was done before its first line was whole
    if (!file.cut(0)) return wrong("cannot be written");
    return std::nullopt;
  }
  auto read = read_journal(file.text(), file.name());
  if (auto* bad = std::get_if<InputError>(&read)) return *bad;
  const auto& text = std::get<JournalText>(read);
  if (!options.resume) {
    if (!state_of(text).finished) {
      return wrong("a run has not come to its end: take it up with --resume, or remove this journal");
    }
    if (!file.cut(0)) return wrong("cannot be written");
    return std::nullopt;
  }
  if (text.head.digest != digest) return wrong("expected the journal of this runbook and its world");
  if (text.head.target != options.on) return wrong("the run was on " + text.head.target);
  if (!file.cut(text.whole)) return wrong("cannot be written");
  earlier = text;
  return std::nullopt;
}

// What the model says to all of it, before anything is done.
void print_rehearsal(std::ostream& out, const Runbook& runbook, const World& world,
                     const PlayOptions& options) {
  const Rehearsal rehearsal = play(runbook, world, options);
  out << fmt::format("{}\non the model: {}, {} found, {} not as the runbook says\n",
                     printable(runbook.title.empty() ? runbook.file : runbook.title),
                     rehearsal.clean() ? "clean" : "not clean", rehearsal.findings().size(),
                     rehearsal.all_complaints().size())
      << std::flush;
}

// Tells the commands of the runs with this journal from all others, on whichever machine they are.
std::string mark_of(const std::string& journal) {
  char here[256] = {};
  gethostname(here, sizeof here - 1);
  std::error_code ignored;
  const std::string path = std::filesystem::weakly_canonical(journal, ignored).string();
  return journal.empty() ? "" : fmt::format("rehearse-run-{:016x}", hash_of(here + (":" + path)));
}

std::string journal_name(const CheckOptions& options, const Runbook& runbook) {
  if (!options.journal.empty()) return options.journal;
  return options.on.starts_with("replay:") || options.on == "lab" ? "" : runbook.file + ".journal";
}

RealOptions options_for(const CheckOptions& options, const Target& target, const std::string& standin) {
  RealOptions real;
  real.target = options.on;
  real.hosts = target.hosts;
  if (options.really || !target.guarded) real.may_change = target.lab_hosts;
  real.standin = standin;
  real.strict = options.strict;
  real.until = options.until;
  real.interrupted = [] { return interrupted != 0; };
  if (options.confirm) real.confirm = ask;
  return real;
}

}  // namespace

int check_for_real(const CheckOptions& options, const Runbook& runbook, const World& world,
                   const std::string& standin) {
  if (options.format != "text" && options.format != "json") {
    return bad_input("--on reports as text or json");
  }
  if (options.on == "lab" && options.resume) {
    return bad_input("--resume: the machines of --on lab end with the run; those of --on lab:NAME stay");
  }
  const std::string name = journal_name(options, runbook);
  std::optional<JournalFile> journal;
  if (!name.empty()) {
    auto opened = JournalFile::open(name, kLockPatience);
    if (const auto* bad = std::get_if<InputError>(&opened)) return bad_input(bad->text());
    journal.emplace(std::get<JournalFile>(std::move(opened)));
  }
  TargetAsked asked{options.on, options.inventory, options.record};
  asked.deadline = std::chrono::seconds(options.deadline);
  asked.take_up = options.resume;
  asked.run = mark_of(name);
  if (journal) asked.lock = journal->lock();
  auto opened = open_target(asked, world);
  if (const auto* bad = std::get_if<InputError>(&opened)) return bad_input(bad->text());
  const Target& target = std::get<Target>(opened);
  const World& start = target.world ? *target.world : world;
  RealOptions real = options_for(options, target, standin);
  if (journal) {
    real.journal = &*journal;
    if (const auto bad = earlier_run(options, digest_of(runbook, start), *journal, real.earlier)) {
      return bad_input(bad->text());
    }
  }
  std::ostringstream kept;
  const bool as_text = options.format == "text";
  std::ostream& out = as_text && options.output.empty() ? std::cout : kept;
  PlayOptions rehearsing;
  rehearsing.judge = make_judge;
  rehearsing.standin = standin;
  rehearsing.until = options.until;
  rehearsing.size_snapshots = false;
  if (as_text) print_rehearsal(out, runbook, world, rehearsing);
  for (const std::string& note : target.notes) (as_text ? out : std::cerr) << printable(note) << "\n";
  real.watch = [&](const RealResult& result) {
    if (as_text) print_step(out, result, options.verbose);
  };
  defer_interrupts();
  const RealRun run = play_for_real(runbook, start, *target.backend, real);
  if (as_text) {
    print_end(out, run, options.on);
  } else {
    kept << as_json(run, runbook, options.on);
  }
  if (options.output.empty()) {
    if (!as_text) std::cout << kept.str() << std::flush;
  } else if (!write_whole(options.output, kept.str())) {
    return kBadInput;
  }
  return run.clean() ? kClean : kFindings;
}

}  // namespace rehearse
