// What a resize comes to: the new number of extents and the direction, from what was typed (lvm2
// lib/metadata/lv_manip.c _lvresize_prepare). Extents are counted in 32 bits as there, because very large
// requests come out wrong there in just that way.
#pragma once

#include "model/lvm/metadata.h"
#include "model/lvm/size_arg.h"
#include "model/report.h"

namespace rehearse::lvm {

enum class Direction : std::uint8_t { either, extend, reduce };

/// struct lvresize_params. `extents` is what was typed (or per cent of something) at first, then the new
/// size.
struct ResizeSize {
  Direction direction = Direction::either;
  Sign sign = Sign::none;
  PercentOf percent = PercentOf::none;
  Sectors size = 0;  // if -L was given
  std::uint32_t extents = 0;
  bool approximate = false;  // take what there is, if that is less
};

/// Works `asked` out for a volume. `pv_free` is the number of free extents in the physical volumes named, if
/// any were; `keep` allows the size it has, as there is a file system to be resized.
Refused work_out(const Group&, const Volume&, std::optional<std::uint64_t> pv_free, bool keep,
                 ResizeSize& asked, Report&);

}  // namespace rehearse::lvm
