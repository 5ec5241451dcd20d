#include "scenarios/world_sound.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>

#include "model/dm/exceptions.h"
#include "scenarios/phrase.h"

namespace rehearse {
namespace {

using shape::ExactDoc;
using Path = std::vector<std::string>;

class Checker {
 public:
  explicit Checker(const ExactDoc& world) : world_(world) {}

  std::optional<Unsound> operator()() {
    for (std::size_t i = 0; i < world_.blocks.size(); ++i)
      block(world_.blocks[i], {"exact", "blocks", std::to_string(i)});
    world_.media.for_each([&](Name name, const shape::MediumRow& row) {
      medium(row, {"exact", "media", name.str()});
    });
    world_.hosts.for_each([&](Name name, const Host& row) { host(row, {"exact", "hosts", name.str()}); });
    world_.ledger.for_each([&](Name name, const WriterLog& row) {
      log(row, {"exact", "ledger", name.str()});
    });
    return found_;
  }

 private:
  bool fail(Path path, std::initializer_list<std::string> more, std::string what) {
    path.insert(path.end(), more);
    if (!found_) found_ = Unsound{shape::pointer_text(path), std::move(what)};
    return false;
  }

  template <class T, class Less>
  void sorted(const std::vector<T>& rows, const Path& path, std::string_view key, Less before) {
    for (std::size_t i = 1; i < rows.size(); ++i) {
      if (!before(rows[i - 1], rows[i])) {
        fail(path, {std::string(key), std::to_string(i)}, "expected rows in ascending order, each once");
        return;
      }
    }
  }

  void runs(const Patch& patch, Sectors size, const Path& path, const std::string& key, bool blank_too) {
    Sectors next = 0;
    for (std::size_t i = 0; i < patch.size(); ++i) {
      const Run& run = patch[i];
      const std::string at = std::to_string(i);
      if (run.count == 0 || run.first > size || run.count > size - run.first) {
        fail(path, {key, at}, fmt::format("expected sectors within the {} there are", size));
      } else if (run.first < next) {
        fail(path, {key, at}, "expected runs in ascending order that do not overlap");
      } else if (run.block && !run.stamp.blank()) {
        fail(path, {key, at}, "expected either a stamp or a block");
      } else if (run.block &&
                 (run.offset > run.block->sectors || run.count > run.block->sectors - run.offset)) {
        fail(path, {key, at}, "expected a piece of its block");
      } else if (run.offset > kMost) {
        fail(path, {key, at, "offset"}, "too large");
      } else if (run.blank() && !blank_too) {
        fail(path, {key, at}, "expected a stamp or a block");
      }
      if (found_) return;
      next = run.end();
    }
  }

  void block(const Block& row, const Path& path) {
    if (row.sectors == 0 || row.sectors > kMost) fail(path, {"sectors"}, "expected at least 1 sector");
    if (const auto* store = row.as<ExceptionStore>()) exceptions(*store, path);
    if (const auto* group = row.as<lvm::Group>()) volumes(*group, path);
    if (const auto* held = row.as<lvm::Label>();
        held && (held->pe_start > kMost || held->device_size > kMost)) {
      fail(path, {"value", "pv_label"}, "larger than any disk");
    }
    if (const auto* super = row.as<fs::Superblock>()) superblock(*super, path);
    if (const auto* held = row.as<fs::Tree>()) tree(*held, path);
    if (const auto* table = row.as<PartitionTable>()) partitions(*table, path);
    if (std::visit([](const auto& part) { return !part; }, row.value))
      fail(path, {"value"}, "expected an object");
  }

  void partitions(const PartitionTable& table, const Path& path) {
    for (std::size_t i = 0; i < table.partitions.size(); ++i) {
      const Range range = table.partitions[i].range;
      if (range.first > kMost || range.count > kMost) {
        fail(path, {"value", "partition_table", "partitions", std::to_string(i)}, "larger than any disk");
      }
    }
  }

