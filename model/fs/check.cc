#include "model/fs/check.h"

#include "model/fs/ext4.h"
#include "model/fs/kernel.h"
#include "model/fs/probe.h"

namespace rehearse::fs {
namespace {

constexpr const char* kNotValid[] = {
    "The superblock could not be read or does not describe a valid ext2/ext3/ext4",
    "filesystem.  If the device is valid and it really contains an ext2/ext3/ext4",
    "filesystem (and not swap or ufs or something else), then the superblock",
    "is corrupt, and you might try running e2fsck with an alternate superblock:",
    "    e2fsck -b 8193 <device>",
    " or",
    "    e2fsck -b 32768 <device>",
    "",
};

class Checker {
 public:
  Checker(World& world, Name host, const Check& check, Report& report)
      : world_(world), host_(host), check_(check), report_(report) {}

  Refused operator()() {
    if (!check_.preen) report_.err("e2fsck 1.47.0 (5-Feb-2023)");
    if (const Refused refused = look_for_users()) return refused;
    if (!check_.preen && !check_.yes && !check_.no && !report_.terminal)
      return {Refusal::fsck_needs_terminal};
    if (const Refused refused = open()) return refused;
    if (check_.preen && too_large()) return {Refusal::fsck_inconsistent, name_};
    if (too_large() && check_.yes) {
      report_.status = 8;
      return {};
    }
    recover();
    if (skip()) return {};
    if (check_.preen && mixed()) return {Refusal::fsck_inconsistent, name_};
    examine();
    return {};
  }

 private:
  Refused look_for_users() {
    const Host& at = *world_.hosts.find(host_);
    if (mounted_here(at, check_.device)) {
      report_.out("{}{} is mounted.", check_.no ? "Warning!  " : "", check_.shown);
      if (!check_.no) return {Refusal::fsck_mounted, check_.program};
    } else if (held(at, check_.device)) {
      report_.out("{}{} is in use.", check_.no ? "Warning!  " : "", check_.shown);
      if (!check_.no) return {Refusal::fsck_mounted, check_.program};
    }
    return {};
  }

  Refused open() {
    const Host& at = *world_.hosts.find(host_);
    const Device* device = at.device(check_.device);
    if (!device) {
      report_.out("Possibly non-existent device?");
      return {Refusal::fsck_no_device, check_.program, check_.shown};
    }
    if (device->read_only && !check_.no) {
      report_.out("You must have r/w access to the filesystem or be root");
      return {Refusal::fsck_not_permitted, check_.program, check_.shown};
    }
    device_blocks_ = device->size;
    return read_super();
  }

  Refused read_super() {
    const auto start = read(world_, host_, check_.device, {kSuperblockAt, kSuperblockRoom});
    const Part<Superblock> found = superblock_on(world_, host_, check_.device);
    tree_ = tree_on(world_, host_, check_.device);
    if (start.error == IoError::none && found && tree_) {
      super_ = *found;
      name_ = super_.label.empty() ? check_.shown : super_.label.str();
      device_blocks_ = device_blocks_ * kSector / super_.block_size;
      return {};
    }
    const bool bad_magic = start.error == IoError::none;
    if (bad_magic && !check_.preen) {
      report_.out("ext2fs_open2: Bad magic number in super-block");
      report_.out("{}: Superblock invalid, trying backup blocks...", check_.program);
    }
    report_.out("{}", check_.preen ? check_.shown + ": " : "");
    for (const char* line : kNotValid) report_.out("{}", line);
    return {bad_magic ? Refusal::fsck_bad_magic : Refusal::fsck_unreadable, check_.program, check_.shown};
  }

  bool too_large() {
    if (super_.blocks <= device_blocks_) return false;
    if (told_size_) return true;
    told_size_ = true;
    report_.out("{}The filesystem size (according to the superblock) is {} blocks",
                check_.preen ? name_ + ": " : "", super_.blocks);
    report_.out("The physical size of the device is {} blocks", device_blocks_);
    report_.out("Either the superblock or the partition table is likely to be corrupt!");
    if (check_.no) {
      report_.out("Abort? no");
      report_.out("");
    }
    if (check_.yes) {
      report_.out("Abort? yes");
      report_.out("");
    }
    return true;
  }

  bool mixed() const { return tree_->mixed; }

  // e2fsck/journal.c. The superblock's own counts are not in the journal: they are as the last unmount left
  // them.
  void recover() {
    if (super_.state != State::in_use) return;
    if (check_.no) {
      report_.out("Warning: skipping journal recovery because doing a read-only filesystem check.");
      return;
    }
    report_.out("{}: recovering journal", name_);
    recovered_ = true;
    super_.state = State::clean;
    put_superblock(world_, host_, check_.device, super_);
  }

