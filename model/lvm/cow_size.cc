#include "model/lvm/cow_size.h"

#include <algorithm>

namespace rehearse::lvm {

Sectors cow_max_size(Sectors origin, Sectors chunk) {
  const std::uint64_t per_area = chunk * kSector / 16;
  const std::uint64_t chunks = divide_up(origin, chunk);
  // One metadata chunk more than needed when they come out even: the kernel ends its list with an empty one.
  const std::uint64_t metadata = (chunks + per_area) / per_area;
  return (1 + chunks + metadata) * chunk;
}

std::uint64_t cow_max_extents(const Group& group, const Volume& origin, Sectors chunk) {
  const std::uint64_t extents = divide_up(cow_max_size(origin.extents() * group.extent, chunk), group.extent);
  return std::min<std::uint64_t>(extents, UINT32_MAX);
}

}  // namespace rehearse::lvm
