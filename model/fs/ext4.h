// The geometry of an ext4: how many blocks mke2fs takes for its tables, where they lie, what a file costs,
// and how small resize2fs can make it. Figures agree with e2fsprogs 1.47 to the block.
#pragma once

#include "model/fs/filesystem.h"
#include "model/fs/tree.h"

namespace rehearse::fs {

inline constexpr std::size_t kLongestLabel = 16;  // bytes, of an ext4 volume

/// What mke2fs makes of a device with Debian's mke2fs.conf: 1 KiB blocks below 512 MiB, else 4 KiB. No block
/// size given: 0. Of too small a device: no blocks.
Superblock make_ext4(Bytes size, std::uint32_t block_size, std::uint32_t reserved_percent);
/// The files of a new one: lost+found.
Tree new_tree();

std::uint64_t groups_of(const Superblock&);
/// Blocks that hold copies of the superblock, but for the first.
std::vector<std::uint64_t> backups_of(const Superblock&);
/// Blocks that hold group descriptors.
std::uint64_t descriptor_blocks(const Superblock&);
/// Tables and journal of a file system of that many blocks.
std::uint64_t overhead_of(const Superblock&);
/// The blocks that resize2fs really makes when asked for that many: a last group without room for 50 blocks
/// of data is left out.
std::uint64_t usable_blocks(const Superblock&, std::uint64_t blocks);
/// Grows or shrinks to that many blocks; the files must fit.
void resize(Superblock&, std::uint64_t blocks);
/// The kernel's way of growing one that is mounted.
void grow_online(Superblock&, std::uint64_t blocks);
/// resize2fs -P.
std::uint64_t smallest_blocks(const Superblock&);
/// Sectors of the device that hold tables and journal, sorted.
std::vector<Range> metadata_of(const Superblock&);
/// The journal alone.
std::vector<Range> journal_of(const Superblock&);
/// The inode tables alone, without the inodes that mkfs makes.
std::vector<Range> tables_of(const Superblock&);
/// Where mke2fs writes: all of the metadata but the inode tables, which the kernel zeroes later, the first
/// directories, and the end of the device. Pieces may overlap.
std::vector<Range> written_by_mkfs(const Superblock&);

/// Blocks that a file or directory takes.
std::uint64_t blocks_for(const Superblock&, const File&);
/// Blocks in use beside the overhead, and inodes in use.
struct Used {
  std::uint64_t blocks = 0;
  std::uint64_t inodes = 0;
};
Used used_by(const Superblock&, const Tree&);
/// Sets the free counts by what the tree takes.
void count(Superblock&, const Tree&);
/// Blocks that only the kernel itself may take (delayed allocation's reserve).
std::uint64_t kernel_reserve(const Superblock&);

}  // namespace rehearse::fs
