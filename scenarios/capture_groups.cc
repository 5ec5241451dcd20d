// Volume groups: the description that LVM's reports were made from, put together again.
#include <algorithm>
#include <bit>
#include <map>

#include "backends/observe/numbers.h"
#include "model/lvm/label.h"
#include "scenarios/capture_site.h"

namespace rehearse {
namespace {

using observing::read_number;

constexpr Bytes kMostBytes = Bytes{1} << 57;

Name device_of(const seen::Pv& pv) {
  return pv.path.starts_with("/dev/") ? Name(std::string_view(pv.path).substr(5)) : Name();
}

lvm::Alloc alloc_of(char letter) {
  static constexpr std::string_view kLetters = "iclna";
  const std::size_t at = kLetters.find(static_cast<char>(std::tolower(static_cast<unsigned char>(letter))));
  return at == kLetters.npos ? lvm::Alloc::inherit : static_cast<lvm::Alloc>(at);
}

char at(const std::string& attr, std::size_t place) { return place < attr.size() ? attr[place] : '-'; }

class GroupBuilder {
 public:
  GroupBuilder(const CaptureSite& site, const seen::Group& row) : site_(site), row_(row) {
    group_.name = row.name;
    group_.uuid = stand_in(row.uuid);
    group_.seqno = row.seqno;
    group_.extent = row.extent / kSector;
    group_.resizeable = at(row.attr, 1) == 'z';
    group_.exported = at(row.attr, 2) == 'x';
    group_.alloc = alloc_of(at(row.attr, 4));
    group_.max_volumes = row.max_volumes;
    group_.max_pvs = row.max_pvs;
    if (!row.tags.empty()) site.note("tags of group {} are not modelled: {}", row.name, row.tags);
  }

  void operator()() {
    for (const seen::Pv& pv : site_.captured.seen.pvs) {
      if (pv.group == row_.name) pvs_.push_back(&pv);
    }
    std::stable_sort(pvs_.begin(), pvs_.end(),
                     [](const auto* a, const auto* b) { return a->place < b->place; });
    const bool sound = std::all_of(pvs_.begin(), pvs_.end(), [](const seen::Pv* pv) {
      return pv->extents <= kMostExtents && pv->device_size <= kMostBytes && pv->size <= kMostBytes &&
             pv->pe_start <= kMostBytes;
    });
    if (group_.extent == 0 || row_.extent > kMostExtent || !sound)
      return site_.note("group {} is left out: its sizes cannot be", row_.name);
    for (const seen::Pv* pv : pvs_) add_pv(*pv);
    std::vector<const seen::Volume*> volumes;
    for (const seen::Volume& volume : site_.captured.seen.volumes) {
      if (volume.group == row_.name) volumes.push_back(&volume);
    }
    for (const seen::Volume* volume : volumes) add_volume(*volume);
    drop_lost_snapshots();
    fill_what_is_taken();
    const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
    std::sort(group_.volumes.begin(), group_.volumes.end(), by_name);
    const Block block{lvm::kMetadataRoom, Part<lvm::Group>(group_)};
    for (const seen::Pv* pv : pvs_) {
      const Device* device = site_.here().device(device_of(*pv));
      if (device) put_beneath(site_, device->name, lvm::kMetadataAt, block);
    }
  }

 private:
  void add_pv(const seen::Pv& row) {
    lvm::PhysicalVolume pv;
    pv.uuid = stand_in(row.uuid);
    pv.device = row.path;
    pv.device_size = (row.device_size > 0 ? row.device_size : row.size + row.pe_start) / kSector;
    pv.pe_start = row.pe_start / kSector;
    pv.extents = row.extents;
    pv.allocatable = at(row.attr, 0) == 'a';
    pv.missing = at(row.attr, 2) == 'm' && site_.here().device(device_of(row));
    taken_[pv.uuid] = std::vector<bool>(row.extents, false);
    group_.pvs.push_back(pv);
  }

  // "/dev/vda:0-9". Of several missing volumes the first that has this room left is taken.
  bool add_segment(lvm::Volume& volume, const seen::Segment& row) {
    const std::size_t colon = row.ranges.rfind(':');
    const std::size_t dash = row.ranges.find('-', colon == row.ranges.npos ? 0 : colon);
    if (row.type != "linear" || colon == row.ranges.npos || dash == row.ranges.npos) return false;
    const auto first = read_number(std::string_view(row.ranges).substr(colon + 1, dash - colon - 1));
    const auto last = read_number(std::string_view(row.ranges).substr(dash + 1));
    if (!first || !last || *last < *first || *last - *first + 1 != row.count) return false;
    const std::string path = row.ranges.substr(0, colon);
    for (const seen::Pv* pv : pvs_) {
      if (pv->path != path) continue;
      std::vector<bool>& taken = taken_[stand_in(pv->uuid)];
      if (*last >= taken.size() || std::find(taken.begin() + static_cast<std::ptrdiff_t>(*first),
                                             taken.begin() + static_cast<std::ptrdiff_t>(*last) + 1, true) !=
                                       taken.begin() + static_cast<std::ptrdiff_t>(*last) + 1) {
        continue;
      }
      std::fill_n(taken.begin() + static_cast<std::ptrdiff_t>(*first), row.count, true);
      volume.segments.push_back({volume.extents(), row.count, stand_in(pv->uuid), *first});
      return true;
    }
    return false;
  }

