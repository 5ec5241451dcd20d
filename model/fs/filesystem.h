// What a file system writes about itself on its device, as far as its tools judge by it: an ext4 superblock
// with its counters and state, and the signature of swap space.
#pragma once

#include "model/hash.h"
#include "model/units.h"

namespace rehearse::fs {

inline constexpr Sectors kSuperblockAt = 2;  // byte 1024, where blkid finds the signature (offset 1080)
inline constexpr Sectors kSuperblockRoom = 2;
inline constexpr Sectors kTreeAt = 16;  // where the model keeps an ext4's files as one block
inline constexpr Sectors kTreeRoom = 8;
inline constexpr Sectors kSwapAt = 0;  // the first page; its magic is at byte 4086
inline constexpr Sectors kSwapRoom = 8;

enum class State : std::uint8_t {
  clean,       // unmounted in order
  in_use,      // mounted read-write now, or not unmounted: the journal must be replayed
  has_errors,  // fsck found, or the kernel met, damage
};

struct Superblock {
  Name type = "ext4";
  Name label;
  std::uint64_t uuid = 0;
  std::uint32_t block_size = 4096;
  std::uint64_t blocks = 0;
  std::uint64_t free_blocks = 0;
  std::uint64_t reserved_blocks = 0;
  std::uint64_t overhead_blocks = 0;      // tables and journal, made by mkfs
  std::uint32_t mount_count = 0;          // since the last check
  std::int32_t max_mount_count = -1;      // -1: never forces a check
  std::uint32_t check_interval_days = 0;  // 0: never
  std::uint32_t days_since_check = 0;     // grows with the time that steps tell
  State state = State::clean;
  std::uint64_t inodes = 0;
  std::uint64_t free_inodes = 0;
  std::uint32_t inodes_per_group = 0;
  std::uint32_t gdt_blocks = 0;  // descriptors, and room for more of them, beside each copy of the superblock
  std::uint64_t packed_groups =
      0;  // those that mkfs made; groups that came later have their tables in themselves
  std::uint64_t journal_blocks = 0;
  std::uint64_t journal_group = 0;  // where it begins
  std::uint64_t journal_next = 0;   // where the next transaction goes; each mount begins anew
  bool checked = true;              // since it was mounted last: resize2fs insists on it
  bool tables_zeroed = false;       // its inode tables; a new file system leaves that to the kernel

  friend auto fields(const Superblock& block) {
    const auto& [type, label, uuid, block_size, blocks, free_blocks, reserved_blocks, overhead_blocks,
                 mount_count, max_mount_count, check_interval_days, days_since_check, state, inodes,
                 free_inodes, inodes_per_group, gdt_blocks, packed_groups, journal_blocks, journal_group,
                 journal_next, checked, tables_zeroed] = block;
    return std::tie(type, label, uuid, block_size, blocks, free_blocks, reserved_blocks, overhead_blocks,
                    mount_count, max_mount_count, check_interval_days, days_since_check, state, inodes,
                    free_inodes, inodes_per_group, gdt_blocks, packed_groups, journal_blocks, journal_group,
                    journal_next, checked, tables_zeroed);
  }
  bool operator==(const Superblock&) const = default;
};

struct SwapHeader {
  Name label;
  std::uint64_t uuid = 0;
  Sectors size = 0;

  friend auto fields(const SwapHeader& header) {
    const auto& [label, uuid, size] = header;
    return std::tie(label, uuid, size);
  }
  bool operator==(const SwapHeader&) const = default;
};

}  // namespace rehearse::fs
