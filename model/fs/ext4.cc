#include "model/fs/ext4.h"

#include <algorithm>

namespace rehearse::fs {
namespace {

constexpr std::uint32_t kInodeSize = 256;
constexpr std::uint32_t kDescriptorSize = 64;  // feature 64bit
constexpr std::uint64_t kFlexGroups = 16;      // groups whose tables lie together (mke2fs -G)

std::uint64_t first_block(const Superblock& super) { return super.block_size == 1024 ? 1 : 0; }
std::uint64_t blocks_per_group(const Superblock& super) { return 8ull * super.block_size; }
std::uint64_t table_blocks(const Superblock& super) {
  return divide_up(std::uint64_t{super.inodes_per_group} * kInodeSize, super.block_size);
}

// sparse_super: groups 0, 1 and the powers of 3, 5 and 7.
bool has_super(std::uint64_t group) {
  if (group <= 1) return true;
  for (const std::uint64_t base : {3, 5, 7}) {
    std::uint64_t power = base;
    while (power < group) power *= base;
    if (power == group) return true;
  }
  return false;
}

std::uint64_t group_start(const Superblock& super, std::uint64_t group) {
  return first_block(super) + group * blocks_per_group(super);
}

std::uint64_t group_overhead(const Superblock& super, std::uint64_t group) {
  return 2 + table_blocks(super) + (has_super(group) ? 1 + super.gdt_blocks : 0);
}

// ext2fs_default_journal_size
std::uint64_t default_journal(std::uint64_t blocks) {
  static constexpr std::pair<std::uint64_t, std::uint64_t> kSteps[] = {
      {2048, 0},        {32768, 1024},    {262144, 4096},    {524288, 8192},
      {4194304, 16384}, {8388608, 32768}, {16777216, 65536}, {33554432, 131072}};
  for (const auto& [limit, size] : kSteps) {
    if (blocks < limit) return size;
  }
  return 262144;
}

// calc_reserved_gdt_blocks of lib/ext2fs/initialize.c: room to grow to 1024 times the size.
std::uint32_t room_for_descriptors(const Superblock& super) {
  const std::uint64_t most = super.blocks < 0xffffffff / 1024 ? super.blocks * 1024 : 0xffffffff;
  const std::uint64_t groups = divide_up(most - first_block(super), blocks_per_group(super));
  const std::uint64_t wanted = divide_up(groups, super.block_size / kDescriptorSize);
  const std::uint64_t now = descriptor_blocks(super);
  return static_cast<std::uint32_t>(now + std::min<std::uint64_t>(wanted - now, super.block_size / 4));
}

void set_inodes(Superblock& super, std::uint64_t wanted) {
  const std::uint64_t each = divide_up(wanted, groups_of(super));
  const std::uint64_t tables = divide_up(each * kInodeSize, super.block_size);
  super.inodes_per_group = static_cast<std::uint32_t>(tables * super.block_size / kInodeSize) & ~7u;
  super.inodes = groups_of(super) * super.inodes_per_group;
}

class Regions {
 public:
  explicit Regions(const Superblock& super) : unit_(super.block_size / kSector) {}

  void add(std::uint64_t first, std::uint64_t count) {
    if (count > 0) ranges.push_back({first * unit_, count * unit_});
  }
  // The next `count` blocks from `first` on that none of the regions so far has.
  std::vector<Range> next(std::uint64_t first, std::uint64_t count) {
    join();
    std::vector<Range> found;
    Sectors place = first * unit_;
    Sectors left = count * unit_;
    for (const Range& taken : ranges) {
      if (taken.end() <= place || left == 0) continue;
      if (taken.first > place) {
        const Sectors some = std::min(left, taken.first - place);
        found.push_back({place, some});
        left -= some;
      }
      place = taken.end();
    }
    if (left > 0) found.push_back({place, left});
    return found;
  }
  void join() {
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
    std::vector<Range> joined;
    for (const Range& range : ranges) {
      if (!joined.empty() && joined.back().end() == range.first) {
        joined.back().count += range.count;
      } else {
        joined.push_back(range);
      }
    }
    ranges = std::move(joined);
  }

  std::vector<Range> ranges;

