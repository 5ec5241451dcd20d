// For tests: a host named alpha with a group laid on its disks as vgcreate would, without any command.
#pragma once

#include "model/io.h"
#include "model/lvm/scan.h"

namespace rehearse::lvm {

/// Disks vda, vdb ... of this size, all of them in group "vg" in the order given by `order`.
inline World group_world(Bytes size, const std::vector<Name>& order, Sectors extent = kDefaultExtent) {
  World world;
  std::vector<BlankDisk> disks;
  for (const char* name : {"vda", "vdb", "vdc", "vdd"}) disks.push_back({name, size});
  add_host(world, "alpha", disks);
  Group group;
  group.name = "vg";
  group.uuid = 77;
  group.extent = extent;
  for (const Name device : order) {
    Label label{hash_of(device), size / kSector, kDefaultPeStart};
    PhysicalVolume pv{label.uuid, "/dev/" + device.str(), label.device_size, label.pe_start};
    pv.extents = (label.device_size - label.pe_start) / extent;
    write(world, "alpha", device, block_at(kLabelAt, Block{1, Part<Label>(label)}));
    group.pvs.push_back(pv);
  }
  commit(world, "alpha", group);
  return world;
}

/// A volume that lies on vda in one piece.
inline Volume volume_at(Name name, std::uint64_t first, std::uint64_t count) {
  Volume volume;
  volume.name = name;
  volume.segments = {{0, count, hash_of(Name("vda")), first}};
  return volume;
}

}  // namespace rehearse::lvm
