// The reports by which a real host is observed: which commands are run there, all in one call, and how an
// observation is read out of what they said. The model prints the same reports, so reading them back must
// give what the model shows of itself.
#pragma once

#include <array>
#include <span>

#include "backends/observation.h"
#include "backends/reports/device_numbers.h"
#include "backends/reports/drbd_proc.h"
#include "backends/shell.h"

namespace rehearse {

enum class ReportOf : std::uint8_t {
  pvs,
  lvs,
  dm_info,
  dm_table,
  dm_status,
  lsblk,
  blkid,
  mounts,
  swaps,
  drbd,
  drbd_gi
};
inline constexpr std::size_t kReportCount = 11;

struct ReportSource {
  ReportOf of;
  std::string_view file;     // where its output is kept in an archive: "pvs.json"
  std::string_view command;  // a line for the shell; it only reads
};
std::span<const ReportSource, kReportCount> report_sources();

/// What one of the commands said.
struct ReportText {
  bool there = false;         // false: not in the archive, or never run
  std::optional<int> status;  // none of a kept file
  std::string text;           // standard output
};
using ReportTexts = std::array<ReportText, kReportCount>;

/// A report that is missing or cannot be read is one of the problems; what the others say counts.
Observation read_what_can_be_read(const ReportTexts&, std::vector<Unobserved>& problems);
/// Every report must be there and readable.
Observing read_reports(const ReportTexts&);

/// One line that runs all of them, with marks between.
std::string observing_line();
/// What that line prints of one of them.
std::string report_frame(const ReportSource&, std::string_view output, int status);
/// Takes the output of that line apart.
std::variant<ReportTexts, Unobserved> split_reports(std::string_view output);

/// Kept outputs, each in its file; what is not there is left out.
ReportTexts load_reports(const std::string& directory);

/// Looks at a real host. Nothing is changed there.
Observing observe(Shell&, std::chrono::milliseconds deadline = std::chrono::minutes(2));

/// The names that other reports use for block devices.
struct DeviceNames {
  std::vector<std::pair<reports::DeviceNumber, std::string>> by_number;
  std::vector<std::pair<std::string, std::string>> by_kernel;  // "dm-0" -> "mapper/vg-a"
  std::string numbered(reports::DeviceNumber) const;
  std::string of_kernel(std::string_view kernel_name) const;  // itself if it has no other
};
// One report each, into the observation; the rest of it is left alone.
using ReadProblem = std::optional<Unobserved>;
ReadProblem read_pvs(std::string_view text, Observation&);  // groups, too
ReadProblem read_lvs(std::string_view text, Observation&);
ReadProblem read_dm_info(std::string_view text, Observation&, DeviceNames&);
/// The mapped devices must have been read before, their status after.
ReadProblem read_dm_table(std::string_view text, Observation&);
ReadProblem read_dm_status(std::string_view text, Observation&);

ReadProblem read_lsblk(std::string_view text, Observation&, DeviceNames&);
/// Puts names in place of numbers and of the kernel's own names.
void name_devices(Observation&, const DeviceNames&);
ReadProblem read_blkid(std::string_view text, Observation&);
ReadProblem read_proc_mounts(std::string_view text, Observation&);
ReadProblem read_proc_swaps(std::string_view text, Observation&);
ReadProblem read_proc_drbd(std::string_view text, Observation&);
/// `drbdadm -v get-gi all`. The rows of /proc/drbd must have been read before; other devices are left out.
ReadProblem read_drbd_identifiers(std::string_view text, Observation&);
/// Of the rows of /proc/drbd those of the observation.
std::vector<seen::Replica> replicas_of(const std::vector<reports::DrbdProcRow>& rows);

}  // namespace rehearse