  void exceptions(const ExceptionStore& store, const Path& path) {
    if (!std::has_single_bit(store.chunk) || store.chunk < 8 || store.chunk > 1024) {
      fail(path, {"value", "exception_store", "chunk"}, "expected a power of two from 8 to 1024");
    }
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < store.runs.size() && !found_; ++i) {
      const ExceptionRun& run = store.runs[i];
      const bool fits = run.count > 0 && run.old_first >= next && run.old_first <= kMost &&
                        run.count <= kMost && run.index <= kMost && run.index + run.count <= store.committed;
      if (!fits) {
        fail(path, {"value", "exception_store", "runs", std::to_string(i)},
             "expected chunks in ascending order, within those committed");
      }
      next = run.old_first + run.count;
    }
    if (store.committed > kMost) fail(path, {"value", "exception_store", "committed"}, "too many");
  }

  void volumes(const lvm::Group& group, const Path& path) {
    const Path here = [&] {
      Path longer = path;
      longer.insert(longer.end(), {"value", "group"});
      return longer;
    }();
    if (group.extent == 0 || group.extent > kMost >> 20)
      fail(here, {"extent"}, "expected sectors, more than none");
    sorted(group.volumes, here, "volumes", [](const auto& a, const auto& b) { return a.name < b.name; });
    for (std::size_t i = 0; i < group.pvs.size(); ++i) {
      const auto& pv = group.pvs[i];
      if (pv.extents > (1u << 24) || pv.pe_start > kMost || pv.device_size > kMost) {
        fail(here, {"pvs", std::to_string(i)}, "larger than any disk");
      }
    }
    for (std::size_t i = 0; i < group.volumes.size(); ++i)
      volume(group, group.volumes[i], here, std::to_string(i));
  }

  void volume(const lvm::Group& group, const lvm::Volume& row, const Path& path, const std::string& at) {
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < row.segments.size(); ++i) {
      const lvm::Segment& segment = row.segments[i];
      const lvm::PhysicalVolume* pv = group.pv(segment.pv);
      const bool fits = pv && segment.count > 0 && segment.first == next && segment.pv_first <= pv->extents &&
                        segment.count <= pv->extents - segment.pv_first;
      if (!fits) {
        fail(path, {"volumes", at, "segments", std::to_string(i)},
             "expected extents of a physical volume, in order");
        return;
      }
      next = segment.first + segment.count;
    }
    if (row.segments.empty()) fail(path, {"volumes", at, "segments"}, "expected extents");
    if (!row.snapshot) return;
    const lvm::Volume* origin = group.volume(row.snapshot->origin);
    if (!origin || origin->snapshot)
      fail(path, {"volumes", at, "snapshot", "origin"}, "expected a volume of the group");
    if (!std::has_single_bit(row.snapshot->chunk) || row.snapshot->chunk < 8 || row.snapshot->chunk > 1024) {
      fail(path, {"volumes", at, "snapshot", "chunk"}, "expected a power of two from 8 to 1024");
    }
  }

  void superblock(const fs::Superblock& super, const Path& path) {
    const bool sound = std::has_single_bit(super.block_size) && super.block_size >= 1024 &&
                       super.block_size <= 65536 && super.blocks <= kMost &&
                       super.free_blocks <= super.blocks && super.overhead_blocks <= super.blocks &&
                       super.reserved_blocks <= super.blocks && super.journal_blocks <= super.blocks &&
                       super.journal_next <= super.blocks && super.free_inodes <= super.inodes;
    if (!sound) fail(path, {}, "expected a superblock whose sizes fit each other");
  }

  void tree(const fs::Tree& held, const Path& path) {
    sorted(held.files, path, "files", [](const auto& a, const auto& b) { return a.path < b.path; });
    for (std::size_t i = 0; i < held.files.size(); ++i) {
      const fs::File& file = held.files[i];
      const std::string at = std::to_string(i);
      if (!file.path.str().starts_with("/") || file.path.str().size() < 2) {
        fail(path, {"files", at, "path"}, "expected an absolute path");
      }
      if (file.size > shape::kMostBytes) fail(path, {"files", at, "size"}, "larger than any disk");
      Path here = path;
      here.insert(here.end(), {"files", at});
      runs(file.data, kMost, here, "data", true);
    }
  }

