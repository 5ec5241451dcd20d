#include "backends/shell/call_log.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "backends/shell/disturbed_shell.h"
#include "backends/shell/local_shell.h"
#include "backends/shell/replay_shell.h"

namespace rehearse {
namespace {

using Ended = ShellAnswer::Ended;
using Words = std::vector<std::string>;

rc::Gen<std::string> any_text() {
  const auto byte = rc::gen::map(rc::gen::inRange(0, 256), [](int c) { return static_cast<char>(c); });
  const auto nasty = rc::gen::elementOf(std::string("\n\n\\\\'\"<>[]2# x\r"));
  return rc::gen::container<std::string>(rc::gen::oneOf(nasty, nasty, byte));
}

LoggedCall any_call() {
  LoggedCall row;
  row.host = *any_text();
  row.call.words = *rc::gen::resize(8, rc::gen::nonEmpty(rc::gen::container<Words>(any_text())));
  row.call.input = *any_text();
  row.call.deadline = std::chrono::milliseconds(*rc::gen::inRange(0, 100'000));
  row.answer.ended =
      *rc::gen::element(Ended::exited, Ended::exited, Ended::timed_out, Ended::stuck, Ended::lost);
  if (row.answer.ended == Ended::exited) row.answer.status = *rc::gen::inRange(0, 256);
  row.answer.out = *any_text();
  row.answer.err = *any_text();
  row.answer.why = *any_text();
  row.answer.took = std::chrono::microseconds(*rc::gen::inRange(0, 1'000'000));
  return row;
}

RC_GTEST_PROP(CallLog, reads_back_what_it_writes, ()) {
  std::vector<LoggedCall> calls(*rc::gen::inRange<std::size_t>(0, 4));
  for (LoggedCall& row : calls) row = any_call();
  const auto read = read_call_log(write_call_log(calls));
  const auto* error = std::get_if<CallLogError>(&read);
  if (error) RC_FAIL(error->what);
  RC_ASSERT(std::get<std::vector<LoggedCall>>(read) == calls);
}

TEST(CallLog, looks_like_a_terminal) {
  LoggedCall row{"trolls", line_call("lvs | head"), {}};
  row.call.input = "y\n";
  row.answer.status = 5;
  row.answer.out = "one\ntwo";
  row.answer.err = "  a\\b\t\n";
  row.answer.took = std::chrono::microseconds(12);
  EXPECT_EQ(
      write_call_log({row}),
      "rehearse calls 1\n\ntrolls# bash -c 'lvs | head'\n< y\n> one\n> two\\\n2>   a\\\\b\\x09\n[5] 12 us\n");
}

TEST(CallLog, says_where_it_is_not_one) {
  const auto error = [](const std::string& rows) {
    const auto read = read_call_log("rehearse calls 1\n" + rows);
    const auto* bad = std::get_if<CallLogError>(&read);
    return bad ? std::to_string(bad->line) + ": " + bad->what : "";
  };
  EXPECT_EQ(std::get<CallLogError>(read_call_log("lvs\n")).line, 1U);
  EXPECT_EQ(error("\ntrolls lvs\n"), "3: expected a call such as \"trolls# lvs vg1\"");
  EXPECT_EQ(error("\ntrolls# lvs\nout\n"),
            "4: expected a line of the call: \"< \", \"> \", \"2> \", \"deadline\" or \"[\"");
  EXPECT_EQ(error("\nt# lvs\n[256] 1 us\n"), "4: expected how the command ended, such as \"[0] 1234 us\"");
  EXPECT_EQ(error("\nt# lvs\n> \\q\n"), "4: expected bytes that print, \\\\ or \\xNN");
  EXPECT_EQ(error("\nt# lvs\n> a\\\n> b\n"),
            "5: expected nothing more of a stream that ended without newline");
  EXPECT_EQ(error("\nt# 'lvs\n"), "3: expected the words of a call");
}

TEST(CallLog, forgets_a_call_that_was_cut_short) {
  const std::string text = "rehearse calls 1\n\nt# lvs\n[0] 1 us\n\nt# vgs\n> half";
  const auto read = read_call_log(text);
  EXPECT_EQ(std::get<std::vector<LoggedCall>>(read).size(), 1U);
}

TEST(Replay, answers_as_it_was_answered) {
  std::vector<LoggedCall> log;
  RecordingShell real(std::make_shared<LocalShell>(), "alpha",
                      [&](const LoggedCall& row) { log.push_back(row); });
  const ShellCall one = line_call("echo out; echo err >&2; exit 3");
  const ShellCall two{{"cat"}, "input", std::chrono::seconds(9)};
  const std::vector<ShellAnswer> said{real.run(one), real.run(two)};
  log.push_back({"beta", one, {}});
  ReplayShell replay(std::get<std::vector<LoggedCall>>(read_call_log(write_call_log(log))), "alpha");
  EXPECT_EQ(replay.left(), 2U);
  EXPECT_EQ(replay.run(one), said[0]);
  EXPECT_EQ(replay.run(two), said[1]);
  const ShellAnswer more = replay.run(one);
  EXPECT_EQ(more.ended, Ended::lost);
  EXPECT_EQ(more.why, "the recording ends before `bash -c 'echo out; echo err >&2; exit 3'`");
}

TEST(Replay, does_not_answer_what_was_not_asked) {
  LoggedCall row{"alpha", {{"lvs"}, "", std::chrono::seconds(1)}, {}};
  row.answer.status = 0;
  ReplayShell replay({row}, "alpha");
  EXPECT_EQ(replay.run({{"vgs"}, "", {}}).why, "the recording has `lvs` next, not `vgs`");
  EXPECT_EQ(replay.run({{"lvs"}, "x", {}}).why, "the recording has `lvs` next, not `lvs` with this input");
  EXPECT_EQ(replay.run({{"lvs"}, "", {}}).status, 0) << "the deadline does not matter";
}

// Counts what is done.
class Counter : public Shell {
 public:
  ShellAnswer run(const ShellCall&) override {
    return {Ended::exited, ++done, "out", "", "", std::chrono::milliseconds(10)};
  }
  std::string where() const override { return "counter"; }
  int done = 0;
};

bool second(std::size_t number, const ShellCall&) { return number == 1; }

TEST(Disturbed, loses_the_reply_and_not_the_effect) {
  const auto counter = std::make_shared<Counter>();
  LosingShell shell(counter, second);
  EXPECT_EQ(shell.run({}).status, 1);
  const ShellAnswer answer = shell.run({});
  EXPECT_EQ(answer.ended, Ended::lost);
  EXPECT_EQ(answer.status, std::nullopt);
  EXPECT_EQ(answer.out, "");
  EXPECT_EQ(counter->done, 2);
  EXPECT_EQ(shell.run({}).status, 3);
  EXPECT_EQ(shell.where(), "counter");
}

TEST(Disturbed, repeats) {
  const auto counter = std::make_shared<Counter>();
  RepeatingShell shell(counter, second);
  shell.run({});
  EXPECT_EQ(shell.run({}).status, 3) << "the second time, that is";
  EXPECT_EQ(shell.run({}).status, 4);
}

TEST(Disturbed, delays_up_to_the_deadline) {
  DelayingShell shell(std::make_shared<Counter>(), std::chrono::milliseconds(100), second);
  EXPECT_EQ(shell.run({}).took, std::chrono::milliseconds(10));
  EXPECT_EQ(shell.run({}).took, std::chrono::milliseconds(110));
  DelayingShell late(std::make_shared<Counter>(), std::chrono::seconds(100), second);
  late.run({});
  const ShellAnswer answer = late.run({});
  EXPECT_EQ(answer.ended, Ended::timed_out);
  EXPECT_EQ(answer.status, std::nullopt);
  EXPECT_EQ(answer.out, "out");
}

}  // namespace
}  // namespace rehearse
