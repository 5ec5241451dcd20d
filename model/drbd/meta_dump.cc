// Metadata as text: get-gi, show-gi, and dump-md, with the bitmap in words of 64 bits and runs counted
// (drbdmeta.c meta_dump_md, fprintf_bm).
#include <fmt/format.h>

#include <algorithm>

#include "model/drbd/meta.h"

namespace rehearse::drbd {
namespace {

constexpr std::uint64_t kHalf = 32;         // bits: runs are told in halves of words
constexpr std::uint64_t kHalvesInLine = 8;  // four words
constexpr std::uint64_t kLinesAtMark = 8;
constexpr std::uint64_t kKibOfHalf = kHalf * 4;

// The bits from first to first + 32 as a number, the lowest first.
std::uint32_t half_at(const Bitmap& bitmap, std::uint64_t first) {
  std::uint32_t half = 0;
  for (const Range& run : bitmap.runs) {
    if (run.end() <= first) continue;
    if (run.first >= first + kHalf) break;
    const std::uint64_t begin = std::max(run.first, first) - first;
    const std::uint64_t end = std::min(run.end(), first + kHalf) - first;
    const std::uint64_t mask =
        end - begin == kHalf ? ~std::uint32_t{0} : (std::uint64_t{1} << (end - begin)) - 1;
    half |= static_cast<std::uint32_t>(mask << begin);
  }
  return half;
}

// How many halves from `at` on are the same as this one. Between the edges of runs all bits are alike, so
// that only halves with an edge in them have to be looked at.
std::uint64_t alike(const Bitmap& bitmap, std::uint64_t at, std::uint64_t halves) {
  const std::uint32_t first = half_at(bitmap, at * kHalf);
  if (first != 0 && first != ~std::uint32_t{0}) {
    std::uint64_t end = at + 1;
    while (end < halves && half_at(bitmap, end * kHalf) == first) ++end;
    return end - at;
  }
  std::uint64_t edge = halves * kHalf;
  for (const Range& run : bitmap.runs) {
    if (run.end() <= at * kHalf) continue;
    edge = std::min(edge, run.first > at * kHalf ? run.first : run.end());
    break;
  }
  return std::max<std::uint64_t>(edge / kHalf - at, 1);
}

void dump_bitmap(const Bitmap& bitmap, Bytes size, std::vector<std::string>& lines) {
  lines.push_back(fmt::format("# bm-bytes {};", size));
  lines.emplace_back("bm {");
  const std::uint64_t halves = size / 4;
  for (std::uint64_t at = 0; at < halves;) {
    if (at % (kHalvesInLine * kLinesAtMark) == 0)
      lines.push_back(fmt::format("   # at {}kB", at * kKibOfHalf));
    const std::uint64_t same = alike(bitmap, at, halves) / kHalvesInLine * kHalvesInLine;
    const auto word = [&](std::uint64_t half) {
      return fmt::format(" 0x{:08X}{:08X};", half_at(bitmap, (half + 1) * kHalf),
                         half_at(bitmap, half * kHalf));
    };
    if (same > kHalvesInLine) {
      lines.push_back(fmt::format("    {} times{}", same / 2, word(at)));
      at += same;
      continue;
    }
    std::string line = "   ";
    for (const std::uint64_t end = std::min(at + kHalvesInLine, halves); at < end; at += 2) line += word(at);
    lines.push_back(std::move(line));
  }
  lines.emplace_back("}");
  lines.push_back(fmt::format("# bits-set {};", bitmap.weight()));
}

}  // namespace

std::vector<std::string> metadata_dump(const Superblock& super, const Bitmap& bitmap, const Place& place,
                                       Sectors room) {
  std::vector<std::string> lines = {"version \"v08\";", ""};
  if (!super.clean) {
    lines.emplace_back("This_is_an_unclean_meta_data_dump._Don't_trust_the_bitmap.");
    lines.emplace_back("# You should \"apply-al\" first, if you plan to restore this.");
    lines.emplace_back();
  }
  const Layout& layout = place.layout;
  constexpr std::uint32_t kKibInBlock = 4;
  for (std::string& line : std::vector<std::string>{
           fmt::format("# md_size_sect {}", room), fmt::format("# md_offset {}", layout.super * kSector),
           fmt::format("# al_offset {}", layout.log.first * kSector),
           fmt::format("# bm_offset {}", layout.bitmap.first * kSector), "", "uuid {",
           fmt::format("    0x{:016X}; 0x{:016X}; 0x{:016X}; 0x{:016X};", super.uuids.current,
                       super.uuids.bitmap, super.uuids.younger, super.uuids.older),
           "    flags 0x00000000;",  // those of this version are not looked at
           "}", fmt::format("# al-extents {};", super.al_extents),
           fmt::format("la-size-sect {};", super.agreed_size), "bm-byte-per-bit 4096;",
           fmt::format("device-uuid 0x{:016X};", super.device_uuid),
           fmt::format("la-peer-max-bio-size {};", super.max_bio_size * kSector),
           fmt::format("al-stripes {};", super.al_stripes),
           fmt::format("al-stripe-size-4k {};", super.al_stripe_kib / kKibInBlock)}) {
    lines.push_back(std::move(line));
  }
  const std::uint64_t bits = bits_of(super.agreed_size);
  dump_bitmap(bitmap, round_up(round_up(bits, 64) / 8, 4 * kKiB), lines);
  return lines;
}

std::string generation_line(const Uuids& uuids, const MetaFlags& flags) {
  return fmt::format("{}:{:d}:{:d}:{:d}:{:d}:{:d}:{:d}:{:d}", text_of(uuids), flags.consistent,
                     flags.was_up_to_date, flags.primary, flags.connected, flags.full_sync,
                     flags.peer_outdated, flags.crashed_primary);
}

std::vector<std::string> generation_picture(const Uuids& uuids, const MetaFlags& flags, bool clean) {
  const char* disk = !flags.consistent ? "Inconsistent" : flags.was_up_to_date ? "UpToDate" : "Outdated";
  return {
      "",
      "       +--<  Current data generation UUID  >-",
      "       |               +--<  Bitmap's base data generation UUID  >-",
      "       |               |                 +--<  younger history UUID  >-",
      "       |               |                 |         +-<  older history  >-",
      "       V               V                 V         V",
      generation_line(uuids, flags),
      "                                                                    ^ ^ ^ ^ ^ ^ ^",
      "                                      -<  Data consistency flag  >--+ | | | | | |",
      "                             -<  Data was/is currently up-to-date  >--+ | | | | |",
      "                                  -<  Node was/is currently primary  >--+ | | | |",
      "                                  -<  Node was/is currently connected  >--+ | | |",
      "         -<  Node was in the progress of setting all bits in the bitmap  >--+ | |",
      "                        -<  The peer's disk was out-dated or inconsistent  >--+ |",
      "      -<  This node was a crashed primary, and has not seen its peer since   >--+",
      "",
      fmt::format("flags:{} {}, {}, {}{}{}", flags.crashed_primary ? " crashed" : "",
                  flags.primary ? "Primary" : "Secondary", flags.connected ? "Connected" : "StandAlone", disk,
                  flags.full_sync ? ", need full sync" : "", flags.peer_outdated ? ", peer Outdated" : ""),
      fmt::format("meta-data: {}", clean ? "clean" : "need apply-al")};
}

std::string short_kib(std::uint64_t kib) {
  static constexpr std::string_view kUnits = "KMGTPE";
  std::size_t unit = 0;
  while (kib >= 10000 && unit + 1 < kUnits.size()) {
    kib = (kib >> 10) + ((kib & (1 << 9)) != 0);
    ++unit;
  }
  return fmt::format("{} {}B", kib, kUnits[unit]);
}

}  // namespace rehearse::drbd
