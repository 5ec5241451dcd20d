#include "scenarios/readable.h"

#include <algorithm>

#include "model/dm/exceptions.h"
#include "model/dm/partition.h"
#include "model/fs/filesystem.h"
#include "model/fs/tree.h"
#include "model/io.h"

namespace rehearse {
namespace {

void join(std::vector<Range>& ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  std::size_t kept = 0;
  for (const Range& range : ranges) {
    if (kept > 0 && range.first <= ranges[kept - 1].end()) {
      Range& last = ranges[kept - 1];
      last.count = std::max(last.end(), range.end()) - last.first;
    } else {
      ranges[kept++] = range;
    }
  }
  ranges.resize(kept);
}

void join(WriteSet& set) {
  for (auto& [stamp, ranges] : set) join(ranges);
}

void note(WriteSet& set, const Run& run) {
  if (!run.stamp.blank()) set[run.stamp].push_back({run.offset, run.count});
}

template <class T>
const T* block_in(const Patch& contents, Sectors at) {
  const Patch found = cut(contents, {at, 1}, at);
  if (found.empty() || !found[0].block || found[0].offset != 0) return nullptr;
  return found[0].block->as<T>();
}

// Of what a file expects, that which is there.
void note_file(WriteSet& set, const fs::File& file, const Patch& contents) {
  for (const Run& wanted : file.data) {
    if (wanted.stamp.blank()) continue;
    for (Run& there : cut(contents, {wanted.first, wanted.count}, wanted.first)) {
      there.count = std::min(there.count, wanted.end() - there.first);
      const Sectors offset = wanted.offset + (there.first - wanted.first);
      if (there.stamp == wanted.stamp && there.offset == offset) note(set, there);
    }
  }
}

// The rest of a group's volumes is put together from extents that lie on media.
class Assembler {
 public:
  Assembler(const World& world, const GroupOnMedia& found) : world_(world), found_(found) {}

  /// The extents of a volume as they lie there; a gap where a physical volume is missing.
  Patch own(const lvm::Volume& volume) const {
    Patch all;
    const Sectors extent = found_.group->extent;
    for (const lvm::Segment& segment : volume.segments) {
      const auto pv = found_.pvs.find(segment.pv);
      const lvm::PhysicalVolume* row = found_.group->pv(segment.pv);
      if (pv == found_.pvs.end() || !row) continue;
      const Medium* medium = world_.media.find(pv->second.medium);
      const Range range{pv->second.first + row->pe_start + segment.pv_first * extent, segment.count * extent};
      append(all, cut(medium->contents.read(range), range, segment.first * extent));
    }
    return all;
  }

  /// What a reader of the volume sees; nothing of a snapshot that is invalid or being merged.
  Patch seen(const lvm::Volume& volume) const {
    if (volume.snapshot) {
      const lvm::Volume* origin = found_.group->volume(volume.snapshot->origin);
      if (volume.snapshot->merging || !origin) return {};
      const Patch cow = own(volume);
      const auto* store = block_in<ExceptionStore>(cow, 0);
      return store && store->valid ? through(own(*origin), *store, cow) : Patch();
    }
    const lvm::Volume* merging = found_.group->merging_into(volume.name);
    if (!merging) return own(volume);
    const Patch cow = own(*merging);
    const auto* store = block_in<ExceptionStore>(cow, 0);
    return store && store->valid ? through(own(volume), *store, cow) : own(volume);
  }

 private:
  static Patch through(const Patch& real, const ExceptionStore& store, const Patch& cow) {
    const Sectors chunk = store.chunk;
    Patch over;
    for (const ExceptionRun& run : store.runs) {
      std::uint64_t done = 0;
      while (done < run.count) {  // each metadata area interrupts a run
        const std::uint64_t index = run.index + done;
        const std::uint64_t count = std::min(run.count - done, store.per_area() - index % store.per_area());
        append(over, cut(cow, {store.place(index) * chunk, count * chunk}, (run.old_first + done) * chunk));
        done += count;
      }
    }
    Contents contents;
    contents.write(real);
    contents.write(over);
    const Sectors size = real.empty() ? 0 : real.back().end();
    return contents.read({0, size});
  }

