#include "model/lvm/resize_size.h"

#include "model/lvm/cow_size.h"

namespace rehearse::lvm {
namespace {

std::string full_name(const Group& group, const Volume& volume) {
  return group.name.str() + "/" + volume.name.str();
}

// The tool prints numbers of extents with %d.
Argument number(std::uint32_t extents) { return std::to_string(static_cast<std::int32_t>(extents)); }

std::string shown(const Group& group, std::uint64_t extents) {
  return human_size(extents * group.extent * kSector);
}

// _lvresize_adjust_size: up, but by no more than asked when a part is taken off.
void round_to_extents(const Group& group, ResizeSize& asked, Report& report) {
  Sectors size = asked.size;
  const Sectors over = size % group.extent;
  if (over != 0) {
    size += (asked.sign != Sign::minus ? group.extent : 0) - over;
    report.out("  Rounding size to boundary between physical extents: {}.", human_size(size * kSector));
  }
  asked.extents = static_cast<std::uint32_t>(size / group.extent);
}

std::uint32_t part_of(std::uint32_t percent, std::uint64_t count, bool up) {
  return static_cast<std::uint32_t>(
      (std::uint64_t{percent} * static_cast<std::uint32_t>(count) + (up ? 99 : 0)) / 100);
}

// _lvresize_extents_from_percent.
Refused from_percent(const Group& group, const Volume& volume, std::optional<std::uint64_t> pv_free,
                     ResizeSize& asked, Report& report) {
  const bool up = asked.sign != Sign::minus;
  const std::uint32_t typed = asked.extents;
  switch (asked.percent) {
    case PercentOf::none:
      return {};
    case PercentOf::group: {
      asked.extents = part_of(typed, group.extents(), up);
      const std::uint64_t most = volume.extents() + group.free_extents();
      if (asked.sign == Sign::none && asked.extents > most) {
        asked.extents = static_cast<std::uint32_t>(most);
        report.out("  Reducing {}%VG to remaining free space {} in VG.", typed, shown(group, most));
      }
      break;
    }
    case PercentOf::free:
      asked.extents = part_of(typed, group.free_extents(), up);
      break;
    case PercentOf::volume:
      asked.extents = part_of(typed, volume.extents(), up);
      break;
    case PercentOf::pvs:
      asked.extents = part_of(typed, pv_free ? *pv_free : group.extents(), up);
      break;
    case PercentOf::origin:
      if (!volume.snapshot) return {Refusal::origin_percent_of_other};
      asked.extents = part_of(typed, group.volume(volume.snapshot->origin)->extents(), up);
      break;
  }
  const bool of_room = asked.percent == PercentOf::group || asked.percent == PercentOf::free ||
                       asked.percent == PercentOf::pvs;
  asked.approximate =
      (asked.sign == Sign::none && of_room) || (asked.sign == Sign::plus && asked.percent == PercentOf::free);
  return {};
}

// Says in `settled` when nothing else is to be checked.
Refused grow(const Group& group, const Volume& volume, ResizeSize& asked, bool& settled, Report& report) {
  const auto existing = static_cast<std::uint32_t>(volume.extents());
  const std::uint32_t more = asked.sign == Sign::plus ? asked.extents : asked.extents - existing;
  if (more >= UINT32_MAX - existing) return {Refusal::too_many_extents, full_name(group, volume), more};
  asked.extents = existing + more;
  if (!volume.snapshot) return {};
  const Volume& origin = *group.volume(volume.snapshot->origin);
  const auto most = static_cast<std::uint32_t>(cow_max_extents(group, origin, volume.snapshot->chunk));
  if (most >= asked.extents) return {};
  report.out("  Reached maximum COW size {} ({} extents).", shown(group, most), most);
  asked.extents = most;
  settled = most == existing;
  return {};
}

// _lvresize_adjust_extents.
Refused adjust(const Group& group, const Volume& volume, bool keep, ResizeSize& asked, Report& report) {
  const auto existing = static_cast<std::uint32_t>(volume.extents());
  if (asked.sign == Sign::minus) {
    if (asked.extents >= existing) return {Refusal::below_one_extent, full_name(group, volume)};
    asked.extents = existing - asked.extents;
  } else if (asked.sign == Sign::plus || asked.extents >= existing) {
    bool settled = false;
    const Refused bad = grow(group, volume, asked, settled, report);
    if (bad || settled) return bad;
  }
  if (asked.extents == 0) return {Refusal::size_of_nothing};
  if (asked.extents == existing) {
    if (!keep) return {Refusal::size_unchanged, number(existing), number(existing)};
    asked.direction = Direction::extend;
  } else if (asked.extents < existing) {
    if (asked.direction == Direction::extend)
      return {Refusal::new_size_not_larger, number(asked.extents), number(existing)};
    asked.direction = Direction::reduce;
  } else {
    if (asked.direction == Direction::reduce)
      return {Refusal::new_size_not_less, number(asked.extents), number(existing)};
    asked.direction = Direction::extend;
  }
  return {};
}

}  // namespace

Refused work_out(const Group& group, const Volume& volume, std::optional<std::uint64_t> pv_free, bool keep,
                 ResizeSize& asked, Report& report) {
  if (asked.size != 0) {
    round_to_extents(group, asked, report);
  } else {
    const Refused bad = from_percent(group, volume, pv_free, asked, report);
    if (bad) return bad;
  }
  return adjust(group, volume, keep, asked, report);
}

}  // namespace rehearse::lvm
