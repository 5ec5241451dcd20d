#include "backends/model_backend.h"

#include <algorithm>

#include "backends/filters.h"
#include "backends/observe/model.h"
#include "backends/printf.h"
#include "backends/redirect.h"
#include "backends/reports/query.h"
#include "model/domain/life.h"
#include "model/fs/path.h"
#include "model/io.h"

namespace rehearse {
namespace {

using Verdict = Outcome::Verdict;

constexpr std::string_view kQuestion = "[y/n]: ";
// What LVM's tools print for the answer when their input ends.
constexpr std::string_view kNoAnswer = "[n]\n";

// Everything that went to standard output, as the next program in a pipe reads it.
std::string output_of(const Report& report) {
  std::string text;
  for (const Line& line : report.lines) {
    if (!line.error) text += line.text + "\n";
  }
  return text;
}

// The question among a refusal's words, up to where the answer is typed.
std::string question_in(const Report& report) {
  for (const Line& line : report.lines) {
    const std::size_t at = line.text.find(kQuestion);
    if (line.error && at != std::string::npos) return line.text.substr(0, at + kQuestion.size());
  }
  return "";
}

// An answer that was read from a pipe is not printed again.
void take_away_typed_answer(Report& report) {
  for (Line& line : report.lines) {
    const std::size_t at = line.text.find(kQuestion);
    if (at == std::string::npos) continue;
    const std::size_t answer = at + kQuestion.size();
    if (line.text.compare(answer, kNoAnswer.size(), kNoAnswer) == 0)
      line.text.erase(answer, kNoAnswer.size());
    return;
  }
}

// Puts the question among what was said after it was answered yes: behind what was said before it both times.
// An answer from a pipe ends no line, so the next complaint stands on the question's.
void put_question(const Report& asked, const std::string& question, Report& answered) {
  std::size_t before = 0;
  while (before < asked.lines.size() && before < answered.lines.size() &&
         asked.lines[before] == answered.lines[before]) {
    ++before;
  }
  const auto at = answered.lines.begin() + static_cast<std::ptrdiff_t>(before);
  const auto next = std::find_if(at, answered.lines.end(), [](const Line& line) { return line.error; });
  if (next == answered.lines.end()) {
    answered.lines.insert(at, Line{true, question});
  } else {
    next->text = question + next->text;
  }
}

// `yes text | dd of=FILE ...` and the like: a pattern without end, written until dd has enough. Which pattern
// it is does not matter, only that it is this write and no other; so dd reads what no two reads give alike.
std::optional<SimpleCommand> pattern_writer(const Pipeline& line) {
  if (line.commands.size() != 2) return std::nullopt;
  const SimpleCommand& source = line.commands[0];
  SimpleCommand writer = line.commands[1];
  const bool zeroes = !source.redirections.empty() && source.redirections[0].target == "/dev/zero";
  if (source.words[0] != "yes" && !(source.words[0] == "tr" && zeroes)) return std::nullopt;
  if (writer.words[0] != "dd") return std::nullopt;
  std::erase(writer.words, "iflag=fullblock");  // about reads from a pipe
  const auto reads = [](const std::string& word) { return word.starts_with("if="); };
  if (std::any_of(writer.words.begin(), writer.words.end(), reads)) return std::nullopt;
  writer.words.insert(writer.words.begin() + 1, "if=/dev/urandom");
  return writer;
}

// `dd ... | md5sum`: what goes through this pipe is no text.
const SimpleCommand* summed(const Pipeline& line) {
  const bool is = line.commands.size() == 2 && line.commands[0].words[0] == "dd" &&
                  line.commands[1].words == Words{"md5sum"} && line.commands[0].redirections.empty() &&
                  line.commands[1].redirections.empty() && !line.negated;
  return is ? &line.commands[0] : nullptr;
}

// What it would have said is not known; what it would have changed is as before.
Outcome waits(const std::string& program) {
  Outcome outcome;
  outcome.verdict = Verdict::unknown;
  outcome.what = program + " does not end: it waits for a disk that hangs";
  return outcome;
}

// What they show the kernel has in memory, whatever its disks do.
bool asks_the_kernel(std::string_view program) {
  static constexpr std::string_view kPrograms[] = {"dmsetup", "lsblk", "df", "mount", "findmnt", "swapon"};
  return std::find(std::begin(kPrograms), std::end(kPrograms), program) != std::end(kPrograms);
}

// What is typed at a monitor stands behind it, as a here-string does; what of it is not modelled is named.
Words with_input(std::span<const std::string> words, std::string_view input, std::string& odd) {
  Words all(words.begin(), words.end());
  if (words[0] != "socat" || input.empty()) return all;
  odd = qemu::read_requests(input).unknown;
  all.emplace_back("<<<");
  all.emplace_back(input);
  return all;
}

World awake(World world) {
  for (const Name name : world.hosts.names()) {
    if (!world.hosts.find(name)->hardware->a_disk_hangs()) continue;
    for (Disk& disk : world.hosts.edit(name).hardware.edit().disks) disk.hangs = false;
  }
  return world;
}

std::optional<Outcome> builtin(std::span<const std::string> words) {
  Outcome outcome;
  if (words[0] == "echo") {
    std::string text;
    for (std::size_t i = 1; i < words.size(); ++i) text += (i > 1 ? " " : "") + words[i];
    if (words.size() > 1 && words[1].starts_with('-')) return std::nullopt;
    outcome.report.out("{}", text);
    return outcome;
  }
  if (words.size() >= 2 && words[0] == "printf") {
    const auto lines = printed_lines(words[1], words.subspan(2));
    if (!lines) return std::nullopt;
    for (const std::string& line : *lines) outcome.report.out("{}", line);
    return outcome;
  }
  if (words.size() == 1 && words[0] == "true") return outcome;
  if (words.size() == 1 && words[0] == "false") {
    outcome.report.status = 1;
    return outcome;
  }
  return std::nullopt;
}

}  // namespace

Outcome ModelBackend::play(const Step& step) {
  Outcome outcome;
  outcome.why = rehearse::play(world_, step, outcome.report);
  if (outcome.why) outcome.verdict = Verdict::refused;
  return outcome;
}

Observing ModelBackend::observe(Name host) {
  const Host* machine = world_.hosts.find(host);
  if (!machine) return Unobserved{host.str(), "there is no such host"};
  if (!machine->powered) return Unobserved{host.str(), "it is down"};
  return rehearse::observe(world_, host);
}

Outcome ModelBackend::run_op(Name host, const Op& op, std::string_view input) {
  Outcome outcome;
  outcome.why = rehearse::play(world_, Command{host, op}, outcome.report);
  if (!outcome.why) return outcome;
  outcome.verdict = Verdict::refused;
  const std::string question = question_in(outcome.report);
  if (question.empty() || input.empty()) return outcome;
  const Op yes = answered_yes(op);
  if ((input[0] != 'y' && input[0] != 'Y') || yes == op) {
    take_away_typed_answer(outcome.report);
    return outcome;
  }
  Outcome answered;
  answered.why = rehearse::play(world_, Command{host, yes}, answered.report);
  if (answered.why) answered.verdict = Verdict::refused;
  put_question(outcome.report, question, answered.report);
  return answered;
}

Outcome ModelBackend::run(Name host, std::span<const std::string> words, std::string_view input) {
  std::string odd;
  const Words typed = with_input(words, input, odd);
  if (!odd.empty()) return Outcome::misses(odd);
  Op op;
  const Mismatch bad = parse(typed, op);
  if (bad.kind == Mismatch::Kind::none) {
    const World before = world_;
    Outcome outcome;
    if (!unless_it_waits(world_, [&] { outcome = run_op(host, op, input); })) return waits(words[0]);
    if (watch_) watch_(before, Command{host, op}, outcome.why, outcome.report);
    return outcome;
  }
  reports::Query query;
  const Mismatch no_query = reports::parse(plain_words(words), query);
  if (no_query.kind == Mismatch::Kind::none) {
    const Waiting waiting;
    Outcome outcome;
    reports::print(asks_the_kernel(words[0]) ? awake(world_) : world_, host, query, outcome.report);
    return waiting.met() ? waits(words[0]) : outcome;
  }
  if (auto done = builtin(words)) return *done;
  const bool known_query = no_query.kind != Mismatch::Kind::other_command;
  return Outcome::misses(known_query && bad.kind == Mismatch::Kind::other_command ? no_query.word : bad.word);
}

Outcome ModelBackend::filter_file(Name host, const FileFilter& asked) {
  Outcome outcome = run(host, std::vector<std::string>{"cat", asked.path}, {});
  if (outcome.verdict != Verdict::done) return outcome;
  std::optional<Filtered> made;
  if (outcome.report.status == 0) {
    made = asked.of(output_of(outcome.report));
  } else if (!outcome.report.lines.empty()) {
    const std::string& error = outcome.report.lines.back().text;
    const std::size_t colon = error.rfind(": ");
    if (colon != error.npos) made = asked.complaint(std::string_view(error).substr(colon + 2));
  }
  if (!made) return Outcome::misses(asked.path);
  outcome.report = {};
  made->report_to(outcome.report);
  return outcome;
}

Outcome ModelBackend::run_simple(Name host, const SimpleCommand& command, const std::string* input) {
  Redirected streams(host, command.redirections);
  Outcome outcome;
  std::string odd;
  std::optional<std::string> text;
  if (input) text = *input;
  const World unopened = world_;
  if (!streams.open(world_, outcome.report, odd, text)) return odd.empty() ? outcome : Outcome::misses(odd);
  const World opened = world_;
  const auto filtered = text ? filter(command.words, *text) : std::nullopt;
  if (filtered) {
    filtered->report_to(outcome.report);
  } else if (const auto shortened = text ? std::nullopt : file_filter(command.words)) {
    outcome = filter_file(host, *shortened);
  } else {
    outcome = run(host, command.words, text ? std::string_view(*text) : std::string_view());
  }
  if (outcome.verdict == Verdict::unknown) return outcome;
  const World before = world_ == opened ? unopened : world_;
  streams.close(world_, outcome.report);
  if (world_ == before) return outcome;
  domain::watch_disks(before, world_);  // a redirection may have changed a configuration file
  if (const Redirection* file = streams.written(); file && watch_) {
    const Name path = file->target;
    const std::string text = fs::text_at(world_, host, path).value_or("");
    watch_(before, Command{host, fs::Op(fs::WriteFile{path, text, false, {}})}, {}, {});
  }
  return outcome;
}

Outcome ModelBackend::run_pipeline(Name host, const Pipeline& line, std::string_view input) {
  if (const auto writer = pattern_writer(line)) return run_simple(host, *writer, nullptr);
  if (const SimpleCommand* reader = summed(line)) {
    if (auto report = reports::sum_of_part(world_, host, reader->words)) {
      Outcome outcome;
      outcome.report = std::move(*report);
      return outcome;
    }
  }
  Outcome outcome;
  std::vector<Line> errors;
  std::string text(input);
  for (std::size_t i = 0; i < line.commands.size(); ++i) {
    outcome = run_simple(host, line.commands[i], i > 0 || !text.empty() ? &text : nullptr);
    if (outcome.verdict == Verdict::not_understood || outcome.verdict == Verdict::unknown) return outcome;
    if (i + 1 == line.commands.size()) break;
    text = output_of(outcome.report);
    for (Line& said : outcome.report.lines) {
      if (said.error) errors.push_back(std::move(said));
    }
  }
  outcome.report.lines.insert(outcome.report.lines.begin(), errors.begin(), errors.end());
  if (line.negated) outcome.report.status = outcome.report.status == 0 ? 1 : 0;
  return outcome;
}

Outcome ModelBackend::run_line(Name host, std::string_view line, std::string_view input) {
  const auto read = read_shell_line(line);
  if (const auto* odd = std::get_if<ShellSyntax>(&read)) return Outcome::misses(odd->what);
  const World before = world_;
  Outcome total;
  for (const Pipeline& next : std::get<std::vector<Pipeline>>(read)) {
    if (next.when == Pipeline::When::after_success && total.report.status != 0) continue;
    if (next.when == Pipeline::When::after_failure && total.report.status == 0) continue;
    Outcome outcome = run_pipeline(host, next, input);
    if (outcome.verdict == Verdict::not_understood) {
      world_ = before;
      return outcome;
    }
    total.verdict = outcome.verdict;
    total.why = outcome.why;
    total.what = outcome.what;
    total.report.status = outcome.report.status;
    for (Line& said : outcome.report.lines) total.report.lines.push_back(std::move(said));
    if (outcome.verdict == Verdict::unknown) break;
  }
  return total;
}

}  // namespace rehearse