  const World& world_;
  const GroupOnMedia& found_;
};

// A disk, or a partition of one.
struct Slice {
  Name medium;
  Range range;
  std::string name;
};

std::string disk_name(const World& world, Name medium) {
  std::string name = medium.str();
  world.hosts.for_each([&](Name host, const Host& row) {
    for (const Disk& disk : row.hardware->disks) {
      if (disk.medium == medium) name = disk.device.str() + " of " + host.str();
    }
  });
  return name;
}

std::vector<Slice> slices(const World& world) {
  std::vector<Slice> all;
  world.media.for_each([&](Name name, const Medium& medium) {
    const Block* block = medium.contents.block_at(0);
    const PartitionTable* table = block ? block->as<PartitionTable>() : nullptr;
    const std::string disk = disk_name(world, name);
    if (!table || table->partitions.empty()) {
      all.push_back({name, {0, medium.size}, disk});
      return;
    }
    for (const Partition& partition : table->partitions) {
      if (partition.range.first >= medium.size) continue;
      const Sectors count = std::min(partition.range.count, medium.size - partition.range.first);
      const std::size_t space = disk.find(' ');
      const std::string kernel = disk.substr(0, space) + std::to_string(partition.number);
      all.push_back({name,
                     {partition.range.first, count},
                     space == std::string::npos ? kernel : kernel + disk.substr(space)});
    }
  });
  return all;
}

const lvm::Label* label_on(const World& world, const Slice& slice) {
  const Block* block = world.media.find(slice.medium)->contents.block_at(slice.range.first + lvm::kLabelAt);
  return block ? block->as<lvm::Label>() : nullptr;
}

}  // namespace

void add(WriteSet& to, const WriteSet& more) {
  for (const auto& [stamp, ranges] : more) {
    auto& all = to[stamp];
    all.insert(all.end(), ranges.begin(), ranges.end());
    join(all);
  }
}

WriteSet minus(const WriteSet& from, const WriteSet& without) {
  WriteSet left;
  for (const auto& [stamp, ranges] : from) {
    const auto other = without.find(stamp);
    std::vector<Range> rest;
    for (Range range : ranges) {
      if (other != without.end()) {
        for (const Range& gone : other->second) {
          if (gone.end() <= range.first) continue;
          if (gone.first >= range.end()) break;
          if (gone.first > range.first) rest.push_back({range.first, gone.first - range.first});
          const Sectors end = range.end();
          range.first = std::min(end, gone.end());
          range.count = end - range.first;
        }
      }
      if (range.count > 0) rest.push_back(range);
    }
    if (!rest.empty()) left.emplace(stamp, std::move(rest));
  }
  return left;
}

Bytes bytes_of(const std::vector<Range>& sectors) {
  Sectors total = 0;
  for (const Range& range : sectors) total += range.count;
  return total * kSector;
}

void add_writes(WriteSet& to, const Patch& contents) {
  WriteSet found;
  const bool filesystem = block_in<fs::Superblock>(contents, fs::kSuperblockAt) != nullptr;
  if (const auto* tree = filesystem ? block_in<fs::Tree>(contents, fs::kTreeAt) : nullptr) {
    for (const fs::File& file : tree->files) note_file(found, file, contents);
  } else {
    for (const Run& run : contents) note(found, run);
  }
  join(found);
  add(to, found);
}

void add_writes(WriteSet& to, const fs::Mount& mount, const Patch& contents) {
  if (!mount.tree) return;
  Contents now;
  now.write(contents);
  now.write(mount.pending);
  const Patch seen = now.runs();
  WriteSet found;
  for (const fs::File& file : mount.tree->files) note_file(found, file, seen);
  join(found);
  add(to, found);
}

std::vector<GroupOnMedia> groups_on_media(const World& world) {
  std::map<std::uint64_t, GroupOnMedia> groups;  // by uuid
  std::map<std::uint64_t, GroupOnMedia::Place> labels;
  for (const Slice& slice : slices(world)) {
    const lvm::Label* label = label_on(world, slice);
    if (!label) continue;
    labels[label->uuid] = {slice.medium, slice.range.first};
    const Block* block =
        world.media.find(slice.medium)->contents.block_at(slice.range.first + lvm::kMetadataAt);
    const lvm::Group* group = block ? block->as<lvm::Group>() : nullptr;
    if (!group || !group->pv(label->uuid)) continue;
    GroupOnMedia& known = groups[group->uuid];
    if (!known.group || known.group->seqno < group->seqno) known.group = Part<lvm::Group>(*group);
  }
  std::vector<GroupOnMedia> all;
  for (auto& [uuid, found] : groups) {
    for (const lvm::PhysicalVolume& pv : found.group->pvs) {
      if (const auto at = labels.find(pv.uuid); at != labels.end()) found.pvs.insert(*at);
    }
    all.push_back(std::move(found));
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.group->name < b.group->name; });
  return all;
}

