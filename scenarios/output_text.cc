#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "scenarios/output.h"

namespace rehearse {
namespace {

constexpr const char* kRed = "31";
constexpr const char* kGreen = "32";
constexpr const char* kYellow = "33";
constexpr std::size_t kProgress = 60;
constexpr std::size_t kIndent = 22;  // of what belongs to a step

bool complained(const Result& result) { return !result.complaints.empty(); }

std::string word_for(const Result& result) {
  const bool assertion = std::holds_alternative<Assertion>(result.item->what);
  if (assertion && result.verdict == Verdict::done) return "holds";
  return std::string(name_of(result.verdict));
}

const char* colour_of(const Result& result) {
  if (complained(result)) return kRed;
  if (result.verdict == Verdict::done) return kGreen;
  return kYellow;
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// To what fits on any terminal's line, without cutting a character.
std::string shortened(std::string text) {
  if (text.size() <= kProgress) return text;
  std::size_t end = kProgress;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

std::string where(const Place& place) {
  return place.line == 0 ? place.file : fmt::format("{}:{}", place.file, place.line);
}

}  // namespace

std::string printable(std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);  // QMP ends its lines so; a terminal shows nothing of it
  std::string shown(text);
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }, '?');
  return shown;
}

std::string headline(const Result& result) {
  return printable(result.command ? result.host.str() + "# " + result.text : result.text);
}

std::string TextReport::painted(const char* code, const std::string& text) const {
  return style_.colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

void TextReport::clear_progress() {
  if (progress_) out_ << "\r\x1b[K";
  progress_ = false;
}

void TextReport::begin(const Runbook& runbook) {
  steps_ = runbook.items.size();
  played_ = 0;
  file_ = runbook.file;
  out_ << printable(runbook.title.empty() ? runbook.file
                                          : fmt::format("{} ({})", runbook.title, runbook.file))
       << "\n";
}

void TextReport::step(const Result& result) {
  ++played_;
  if (result.verdict == Verdict::skipped) return;
  clear_progress();
  const bool quiet = result.verdict == Verdict::done && result.findings.empty() && !complained(result);
  if (style_.terminal && quiet && !style_.verbose) {
    out_ << fmt::format("[{}/{}] {}", played_, steps_, shortened(headline(result))) << std::flush;
    progress_ = true;
    return;
  }
  if (result.place.file != file_) {
    file_ = result.place.file;
    out_ << file_ << "\n";
  }
  const std::string word = fmt::format("{:<13}", word_for(result));
  out_ << fmt::format("{:>5}  {}  {}\n", result.place.line, painted(colour_of(result), word),
                      headline(result));
  const std::string indent(kIndent, ' ');
  if (style_.verbose || complained(result)) {
    for (const Line& line : result.output) out_ << indent << "| " << printable(line.text) << "\n";
  }
  if (style_.verbose) {
    for (const LogLine& line : result.log)
      out_ << indent << "kernel of " << line.host.str() << ": " << printable(line.text) << "\n";
  }
  for (const PlacedFinding& found : result.findings) {
    const std::string text = found.finding.code + (found.finding.expected ? " (expected) " : " ");
    out_ << indent << painted(found.finding.expected ? kYellow : kRed, text) << printable(found.finding.what)
         << "\n";
  }
  for (const Complaint& complaint : result.complaints) {
    out_ << indent << painted(kRed, printable(complaint.what)) << "\n";
  }
  out_ << std::flush;
}

void TextReport::finding(const PlacedFinding& found) {
  const Finding& row = found.finding;
  out_ << "  " << painted(row.expected ? kYellow : kRed, row.code) << (row.expected ? " (expected) " : " ")
       << where(found.place) << ": " << printable(row.what) << "\n";
  if (!found.chain.empty()) {
    out_ << "        from ";
    for (std::size_t i = 0; i < found.chain.size(); ++i)
      out_ << (i > 0 ? ", then " : "") << where(found.chain[i]);
    out_ << "\n";
  }
  if (!row.remedy.empty()) out_ << "        remedy: " << printable(row.remedy) << "\n";
}

void TextReport::complaint(const Complaint& complaint) {
  out_ << "  " << where(complaint.place) << ": " << printable(complaint.what) << "\n";
}

void TextReport::not_modelled(const Rehearsal& rehearsal) {
  if (rehearsal.commands == 0) return;
  const std::size_t modelled = rehearsal.commands - rehearsal.not_modelled;
  out_ << "\n"
       << fmt::format("{} of {} modelled ({}%)\n", modelled,
                      counted(rehearsal.commands, "command", "commands"),
                      100 * modelled / rehearsal.commands);
  for (const Result& result : rehearsal.results) {
    if (result.verdict != Verdict::not_modelled) continue;
    out_ << "  " << where(result.place) << ": " << headline(result)
         << "  (not modelled: " << printable(result.not_modelled) << ")\n";
  }
}

void TextReport::last_line(const Rehearsal& rehearsal) {
  const auto findings = rehearsal.findings();
  const auto expected = std::count_if(findings.begin(), findings.end(),
                                      [](const PlacedFinding* found) { return found->finding.expected; });
  std::string text = findings.empty() ? "no findings" : counted(findings.size(), "finding", "findings");
  if (!findings.empty()) text += fmt::format(", {} expected", expected);
  const std::size_t unmet = rehearsal.all_complaints().size();
  if (unmet > 0) text += fmt::format(", {} not as the runbook says", counted(unmet, "step", "steps"));
  const bool clean = rehearsal.clean();
  out_ << "\n"
       << painted(clean ? kGreen : kRed, clean ? "clean" : "not clean") << ": " << text << "\n"
       << std::flush;
}

void TextReport::end(const Rehearsal& rehearsal) {
  clear_progress();
  const auto findings = rehearsal.findings();
  if (!findings.empty()) out_ << "\nFindings\n";
  for (const PlacedFinding* found : findings) finding(*found);
  const auto complaints = rehearsal.all_complaints();
  if (!complaints.empty()) out_ << "\nNot as the runbook says\n";
  for (const Complaint* row : complaints) complaint(*row);
  not_modelled(rehearsal);
  last_line(rehearsal);
}

}  // namespace rehearse
