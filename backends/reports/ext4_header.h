// tune2fs -l and dumpe2fs -h: what an ext4 says of itself on its device. Lines about what the model keeps no
// account of (the last mount point, seeds, checksums, lifetime writes) are left out.
#pragma once

#include <string>

#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::reports {

struct TuneList {
  std::string device;
  static constexpr Usage usage() {
    return usage_of("tune2fs", flag("-l"), operand<&TuneList::device>("DEVICE"));
  }
  bool operator==(const TuneList&) const = default;
};
void print(const World&, Name host, const TuneList&, Report&);

struct DumpHeader {
  std::string device;
  static constexpr Usage usage() {
    return usage_of("dumpe2fs", flag("-h"), operand<&DumpHeader::device>("DEVICE"));
  }
  bool operator==(const DumpHeader&) const = default;
};
void print(const World&, Name host, const DumpHeader&, Report&);

}  // namespace rehearse::reports
