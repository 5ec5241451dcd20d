// /proc/mounts, /proc/swaps, /proc/drbd and the generation identifiers behind it.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "backends/observe/numbers.h"
#include "backends/observe/reports.h"
#include "model/drbd/metadata.h"

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

bool is_identifier(std::string_view text) {
  return text.size() == 16 && text.find_first_not_of("0123456789ABCDEF") == text.npos;
}

// "8022303AEF7C5533:0000000000000000:EEFDA88E611E40A1:0000000000000004:1:1:1:1:0:0:0"
bool read_generation(std::string_view line, seen::Replica& row) {
  constexpr std::size_t kFlagsAt = 4 * 17;
  constexpr std::size_t kFlags = 7;
  if (line.size() != kFlagsAt + 2 * kFlags - 1) return false;
  Identity* const all[] = {&row.current, &row.bitmap, &row.younger, &row.older};
  std::string marks;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string_view hex = line.substr(i * 17, 16);
    if (!is_identifier(hex) || line[i * 17 + 16] != ':') return false;
    std::uint64_t value = 0;
    std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
    const std::uint64_t base = value & ~std::uint64_t{1};
    marks += value == 0 ? '-' : base == drbd::kJustCreated ? 'n' : (value & 1) != 0 ? '1' : '0';
    *all[i] = Identity{base == 0 || base == drbd::kJustCreated ? "" : fmt::format("{:016X}", base)};
  }
  for (std::size_t i = 0; i < 2 * kFlags - 1; ++i) {
    const char c = line[kFlagsAt + i];
    if (i % 2 == 0 ? c != '0' && c != '1' : c != ':') return false;
  }
  row.marks = marks;
  row.generation = line.substr(kFlagsAt);
  return true;
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

// With -v the command that looks stands before what it found: "drbdsetup-84 get-gi 0", or of a device that is
// not attached "drbdmeta 0 v08 /dev/vda internal get-gi".
ReadProblem read_drbd_identifiers(std::string_view text, Observation& seen) {
  std::string device;
  for (const std::string_view line : line_views(text)) {
    const auto words = words_of(line);
    if (words.empty()) continue;
    const bool setup = words.size() == 3 && words[0].starts_with("drbdsetup") && words[1] == "get-gi";
    const bool meta = words.size() == 6 && words[0] == "drbdmeta" && words[5] == "get-gi";
    if (setup || meta) {
      device = "drbd" + std::string(words[setup ? 2 : 1]);
      continue;
    }
    seen::Replica read;
    if (device.empty() || words.size() != 1 || !read_generation(words[0], read)) {
      return Unobserved{"drbdadm get-gi", fmt::format("expected generation identifiers: \"{}\"", line)};
    }
    for (seen::Replica& row : seen.replicas) {
      if (row.device != device) continue;
      row.current = read.current;
      row.bitmap = read.bitmap;
      row.younger = read.younger;
      row.older = read.older;
      row.marks = read.marks;
      row.generation = read.generation;
    }
    device.clear();
  }
  return std::nullopt;
}

}  // namespace rehearse
