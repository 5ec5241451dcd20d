// What is said between a keeper and who reaches it: a question and its answer, a frame each, made of the
// numbers and texts of the lab's own frames.
//
//   "look"                                            count of hosts, of each its name and whether it is up
//   "run" host milliseconds count words... input      how it ended, whether with a status, the status,
//                                                     output, error, why, microseconds
//   "inflict" fault                                   whether it was done, why not, what a disk is called
#pragma once

#include "backends/shell.h"
#include "integration/lab/agent/wire.h"
#include "integration/lab/process.h"

namespace rehearse::talk {

using wire::add_number;
using wire::add_text;
using wire::Reader;

inline std::string question(std::string_view kind) {
  std::string text;
  add_text(text, kind);
  return text;
}

inline std::string run_question(const std::string& host, const ShellCall& call) {
  std::string text = question("run");
  add_text(text, host);
  add_number(text, static_cast<std::uint32_t>(call.deadline.count()));
  add_number(text, static_cast<std::uint32_t>(call.words.size()));
  for (const std::string& word : call.words) add_text(text, word);
  add_text(text, call.input);
  return text;
}

inline ShellCall read_call(Reader& from) {
  ShellCall call;
  call.deadline = std::chrono::milliseconds(from.number());
  const std::size_t count = std::min<std::size_t>(from.number(), from.rest.size());
  for (std::size_t i = 0; i < count; ++i) call.words.push_back(from.text());
  call.input = from.text();
  return call;
}

inline std::string written(const ShellAnswer& answer) {
  std::string text;
  add_number(text, static_cast<std::uint32_t>(answer.ended));
  add_number(text, answer.status.has_value() ? 1 : 0);
  add_number(text, static_cast<std::uint32_t>(answer.status.value_or(0)));
  add_text(text, answer.out);
  add_text(text, answer.err);
  add_text(text, answer.why);
  add_number(text, static_cast<std::uint32_t>(answer.took.count()));
  return text;
}

inline ShellAnswer read_answer(Reader& from) {
  ShellAnswer answer;
  answer.ended = static_cast<ShellAnswer::Ended>(std::min<std::uint32_t>(from.number(), 3));
  const bool known = from.number() != 0;
  const auto status = static_cast<int>(from.number());
  if (known) answer.status = status;
  answer.out = from.text();
  answer.err = from.text();
  answer.why = from.text();
  answer.took = std::chrono::microseconds(from.number());
  return answer;
}

/// Where a lab of this name is kept.
std::filesystem::path folder_of(const std::string& name);
inline constexpr const char* kSocket = "socket";
inline constexpr const char* kLock = "lock";         // held by the keeper as long as it lives
inline constexpr const char* kLog = "log";           // what the keeper has to say
inline constexpr const char* kWorld = "world.json";  // that it is to make

}  // namespace rehearse::talk
