#include "integration/lab/lab_shell.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace rehearse {
namespace {

using std::chrono::milliseconds;

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  // Up to 256 bytes come whole.
  return getrandom(bytes.data(), count, 0) == static_cast<ssize_t>(count) ? bytes : std::string(count, 'x');
}

int left_until(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
}

}  // namespace

LabFailure LabShell::went(std::string why) {
  disconnect();
  return {guest_ + std::move(why)};
}

void LabShell::disconnect() {
  stream_.shut();
  inbox_ = {};
  unanswered_ = 0;
}

Done LabShell::send(const wire::Frame& frame, Clock::time_point deadline) {
  if (!stream_) return LabFailure{guest_ + " is down"};
  const std::string bytes = encode(frame);
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t count = ::send(stream_.get(), bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (count >= 0) {
      at += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      pollfd ready{stream_.get(), POLLOUT, 0};
      if (poll(&ready, 1, left_until(deadline)) == 0) return went(" does not listen");
    } else if (errno != EINTR) {
      return went(" went down");
    }
  }
  return std::nullopt;
}

std::variant<wire::Frame, LabFailure> LabShell::receive(Clock::time_point deadline) {
  for (;;) {
    if (std::optional<wire::Frame> frame = inbox_.next()) return std::move(*frame);
    pollfd ready{stream_.get(), POLLIN, 0};
    const int found = poll(&ready, 1, left_until(deadline));
    if (found == 0) return LabFailure{guest_ + " does not answer"};
    char piece[65536];
    const ssize_t count = found < 0 ? -1 : read(stream_.get(), piece, sizeof piece);
    if (count > 0) {
      inbox_.add(piece, static_cast<std::size_t>(count));
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
      return went(" went down");
    }
  }
}

Done LabShell::connect(Handle stream, milliseconds patience) {
  disconnect();
  stream_ = std::move(stream);
  fcntl(stream_.get(), F_SETFL, O_NONBLOCK);
  const auto deadline = Clock::now() + patience;
  const std::string nonce = random_bytes(16);
  if (Done failed = send({wire::Kind::hello, 0, nonce}, deadline)) return failed;
  for (;;) {
    auto frame = receive(deadline);
    if (auto* failed = std::get_if<LabFailure>(&frame)) return *failed;
    const auto& got = std::get<wire::Frame>(frame);
    if (got.kind == wire::Kind::hello && got.body == nonce) return std::nullopt;
  }
}

Done LabShell::await_earlier(Clock::time_point deadline) {
  while (unanswered_ != 0) {
    auto received = receive(deadline);
    if (auto* failed = std::get_if<LabFailure>(&received)) {
      return LabFailure{failed->why + "; an earlier command is at work there, or was not begun"};
    }
    const auto& got = std::get<wire::Frame>(received);
    if (got.id == unanswered_ && got.kind == wire::Kind::done) unanswered_ = 0;
  }
  return std::nullopt;
}

ShellAnswer LabShell::run(const ShellCall& call) {
  ShellAnswer answer;
  const auto lost = [&](const LabFailure& failure) {
    answer.ended = ShellAnswer::Ended::lost;
    answer.why = failure.why;
    return answer;
  };
  wire::Frame frame{wire::Kind::run, ++last_id_, {}};
  wire::add_number(frame.body, static_cast<std::uint32_t>(call.deadline.count()));
  wire::add_number(frame.body, static_cast<std::uint32_t>(call.words.size()));
  for (const std::string& word : call.words) {
    if (word.find('\0') != std::string::npos) return lost({"a word with a NUL byte cannot be an argument"});
    wire::add_text(frame.body, word);
  }
  wire::add_text(frame.body, call.input);
  if (call.words.empty()) return lost({"a call without words"});
  if (frame.body.size() > wire::kLongest) return lost({"the input of a call is longer than 256 MiB"});

  const auto deadline = Clock::now() + call.deadline + slack_;
  if (Done failed = await_earlier(deadline)) return lost(*failed);
  if (Done failed = send(frame, deadline)) return lost(*failed);
  for (;;) {
    auto received = receive(deadline);
    if (auto* failed = std::get_if<LabFailure>(&received)) {
      if (stream_) unanswered_ = last_id_;
      return lost(*failed);
    }
    auto& got = std::get<wire::Frame>(received);
    if (got.id != last_id_) continue;
    if (got.kind == wire::Kind::out) answer.out += got.body;
    if (got.kind == wire::Kind::err) answer.err += got.body;
    if (got.kind != wire::Kind::done) continue;
    wire::Reader body{got.body};
    const auto ending = static_cast<wire::Ending>(body.number());
    const std::uint32_t status = body.number();
    answer.took = std::chrono::microseconds(body.number());
    switch (ending) {
      case wire::Ending::exited:
        answer.status = static_cast<int>(status);
        break;
      case wire::Ending::timed_out:
        answer.ended = ShellAnswer::Ended::timed_out;
        break;
      case wire::Ending::stuck:
        answer.ended = ShellAnswer::Ended::stuck;
        break;
      case wire::Ending::failed:
        return lost({std::strerror(static_cast<int>(status))});
    }
    return answer;
  }
}

Done LabShell::put(const std::string& path, std::string_view contents, unsigned mode) {
  wire::Frame frame{wire::Kind::put, ++last_id_, {}};
  wire::add_number(frame.body, mode);
  wire::add_text(frame.body, path);
  wire::add_text(frame.body, contents);
  const auto deadline = Clock::now() + 2 * slack_;
  if (Done failed = send(frame, deadline)) return failed;
  for (;;) {
    auto received = receive(deadline);
    if (auto* failed = std::get_if<LabFailure>(&received)) return *failed;
    const auto& got = std::get<wire::Frame>(received);
    if (got.id != last_id_ || got.kind != wire::Kind::done) continue;
    wire::Reader body{got.body};
    if (static_cast<wire::Ending>(body.number()) == wire::Ending::exited) return std::nullopt;
    return LabFailure{path + " cannot be written on " + guest_ + ": " +
                      std::strerror(static_cast<int>(body.number()))};
  }
}

std::variant<LabShell::Contents, LabFailure> LabShell::look(const std::vector<std::string>& paths) {
  wire::Frame frame{wire::Kind::look, ++last_id_, {}};
  wire::add_number(frame.body, static_cast<std::uint32_t>(paths.size()));
  for (const std::string& path : paths) wire::add_text(frame.body, path);
  const auto deadline = Clock::now() + 2 * slack_;
  if (Done failed = await_earlier(deadline)) return *failed;
  if (Done failed = send(frame, deadline)) return *failed;
  Contents contents;
  for (;;) {
    auto received = receive(deadline);
    if (auto* failed = std::get_if<LabFailure>(&received)) {
      if (stream_) unanswered_ = last_id_;
      return *failed;
    }
    auto& got = std::get<wire::Frame>(received);
    if (got.id != last_id_) continue;
    if (got.kind == wire::Kind::done) return contents;
    contents.push_back(got.kind == wire::Kind::out ? std::optional(std::move(got.body)) : std::nullopt);
  }
}

Done LabShell::refresh() {
  wire::Frame frame{wire::Kind::refresh, 0, {}};
  wire::add_number(frame.body, static_cast<std::uint32_t>(std::time(nullptr)));
  wire::add_text(frame.body, random_bytes(32));
  return send(frame, Clock::now() + slack_);
}

}  // namespace rehearse
