#include "backends/monitor_answer.h"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

TEST(MonitorAnswers, are_compared_without_what_no_two_runs_share) {
  EXPECT_EQ(comparable_answer(R"({"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"})"),
            R"({"timestamp": <time>, "event": "STOP"})");
  EXPECT_EQ(comparable_answer(R"({"return": {"status": "completed", "setup-time": 3, "ram": {"total": 7}}})"),
            R"({"return": {"status": "completed", <figure>, "ram": <figures>}})");
  EXPECT_EQ(
      comparable_answer("2026/12/01 01:20:08 socat[8516] E connect(, AF=1 \"/a\", 4): Connection refused"),
      "socat: E connect(, AF=1 \"/a\", 4): Connection refused");
  EXPECT_EQ(comparable_answer("  #block123"), "  #block123");
}

TEST(MonitorAnswers, are_found_among_events_and_errors) {
  const std::vector<Line> said = {{false, R"({"QMP": {}})"},
                                  {false, R"({"timestamp": {}, "event": "STOP"})"},
                                  {false, R"({"return": {}})"},
                                  {true, R"({"return": {}})"},
                                  {false, R"({"error": {"desc": "no"}})"}};
  EXPECT_EQ(answers_in(said),
            (std::vector<std::string>{R"({"return": {}})", R"({"error": {"desc": "no"}})"}));
}

}  // namespace
}  // namespace rehearse
