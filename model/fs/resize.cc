#include "model/fs/resize.h"

#include <charconv>

#include "model/fs/check.h"
#include "model/fs/ext4.h"
#include "model/fs/kernel.h"
#include "model/fs/probe.h"
#include "model/fs/space.h"

namespace rehearse::fs {
namespace {

class Resizer {
 public:
  Resizer(World& world, Name host, const Resize& form, Report& report)
      : world_(world), host_(host), form_(form), report_(report) {}

  Refused operator()() {
    report_.err("resize2fs 1.47.0 (5-Feb-2023)");
    const Host& at = *world_.hosts.find(host_);
    const Device* device = at.device(form_.device);
    if (!device) return {Refusal::resize_no_device, form_.shown};
    const Part<Superblock> found = superblock_on(world_, host_, form_.device);
    if (!found || !tree_on(world_, host_, form_.device)) {
      report_.out("Couldn't find valid filesystem superblock.");
      return {Refusal::resize_bad_magic, form_.shown};
    }
    super_ = *found;
    mount_ = mount_of(at, form_.device);
    mounted_ = mount_ < at.mounts->size();
    if (!form_.force && !mounted_ &&
        (super_.state == State::has_errors || (!super_.checked && !form_.print_smallest))) {
      return {Refusal::resize_not_checked, form_.shown};
    }
    if (mounted_) super_ = *(*at.mounts)[mount_].super;
    const std::uint64_t smallest = smallest_blocks(super_);
    if (form_.print_smallest) {
      report_.out("Estimated minimum size of the filesystem: {}", smallest);
      return {};
    }
    const std::uint64_t room = device->size * kSector / super_.block_size;
    return to(wanted(smallest, room), smallest, room);
  }

 private:
  std::uint64_t wanted(std::uint64_t smallest, std::uint64_t room) const {
    if (form_.smallest) return smallest;
    if (form_.blocks) return *form_.blocks;
    const std::uint64_t page = std::max<std::uint64_t>(4096 / super_.block_size, 1);
    return room - room % page;
  }

  Refused to(std::uint64_t blocks, std::uint64_t smallest, std::uint64_t room) {
    if (!form_.force && blocks < smallest) return {Refusal::resize_too_small, smallest};
    const std::uint32_t unit = super_.block_size / 1024;
    if (!form_.force && blocks > room) return {Refusal::resize_beyond_device, room, unit, blocks};
    if (blocks == super_.blocks) {
      report_.err("The filesystem is already {} ({}k) blocks long.  Nothing to do!\n", blocks, unit);
      return {};
    }
    if (mounted_) {
      if (const Refused refused = online(blocks)) return refused;
    } else {
      report_.out("Resizing the filesystem on {} to {} ({}k) blocks.", form_.shown, blocks, unit);
      offline(blocks);
    }
    report_.out("The filesystem on {} is now {} ({}k) blocks long.\n", form_.shown, super_.blocks, unit);
    return {};
  }

  Refused online(std::uint64_t blocks) {
    const Mount& row = (*world_.hosts.find(host_)->mounts)[mount_];
    report_.out("Filesystem at {} is mounted on {}; on-line resizing required", form_.shown,
                row.target.str());
    if (blocks < super_.blocks) return {Refusal::resize_online_shrink};
    Superblock grown = super_;
    grow_online(grown, usable_blocks(super_, blocks));
    report_.out("old_desc_blocks = {}, new_desc_blocks = {}", descriptor_blocks(super_),
                descriptor_blocks(grown));
    if (row.read_only) return {Refusal::resize_read_only};
    super_ = grown;
    with_mount(world_, host_, mount_, [&](Mount& mount) {
      mount.super = Part<Superblock>(grown);
      Superblock there = grown;
      there.state = State::in_use;
      return put_superblock(world_, host_, mount.device, there);
    });
    return {};
  }

  void offline(std::uint64_t blocks) {
    Mount mount;  // as if mounted, to move what is in the way
    mount.device = form_.device;
    mount.tree = tree_on(world_, host_, form_.device);
    resize(super_, usable_blocks(super_, blocks));
    mount.super = Part<Superblock>(super_);
    const std::vector<File> moved = move_out_of_the_way(mount);
    std::vector<Patch> contents;
    for (const File& file : moved) contents.push_back(content_of(file));
    for (std::size_t i = 0; i < moved.size(); ++i) {
      place_again(mount, moved[i].path, contents[i]);
      const File* file = mount.tree->find(moved[i].path);
      if (file) write(world_, host_, form_.device, file->data);
    }
    put_superblock(world_, host_, form_.device, super_);
    if (!moved.empty()) put_tree(world_, host_, form_.device, mount.tree);
  }

