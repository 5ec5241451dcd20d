#include "scenarios/output.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rehearse {
namespace {

using Json = nlohmann::json;

// A rehearsal with one of everything, made by hand.
struct Outputs : testing::Test {
  Outputs() {
    items.resize(3);
    items[0].what = CommandLine{};
    items[1].what = Step(PowerOff{"trolls"});
    items[2].what = Assertion(HostIs{"trolls", true});
    Result command = step(0, 12, "lvremove \"x\" <y>", Verdict::refused);
    command.host = "trolls";
    command.command = true;
    command.refusal = Refusal::no_such_group;
    command.status = 5;
    command.output = {{true, "  not\x1b found"}};
    command.complaints = {{{"a b.md", 12, 3}, "refused: no_such_group"}};
    Result fault = step(1, 14, "! trolls loses power", Verdict::done);
    fault.log.push_back({"perceval", "drbd r0: PingAck did not arrive in time."});
    fault.findings = {{{"RH101", "it & all is lost", "trolls", 14, {12}, "keep it", true},
                       {"a b.md", 14, 3},
                       {{"a b.md", 12, 3}}}};
    const Result last = step(2, 15, "? trolls is up", Verdict::skipped);
    rehearsal.runbook = "a b.md";
    rehearsal.title = "Title";
    rehearsal.results = {command, fault, last};
    rehearsal.at_end = {{{"RH102", "late", "world", 0, {}, "", false}, {"a b.md", 0, 0}, {}}};
    rehearsal.complaints = {{{"a b.md", 20, 1}, "expected RH103 of x, but it was not found"}};
    rehearsal.commands = 1;
  }
  Result step(std::size_t item, std::size_t line, std::string text, Verdict verdict) const {
    Result result;
    result.item = &items[item];
    result.place = {"a b.md", line, 3};
    result.text = std::move(text);
    result.verdict = verdict;
    return result;
  }
  std::vector<Rehearsal> all() const { return {rehearsal}; }

  std::vector<Item> items;
  Rehearsal rehearsal;
  std::vector<RulePage> pages{{"RH101", "all is lost", "hazard", "# RH101\n"}};
};

TEST_F(Outputs, carry_in_json_what_there_is_of_every_step) {
  const Json json = Json::parse(as_json(all(), "1.2.3"));
  EXPECT_EQ(json["clean"], false);
  const Json& book = json["runbooks"][0];
  ASSERT_EQ(book["steps"].size(), 3u);
  for (const Json& step : book["steps"]) {
    for (const char* key : {"line", "host", "command", "verdict", "refusal", "findings"})
      EXPECT_TRUE(step.contains(key));
  }
  EXPECT_EQ(book["steps"][0]["line"], 12);
  EXPECT_EQ(book["steps"][0]["host"], "trolls");
  EXPECT_EQ(book["steps"][0]["verdict"], "refused");
  EXPECT_EQ(book["steps"][0]["refusal"], "no_such_group");
  EXPECT_EQ(book["steps"][0]["kind"], "command");
  EXPECT_EQ(book["steps"][1]["kind"], "fault");
  EXPECT_EQ(book["steps"][1]["findings"][0]["code"], "RH101");
  EXPECT_EQ(book["steps"][1]["findings"][0]["chain"][0]["line"], 12);
  EXPECT_TRUE(book["steps"][1]["host"].is_null());
  EXPECT_EQ(book["steps"][1]["kernel_log"][0]["host"], "perceval");
  EXPECT_EQ(book["steps"][1]["kernel_log"][0]["text"], "drbd r0: PingAck did not arrive in time.");
  EXPECT_EQ(book["steps"][2]["kind"], "assertion");
  EXPECT_EQ(book["findings_at_end"][0]["code"], "RH102");
}

TEST_F(Outputs, make_a_test_case_of_every_step_for_junit) {
  const std::string text = as_junit(all());
  EXPECT_NE(text.find("<testsuite name=\"a b.md\" tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"1\""),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("name=\"line 12: trolls# lvremove &quot;x&quot; &lt;y&gt;\""), std::string::npos);
  EXPECT_NE(text.find("<system-out>  not? found&#10;</system-out>"), std::string::npos);
  EXPECT_EQ(text.find("it &amp; all is lost"), std::string::npos) << "an expected finding is no failure";
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

// The fields that sarif-schema-2.1.0.json requires, and those that viewers place a result by.
TEST_F(Outputs, hold_to_the_schema_of_sarif) {
  const Json json = Json::parse(as_sarif(all(), pages, "1.2.3"));
  EXPECT_EQ(json.at("version"), "2.1.0");
  EXPECT_NE(json.at("$schema").get<std::string>().find("sarif-schema-2.1.0.json"), std::string::npos);
  ASSERT_EQ(json.at("runs").size(), 1u);
  const Json& run = json["runs"][0];
  EXPECT_EQ(run.at("tool").at("driver").at("name"), "rehearse");
  const Json& rules = run["tool"]["driver"]["rules"];
  ASSERT_EQ(run.at("results").size(), 4u);
  for (const Json& result : run["results"]) {
    EXPECT_TRUE(result.at("message").at("text").is_string());
    const Json& place = result.at("locations").at(0).at("physicalLocation");
    EXPECT_EQ(place.at("artifactLocation").at("uri"), "a%20b.md");
    EXPECT_GE(place.at("region").at("startLine").get<int>(), 1);
    if (!result.contains("ruleIndex")) continue;
    EXPECT_EQ(rules.at(result["ruleIndex"].get<std::size_t>())["id"], result["ruleId"]);
  }
  const Json& flow = run["results"][0].at("codeFlows").at(0).at("threadFlows").at(0).at("locations");
  ASSERT_EQ(flow.size(), 2u);
  EXPECT_EQ(flow[0]["location"]["physicalLocation"]["region"]["startLine"], 12);
  EXPECT_EQ(flow[1]["location"]["physicalLocation"]["region"]["startLine"], 14);
  EXPECT_EQ(run["results"][0]["level"], "note");
  EXPECT_EQ(run["results"][0]["suppressions"][0]["kind"], "inSource");
  EXPECT_EQ(run["results"][1]["level"], "error");
}

TEST(Printable, holds_nothing_that_a_terminal_obeys) {
  EXPECT_EQ(printable("a\x1b[2J\rb\x7f"), "a?[2J?b?");
  EXPECT_EQ(printable("an answer of QMP\r"), "an answer of QMP");
}

}  // namespace
}  // namespace rehearse
