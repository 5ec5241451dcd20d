#include "model/drbd/bitmap_code.h"

#include <algorithm>

#include "model/drbd/packet.h"

namespace rehearse::drbd {
namespace {

constexpr Bytes kBuffer = 4096;  // DRBD_SOCKET_BUFFER_SIZE
constexpr std::uint64_t kWord = 64;

// Bits that the code of a run takes: of each length there are as many codes as its bits but the prefix tell.
std::uint64_t code_of(std::uint64_t run) {
  struct Level {
    std::uint64_t bits;
    std::uint64_t prefix;
  };
  constexpr Level kLevels[] = {{2, 1},  {3, 2},  {5, 3},  {7, 4},  {10, 5},
                               {14, 6}, {21, 8}, {29, 8}, {42, 8}, {64, 8}};
  std::uint64_t longest = 0;
  for (const Level& level : kLevels) {
    longest += std::uint64_t{1} << (level.bits - level.prefix);
    if (run <= longest) return level.bits;
  }
  return kWord;
}

// Where the bits next change, from `at` on.
std::uint64_t end_of_run(const Bitmap& bitmap, std::uint64_t at, std::uint64_t bits) {
  for (const Range& run : bitmap.runs) {
    if (run.first > at) return std::min<std::uint64_t>(run.first, bits);
    if (run.end() > at) return std::min<std::uint64_t>(run.end(), bits);
  }
  return bits;
}

}  // namespace

Bytes longest_packet(const Bitmap& bitmap, std::uint64_t bits, bool use_rle) {
  constexpr Bytes kCodeRoom = kBuffer - kPacketHeader - 1;  // a byte says how it is coded
  constexpr std::uint64_t kPlain = (kBuffer - kPacketHeader) * 8 / kWord * kWord;
  Bytes longest = 0;
  for (std::uint64_t at = 0; at < bits;) {
    std::uint64_t coded = 0;
    std::uint64_t end = at;
    while (use_rle && end < bits) {
      const std::uint64_t next = end_of_run(bitmap, end, bits);
      const std::uint64_t more = code_of(next - end);
      if (coded + more > kCodeRoom * 8) break;
      coded += more;
      end = next;
    }
    const Bytes bytes = divide_up(coded, 8);
    if (end > at && end - at >= bytes * 8) {
      longest = std::max(longest, kPacketHeader + 1 + bytes);
    } else {
      // What does not get shorter is sent as it is, from the beginning of its word on.
      at = at / kWord * kWord;
      end = std::min(bits, at + kPlain);
      longest = std::max(longest, kPacketHeader + divide_up(end - at, kWord) * 8);
    }
    at = end;
  }
  return longest;
}

}  // namespace rehearse::drbd