  Patch content_of(const File& file) const {
    Patch content;
    Sectors done = 0;
    for (const Range& range : covered(file.data)) {
      append(content, cut(read(world_, host_, form_.device, range).data, range, done));
      done += range.count;
    }
    return content;
  }

  World& world_;
  Name host_;
  const Resize& form_;
  Report& report_;
  Superblock super_;
  std::size_t mount_ = 0;
  bool mounted_ = false;
};

// Runs a part of fsadm that may be refused: its words go where the tool prints them.
int told(const Refused& refused, Report& report) {
  if (!refused) return std::exchange(report.status, 0);
  report.err("{}", refused.words());
  return row_of(refused.why).status;
}

int run_fsck(World& world, Name host, Name device, bool force, Report& report) {
  report.out("fsck from util-linux 2.38.1");
  Check form;
  form.device = device;
  form.shown = "/dev/" + device.str();
  form.program = "fsck.ext4";
  form.force = force;
  form.preen = true;
  const int before = std::exchange(report.status, 0);
  const int status = told(check(world, host, form, report), report);
  report.status = before;
  return status;
}

bool can_be_resized(const World& world, Name host, Name device, Report& report) {
  const Signature signature = signature_on(world, host, device);
  if (signature.type.empty()) {
    report.err("fsadm: Cannot get FSTYPE of \"/dev/{}\".", device.str());
  } else if (signature.type != Name("ext4")) {
    report.err("fsadm: Filesystem \"{}\" on device \"/dev/{}\" is not supported by this tool.",
               signature.type.str(), device.str());
  } else {
    return true;
  }
  return false;
}

int run_resize2fs(World& world, Name host, Name device, std::uint64_t blocks, bool force, Report& report) {
  Resize form;
  form.device = device;
  form.shown = "/dev/" + device.str();
  form.blocks = blocks;
  form.force = force;
  const int before = std::exchange(report.status, 0);
  const int status = told(resize2fs(world, host, form, report), report);
  report.status = before;
  if (status != 0) report.err("fsadm: ext4 resize failed.");
  return status == 0 ? 0 : 1;
}

}  // namespace

Refused resize2fs(World& world, Name host, const Resize& form, Report& report) {
  return Resizer(world, host, form, report)();
}

std::optional<std::uint64_t> blocks_from(std::string_view text, std::uint32_t block_size) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.empty()) return number;
  if (unit == "s" || unit == "S") return number * kSector / block_size;
  if (unit == "k" || unit == "K") return number * kKiB / block_size;
  if (unit == "m" || unit == "M") return number * kMiB / block_size;
  if (unit == "g" || unit == "G") return number * kGiB / block_size;
  if (unit == "t" || unit == "T") return number * 1024 * kGiB / block_size;
  return std::nullopt;
}

int fsadm_check(World& world, Name host, Name device, bool force, Report& report) {
  if (!can_be_resized(world, host, device, report)) return 1;
  const Host& at = *world.hosts.find(host);
  if (mounted_here(at, device)) return 0;
  // It has been mounted since the last check: fsadm insists on a full one.
  const bool unchecked = !superblock_on(world, host, device)->checked;
  const int status = run_fsck(world, host, device, force || unchecked, report);
  return status == 1 ? 0 : status;
}

int fsadm_resize(World& world, Name host, Name device, Bytes size, bool force, bool yes, Report& report) {
  if (!can_be_resized(world, host, device, report)) return 1;
  const Superblock super = *superblock_on(world, host, device);
  const std::uint64_t blocks = size / super.block_size;
  const Host& at = *world.hosts.find(host);
  const std::size_t index = mount_of(at, device);
  const bool mounted = index < at.mounts->size();
  if (!mounted || blocks >= super.blocks) return run_resize2fs(world, host, device, blocks, force, report);

  Mount mount = (*at.mounts)[index];
  report.out("Do you want to unmount \"{}\" ? [Y|n] {}", mount.target.str(), yes ? "y" : "n");
  if (!yes) {
    report.err("fsadm: Cannot proceed with mounted filesystem \"{}\".", mount.target.str());
    return 1;
  }
  write_out(world, host, mount);
  auto& rows = world.hosts.edit(host).mounts.edit();
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(index));
  int status = run_fsck(world, host, device, true, report);
  if (status <= 1) status = run_resize2fs(world, host, device, blocks, force, report);
  mount.read_only = false;
  if (read_in(world, host, mount, {}) == MountError::none)
    world.hosts.edit(host).mounts.edit().push_back(mount);
  return status;
}

int resize_for(World& world, Name host, Name device, Bytes size, bool shrinking, Report& report) {
  if (const int status = fsadm_check(world, host, device, false, report)) return status;
  return fsadm_resize(world, host, device, size, false, shrinking, report);
}

}  // namespace rehearse::fs
