// xen-drbd-auto: starts the guests of /etc/xen/drbd-auto/ when a dom0 boots, each only once it is certain
// that it runs nowhere else. The trap it is for: a dom0 that comes back and starts, from /etc/xen/auto, the
// guests that were migrated away. What is not certain is looked at again later, in the background.
//
// Two dom0s that boot together may both find the other one secondary. So each promotes first and looks again
// before it starts the guest: whoever finds the other primary then gives up its own promotion and waits.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "model/report.h"
#include "scenarios/migrate/move.h"
#include "scenarios/migrate/replicas.h"

namespace rehearse::migrate {

inline constexpr std::string_view kAutoFolder = "/etc/xen/drbd-auto";
/// Between two looks of a background task.
inline constexpr std::chrono::seconds kLookEvery{300};
inline constexpr std::chrono::seconds kLookJitter{60};

enum class Decision : std::uint8_t { start, never, undetermined };
/// By the roles of all resources of a guest.
Decision decide(std::span<const Roles>);

struct Looked {
  enum class What : std::uint8_t {
    running,       // it runs already
    away,          // xen-migrate has it elsewhere
    started,       // by this look
    startable,     // it would be started
    peer_primary,  // it must not be started
    undetermined,  // to be looked at again
    broken,        // its file is not such that it could ever be started from here
  };
  What what = What::undetermined;
  std::string domain;  // by its file; empty: it could not be read
  std::string words;   // why
};

/// Looks at one file, and starts its guest if that is certain to be right. `act`: false only looks.
Looked look_at_guest(Shell&, const std::string& file, bool act);

/// The background tasks of this host, by the names of the files in the folder.
struct Tasks {
  std::function<std::vector<std::string>()> all;
  std::function<bool(const std::string& name)> begin;  // to look again in a while
  std::function<bool(const std::string& name)> end;
  std::function<bool(const std::string& name)> wake;         // to look at once
  std::function<std::string(const std::string& name)> said;  // when it looked last
};

/// One background task: looks, each time `wait` says so, until there is nothing more to wait for. `wait` says
/// no when the task is to end.
void watch_guest(Shell&, const std::string& name, const std::function<bool()>& wait,
                 const std::function<void(const Looked&)>& tell);
std::string file_of(const std::string& name);

Ended auto_start(Shell&, const Tasks&, Report&);
Ended auto_stop(const Tasks&, Report&);
Ended auto_reload(const Tasks&, Report&);
Ended auto_status(Shell&, const Tasks&, Report&);

}  // namespace rehearse::migrate