std::vector<ReadableDevice> devices_on_media(const World& world) {
  std::vector<ReadableDevice> all;
  for (const Slice& slice : slices(world)) {
    if (label_on(world, slice)) continue;
    const Patch read = world.media.find(slice.medium)->contents.read(slice.range);
    all.push_back({slice.name, cut(read, slice.range, 0)});
  }
  for (const GroupOnMedia& found : groups_on_media(world)) {
    const Assembler assembler(world, found);
    for (const lvm::Volume& volume : found.group->volumes) {
      if (volume.hidden()) continue;
      all.push_back({found.group->name.str() + "/" + volume.name.str(), assembler.seen(volume)});
    }
  }
  return all;
}

std::vector<SnapshotRoom> snapshots_on_media(const World& world) {
  std::vector<SnapshotRoom> all;
  for (const GroupOnMedia& found : groups_on_media(world)) {
    const Assembler assembler(world, found);
    const std::string prefix = found.group->name.str() + "/";
    for (const lvm::Volume& volume : found.group->volumes) {
      if (!volume.snapshot) continue;
      const Patch cow = assembler.own(volume);
      const auto* store = block_in<ExceptionStore>(cow, 0);
      if (!store) continue;
      all.push_back({prefix + volume.name.str(), volume.uuid, store->valid, volume.snapshot->merging,
                     store->allocated(), volume.extents() * found.group->extent, found.group->extent,
                     prefix + volume.snapshot->origin.str()});
    }
  }
  return all;
}

Readable readable_writes(const World& world) {
  Readable all;
  for (const ReadableDevice& device : devices_on_media(world)) {
    WriteSet found;
    add_writes(found, device.contents);
    if (!found.empty()) all.places.emplace_back(device.name, std::move(found));
  }
  world.hosts.for_each([&](Name name, const Host& host) {
    if (!host.powered) return;
    const auto in_memory = [&](const fs::Mount& mount, const std::string& who) {
      const Device* device = host.device(mount.device);
      if ((!mount.dirty && mount.pending.empty()) || !device) return;
      WriteSet found;
      add_writes(found, mount, read(world, name, mount.device, {0, device->size}).data);
      if (!found.empty()) all.places.emplace_back("the memory of " + who, std::move(found));
    };
    for (const fs::Mount& mount : *host.mounts) in_memory(mount, name.str());
    for (const domain::Domain& domain : *host.domains) {
      for (const fs::Mount& mount : domain.mounts) in_memory(mount, domain.config.name.str());
    }
  });
  for (const auto& [name, found] : all.places) add(all.anywhere, found);
  return all;
}

}  // namespace rehearse
