// A block is a piece of metadata that lies on a disk: a label, a volume group's description, a superblock. It
// is written, copied and overwritten like any other sectors.
#pragma once

#include <variant>

#include "model/part.h"
#include "model/units.h"

namespace rehearse {

struct PartitionTable;  // model/dm/partition.h
struct ExceptionStore;  // model/dm/exceptions.h
namespace lvm {
struct Label;  // model/lvm/metadata.h
struct Group;
}  // namespace lvm
namespace fs {
struct Superblock;  // model/fs/filesystem.h
struct Tree;        // model/fs/tree.h
struct SwapHeader;  // model/fs/filesystem.h
}  // namespace fs
namespace drbd {
struct Superblock;  // model/drbd/metadata.h
struct ActivityLog;
struct Bitmap;
}  // namespace drbd

using BlockValue = std::variant<Part<PartitionTable>, Part<ExceptionStore>, Part<lvm::Label>,
                                Part<lvm::Group>, Part<fs::Superblock>, Part<fs::Tree>, Part<fs::SwapHeader>,
                                Part<drbd::Superblock>, Part<drbd::ActivityLog>, Part<drbd::Bitmap>>;

struct Block {
  Sectors sectors = 0;  // its room; less than that on the disk is rubble
  BlockValue value;

  template <class T>
  const T* as() const {
    const auto* held = std::get_if<Part<T>>(&value);
    return held ? held->get() : nullptr;
  }
  std::uint64_t hash() const;
  bool operator==(const Block& other) const;
};

}  // namespace rehearse
