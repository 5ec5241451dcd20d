#include "backends/shell/model_shell.h"

#include <fmt/format.h>

#include "backends/observe/reports.h"

namespace rehearse {
namespace {

// The line by which hosts are observed needs more of a shell than is modelled; what it runs is.
std::string observed(ModelBackend& model, Name host) {
  std::string text;
  for (const ReportSource& source : report_sources()) {
    const Report report = model.run_line(host, source.command).report;
    text += report_frame(source, streams_of(report).out, report.status);
  }
  return text;
}

}  // namespace

Streams streams_of(const Report& report) {
  Streams streams;
  for (const Line& line : report.lines) (line.error ? streams.err : streams.out) += line.text + "\n";
  return streams;
}

ShellAnswer ModelShell::run(const ShellCall& call) {
  ShellAnswer answer;
  const Host* host = model_->world().hosts.find(host_);
  if (!host || !host->powered || call.words.empty()) {
    answer.ended = ShellAnswer::Ended::lost;
    answer.why = call.words.empty() ? "no program is named" : host_.str() + " does not answer";
    return answer;
  }
  if (call == line_call(observing_line(), call.deadline)) {
    answer.status = 0;
    answer.out = observed(*model_, host_);
    return answer;
  }
  const bool line = call.words.size() == 3 && call.words[0] == "bash" && call.words[1] == "-c";
  const Outcome outcome =
      line ? model_->run_line(host_, call.words[2], call.input) : model_->run(host_, call.words, call.input);
  if (outcome.verdict == Outcome::Verdict::not_understood) {
    answer.status = kCommandNotFound;
    answer.err = (line ? "bash: line 1: " : "") + outcome.what + ": command not found\n";
    return answer;
  }
  if (outcome.verdict == Outcome::Verdict::unknown) {
    answer.ended = ShellAnswer::Ended::stuck;
    return answer;
  }
  const Streams streams = streams_of(outcome.report);
  answer.out = streams.out;
  answer.err = streams.err;
  answer.status = outcome.report.status;
  return answer;
}

}  // namespace rehearse
