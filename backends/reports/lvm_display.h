// lvdisplay, vgdisplay and pvdisplay: one thing after the other, a line a property; or with -c on a line
// each, fields apart by colons; or with -s a short line.
#pragma once

#include <optional>

#include "backends/reports/sizes.h"
#include "model/lvm/observe.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::reports {

struct DisplayVolumes {
  bool all = false;
  bool maps = false;
  std::uint32_t verbose = 0;
  std::optional<Units> units;
  std::vector<std::string> names;

  static constexpr Usage usage() {
    return usage_of("lvdisplay", toggle<&DisplayVolumes::all>("-a,--all"),
                    toggle<&DisplayVolumes::maps>("-m,--maps"),
                    toggle<&DisplayVolumes::verbose>("-v,--verbose"),
                    maybe<&DisplayVolumes::units>("--units"), any<&DisplayVolumes::names>("VOLUME"));
  }
  bool operator==(const DisplayVolumes&) const = default;
};
void print(const World&, Name host, const DisplayVolumes&, Report&);

struct DisplayVolumesByColon {
  bool all = false;
  std::vector<std::string> names;

  static constexpr Usage usage() {
    return usage_of("lvdisplay", flag("-c,--colon"), toggle<&DisplayVolumesByColon::all>("-a,--all"),
                    any<&DisplayVolumesByColon::names>("VOLUME"));
  }
  bool operator==(const DisplayVolumesByColon&) const = default;
};
void print(const World&, Name host, const DisplayVolumesByColon&, Report&);

struct DisplayGroups {
  std::uint32_t verbose = 0;  // then with its volumes and physical volumes
  std::optional<Units> units;
  std::vector<std::string> names;

  static constexpr Usage usage() {
    return usage_of("vgdisplay", toggle<&DisplayGroups::verbose>("-v,--verbose"),
                    maybe<&DisplayGroups::units>("--units"), any<&DisplayGroups::names>("GROUP"));
  }
  bool operator==(const DisplayGroups&) const = default;
};
void print(const World&, Name host, const DisplayGroups&, Report&);

struct DisplayGroupsShort {
  std::optional<Units> units;
  std::vector<std::string> names;

  static constexpr Usage usage() {
    return usage_of("vgdisplay", flag("-s,--short"), maybe<&DisplayGroupsShort::units>("--units"),
                    any<&DisplayGroupsShort::names>("GROUP"));
  }
  bool operator==(const DisplayGroupsShort&) const = default;
};
void print(const World&, Name host, const DisplayGroupsShort&, Report&);

struct DisplayGroupsByColon {
  std::vector<std::string> names;

  static constexpr Usage usage() {
    return usage_of("vgdisplay", flag("-c,--colon"), any<&DisplayGroupsByColon::names>("GROUP"));
  }
  bool operator==(const DisplayGroupsByColon&) const = default;
};
void print(const World&, Name host, const DisplayGroupsByColon&, Report&);

struct DisplayPvs {
  bool maps = false;
  std::uint32_t verbose = 0;
  std::optional<Units> units;
  std::vector<std::string> names;

  static constexpr Usage usage() {
    return usage_of("pvdisplay", toggle<&DisplayPvs::maps>("-m,--maps"),
                    toggle<&DisplayPvs::verbose>("-v,--verbose"), maybe<&DisplayPvs::units>("--units"),
                    any<&DisplayPvs::names>("DEVICE"));
  }
  bool operator==(const DisplayPvs&) const = default;
};
void print(const World&, Name host, const DisplayPvs&, Report&);

struct DisplayPvsShort {
  std::optional<Units> units;
  std::vector<std::string> names;

  static constexpr Usage usage() {
    return usage_of("pvdisplay", flag("-s,--short"), maybe<&DisplayPvsShort::units>("--units"),
                    any<&DisplayPvsShort::names>("DEVICE"));
  }
  bool operator==(const DisplayPvsShort&) const = default;
};
void print(const World&, Name host, const DisplayPvsShort&, Report&);

struct DisplayPvsByColon {
  std::vector<std::string> names;

  static constexpr Usage usage() {
    return usage_of("pvdisplay", flag("-c,--colon"), any<&DisplayPvsByColon::names>("DEVICE"));
  }
  bool operator==(const DisplayPvsByColon&) const = default;
};
void print(const World&, Name host, const DisplayPvsByColon&, Report&);

}  // namespace rehearse::reports
