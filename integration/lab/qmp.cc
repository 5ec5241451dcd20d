#include "integration/lab/qmp.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace rehearse {
namespace {

constexpr std::chrono::seconds kAnswerPatience{60};

std::string text_at(const Qmp::Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Done Qmp::connect(Handle stream) {
  disconnect();
  stream_ = std::move(stream);
  const Answer greeting = receive(Clock::now() + kAnswerPatience);
  if (const auto* failed = std::get_if<LabFailure>(&greeting)) return *failed;
  return tell("qmp_capabilities");
}

void Qmp::disconnect() {
  stream_.shut();
  buffer_.clear();
  events_.clear();
}

Qmp::Answer Qmp::ask(const std::string& command, Json arguments) {
  if (!stream_) return LabFailure{"QEMU is not running"};
  const std::string line = Json{{"execute", command}, {"arguments", std::move(arguments)}}.dump(
                               -1, ' ', false, Json::error_handler_t::replace) +
                           "\n";
  for (std::size_t at = 0; at < line.size();) {
    const ssize_t count = send(stream_.get(), line.data() + at, line.size() - at, MSG_NOSIGNAL);
    if (count <= 0 && errno != EINTR) return LabFailure{"QEMU has ended"};
    if (count > 0) at += static_cast<std::size_t>(count);
  }
  const auto deadline = Clock::now() + kAnswerPatience;
  for (;;) {
    Answer answer = receive(deadline);
    if (std::holds_alternative<LabFailure>(answer)) return answer;
    Json& json = std::get<Json>(answer);
    if (json.contains("return")) return Json(json["return"]);
    if (json.contains("error")) return LabFailure{command + ": " + text_at(json["error"], "desc")};
    if (json.contains("event")) events_.push_back(std::move(json));
  }
}

Done Qmp::tell(const std::string& command, Json arguments) {
  const Answer answer = ask(command, std::move(arguments));
  if (const auto* failed = std::get_if<LabFailure>(&answer)) return *failed;
  return std::nullopt;
}

Done Qmp::await(const std::string& event, const std::string& device, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  const auto wanted = [&](const Json& json) {
    return text_at(json, "event") == event &&
           (device.empty() || text_at(json.value("data", Json::object()), "device") == device);
  };
  for (;;) {
    const auto found = std::find_if(events_.begin(), events_.end(), wanted);
    if (found != events_.end()) {
      events_.erase(found);
      return std::nullopt;
    }
    Answer answer = receive(deadline);
    if (const auto* failed = std::get_if<LabFailure>(&answer)) return *failed;
    events_.push_back(std::move(std::get<Json>(answer)));
  }
}

Done Qmp::await_end(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (stream_) {
    Answer answer = receive(deadline);
    if (!std::holds_alternative<LabFailure>(answer)) continue;
    if (Clock::now() >= deadline) return std::get<LabFailure>(answer);
    disconnect();
  }
  return std::nullopt;
}

Qmp::Answer Qmp::receive(Clock::time_point deadline) {
  for (;;) {
    if (const std::size_t end = buffer_.find('\n'); end != std::string::npos) {
      Json json = Json::parse(buffer_.substr(0, end), nullptr, false);
      buffer_.erase(0, end + 1);
      if (json.is_object()) return json;
      continue;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd ready{stream_.get(), POLLIN, 0};
    const int found = poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (found == 0) return LabFailure{"QEMU does not answer"};
    char piece[4096];
    const ssize_t count = found < 0 ? -1 : read(stream_.get(), piece, sizeof piece);
    if (count > 0) buffer_.append(piece, static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EINTR)) return LabFailure{"QEMU has ended"};
  }
}

}  // namespace rehearse
