#include "model/block.h"

#include "model/dm/exceptions.h"
#include "model/dm/partition.h"
#include "model/drbd/metadata.h"
#include "model/fs/filesystem.h"
#include "model/fs/tree.h"
#include "model/lvm/metadata.h"

namespace rehearse {

std::uint64_t Block::hash() const { return mix(sectors, hash_of(value)); }

bool Block::operator==(const Block& other) const { return sectors == other.sectors && value == other.value; }

}  // namespace rehearse
