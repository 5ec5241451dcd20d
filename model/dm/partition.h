// The partition table in the first sector of a disk. The kernel keeps its own copy, read at boot or when
// asked.
#pragma once

#include <vector>

#include "model/hash.h"
#include "model/units.h"

namespace rehearse {

struct Partition {
  std::uint32_t number = 1;
  Range range;
  Name type;  // as sfdisk spells it: "83", "8e", "fd"

  friend auto fields(const Partition& partition) {
    const auto& [number, range, type] = partition;
    return std::tie(number, range, type);
  }
  bool operator==(const Partition&) const = default;
};

struct PartitionTable {
  Name label = "dos";
  std::vector<Partition> partitions;  // sorted by number

  friend auto fields(const PartitionTable& table) {
    const auto& [label, partitions] = table;
    return std::tie(label, partitions);
  }
  bool operator==(const PartitionTable&) const = default;
};

}  // namespace rehearse
