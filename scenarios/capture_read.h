// The raw material of a capture: what a host's reports and files say, as far as they can be read. A report
// that is missing or broken costs what it tells of, not the rest.
#pragma once

#include "backends/observe/reports.h"
#include "scenarios/input.h"
#include "scenarios/world_capture.h"

namespace rehearse {

/// Runs the reports on a host, and reads the files that a rehearsal can use.
Input<CapturedHost> capture_host(Shell&, std::chrono::milliseconds deadline);
/// A directory with kept outputs: those named by report_sources(), `hostname`, `meminfo`, and files such as
/// etc/fstab.
Input<CapturedHost> capture_archive(const std::string& directory);

}  // namespace rehearse
