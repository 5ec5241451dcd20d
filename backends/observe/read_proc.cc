// /proc/mounts, /proc/swaps and /proc/drbd.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "backends/observe/numbers.h"
#include "backends/observe/reports.h"

namespace rehearse {
namespace {

using observing::read_number;

// Blanks and the like are written as \040 (fs/seq_file.c mangle).
std::string unmangled(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int code = 0;
    const bool octal =
        text[i] == '\\' && i + 3 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 4, code, 8).ptr == text.data() + i + 4;
    plain += octal ? static_cast<char>(code) : text[i];
    if (octal) i += 3;
  }
  return plain;
}

// Words between any number of blanks and tabs.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t begin = line.find_first_not_of(" \t", at);
    if (begin == line.npos) break;
    const std::size_t end = std::min(line.find_first_of(" \t", begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    at = end;
  }
  return words;
}

}  // namespace

// The kernel's own file systems (proc, tmpfs, ...) are no storage.
ReadProblem read_proc_mounts(std::string_view text, Observation& seen) {
  for (const std::string_view line : line_views(text)) {
    const auto words = words_of(line);
    if (words.size() != 6)
      return Unobserved{"/proc/mounts", fmt::format("expected SOURCE TARGET TYPE OPTIONS 0 0: \"{}\"", line)};
    const bool device = words[0].starts_with("/dev/");
    const bool nfs = words[2].starts_with("nfs");
    if (!device && !nfs) continue;
    seen.mounts.push_back(
        {unmangled(words[0]), unmangled(words[1]), std::string(words[2]), unmangled(words[3])});
  }
  return std::nullopt;
}

ReadProblem read_proc_swaps(std::string_view text, Observation& seen) {
  const auto lines = line_views(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto words = words_of(lines[i]);
    const bool heading = i == 0 && !words.empty() && words[0] == "Filename";
    if (heading) continue;
    const auto wrong =
        Unobserved{"/proc/swaps", fmt::format("expected FILENAME TYPE SIZE USED PRIORITY: \"{}\"", lines[i])};
    if (words.size() != 5) return wrong;
    const auto size = read_number(words[2]);
    std::int64_t priority = 0;
    const char* end = words[4].data() + words[4].size();
    const auto read = std::from_chars(words[4].data(), end, priority);
    if (!size || *size > UINT64_MAX / 1024 || read.ec != std::errc() || read.ptr != end) return wrong;
    std::string device = unmangled(words[0]);
    if (device.starts_with("/dev/")) device.erase(0, 5);
    seen.swaps.push_back({std::move(device), *size * 1024, priority});
  }
  return std::nullopt;
}

std::vector<seen::Replica> replicas_of(const std::vector<reports::DrbdProcRow>& rows) {
  std::vector<seen::Replica> replicas;
  for (const reports::DrbdProcRow& row : rows) {
    const std::string protocol = row.protocol == ' ' ? "" : std::string(1, row.protocol);
    replicas.push_back({fmt::format("drbd{}", row.minor), row.connection, row.role, row.peer_role, row.disk,
                        row.peer_disk, protocol, row.flags, row.out_of_sync * 1024});
  }
  return replicas;
}

ReadProblem read_proc_drbd(std::string_view text, Observation& seen) {
  auto read = reports::read_drbd_proc(text);
  if (const auto* bad = std::get_if<std::string>(&read)) return Unobserved{"/proc/drbd", *bad};
  seen.replicas = replicas_of(std::get<0>(read));
  return std::nullopt;
}

}  // namespace rehearse
