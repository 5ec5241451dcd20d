// What is mounted where and how full it is: df, mount, findmnt, /proc/mounts, and swap space. The host's own
// root and the kernel's own file systems are not shown: the model knows no sizes of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::reports {

struct FileSystemUse {
  Name device;         // below /dev
  std::string source;  // "/dev/mapper/vg1-echelon"
  std::string target;
  std::string type;
  std::string options;  // "rw,relatime"
  Bytes size = 0;
  Bytes used = 0;
  Bytes available = 0;  // to others than root
  std::uint64_t inodes = 0;
  std::uint64_t free_inodes = 0;
  bool operator==(const FileSystemUse&) const = default;
};
/// In the order in which they were mounted.
std::vector<FileSystemUse> file_systems(const World&, Name host);

struct SwapUse {
  Name device;       // below /dev
  std::string path;  // by the kernel's own name: "/dev/dm-0"
  Bytes size = 0;    // without the header's page
  int priority = 0;
};
/// In the order of swapon.
std::vector<SwapUse> swaps_in_use(const World&, Name host);

/// util-linux's spelling of sizes: "256M", "213.1M".
std::string short_size(Bytes bytes);

/// Fields of `df --output` that are known.
struct DfFields {
  std::string text;
  bool operator==(const DfFields&) const = default;
};
bool read_value(std::string_view text, DfFields& value);
std::string show_value(const DfFields& value);

struct Df {
  bool human = false;
  bool kilobytes = false;
  bool types = false;
  std::optional<DfFields> fields;
  std::vector<std::string> paths;

  static constexpr Usage usage() {
    return usage_of("df", toggle<&Df::human>("-h,--human-readable"), toggle<&Df::kilobytes>("-k"),
                    toggle<&Df::types>("-T,--print-type"), maybe<&Df::fields>("--output"),
                    some<&Df::paths>("PATH"));
  }
  bool operator==(const Df&) const = default;
};
void print(const World&, Name host, const Df&, Report&);

struct ListMounts {
  std::optional<std::string> type;
  static constexpr Usage usage() { return usage_of("mount", maybe<&ListMounts::type>("-t")); }
  bool operator==(const ListMounts&) const = default;
};
void print(const World&, Name host, const ListMounts&, Report&);

struct FindMount {
  std::string what;  // a mount point or a device
  static constexpr Usage usage() { return usage_of("findmnt", operand<&FindMount::what>("TARGET")); }
  bool operator==(const FindMount&) const = default;
};
void print(const World&, Name host, const FindMount&, Report&);

struct SwapSummary {
  static constexpr Usage usage() { return usage_of("swapon", flag("-s,--summary")); }
  bool operator==(const SwapSummary&) const = default;
};
void print(const World&, Name host, const SwapSummary&, Report&);

struct ShowSwap {
  bool no_headings = false;
  static constexpr Usage usage() {
    return usage_of("swapon", flag("--show"), toggle<&ShowSwap::no_headings>("--noheadings"));
  }
  bool operator==(const ShowSwap&) const = default;
};
void print(const World&, Name host, const ShowSwap&, Report&);

/// The lines of /proc/mounts and /proc/swaps.
std::vector<std::string> proc_mounts(const World&, Name host);
std::vector<std::string> proc_swaps(const World&, Name host);

}  // namespace rehearse::reports
