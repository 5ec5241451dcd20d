#include "model/lvm/cow.h"

#include "model/io.h"

namespace rehearse::lvm {
namespace {

// A store's header is one chunk, and no chunk is larger than an extent of the usual size; with tiny extents
// it may lie in pieces, so it is reached through a table, made for the moment.
void put_table(World& world, Name host, const FoundGroup& found, Name volume, Name device) {
  const Group& group = *found.group;
  LinearMap map;
  Device row;
  for (const Segment& segment : group.volume(volume)->segments) {
    const Range range{segment.first * group.extent, segment.count * group.extent};
    const Sectors start = group.pv(segment.pv)->pe_start + segment.pv_first * group.extent;
    map.segments.push_back({range, found.device_of(segment.pv), start});
    row.size = range.end();
  }
  row.name = device;
  row.map = std::move(map);
  world.hosts.edit(host).put(std::move(row));
}

constexpr const char* kTable = "mapper/lvm-cow-in-the-making";

}  // namespace

void write_store(World& world, Name host, const FoundGroup& found, Name volume, const ExceptionStore& store) {
  put_table(world, host, found, volume, kTable);
  put_exceptions(world, host, kTable, store);
  world.hosts.edit(host).drop_device(kTable);
}

Part<ExceptionStore> store_on(const World& world, Name host, const FoundGroup& found, Name volume) {
  World copy = world;
  put_table(copy, host, found, volume, kTable);
  const Part<Block> block = block_on(copy, host, kTable, 0);
  const auto* store = block ? std::get_if<Part<ExceptionStore>>(&block->value) : nullptr;
  return store ? *store : Part<ExceptionStore>();
}

}  // namespace rehearse::lvm
