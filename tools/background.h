// The background tasks of xen-drbd-auto as processes: one for each guest, in a session of its own. A file
// below /run is locked as long as its process lives, so a process that is gone, or a number that another one
// got since, is never taken for it. SIGHUP: look now; SIGTERM: end.
#pragma once

#include <functional>
#include <string>

#include "scenarios/migrate/drbd_auto.h"

namespace rehearse::xen {

/// `folder` holds the files; `task` is what the process does, in it.
migrate::Tasks processes(std::string folder, std::function<void(const std::string& name)> task);

/// What a task does on this machine: looks, waits, and looks again until there is nothing to wait for.
/// `every` and `jitter` are seconds.
void run_task(const std::string& folder, const std::string& name, int every, int jitter);

}  // namespace rehearse::xen
