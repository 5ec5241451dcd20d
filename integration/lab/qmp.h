// QEMU's control channel: one JSON object a line in each direction. Answers come in order, events in between
// are kept until somebody waits for them.
#pragma once

#include <chrono>
#include <deque>
#include <nlohmann/json.hpp>

#include "integration/lab/process.h"

namespace rehearse {

class Qmp {
 public:
  using Json = nlohmann::json;
  using Answer = std::variant<Json, LabFailure>;

  /// Waits for QEMU's greeting.
  Done connect(Handle stream);
  void disconnect();

  Answer ask(const std::string& command, Json arguments = Json::object());
  /// The same, for whom the answer says nothing.
  Done tell(const std::string& command, Json arguments = Json::object());
  /// Waits for an event, of `device` unless that is empty.
  Done await(const std::string& event, const std::string& device, std::chrono::milliseconds patience);
  /// Waits until QEMU has ended.
  Done await_end(std::chrono::milliseconds patience);

 private:
  using Clock = std::chrono::steady_clock;
  Answer receive(Clock::time_point deadline);

  Handle stream_;
  std::string buffer_;
  std::deque<Json> events_;
};

}  // namespace rehearse
