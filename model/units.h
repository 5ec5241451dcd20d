// Sizes and places on disks: everything is counted in sectors of 512 bytes, as the kernel does, unless a name
// says bytes.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

namespace rehearse {

using Sectors = std::uint64_t;
using Bytes = std::uint64_t;

inline constexpr Bytes kSector = 512;
inline constexpr Bytes kKiB = 1024;
inline constexpr Bytes kMiB = 1024 * kKiB;
inline constexpr Bytes kGiB = 1024 * kMiB;

constexpr Sectors sectors_of(Bytes bytes) { return (bytes + kSector - 1) / kSector; }
constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t step) {
  return step == 0 ? value : (value + step - 1) / step * step;
}
constexpr std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) {
  return by == 0 ? 0 : value / by + (value % by != 0);
}

/// A half-open range of sectors.
struct Range {
  Sectors first = 0;
  Sectors count = 0;

  constexpr Sectors end() const { return first + count; }
  constexpr bool overlaps(const Range& other) const { return first < other.end() && other.first < end(); }
  friend auto fields(const Range& range) {
    const auto& [first, count] = range;
    return std::tie(first, count);
  }
  bool operator==(const Range&) const = default;
};

/// "12.00 MiB", "<2.58 GiB": two decimals and the largest unit in which the value is at least one; `<` where
/// rounding made it larger (lvm2 libdm dm_size_to_string).
std::string human_size(Bytes bytes);

}  // namespace rehearse
