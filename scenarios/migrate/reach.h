// What the procedures reach the machines by: the shell of this host, the shells of others, and the key that
// does nothing but ask another host to send a guest back. On real hosts these are programs and ssh, on the
// model the modelled hosts; the procedures are the same.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "backends/shell.h"
#include "model/report.h"

namespace rehearse::migrate {

struct Reach {
  std::shared_ptr<Shell> here;
  std::string name;  // of this host, as `uname -n` says
  /// A shell of root on the host of that name; its answers are `lost` where there is no way.
  std::function<std::shared_ptr<Shell>(const std::string& host)> peer;
  /// Sends a request to the forced command there.
  std::function<ShellAnswer(const std::string& host, const std::string& request)> ask;
  /// How long a guest's memory may take to be sent.
  std::chrono::milliseconds transfer{std::chrono::minutes(30)};
};

}  // namespace rehearse::migrate
