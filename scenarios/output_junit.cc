#include <fmt/format.h>

#include <algorithm>

#include "scenarios/output.h"

namespace rehearse {
namespace {

// XML 1.0 has no place for most control characters, not even escaped.
std::string xml(std::string_view text) {
  std::string shown;
  for (char c : text) {
    switch (c) {
      case '&':
        shown += "&amp;";
        break;
      case '<':
        shown += "&lt;";
        break;
      case '>':
        shown += "&gt;";
        break;
      case '"':
        shown += "&quot;";
        break;
      case '\n':
        shown += "&#10;";
        break;
      case '\t':
        shown += "&#9;";
        break;
      default:
        shown += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return shown;
}

struct Case {
  Place place;
  std::string name;
  std::vector<std::string> failures;
  std::string skipped;  // why
  std::string output;
};

void add_findings(const std::vector<PlacedFinding>& findings, Case& row) {
  for (const PlacedFinding& found : findings) {
    if (!found.finding.expected) row.failures.push_back(found.finding.code + " " + found.finding.what);
  }
}

Case case_of(const Result& result) {
  Case row{result.place, fmt::format("line {}: {}", result.place.line, headline(result)), {}, "", ""};
  for (const Complaint& complaint : result.complaints) row.failures.push_back(complaint.what);
  add_findings(result.findings, row);
  if (result.verdict == Verdict::skipped) row.skipped = "behind the line where the rehearsal ended";
  if (result.verdict == Verdict::not_modelled) row.skipped = "not modelled: " + result.not_modelled;
  for (const Line& line : result.output) row.output += line.text + "\n";
  return row;
}

std::vector<Case> cases_of(const Rehearsal& rehearsal) {
  std::vector<Case> cases;
  for (const Result& result : rehearsal.results) cases.push_back(case_of(result));
  Case whole{{rehearsal.runbook, 1, 0}, "the runbook as a whole", {}, "", ""};
  for (const Complaint& complaint : rehearsal.complaints) {
    whole.failures.push_back(fmt::format("line {}: {}", complaint.place.line, complaint.what));
  }
  add_findings(rehearsal.at_end, whole);
  cases.push_back(std::move(whole));
  return cases;
}

std::string xml_of(const Case& row) {
  std::string text =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\" time=\"0\">\n",
                  xml(row.place.file), xml(row.name), xml(row.place.file), row.place.line);
  // One failure or one "skipped" a case is what readers of this format expect.
  if (!row.failures.empty()) {
    text += fmt::format("      <failure message=\"{}\">{}</failure>\n", xml(row.failures[0]),
                        xml(fmt::format("{}", fmt::join(row.failures, "\n"))));
  } else if (!row.skipped.empty()) {
    text += fmt::format("      <skipped message=\"{}\"/>\n", xml(row.skipped));
  }
  if (!row.output.empty()) text += fmt::format("      <system-out>{}</system-out>\n", xml(row.output));
  return text + "    </testcase>\n";
}

}  // namespace

std::string as_junit(std::span<const Rehearsal> rehearsals) {
  std::string suites;
  std::size_t all = 0;
  std::size_t all_failed = 0;
  for (const Rehearsal& rehearsal : rehearsals) {
    const std::vector<Case> cases = cases_of(rehearsal);
    const auto failed =
        std::count_if(cases.begin(), cases.end(), [](const Case& row) { return !row.failures.empty(); });
    const auto skipped = std::count_if(cases.begin(), cases.end(), [](const Case& row) {
      return row.failures.empty() && !row.skipped.empty();
    });
    suites += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"0\">\n",
        xml(rehearsal.runbook), cases.size(), failed, skipped);
    for (const Case& row : cases) suites += xml_of(row);
    suites += "  </testsuite>\n";
    all += cases.size();
    all_failed += static_cast<std::size_t>(failed);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"rehearse\" tests=\"{}\" "
      "failures=\"{}\" errors=\"0\" time=\"0\">\n{}</testsuites>\n",
      all, all_failed, suites);
}

}  // namespace rehearse