  void medium(const shape::MediumRow& row, const Path& path) {
    if (row.size == 0 || row.size > kMost) fail(path, {"size"}, "expected sectors, at most 2^50");
    runs(row.runs, row.size, path, "runs", false);
    if (row.flushed) runs(*row.flushed, row.size, path, "flushed", false);
  }

  void log(const WriterLog& row, const Path& path) {
    for (std::size_t i = 0; i < row.writes.size(); ++i) {
      if (row.writes[i].sequence != i + 1) {
        fail(path, {"writes", std::to_string(i), "sequence"}, fmt::format("expected {}", i + 1));
      }
    }
  }

  void host(const Host& row, const Path& path) {
    if (!row.hardware) {
      fail(path, {"hardware"}, "expected an object");
      return;
    }
    if (!row.disk_root) fail(path, {"disk_root"}, "expected an object");
    sorted(row.hardware->disks, path, "hardware",
           [](const auto& a, const auto& b) { return a.device < b.device; });
    for (std::size_t i = 0; i < row.hardware->disks.size(); ++i) {
      if (world_.media.contains(row.hardware->disks[i].medium)) continue;
      fail(path, {"hardware", "disks", std::to_string(i), "medium"},
           "there is no medium " + quote_word(row.hardware->disks[i].medium.str()));
    }
    if (row.disk_root) tree(*row.disk_root, path);
    if (row.root) tree(*row.root, path);
    const bool memory = row.root && row.devices && row.mounts && row.swaps && row.exports && row.domains;
    const bool none = !row.root && !row.devices && !row.mounts && !row.swaps && !row.exports && !row.domains;
    if (row.powered && !memory)
      fail(path, {}, "expected a host with power to have root, devices, mounts, swaps, exports and domains");
    if (!row.powered && !none) fail(path, {}, "expected a host without power to have nothing in memory");
    if (memory && !found_) in_memory(row, path);
  }

  void in_memory(const Host& row, const Path& path) {
    sorted(*row.devices, path, "devices", [](const auto& a, const auto& b) { return a.name < b.name; });
    sorted(*row.domains, path, "domains", [](const auto& a, const auto& b) { return a.id < b.id; });
    sorted(*row.exports, path, "exports", [](const auto& a, const auto& b) {
      return std::tie(a.shelf, a.slot) < std::tie(b.shelf, b.slot);
    });
    for (std::size_t i = 0; i < row.devices->size() && !found_; ++i)
      device(row, (*row.devices)[i], path, std::to_string(i));
    for (std::size_t i = 0; i < row.mounts->size(); ++i)
      mount((*row.mounts)[i], path, {"mounts", std::to_string(i)});
    for (std::size_t d = 0; d < row.domains->size(); ++d) {
      const auto& mounts = (*row.domains)[d].mounts;
      for (std::size_t i = 0; i < mounts.size(); ++i) {
        mount(mounts[i], path, {"domains", std::to_string(d), "mounts", std::to_string(i)});
      }
      if ((*row.domains)[d].machine) machine(*(*row.domains)[d].machine, path, std::to_string(d));
    }
    depths_.clear();
    for (std::size_t i = 0; i < row.devices->size() && !found_; ++i) {
      if (depth(row, (*row.devices)[i].name) > kDeepest) {
        fail(path, {"devices", std::to_string(i)}, "lies on itself");
      }
    }
  }

  void mount(const fs::Mount& row, Path path, const std::vector<std::string>& more) {
    path.insert(path.end(), more.begin(), more.end());
    if (row.super) superblock(*row.super, path);
    if (row.tree) tree(*row.tree, path);
    if (row.written) tree(*row.written, path);
    runs(row.pending, kMost, path, "pending", true);
    if (!row.device.empty() && (!row.super || !row.tree)) fail(path, {}, "expected \"super\" and \"tree\"");
  }

