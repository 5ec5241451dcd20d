// /proc/drbd of the module 8.4 (drbd_proc.c): every device that the kernel knows, two lines each and two more
// while it resyncs or verifies. What is printed reads as the same rows.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/world.h"

namespace rehearse::reports {

/// How far a resync or a verify is.
struct DrbdProgress {
  bool verify = false;
  std::uint64_t permille = 0;
  std::uint64_t left = 0;  // in K, or in M if there is more than 4 GiB
  std::uint64_t total = 0;
  bool megabytes = false;
  std::string finish = "0:00:00";  // hours, minutes, seconds
  std::uint64_t speed = 0;         // KiB/s, lately and from the start
  std::uint64_t average = 0;
  std::optional<std::uint64_t> wanted;  // of the side that sets the pace
  bool stalled = false;
  bool operator==(const DrbdProgress&) const = default;
};

inline constexpr std::size_t kDrbdCounters = 11;
/// "ns", "nr", ... in the order of the line.
std::string_view drbd_counter_name(std::size_t counter);

struct DrbdProcRow {
  std::uint32_t minor = 0;
  std::string connection;  // "Unconfigured": nothing else is known
  std::string role;
  std::string peer_role;
  std::string disk;
  std::string peer_disk;
  char protocol = ' ';  // without a connection there is none
  std::string flags;    // "r-----"
  std::array<std::uint64_t, kDrbdCounters> counters{};
  char write_order = 'f';
  std::uint64_t out_of_sync = 0;  // KiB
  std::optional<DrbdProgress> progress;

  bool unconfigured() const { return connection == "Unconfigured"; }
  bool operator==(const DrbdProcRow&) const = default;
};

/// By minor; nothing of a host whose module is not loaded.
std::vector<DrbdProcRow> drbd_rows(const World&, Name host);
std::string print_drbd_proc(const std::vector<DrbdProcRow>& rows);
/// The rows, or what is wrong.
std::variant<std::vector<DrbdProcRow>, std::string> read_drbd_proc(std::string_view text);

}  // namespace rehearse::reports
