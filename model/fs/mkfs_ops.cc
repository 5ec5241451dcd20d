#include "model/fs/mkfs_ops.h"

#include <bit>

#include "model/fs/check.h"
#include "model/fs/ext4.h"
#include "model/fs/fstab.h"
#include "model/fs/probe.h"

namespace rehearse::fs {
namespace {

constexpr std::uint32_t kLargestBlock = 4096;  // a page, on amd64

// Identities follow from what is made where and from everything there was before.
std::uint64_t identity(const World& world, Name host, Name device) {
  return mix(mix(world.hash(), host.hash()), device.hash());
}

// Linear volumes pass discards down to disks; snapshots and their origins do not.
bool discards(const Host& host, Name name) {
  const Device* device = host.device(name);
  if (!device) return false;
  if (const auto* partition = device->as<PartitionDevice>()) return discards(host, partition->disk);
  const auto* linear = device->as<LinearMap>();
  if (!linear) return device->as<DiskDevice>() != nullptr;
  for (const LinearSegment& segment : linear->segments) {
    if (!discards(host, segment.device)) return false;
  }
  return true;
}

// "     0/65536", taken back and done, as libext2fs shows progress.
std::string progress(std::string_view what, std::uint64_t total) {
  const std::string end = std::to_string(total);
  const std::string shown = fmt::format("{:>{}}/{}", 0, end.size(), end);
  const std::string back(shown.size(), '\b');
  return fmt::format("{}: {}{}{}{}done                            ", what, shown, back,
                     std::string(shown.size(), ' '), back);
}

void print_geometry(const Superblock& super, bool discarded, Report& report) {
  const std::uint64_t groups = groups_of(super);
  if (discarded) report.out("{}", progress("Discarding device blocks", super.blocks));
  report.out("Creating filesystem with {} {}k blocks and {} inodes", super.blocks, super.block_size / 1024,
             super.inodes);
  if (groups > 1) {
    report.out("Filesystem UUID: {}", uuid_text(super.uuid));
    report.out("Superblock backups stored on blocks: ");
    std::string line = "\t";
    std::string all;
    for (const std::uint64_t block : backups_of(super)) {
      const std::string number = (all.empty() ? "" : ", ") + std::to_string(block);
      // mke2fs breaks the line so that it stays below 80 columns, counting the tab as 8.
      if (line.size() + 7 + number.size() > 79 && !all.empty()) {
        report.out("{}, ", line);
        line = "\t" + number.substr(2);
      } else {
        line += number;
      }
      all += number;
    }
    report.out("{}", line);
  }
  report.out("");
  report.out("{}", progress("Allocating group tables", groups));
  report.out("{}", progress("Writing inode tables", groups));
  if (super.journal_blocks > 0) report.out("Creating journal ({} blocks): done", super.journal_blocks);
  std::string last = progress("Writing superblocks and filesystem accounting information", groups);
  last.erase(last.find_last_not_of(' ') + 1);
  report.out("{}", last);
  report.out("");
}

// mke2fs takes the power of two that is not more than what it was given (misc/mke2fs.c PRS).
Refused check_numbers(const MakeExt4& form, std::uint32_t block_size, Report& report) {
  if (form.block_size && (*form.block_size < 1024 || *form.block_size > 65536)) {
    return {Refusal::mkfs_bad_block_size, *form.block_size};
  }
  if (block_size > kLargestBlock) {
    report.err("Warning: blocksize {} not usable on most systems.", block_size);
    report.out("Proceed anyway? (y,N) ");  // and goes on, as its input is no terminal
  }
  if (form.reserved_percent.value_or(0) > 50) {
    return {Refusal::mkfs_bad_reserve, *form.reserved_percent};
  }
  return {};
}

Refused may_make(const World& world, Name host, const MakeExt4& form, Name device, Report& report) {
  const Host& at = *world.hosts.find(host);
  if (!at.device(device)) return {Refusal::mkfs_no_device, form.device};
  if (report.terminal) {
    const Signature old = signature_on(world, host, device);
    if (!old.type.empty()) {
      const std::string label = old.label.empty() ? "" : " labelled '" + old.label.str() + "'";
      report.out("{} contains a {} file system{}", form.device.str(), old.type.str(), label);
      if (!form.yes) return {Refusal::mkfs_proceed};
    }
  }
  if (mounted_here(at, device)) return {Refusal::mkfs_mounted, form.device};
  if (held(at, device)) return {Refusal::mkfs_in_use, form.device};
  if (at.device(device)->read_only) return {Refusal::mkfs_not_permitted, form.device};
  return {};
}

std::string human(Bytes bytes) {
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  int unit = 0;
  while (value >= 1023.95 && unit < 4) {
    value /= 1024;
    ++unit;
  }
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text + " " + kUnits[unit];
}

void clear(World& world, Name host, Name device, Sectors first, Sectors count) {
  write(world, host, device, {Run{first, count, {}, 0, {}}});
}

}  // namespace

bool read_value(std::string_view text, ExtendedOptions& value) {
  value.text = text;
  for (const std::string& word : words_of_options(text)) {
    if (word == "lazy_itable_init=0") {
      value.zero_tables_now = true;
    } else if (word != "lazy_itable_init=1" && word != "lazy_journal_init=0" &&
               word != "lazy_journal_init=1") {
      return false;
    }
  }
  return true;
}
std::string show_value(const ExtendedOptions& value) { return value.text; }

bool read_value(std::string_view text, Ext4Type&) { return text == "ext4"; }
std::string show_value(Ext4Type) { return "ext4"; }

Refused run(World& world, Name host, const MakeExt4& form, Report& report) {
  Name label = form.label;
  if (label.str().size() > kLongestLabel) {
    label = label.str().substr(0, kLongestLabel);
    report.err("Warning: label too long; will be truncated to '{}'\n", label.str());
  }
  const std::uint32_t block_size = std::bit_floor(form.block_size.value_or(0));
  if (const Refused refused = check_numbers(form, block_size, report)) return refused;
  if (!form.quiet) report.err("mke2fs 1.47.0 (5-Feb-2023)");
  const Name device = device_name(*world.hosts.find(host), form.device);
  if (const Refused refused = may_make(world, host, form, device, report)) return refused;
  if (block_size > kLargestBlock) return {Refusal::mkfs_blocks_too_big, block_size};
  const Bytes size = world.hosts.find(host)->device(device)->size * kSector;
  Superblock super = make_ext4(size, block_size, form.reserved_percent.value_or(5));
  if (super.blocks == 0) return {Refusal::mkfs_too_small, form.device};
  super.label = label;
  super.uuid = identity(world, host, device);
  super.tables_zeroed = form.extended && form.extended->zero_tables_now;
  const bool discarded = discards(*world.hosts.find(host), device);
  const Sectors unit = super.block_size / kSector;
  if (discarded) {
    clear(world, host, device, 0, super.blocks * unit);
  } else {
    for (const Range& range : written_by_mkfs(super)) clear(world, host, device, range.first, range.count);
    if (super.tables_zeroed) {
      for (const Range& range : tables_of(super)) clear(world, host, device, range.first, range.count);
    }
    clear(world, host, device, 0, kSwapRoom);
  }
  put_superblock(world, host, device, super);
  put_tree(world, host, device, Part<Tree>(new_tree()));
  if (!form.quiet) print_geometry(super, discarded, report);
  return {};
}

Refused run(World& world, Name host, const MakeExt4ByType& form, Report& report) {
  return run(
      world, host,
      MakeExt4{form.device, form.label, form.reserved_percent, form.block_size, {}, form.quiet, form.yes},
      report);
}

Refused run(World& world, Name host, const MakeSwap& form, Report& report) {
  const Host& at = *world.hosts.find(host);
  const Name device = device_name(at, form.device);
  const Device* row = at.device(device);
  if (!row) return {Refusal::mkswap_no_device, form.device};
  if (mounted_here(at, device)) return {Refusal::mkswap_mounted, form.device};
  SwapHeader header;
  header.label = form.label;
  header.uuid = identity(world, host, device);
  header.size = row->size - kSwapRoom;
  const Signature old = signature_on(world, host, device);
  if (!old.type.empty()) {
    report.err("mkswap: {}: warning: wiping old {} signature.", form.device.str(), old.type.str());
  }
  put_swap(world, host, device, header);
  if (form.quiet) return {};
  const Bytes bytes = header.size * kSector;
  report.out("Setting up swapspace version 1, size = {} ({} bytes)", human(bytes), bytes);
  report.out("{}UUID={}", form.label.empty() ? "no label, " : "LABEL=" + form.label.str() + ", ",
             uuid_text(header.uuid));
  return {};
}

Refused run(World& world, Name host, const WipeSignatures& form, Report& report) {
  const Host& at = *world.hosts.find(host);
  const Name device = device_name(at, form.device);
  if (!at.device(device)) return {Refusal::wipefs_no_device, form.device};
  if (!form.force && (mounted_here(at, device) || held(at, device)))
    return {Refusal::wipefs_busy, form.device};
  struct Magic {
    std::string_view type;
    Sectors at;
    Sectors room;
    std::string_view bytes;
  };
  static constexpr Magic kMagics[] = {
      {"ext4", kSuperblockAt, kSuperblockRoom, "53 ef"},
      {"swap", kSwapAt, kSwapRoom, "53 57 41 50 53 50 41 43 45 32"},
      {"LVM2_member", 1, 1, "4c 56 4d 32 20 30 30 31"},
      {"DM_snapshot_cow", 0, 1, "53 6e 41 70"},
      {"dos", 0, 1, "55 aa"},
  };
  for (const Magic& magic : kMagics) {
    const Signature found = signature_on(world, host, device);
    if (found.type != Name(magic.type)) continue;
    report.out("{}: {} bytes were erased at offset 0x{:08x} ({}): {}", form.device.str(),
               (magic.bytes.size() + 1) / 3, found.offset, magic.type, magic.bytes);
    clear(world, host, device, magic.at, magic.room);
  }
  return {};
}

}  // namespace rehearse::fs
