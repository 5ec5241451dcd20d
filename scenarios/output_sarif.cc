// SARIF 2.1.0 (OASIS). The names of properties are the standard's.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/output.h"

namespace rehearse {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
// What the runbook says and is not so, beside the rules with codes.
constexpr std::string_view kExpectation = "expectation";

// RFC 3986: what may not stand in a path is escaped.
std::string uri_of(const std::string& file) {
  std::string uri;
  for (char c : file) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return file.starts_with('/') ? "file://" + uri : uri;
}

Json location_of(const Place& place) {
  Json region{{"startLine", std::max<std::size_t>(place.line, 1)}};
  if (place.column > 0) region["startColumn"] = place.column;
  return {{"physicalLocation", {{"artifactLocation", {{"uri", uri_of(place.file)}}}, {"region", region}}}};
}

Json step_of(const Place& place, std::string_view text) {
  Json location = location_of(place);
  location["message"] = {{"text", text}};
  return {{"location", location}};
}

Json rules_of(std::span<const RulePage> pages) {
  Json all = Json::array();
  for (const RulePage& page : pages) {
    const std::string markdown(page.markdown);
    all.push_back({{"id", page.code},
                   {"name", page.name},
                   {"shortDescription", {{"text", page.name}}},
                   {"help", {{"text", markdown}, {"markdown", markdown}}}});
  }
  all.push_back({{"id", kExpectation},
                 {"name", "expectation not met"},
                 {"shortDescription", {{"text", "something is not as the runbook says"}}}});
  return all;
}

class FindingsOf {
 public:
  FindingsOf(const Rehearsal& rehearsal, std::span<const RulePage> pages)
      : rehearsal_(rehearsal), pages_(pages) {}

  void add_results(Json& results) const {
    for (const PlacedFinding* found : rehearsal_.findings()) results.push_back(result(*found));
    for (const Complaint* complaint : rehearsal_.all_complaints()) {
      results.push_back({{"ruleId", kExpectation},
                         {"ruleIndex", pages_.size()},
                         {"level", "error"},
                         {"message", {{"text", complaint->what}}},
                         {"locations", Json::array({location_of(complaint->place)})}});
    }
  }

 private:
  Json result(const PlacedFinding& found) const {
    const Finding& row = found.finding;
    Json all{{"ruleId", row.code}};
    if (index_of(row.code) < pages_.size()) all["ruleIndex"] = index_of(row.code);
    all["level"] = row.expected ? "note" : "error";
    all["message"] = {{"text", row.remedy.empty() ? row.what : row.what + "\n" + row.remedy}};
    all["locations"] = Json::array({location_of(found.place)});
    Json steps = Json::array();
    for (const Place& place : found.chain) steps.push_back(step_of(place, text_at(place)));
    steps.push_back(step_of(found.place, row.what));
    const Json flow{{"locations", steps}};
    all["codeFlows"] = Json::array({Json{{"threadFlows", Json::array({flow})}}});
    if (row.expected) {
      const Json because{{"kind", "inSource"}, {"justification", "the runbook expects it"}};
      all["suppressions"] = Json::array({because});
    }
    return all;
  }

  std::size_t index_of(std::string_view code) const {
    const auto at =
        std::find_if(pages_.begin(), pages_.end(), [&](const RulePage& page) { return page.code == code; });
    return static_cast<std::size_t>(at - pages_.begin());
  }

  std::string text_at(const Place& place) const {
    for (const Result& result : rehearsal_.results) {
      if (result.place == place) return headline(result);
    }
    return "";
  }

  const Rehearsal& rehearsal_;
  std::span<const RulePage> pages_;
};

}  // namespace

std::string as_sarif(std::span<const Rehearsal> rehearsals, std::span<const RulePage> pages,
                     std::string_view version) {
  Json results = Json::array();
  for (const Rehearsal& rehearsal : rehearsals) FindingsOf(rehearsal, pages).add_results(results);
  const Json driver{{"name", "rehearse"}, {"version", version}, {"rules", rules_of(pages)}};
  const Json run{{"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", results}};
  const Json whole{{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Json::array({run})}};
  return whole.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rehearse