  void add_volume(const seen::Volume& row) {
    lvm::Volume volume;
    volume.name = row.name;
    volume.uuid = stand_in(row.uuid);
    volume.writable = at(row.attr, 1) != 'r';
    volume.skip_activation = at(row.attr, 9) == 'k';
    volume.alloc = alloc_of(at(row.attr, 2));
    volume.created = row.place + 1;
    if (!row.tags.empty()) site_.note("tags of volume {} are not modelled: {}", row.key(), row.tags);
    if (!row.origin.empty()) {
      const Sectors chunk = row.chunk / kSector;
      if (!std::has_single_bit(chunk) || chunk < 8 || chunk > 1024)
        return site_.note("volume {} is left out: chunks of {} bytes are not modelled", row.key(), row.chunk);
      volume.snapshot = lvm::SnapshotOf{row.origin, chunk, at(row.attr, 0) == 'S', 0};
      const std::uint64_t extents = row.origin_size / row_.extent;
      for (const seen::Volume& origin : site_.captured.seen.volumes) {
        if (origin.group == row.group && origin.name == row.origin && origin.size != row.origin_size)
          volume.snapshot->extents = extents;
      }
    }
    const bool plain = std::string_view("-osOS").find(at(row.attr, 0)) != std::string_view::npos;
    bool placed = plain;
    for (const seen::Segment& segment : row.segments) placed = placed && add_segment(volume, segment);
    if (placed && !volume.segments.empty()) {
      group_.volumes.push_back(std::move(volume));
    } else {
      site_.note("volume {} ({}) is not modelled: only the room it takes is kept", row.key(),
                 row.segments.empty() ? row.attr : row.segments[0].type);
    }
  }

  void drop_lost_snapshots() {
    std::erase_if(group_.volumes, [&](const lvm::Volume& volume) {
      if (!volume.snapshot) return false;
      const lvm::Volume* origin = nullptr;
      for (const lvm::Volume& other : group_.volumes) {
        if (other.name == volume.snapshot->origin && !other.snapshot) origin = &other;
      }
      if (!origin) site_.note("snapshot {} is left out with its origin", volume.name.str());
      return origin == nullptr;
    });
  }

  // Room that is taken by what does not show (an exported group's volumes) or is not modelled.
  void fill_what_is_taken() {
    for (const seen::Pv* pv : pvs_) {
      std::vector<bool>& taken = taken_[stand_in(pv->uuid)];
      const auto known = static_cast<std::uint64_t>(std::count(taken.begin(), taken.end(), true));
      std::uint64_t more = pv->allocated > known ? pv->allocated - known : 0;
      if (more == 0) continue;
      lvm::Volume volume;
      volume.name = fmt::format("captured_{}_{}", row_.name, pv->place);
      volume.uuid = mix(stand_in(pv->uuid), 0x66696c6c);
      volume.skip_activation = true;
      volume.created = 0x7fffffff;
      site_.note("{} extents of {} in group {} are taken by {}: what is there is not known", more, pv->path,
                 row_.name, volume.name.str());
      for (std::uint64_t i = 0; i < taken.size() && more > 0; ++i) {
        if (taken[i]) continue;
        taken[i] = true;
        --more;
        lvm::Segment* last = volume.segments.empty() ? nullptr : &volume.segments.back();
        if (last && last->pv_first + last->count == i) {
          ++last->count;
        } else {
          volume.segments.push_back({volume.extents(), 1, stand_in(pv->uuid), i});
        }
      }
      if (!volume.segments.empty()) group_.volumes.push_back(std::move(volume));
    }
  }

  static constexpr std::uint64_t kMostExtents = 1u << 24;
  static constexpr Bytes kMostExtent = Bytes{1} << 38;
  const CaptureSite& site_;
  const seen::Group& row_;
  lvm::Group group_;
  std::vector<const seen::Pv*> pvs_;
  std::map<std::uint64_t, std::vector<bool>> taken_;
};

}  // namespace

void capture_groups(const CaptureSite& site) {
  for (const seen::Pv& row : site.captured.seen.pvs) {
    const Device* device = site.here().device(device_of(row));
    if (!device || row.size > kMostBytes || row.device_size > kMostBytes || row.pe_start > kMostBytes) {
      if (!device_of(row).empty())
        site.note("physical volume {} is on a device that is not modelled", row.path);
      continue;
    }
    const Sectors size = (row.group.empty() ? row.size : row.device_size) / kSector;
    put_beneath(site, device->name, lvm::kLabelAt,
                Block{1, Part<lvm::Label>(lvm::Label{stand_in(row.uuid), size, row.pe_start / kSector})});
    if (!row.tags.empty()) site.note("tags of {} are not modelled: {}", row.path, row.tags);
  }
  for (const seen::Group& row : site.captured.seen.groups) GroupBuilder(site, row)();
}

}  // namespace rehearse
