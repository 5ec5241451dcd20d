#include "backends/reports/ext4_header.h"

#include "model/fs/ext4.h"
#include "model/fs/probe.h"

namespace rehearse::reports {
namespace {

constexpr std::string_view kE2fsprogs = "1.47.0 (5-Feb-2023)";
constexpr std::uint64_t kInodeSize = 256;

// e2fsprogs lib/e2p/ls.c interval_string.
std::string interval(std::uint64_t days) {
  if (days == 0) return "<none>";
  std::string text;
  const auto add = [&](std::uint64_t unit, const char* name) {
    const std::uint64_t count = days / unit;
    days %= unit;
    if (count > 0)
      text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", count, name, count > 1 ? "s" : "");
  };
  add(30, "month");
  add(7, "week");
  add(1, "day");
  return text;
}

std::string_view state_text(fs::State state) {
  // A file system in use says clean too: only its journal tells.
  return state == fs::State::has_errors ? "clean with errors" : "clean";
}

void print_counts(const fs::Superblock& super, Report& report) {
  const auto line = [&](std::string_view name, std::uint64_t value) { report.out("{:<26}{}", name, value); };
  line("Inode count:", super.inodes);
  line("Block count:", super.blocks);
  line("Reserved block count:", super.reserved_blocks);
  line("Overhead clusters:", super.overhead_blocks);
  line("Free blocks:", super.free_blocks);
  line("Free inodes:", super.free_inodes);
  line("First block:", super.block_size == 1024 ? 1 : 0);
  line("Block size:", super.block_size);
  line("Fragment size:", super.block_size);
  line("Group descriptor size:", 64);
  const std::uint64_t descriptors = fs::descriptor_blocks(super);
  line("Reserved GDT blocks:", super.gdt_blocks > descriptors ? super.gdt_blocks - descriptors : 0);
  line("Blocks per group:", 8ull * super.block_size);
  line("Fragments per group:", 8ull * super.block_size);
  line("Inodes per group:", super.inodes_per_group);
  line("Inode blocks per group:", super.inodes_per_group * kInodeSize / super.block_size);
  line("Flex block group size:", 16);
}

void print_header(const fs::Superblock& super, Report& report) {
  report.out("Filesystem volume name:   {}", super.label.empty() ? "<none>" : super.label.str());
  report.out("Filesystem UUID:          {}", fs::uuid_text(super.uuid));
  report.out("Filesystem magic number:  0xEF53");
  report.out("Filesystem revision #:    1 (dynamic)");
  report.out(
      "Filesystem features:      has_journal ext_attr resize_inode dir_index filetype {}extent 64bit flex_bg "
      "sparse_super large_file huge_file dir_nlink extra_isize metadata_csum",
      super.state == fs::State::in_use ? "needs_recovery " : "");
  report.out("Filesystem flags:         signed_directory_hash ");
  report.out("Default mount options:    user_xattr acl");
  report.out("Filesystem state:         {}", state_text(super.state));
  report.out("Errors behavior:          Continue");
  report.out("Filesystem OS type:       Linux");
  print_counts(super, report);
  report.out("Mount count:              {}", super.mount_count);
  report.out("Maximum mount count:      {}", super.max_mount_count);
  report.out("Check interval:           {} ({})", super.check_interval_days * 86400ull,
             interval(super.check_interval_days));
  report.out("Reserved blocks uid:      0 (user root)");
  report.out("Reserved blocks gid:      0 (group root)");
  report.out("First inode:              11");
  report.out("Inode size:\t          {}", kInodeSize);
  report.out("Required extra isize:     32");
  report.out("Desired extra isize:      32");
  report.out("Journal inode:            8");
  report.out("Default directory hash:   half_md4");
  report.out("Journal backup:           inode blocks");
  report.out("Checksum type:            crc32c");
}

// Null if there is none; said in the tool's words then.
const fs::Superblock* open(const World& world, Name host, const std::string& path, std::string_view tool,
                           Part<fs::Superblock>& kept, Report& report) {
  const Host& machine = *world.hosts.find(host);
  const Name device = device_name(machine, path);
  if (!machine.device(device)) {
    report.err("{}: No such file or directory while trying to open {}", tool, path);
    report.err("Couldn't find valid filesystem superblock.");
    report.status = 1;
    return nullptr;
  }
  kept = fs::superblock_on(world, host, device);
  if (kept) return kept.get();
  report.err("{}: Bad magic number in super-block while trying to open {}", tool, path);
  if (tool == "dumpe2fs") report.err("Couldn't find valid filesystem superblock.");
  report.status = 1;
  return nullptr;
}

}  // namespace

void print(const World& world, Name host, const TuneList& form, Report& report) {
  report.out("tune2fs {}", kE2fsprogs);
  Part<fs::Superblock> kept;
  if (const auto* super = open(world, host, form.device, "tune2fs", kept, report))
    print_header(*super, report);
}

void print(const World& world, Name host, const DumpHeader& form, Report& report) {
  report.err("dumpe2fs {}", kE2fsprogs);
  Part<fs::Superblock> kept;
  const auto* super = open(world, host, form.device, "dumpe2fs", kept, report);
  if (!super) return;
  print_header(*super, report);
  const std::uint64_t kilobytes = super->journal_blocks * super->block_size / kKiB;
  if (kilobytes < 8192) {
    report.out("Total journal size:       {}k", kilobytes);
  } else {
    report.out("Total journal size:       {}M", kilobytes / 1024);
  }
  report.out("Total journal blocks:     {}", super->journal_blocks);
  report.out("Max transaction length:   {}", super->journal_blocks);
  report.out("Fast commit length:       0");
}

}  // namespace rehearse::reports