 private:
  Sectors unit_;
};

Regions superblocks(const Superblock& super) {
  Regions regions(super);
  regions.add(0, first_block(super));  // the boot block
  for (std::uint64_t group = 0; group < groups_of(super); ++group) {
    if (has_super(group)) regions.add(group_start(super, group), 1 + super.gdt_blocks);
  }
  return regions;
}

}  // namespace

std::uint64_t groups_of(const Superblock& super) {
  return divide_up(super.blocks - first_block(super), blocks_per_group(super));
}

std::vector<std::uint64_t> backups_of(const Superblock& super) {
  std::vector<std::uint64_t> blocks;
  for (std::uint64_t group = 1; group < groups_of(super); ++group) {
    if (has_super(group)) blocks.push_back(group_start(super, group));
  }
  return blocks;
}

std::uint64_t descriptor_blocks(const Superblock& super) {
  return divide_up(groups_of(super), super.block_size / kDescriptorSize);
}

std::uint64_t overhead_of(const Superblock& super) {
  std::uint64_t total = first_block(super) + super.journal_blocks;
  for (std::uint64_t group = 0; group < groups_of(super); ++group) total += group_overhead(super, group);
  return total;
}

std::uint64_t usable_blocks(const Superblock& super, std::uint64_t blocks) {
  Superblock tried = super;
  tried.blocks = blocks;
  while (groups_of(tried) > 1) {
    const std::uint64_t rest = (tried.blocks - first_block(tried)) % blocks_per_group(tried);
    if (rest == 0 || rest >= group_overhead(tried, groups_of(tried) - 1) + 50) break;
    tried.blocks -= rest;
  }
  return tried.blocks;
}

Superblock make_ext4(Bytes size, std::uint32_t block_size, std::uint32_t reserved_percent) {
  const bool floppy = size < 3 * kMiB;
  const bool small = size < 512 * kMiB;
  const std::uint64_t ratio = floppy ? 8192 : small ? 4096 : size >= 4096 * kGiB ? 32768 : 16384;
  Superblock super;
  super.block_size = block_size ? block_size : small ? 1024 : 4096;
  super.blocks = size / super.block_size;
  const std::uint64_t inodes = super.blocks * super.block_size / ratio;
  super.journal_blocks = default_journal(super.blocks);
  if (super.blocks < 64) return {};
  while (true) {
    super.gdt_blocks = room_for_descriptors(super);
    set_inodes(super, inodes);
    const std::uint64_t usable = usable_blocks(super, super.blocks);
    if (usable == super.blocks) break;
    super.blocks = usable;
  }
  super.reserved_blocks = super.blocks * reserved_percent / 100;
  super.overhead_blocks = overhead_of(super);
  super.packed_groups = groups_of(super);
  super.journal_group = super.packed_groups / 2;
  if (super.overhead_blocks + 64 > super.blocks) return {};
  count(super, new_tree());
  return super;
}

Tree new_tree() {
  Tree tree;
  File found;
  found.path = "/lost+found";
  found.kind = FileKind::directory;
  tree.put(std::move(found));
  return tree;
}

void resize(Superblock& super, std::uint64_t blocks) {
  const std::uint64_t used_blocks = super.blocks - super.overhead_blocks - super.free_blocks;
  const std::uint64_t used_inodes = super.inodes - super.free_inodes;
  super.reserved_blocks = super.reserved_blocks * blocks / std::max<std::uint64_t>(super.blocks, 1);
  super.blocks = blocks;
  super.gdt_blocks = std::max(super.gdt_blocks, static_cast<std::uint32_t>(descriptor_blocks(super)));
  super.packed_groups = std::min(super.packed_groups, groups_of(super));
  if (super.journal_group >= groups_of(super)) super.journal_group = groups_of(super) / 2;
  super.inodes = groups_of(super) * super.inodes_per_group;
  super.overhead_blocks = overhead_of(super);
  super.free_blocks = blocks - super.overhead_blocks - used_blocks;
  super.free_inodes = super.inodes - used_inodes;
}

void grow_online(Superblock& super, std::uint64_t blocks) {
  // ext4_update_super of fs/ext4/resize.c: whole percents, and of new groups only.
  const std::uint64_t percent = super.reserved_blocks * 100 / super.blocks;
  const std::uint64_t end = first_block(super) + groups_of(super) * blocks_per_group(super);
  const std::uint64_t fresh = blocks > end ? blocks - end : 0;
  const std::uint64_t reserved = super.reserved_blocks + percent * fresh / 100;
  resize(super, blocks);
  super.reserved_blocks = reserved;
}

// calculate_minimum_resize_size of resize/resize2fs.c. It allows for the tables of a whole flex group, which
// is why a small file system seems to need twice its files.
std::uint64_t smallest_blocks(const Superblock& super) {
  const std::uint64_t all = groups_of(super);
  const std::uint64_t each = blocks_per_group(super);
  const auto flex_end = [&](std::uint64_t groups) {
    return std::min(all, groups + kFlexGroups - groups % kFlexGroups);
  };
  std::uint64_t data = super.blocks - super.free_blocks;
  for (std::uint64_t group = 0; group < all; ++group) data -= group_overhead(super, group);

  std::uint64_t groups = divide_up(super.inodes - super.free_inodes, super.inodes_per_group);
  std::uint64_t counted = 0;  // groups whose tables are taken off `room`
  std::uint64_t room = groups * each;
  std::uint64_t before_last = 0;  // data that fit in the groups before the last
  const auto count_tables = [&](std::uint64_t end) {
    for (; counted < end; ++counted) {
      const std::uint64_t tables = group_overhead(super, counted);
      if (counted + 1 < groups) before_last += each - tables;
      room = room > tables ? room - tables : 0;
    }
  };
  std::uint64_t flex = flex_end(groups);
  count_tables(flex);
  while (data > room) {
    const std::uint64_t more = divide_up(data - room, each);
    room += more * each;
    before_last += each - group_overhead(super, groups - 1);
    groups += more;
    if (groups > flex) flex = flex_end(groups);
    count_tables(flex);
  }
  std::uint64_t last = 0;
  const std::uint64_t from = groups - 1 < kFlexGroups ? 0 : groups - 1;
  for (std::uint64_t group = from; group < flex; ++group) last += group_overhead(super, group);
  last += before_last < data ? std::max<std::uint64_t>(data - before_last, 50) : 50;
  const std::uint64_t needed = (groups - 1) * each + last + first_block(super);
  if (needed >= super.blocks) return super.blocks;
  const std::uint64_t used_inodes = super.inodes - super.free_inodes;
  const std::uint64_t worst = std::max(divide_up(data, super.block_size / 12 - 1), used_inodes);
  return needed + std::min((super.blocks - needed) / 500, worst);
}

namespace {

// How many groups have their tables together with this one's, which is the first of them.
std::uint64_t members_of(const Superblock& super, std::uint64_t group) {
  return group < super.packed_groups ? std::min(kFlexGroups, super.packed_groups - group) : 1;
}

// Bitmaps, then inode tables, from this group on, around the copies of the superblock.
std::vector<Range> tables_of_group(const Superblock& super, Regions& supers, std::uint64_t group) {
  return supers.next(group_start(super, group), (2 + table_blocks(super)) * members_of(super, group));
}

// On whole 4 KiB, as the allocator places long stretches.
std::uint64_t journal_start(const Superblock& super) {
  return round_up(group_start(super, super.journal_group),
                  4096 / std::min<std::uint64_t>(super.block_size, 4096));
}

Regions without_journal(const Superblock& super) {
  Regions regions = superblocks(super);
  std::vector<Range> tables;
  for (std::uint64_t group = 0; group < groups_of(super); group += members_of(super, group)) {
    for (const Range& range : tables_of_group(super, regions, group)) tables.push_back(range);
  }
  regions.ranges.insert(regions.ranges.end(), tables.begin(), tables.end());
  regions.join();
  return regions;
}

}  // namespace

namespace {

// The ranges without their first `count` sectors, and those alone.
std::pair<std::vector<Range>, std::vector<Range>> split(const std::vector<Range>& ranges, Sectors count) {
  std::pair<std::vector<Range>, std::vector<Range>> parts;
  for (const Range& range : ranges) {
    const Sectors some = std::min(count, range.count);
    count -= some;
    if (some > 0) parts.first.push_back({range.first, some});
    if (some < range.count) parts.second.push_back({range.first + some, range.count - some});
  }
  return parts;
}

// Bitmaps and the inodes that mkfs itself makes, and the rest of the inode tables, which is left to the
// kernel.
std::pair<std::vector<Range>, std::vector<Range>> early_and_late_tables(const Superblock& super) {
  const Sectors unit = super.block_size / kSector;
  const std::uint64_t first_inodes = divide_up(11 * kInodeSize, super.block_size);
  std::pair<std::vector<Range>, std::vector<Range>> parts;
  Regions supers = superblocks(super);
  std::uint64_t inodes = first_inodes;
  for (std::uint64_t group = 0; group < groups_of(super); group += members_of(super, group)) {
    const auto [early, late] =
        split(tables_of_group(super, supers, group), (2 * members_of(super, group) + inodes) * unit);
    parts.first.insert(parts.first.end(), early.begin(), early.end());
    parts.second.insert(parts.second.end(), late.begin(), late.end());
    inodes = 0;
  }
  return parts;
}

}  // namespace

std::vector<Range> tables_of(const Superblock& super) { return early_and_late_tables(super).second; }

std::vector<Range> journal_of(const Superblock& super) {
  return without_journal(super).next(journal_start(super), super.journal_blocks);
}

std::vector<Range> metadata_of(const Superblock& super) {
  Regions regions = without_journal(super);
  const auto journal = regions.next(journal_start(super), super.journal_blocks);
  regions.ranges.insert(regions.ranges.end(), journal.begin(), journal.end());
  regions.join();
  return regions.ranges;
}

std::vector<Range> written_by_mkfs(const Superblock& super) {
  Regions written(super);
  written.ranges = journal_of(super);
  for (std::uint64_t group = 0; group < groups_of(super); ++group) {
    // The resize inode lists all room for descriptors of the first copy.
    if (has_super(group)) {
      written.add(group_start(super, group), 1 + (group == 0 ? super.gdt_blocks : descriptor_blocks(super)));
    }
  }
  const std::vector<Range> early = early_and_late_tables(super).first;
  written.ranges.insert(written.ranges.end(), early.begin(), early.end());
  written.join();
  // The directories, behind the tables, and the end, which other file systems and md may have signed.
  const std::uint64_t rest = 65536 / super.block_size;
  const std::uint64_t end = super.blocks / rest * rest;
  Regions taken(super);
  taken.ranges = metadata_of(super);
  for (const Range& range : taken.next(first_block(super), used_by(super, new_tree()).blocks)) {
    written.ranges.push_back(range);
  }
  if (end > rest) written.add(end - rest, super.blocks - (end - rest));
  written.join();
  return written.ranges;
}

std::uint64_t blocks_for(const Superblock& super, const File& file) {
  if (file.kind == FileKind::directory) {
    // 16 KiB, as far as direct blocks reach.
    if (file.path == Name("/lost+found")) return std::min<std::uint64_t>(12, 16384 / super.block_size);
    return 1;
  }
  if (file.kind == FileKind::symlink) return file.size < 60 ? 0 : 1;
  const std::uint64_t blocks = divide_up(file.size, super.block_size);
  std::uint64_t extents = 0;
  for (const Range& range : covered(file.data)) {
    extents += divide_up(range.count / (super.block_size / kSector), blocks_per_group(super));
  }
  const std::uint64_t per_block = super.block_size / 12 - 1;
  return blocks + (extents > 4 ? divide_up(extents, per_block) : 0);
}

Used used_by(const Superblock& super, const Tree& tree) {
  Used used{2, 10};  // the root and the resize inode's block; the reserved inodes
  for (const File& file : tree.files) {
    used.blocks += blocks_for(super, file);
    ++used.inodes;
  }
  return used;
}

void count(Superblock& super, const Tree& tree) {
  const Used used = used_by(super, tree);
  const std::uint64_t room = super.blocks - super.overhead_blocks;
  super.free_blocks = room > used.blocks ? room - used.blocks : 0;
  super.free_inodes = super.inodes > used.inodes ? super.inodes - used.inodes : 0;
}

std::uint64_t kernel_reserve(const Superblock& super) {
  return std::min<std::uint64_t>(super.blocks / 50, 4096);
}

}  // namespace rehearse::fs
