#include "scenarios/terminal.h"

#include <algorithm>

#include <fmt/format.h>

#include "backends/filters.h"
#include "scenarios/script.h"

namespace rehearse {
namespace {

constexpr int kNoConnection = 255;  // ssh(1)
constexpr int kDeepestSsh = 16;
constexpr int kNotFound = 127;  // sh(1)

// The text of a here-document comes as input; what is left is `cat > FILE`.
std::string without_heredoc(const std::string& text) {
  const auto word = heredoc_word(text);
  if (!word) return text;
  const std::size_t first = text.find("<<");
  std::size_t end = text.find(*word, first) + word->size();
  if (end < text.size() && (text[end] == '\'' || text[end] == '"')) ++end;
  return text.substr(0, first) + text.substr(end);
}

void not_modelled(Result& result, std::string what) {
  result.verdict = Verdict::not_modelled;
  result.not_modelled = std::move(what);
  result.output.clear();
}

void unreachable(Result& result, std::string what) {
  result.verdict = Verdict::failed;
  result.status = kNoConnection;
  result.output.push_back({true, std::move(what)});
}

void take(Outcome outcome, Result& result) {
  if (outcome.verdict == Outcome::Verdict::not_understood) {
    not_modelled(result, outcome.what);
    return;
  }
  result.status = outcome.report.status;
  for (const Line& said : outcome.report.lines) {  // a refusal of several lines is one piece of a report
    for (std::size_t at = 0; at <= said.text.size();) {
      const std::size_t end = std::min(said.text.find('\n', at), said.text.size());
      result.output.push_back({said.error, said.text.substr(at, end - at)});
      at = end + 1;
    }
  }
  if (outcome.verdict == Outcome::Verdict::unknown) {
    result.verdict = Verdict::unknown;
    result.output.push_back({true, outcome.what});
  } else if (outcome.verdict == Outcome::Verdict::refused) {
    result.verdict = Verdict::refused;
    result.refusal = outcome.why.why;
  } else if (result.status != 0 && result.verdict == Verdict::done) {
    result.verdict = Verdict::failed;
  }
}

}  // namespace

Terminal::Terminal(const World& world, const std::string& standin) : backend_(world) {
  if (!standin.empty()) shell_.emplace(standin);
  backend_.watch(
      [this](const World& before, const Command& command, const Refused& refused, const Report& report) {
        moves_.push_back({before, backend_.world(), command, refused, report});
      });
}

void Terminal::type(const CommandLine& command, Result& result) {
  const Mark before = mark();
  moves_.clear();
  session_.at_prompt(command.host);
  result.host = session_.host();
  input_ = command.yes ? "y\n" : "";
  for (const std::string& line : command.heredoc) input_ += line + "\n";
  run_line(session_.host(), without_heredoc(command.text), 0, result);
  if (result.verdict == Verdict::not_modelled) back_to(before);
}

void Terminal::back_to(Mark mark) {
  backend_.set_world(std::move(mark.world));
  session_ = std::move(mark.session);
  moves_.clear();
}

void Terminal::happen(const Step& step, Result& result) {
  Move move{backend_.world(), backend_.world(), step, {}, {}};
  move.refused = rehearse::play(move.after, step, move.report);
  backend_.set_world(move.after);
  result.output = move.report.lines;
  result.status = move.report.status;
  moves_.clear();
  if (move.refused) {
    result.verdict = Verdict::refused;
    result.refusal = move.refused.why;
  }
  moves_.push_back(std::move(move));
  if (result.verdict == Verdict::refused) return;
  Report programs;
  programs_.after(step, programs);
  result.output.insert(result.output.end(), programs.lines.begin(), programs.lines.end());
}

// The parts of a line in their order, as the ends of those before allow.
void Terminal::run_line(Name host, const std::string& text, int depth, Result& result) {
  const Host* at = backend_.world().hosts.find(host);
  if (!at) {
    not_modelled(result, fmt::format("a command inside {}", host.str()));
    return;
  }
  if (!at->powered) {
    unreachable(result, fmt::format("{} has no power", host.str()));
    return;
  }
  const auto read = read_shell_line(text);
  if (const auto* odd = std::get_if<ShellSyntax>(&read)) {
    if (shell_ && input_.empty()) {
      run_in_shell(host, text, depth, result);
    } else {
      not_modelled(result, odd->what);
    }
    return;
  }
  result.status = 0;
  for (const Pipeline& part : std::get<std::vector<Pipeline>>(read)) {
    if (part.when == Pipeline::When::after_success && result.status != 0) continue;
    if (part.when == Pipeline::When::after_failure && result.status == 0) continue;
    if (part.when == Pipeline::When::after_failure) {  // what `||` catches is no failure of the line
      result.verdict = Verdict::done;
      result.refusal = Refusal::none;
    }
    run_part(host, part, depth, result);
    if (result.verdict == Verdict::not_modelled || result.verdict == Verdict::unknown) return;
  }
}

void Terminal::run_part(Name host, const Pipeline& part, int depth, Result& result) {
  const bool alone = part.commands.size() == 1 && part.commands[0].redirections.empty() && !part.negated;
  const Words& words = part.commands[0].words;
  if (alone && words.size() == 1 && (words[0] == "exit" || words[0] == "logout")) {
    session_.log_out();
    return;
  }
  std::string odd;
  const auto call = alone ? read_ssh(words, odd) : std::nullopt;
  if (!odd.empty()) {
    not_modelled(result, odd);
  } else if (call) {
    ssh(*call, depth, result);
  } else if (alone && migrate::Modelled::knows(words)) {
    run_program(host, words, result);
  } else {
    take(backend_.run_pipeline(host, part, input_), result);
  }
}

void Terminal::run_program(Name host, const Words& words, Result& result) {
  std::string odd;
  Outcome outcome;
  outcome.report = programs_.run(host, words, odd);
  if (!odd.empty()) {
    not_modelled(result, odd);
  } else {
    take(std::move(outcome), result);
  }
}

void Terminal::ssh(const SshCall& call, int depth, Result& result) {
  const Host* there = backend_.world().hosts.find(call.host);
  if (there && !there->powered) {
    unreachable(result, fmt::format("ssh: connect to host {} port 22: No route to host", call.host.str()));
  } else if (there && call.command.empty()) {
    session_.log_in(call.host);
  } else if (depth == kDeepestSsh) {
    not_modelled(result, "ssh within ssh");
  } else {
    result.host = call.host;
    run_line(call.host, call.command, depth + 1, result);
  }
}

void Terminal::run_in_shell(Name host, const std::string& text, int depth, Result& result) {
  Result inside;  // its last refusal, or what was not modelled in it
  Report report;
  const auto odd = shell_->run(
      text,
      [&](const Words& words, const std::optional<std::string>& input) {
        return serve(host, words, input, depth, inside);
      },
      report);
  if (odd || inside.verdict == Verdict::not_modelled) {
    not_modelled(result, odd ? *odd : inside.not_modelled);
    return;
  }
  result.output.insert(result.output.end(), report.lines.begin(), report.lines.end());
  result.status = report.status;
  if (report.status == 0) return;
  result.verdict = inside.refusal == Refusal::none ? Verdict::failed : Verdict::refused;
  result.refusal = inside.refusal;
}

// One command of a line that a real shell runs.
std::optional<Report> Terminal::serve(Name host, const Words& words, const std::optional<std::string>& input,
                                      int depth, Result& inside) {
  Report report;
  if (const auto filtered = filter(words, input.value_or(""))) {
    if (!input) return std::nullopt;
    filtered->report_to(report);
    return report;
  }
  Pipeline part;
  part.commands.push_back({words, {}});
  Result one;
  run_part(host, part, depth, one);
  if (one.verdict == Verdict::not_modelled) {
    inside.verdict = one.verdict;
    inside.not_modelled = one.not_modelled;
    one.status = kNotFound;
  }
  if (one.refusal != Refusal::none) inside.refusal = one.refusal;
  report.status = one.status;
  report.lines = std::move(one.output);
  return report;
}

}  // namespace rehearse
