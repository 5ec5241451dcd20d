// A person at a monitor without libvirt: lines of QMP, given to socat, which gives back what QEMU answers.
// The session ends with its input. socat's exit status says only whether there was somebody to talk to; what
// QEMU turns down is an answer like any other.
#pragma once

#include "model/fs/text_ops.h"
#include "model/qemu/request.h"
#include "model/refusal.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::qemu {

/// socat's end that is what it is given: "-"
struct StandardStreams {
  bool operator==(const StandardStreams&) const = default;
};
bool read_value(std::string_view text, StandardStreams& value);
std::string show_value(const StandardStreams& value);

/// socat's other end: "UNIX-CONNECT:/run/web.qmp"
struct SocketAddress {
  std::string path;
  bool operator==(const SocketAddress&) const = default;
};
bool read_value(std::string_view text, SocketAddress& value);
std::string show_value(const SocketAddress& value);

/// Seconds, of which a part may be meant.
struct Patience {
  std::string typed;
  bool operator==(const Patience&) const = default;
};
bool read_value(std::string_view text, Patience& value);
std::string show_value(const Patience& value);

/// All that is said in one session.
struct MonitorText {
  std::string text;
  bool operator==(const MonitorText&) const = default;
};
bool read_value(std::string_view text, MonitorText& value);
std::string show_value(const MonitorText& value);

/// The text usually comes through a pipe; as one command it is a here-string.
struct AskMonitor {
  std::optional<Patience> patience;
  StandardStreams here;
  SocketAddress socket;
  fs::HereString sign;
  MonitorText text;
  static constexpr Usage usage() {
    return usage_of("socat", maybe<&AskMonitor::patience>("-t"), operand<&AskMonitor::here>("-"),
                    operand<&AskMonitor::socket>("ADDRESS"), operand<&AskMonitor::sign>("<<<"),
                    operand<&AskMonitor::text>("QMP"));
  }
  bool operator==(const AskMonitor&) const = default;
};
Refused refuse(const World&, Name host, const AskMonitor&, Report&);
void apply(World&, Name host, const AskMonitor&, Report&);

}  // namespace rehearse::qemu