  Superblock counted() const {
    Superblock real = super_;
    count(real, *tree_);
    return real;
  }

  // e2fsck/unix.c check_if_skip
  bool skip() {
    const std::string due = check_due(super_);
    if (check_.force) return false;
    if (super_.state == State::has_errors) {
      report_.out("{} contains a file system with errors, check forced.", name_);
      return false;
    }
    if (!due.empty()) {
      report_.out("{} {}, check forced.", name_, due);
      return false;
    }
    if (recovered_) {
      const Superblock real = counted();
      if (!check_.preen && real.free_inodes != super_.free_inodes) {
        report_.out("Setting free inodes count to {} (was {})", real.free_inodes, super_.free_inodes);
      }
      if (!check_.preen && real.free_blocks != super_.free_blocks) {
        report_.out("Setting free blocks count to {} (was {})", real.free_blocks, super_.free_blocks);
      }
      super_ = real;
      put_superblock(world_, host_, check_.device, super_);
    }
    report_.out("{}: clean, {}/{} files, {}/{} blocks{}", name_, super_.inodes - super_.free_inodes,
                super_.inodes, super_.blocks - super_.free_blocks, super_.blocks, next_check());
    return true;
  }

  std::string next_check() const {
    if (super_.max_mount_count <= 0) return "";
    const std::int64_t left = std::int64_t{super_.max_mount_count} - super_.mount_count;
    if (left <= 1) return " (check after next mount)";
    return left <= 5 ? fmt::format(" (check in {} mounts)", left) : "";
  }

  void wrong(std::string_view what, std::uint64_t told, std::uint64_t real) {
    if (told == real) return;
    damage_ = true;
    if (check_.preen) return;
    report_.out("{} count wrong ({}, counted={}).", what, told, real);
    report_.out("Fix? {}\n", check_.no ? "no" : "yes");
  }

  void examine() {
    if (!check_.preen) {
      report_.out("Pass 1: Checking inodes, blocks, and sizes");
      report_.out("Pass 2: Checking directory structure");
      report_.out("Pass 3: Checking directory connectivity");
      report_.out("Pass 4: Checking reference counts");
      report_.out("Pass 5: Checking group summary information");
    }
    const Superblock real = counted();
    wrong("Free blocks", super_.free_blocks, real.free_blocks);
    wrong("Free inodes", super_.free_inodes, real.free_inodes);
    const bool repaired = (damage_ || mixed()) && !check_.no;
    if (!check_.no) put_checked(real);
    if (repaired && !check_.preen) report_.out("\n{}: ***** FILE SYSTEM WAS MODIFIED *****", name_);
    const std::uint64_t inodes = super_.inodes - super_.free_inodes;
    report_.out("{}: {}/{} files ({:.1f}% non-contiguous), {}/{} blocks", name_, inodes, super_.inodes,
                fragmented_percent(super_, *tree_, inodes), super_.blocks - super_.free_blocks,
                super_.blocks);
    if (repaired || recovered_) report_.status = 1;
    if (check_.no && mixed()) report_.status = 4;
  }

  void put_checked(const Superblock& real) {
    super_ = real;
    super_.mount_count = 0;
    super_.days_since_check = 0;
    super_.checked = true;
    super_.state = State::clean;
    put_superblock(world_, host_, check_.device, super_);
    if (!mixed()) return;
    Part<Tree> mended = tree_;
    mended.edit().mixed = false;
    put_tree(world_, host_, check_.device, mended);
  }

  World& world_;
  Name host_;
  const Check& check_;
  Report& report_;
  Superblock super_;
  Part<Tree> tree_;
  std::string name_;
  std::uint64_t device_blocks_ = 0;
  bool recovered_ = false;
  bool damage_ = false;
  bool told_size_ = false;
};

}  // namespace

bool mounted_here(const Host& host, Name device) {
  if (mount_of(host, device) < host.mounts->size()) return true;
  for (const SwapSpace& swap : *host.swaps) {
    if (swap.device == device) return true;
  }
  return false;
}

// A domain's back end and vblade do not open a device exclusively.
bool held(const Host& host, Name device) { return holders(host, device) > 0; }

double fragmented_percent(const Superblock& super, const Tree& tree, std::uint64_t used_inodes) {
  std::uint64_t pieces = 0;
  const Bytes group = 8ull * super.block_size * super.block_size;
  // A file larger than a group must be in pieces: e2fsck does not count it (pass1.c check_blocks).
  for (const File& file : tree.files) pieces += covered(file.data).size() > 1 && file.size < group;
  return used_inodes ? 100.0 * static_cast<double>(pieces) / static_cast<double>(used_inodes) : 0.0;
}

Refused check(World& world, Name host, const Check& form, Report& report) {
  return Checker(world, host, form, report)();
}

}  // namespace rehearse::fs
