#include "model/fs/tune_ops.h"

#include <charconv>

#include "model/fs/ext4.h"
#include "model/fs/kernel.h"
#include "model/fs/probe.h"
#include "model/fs/resize.h"

namespace rehearse::fs {
namespace {

constexpr std::uint64_t kDay = 86400;

// Changes the superblock on the device and, as it lies in the same page cache, the one in the kernel's
// memory.
template <class F>
void change(World& world, Name host, Name device, Superblock super, F f) {
  f(super);
  put_superblock(world, host, device, super);
  const Host& at = *world.hosts.find(host);
  const std::size_t index = mount_of(at, device);
  if (index == at.mounts->size()) return;
  with_mount(world, host, index, [&](Mount& mount) {
    f(mount.super.edit());
    return 0;
  });
}

Refused open(const World& world, Name host, Name shown, Name device, bool writing) {
  const Device* row = world.hosts.find(host)->device(device);
  if (!row) return {Refusal::tune_no_device, shown};
  if (writing && row->read_only) return {Refusal::tune_not_permitted, shown};
  if (!superblock_on(world, host, device)) return {Refusal::tune_bad_magic, shown};
  return {};
}

}  // namespace

bool read_value(std::string_view text, CheckInterval& value) {
  value.text = text;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit == "" || unit == "d" || unit == "D") {
    value.days = number;
  } else if (unit == "w" || unit == "W") {
    value.days = number * 7;
  } else if (unit == "m" || unit == "M") {
    value.days = number * 30;
  } else {
    return false;
  }
  return true;
}
std::string show_value(const CheckInterval& value) { return value.text; }

Refused run(World& world, Name host, const Tune& form, Report& report) {
  report.out("tune2fs 1.47.0 (5-Feb-2023)");
  const Host& at = *world.hosts.find(host);
  const Name device = device_at(world, host, form.device);
  if (const Refused refused = open(world, host, form.device, device, true)) return refused;
  const Superblock super = *superblock_on(world, host, device);
  const bool mounted = mount_of(at, device) < at.mounts->size();
  if (form.label && form.label->str().size() > kLongestLabel) {
    report.err("Warning: label too long, truncating.");
  }
  const Name label = form.label ? Name(form.label->str().substr(0, kLongestLabel)) : Name();
  if (form.label && mounted) {
    // The kernel is told to set it, and then tune2fs is done, whatever else it was to do.
    change(world, host, device, super, [&](Superblock& block) { block.label = label; });
    return {};
  }
  const std::int32_t most = form.max_mount_count.value_or(0) > 0 ? *form.max_mount_count : -1;
  if (form.max_mount_count) report.out("Setting maximal mount count to {}", most);
  if (form.mount_count) report.out("Setting current mount count to {}", *form.mount_count);
  if (form.interval) report.out("Setting interval between checks to {} seconds", form.interval->days * kDay);
  const std::uint64_t reserved = super.blocks * form.reserved_percent.value_or(0) / 100;
  if (form.reserved_percent) {
    report.out("Setting reserved blocks percentage to {}% ({} blocks)", *form.reserved_percent, reserved);
  }
  change(world, host, device, super, [&](Superblock& block) {
    if (form.max_mount_count) block.max_mount_count = most;
    if (form.mount_count) block.mount_count = *form.mount_count;
    if (form.interval) block.check_interval_days = form.interval->days;
    if (form.reserved_percent) block.reserved_blocks = reserved;
    if (form.label) block.label = label;
  });
  return {};
}

Refused run(World& world, Name host, const LabelExt4& form, Report& report) {
  const Name device = device_at(world, host, form.device);
  const Device* row = world.hosts.find(host)->device(device);
  if (!row) return {Refusal::label_no_device, form.device};
  const Part<Superblock> super = superblock_on(world, host, device);
  if (!super) return {Refusal::label_bad_magic, form.device};
  if (!form.label) {
    report.out("{}", super->label.str());
    return {};
  }
  if (row->read_only) return {Refusal::label_not_permitted, form.device};
  if (form.label->str().size() > kLongestLabel) report.err("Warning: label too long, truncating.");
  const Name label = form.label->str().substr(0, kLongestLabel);
  change(world, host, device, *super, [&](Superblock& block) { block.label = label; });
  return {};
}

Refused run(World& world, Name host, const ResizeExt4& form, Report& report) {
  Resize resize;
  resize.device = device_at(world, host, form.device);
  resize.shown = form.device.str();
  resize.force = form.force;
  resize.smallest = form.smallest;
  resize.print_smallest = form.print_smallest;
  const Part<Superblock> super = superblock_on(world, host, resize.device);
  if (form.size && super) {
    resize.blocks = blocks_from(form.size->str(), super->block_size);
    if (!resize.blocks || *resize.blocks == 0) {
      report.err("resize2fs 1.47.0 (5-Feb-2023)");
      return {Refusal::resize_bad_size, *form.size};
    }
  }
  return resize2fs(world, host, resize, report);
}

}  // namespace rehearse::fs