  void machine(const qemu::Machine& row, Path path, const std::string& domain) {
    path.insert(path.end(), {"domains", domain, "machine"});
    Words words = {"qemu-system-x86_64"};
    for (const Name word : row.command) words.push_back(word.str());
    qemu::Op op;
    if (qemu::parse(words, op).kind != Mismatch::Kind::none || !op.get_if<qemu::StartMachine>())
      fail(path, {"command"}, "expected the options of qemu-system-x86_64");
    for (std::size_t i = 0; i < row.memory.size(); ++i)
      mount(row.memory[i], path, {"memory", std::to_string(i)});
  }

  static std::vector<Name> below(const Device& device) {
    std::vector<Name> names;
    if (const auto* map = device.as<PartitionDevice>()) names.push_back(map->disk);
    if (const auto* map = device.as<LinearMap>()) {
      for (const LinearSegment& segment : map->segments) names.push_back(segment.device);
    }
    if (const auto* map = device.as<SnapshotOriginMap>()) names.push_back(map->real);
    if (const auto* map = device.as<SnapshotMap>()) names.insert(names.end(), {map->real, map->cow});
    if (const auto* map = device.as<SnapshotMergeMap>()) names.insert(names.end(), {map->real, map->cow});
    return names;
  }

  // How many tables lie below each other, worked out once a device; one that is met on its own way is too
  // deep.
  int depth(const Host& host, Name name) {
    const auto [at, fresh] = depths_.try_emplace(name, kDeepest + 1);
    if (!fresh) return at->second;
    int most = 0;
    if (const Device* device = host.device(name)) {
      for (const Name under : below(*device)) most = std::max(most, 1 + depth(host, under));
    }
    return depths_[name] = most;
  }

  void device(const Host& host, const Device& row, const Path& path, const std::string& at) {
    if (row.size > kMost) fail(path, {"devices", at, "size"}, "larger than any disk");
    if (row.as<DiskDevice>()) {
      const Disk* disk = host.disk(row.name);
      const auto* medium = disk ? world_.media.find(disk->medium) : nullptr;
      if (!medium)
        fail(path, {"devices", at}, "the hardware has no such disk");
      else if (row.size > medium->size)
        fail(path, {"devices", at, "size"}, "larger than its medium");
    }
    for (const Name under : below(row)) {
      if (!host.device(under))
        fail(path, {"devices", at, "map"}, "there is no device " + quote_word(under.str()));
    }
    if (found_) return;
    if (const auto* map = row.as<PartitionDevice>()) within(map->range, map->disk, host, path, at);
    if (const auto* map = row.as<LinearMap>()) linear(host, row, *map, path, at);
    const auto* snapshot = row.as<SnapshotMap>();
    const auto* merge = row.as<SnapshotMergeMap>();
    const Sectors chunk = snapshot ? snapshot->chunk : merge ? merge->chunk : 8;
    if (!std::has_single_bit(chunk) || chunk < 8 || chunk > 1024) {
      fail(path, {"devices", at, "map"}, "expected a chunk that is a power of two from 8 to 1024");
    }
  }

  void linear(const Host& host, const Device& row, const LinearMap& map, const Path& path,
              const std::string& at) {
    Sectors next = 0;
    for (const LinearSegment& segment : map.segments) {
      if (segment.range.first != next || segment.range.count == 0) {
        fail(path, {"devices", at, "map"}, "expected segments in order, without gaps");
      }
      within({segment.offset, segment.range.count}, segment.device, host, path, at);
      if (found_) return;
      next = segment.range.end();
    }
    if (next != row.size)
      fail(path, {"devices", at, "size"}, fmt::format("expected {}, as in its segments", next));
  }

  void within(Range range, Name device, const Host& host, const Path& path, const std::string& at) {
    const Sectors room = host.device(device)->size;
    if (range.first > room || range.count > room - range.first) {
      fail(path, {"devices", at, "map"}, "reaches beyond the end of " + quote_word(device.str()));
    }
  }

  static constexpr Sectors kMost = Sectors{1} << 50;
  static constexpr int kDeepest = 16;  // no stack of the model is that high
  const ExactDoc& world_;
  std::map<Name, int> depths_;
  std::optional<Unsound> found_;
};

}  // namespace

std::optional<Unsound> unsound(const ExactDoc& world) { return Checker(world)(); }

}  // namespace rehearse
