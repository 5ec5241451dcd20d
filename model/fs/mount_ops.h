// mount and umount.
#pragma once

#include "model/fs/form.h"

namespace rehearse::fs {

/// -o: the options that matter here, and those that only show in the list of mounts.
struct MountOptions {
  std::vector<std::string> words;
  bool has(std::string_view word) const;
  bool operator==(const MountOptions&) const = default;
};
bool read_value(std::string_view text, MountOptions& value);
std::string show_value(const MountOptions& value);

struct MountDevice {
  Name source;
  Name target;
  Name type;
  std::optional<MountOptions> options;
  bool read_only = false;
  static constexpr Usage usage() {
    return usage_of("mount", maybe<&MountDevice::type>("-t,--types"),
                    maybe<&MountDevice::options>("-o,--options"),
                    toggle<&MountDevice::read_only>("-r,--read-only"),
                    operand<&MountDevice::source>("DEVICE"), operand<&MountDevice::target>("DIRECTORY"));
  }
  bool operator==(const MountDevice&) const = default;
};
Refused run(World&, Name host, const MountDevice&, Report&);

/// mount DIRECTORY, mount DEVICE: what /etc/fstab says of it; with -o remount, what is mounted there.
struct MountEntry {
  Name what;
  std::optional<MountOptions> options;
  bool read_only = false;
  static constexpr Usage usage() {
    return usage_of("mount", maybe<&MountEntry::options>("-o,--options"),
                    toggle<&MountEntry::read_only>("-r,--read-only"), operand<&MountEntry::what>("WHAT"));
  }
  bool operator==(const MountEntry&) const = default;
};
Refused run(World&, Name host, const MountEntry&, Report&);

/// mount -a: everything in /etc/fstab that is not mounted yet.
struct MountAll {
  static constexpr Usage usage() { return usage_of("mount", flag("-a,--all")); }
  bool operator==(const MountAll&) const = default;
};
Refused run(World&, Name host, const MountAll&, Report&);

struct Unmount {
  std::vector<Name> what;
  bool lazy = false;
  static constexpr Usage usage() {
    return usage_of("umount", toggle<&Unmount::lazy>("-l,--lazy"), some<&Unmount::what>("WHAT"));
  }
  bool operator==(const Unmount&) const = default;
};
Refused run(World&, Name host, const Unmount&, Report&);

}  // namespace rehearse::fs
