#include "model/lvm/label.h"

#include <algorithm>

#include "model/dm/partition.h"
#include "model/fs/filesystem.h"
#include "model/io.h"

namespace rehearse::lvm {
namespace {

constexpr Sectors kSearched = 136;  // where blkid finds what the model keeps on disks
constexpr Sectors kWiped = 4;       // pvcreate zeroes the first 2 KiB

}  // namespace

std::vector<Signature> signatures(const World& world, Name host, Name device) {
  std::vector<Signature> found;
  const Host* at = world.hosts.find(host);
  const Device* row = at ? at->device(device) : nullptr;
  if (!row) return found;
  const ReadResult start = read(world, host, device, {0, std::min(kSearched, row->size)});
  for (const Run& run : start.data) {
    if (!run.block || run.offset != 0) continue;
    const Range sectors{run.first, run.count};
    if (const auto* super = run.block->as<fs::Superblock>()) found.push_back({super->type, 1080, sectors});
    if (run.block->as<fs::SwapHeader>()) found.push_back({"swap", 4086, sectors});
    if (const auto* table = run.block->as<PartitionTable>()) {
      found.push_back({table->label, table->label == Name("gpt") ? Bytes{512} : Bytes{510}, sectors});
    }
  }
  return found;
}

bool held(const Host& host, Name device) {
  if (holders(host, device) > 0) return true;
  const auto on_it = [&](const auto& row) { return row.device == device; };
  return (host.mounts && std::any_of(host.mounts->begin(), host.mounts->end(), on_it)) ||
         (host.swaps && std::any_of(host.swaps->begin(), host.swaps->end(), on_it));
}

// lvm2 lib/device/filter: what is left out has its reason.
Operand find_device(const World& world, Name host, Name path) {
  const Host& at = *world.hosts.find(host);
  Operand operand{path, device_name(at, path), {}};
  const Device* row = operand.device.empty() ? nullptr : at.device(operand.device);
  const Disk* disk = row ? at.disk(row->name) : nullptr;
  if (!row || (disk && !disk->present)) {
    operand.refused = {Refusal::no_device_found, path};
  } else if (row->mapped()) {
    operand.refused = {Refusal::device_not_usable, path, "device is an LV"};
  } else if (row->size < kSmallestDevice) {
    operand.refused = {Refusal::device_not_usable, path, "device is too small (pv_min_size)"};
  } else if (!scanned(world, host, *row)) {
    operand.refused = {Refusal::device_not_usable, path, "device is partitioned"};
  }
  return operand;
}

void wipe(World& world, Name host, Name device, Range sectors) {
  write(world, host, device, stamped(sectors, Stamp{}));
}

void wipe_group(World& world, Name host, Name device) {
  wipe(world, host, device, {kMetadataAt, kMetadataRoom});
}

void wipe_label(World& world, Name host, Name device) {
  wipe(world, host, device, {kLabelAt, 1});
  wipe_group(world, host, device);
}

void make_orphan(World& world, Name host, const FoundPv& pv) {
  wipe_group(world, host, pv.device);
  Label label = pv.label;
  label.device_size = world.hosts.find(host)->device(pv.device)->size;
  rewrite_label(world, host, pv.device, label);
}

void put_label(World& world, Name host, Name device, const Label& label) {
  wipe(world, host, device, {0, kWiped});
  wipe_group(world, host, device);
  rewrite_label(world, host, device, label);
}

void rewrite_label(World& world, Name host, Name device, const Label& label) {
  write(world, host, device, block_at(kLabelAt, Block{1, Part<Label>(label)}));
}

}  // namespace rehearse::lvm
