// dmsetup: the kernel's own account of its mapped devices, what they are made of and how full snapshots are.
// The tables and the status are written and read here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/reports/device_numbers.h"
#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::reports {

/// A line of `dmsetup table` or `dmsetup status`.
struct DmTarget {
  std::string device;  // empty where the command named just one
  Range range;
  std::string type;       // "linear"
  std::string arguments;  // what stands behind it
  bool operator==(const DmTarget&) const = default;
};
std::string show(const DmTarget&);
std::optional<DmTarget> read_dm_target(std::string_view line);

/// The arguments of a snapshot's or a merge's status.
struct DmSnapshotStatus {
  bool invalid = false;
  Sectors used = 0;
  Sectors size = 0;
  Sectors metadata = 0;
  bool operator==(const DmSnapshotStatus&) const = default;
};
std::string show(const DmSnapshotStatus&);
std::optional<DmSnapshotStatus> read_dm_snapshot_status(std::string_view arguments);

std::vector<DmTarget> dm_table(const World&, Name host, const Device&);
std::vector<DmTarget> dm_status(const World&, Name host, const Device&);
/// The mapped devices, by name.
std::vector<const Device*> mapped_devices(const Host&);
/// What lies directly underneath, as the kernel lists it.
std::vector<Name> underneath(const Device&);
/// The same, with what DRBD's devices have for a disk.
std::vector<Name> underneath(const Host&, const Device&);
/// As the kernel has it: one of DRBD is read-only where it is not primary.
bool is_read_only(const Host&, const Device&);

/// How often the kernel holds a device open: swapping does so twice, and all mounts of one device are one.
std::uint32_t kernel_opens(const Host&, Name device);

struct DmTable {
  std::optional<std::string> target;
  std::vector<std::string> names;
  static constexpr Usage usage() {
    return usage_of("dmsetup table", maybe<&DmTable::target>("--target"), any<&DmTable::names>("DEVICE"));
  }
  bool operator==(const DmTable&) const = default;
};
void print(const World&, Name host, const DmTable&, Report&);

struct DmStatus {
  std::optional<std::string> target;
  std::vector<std::string> names;
  static constexpr Usage usage() {
    return usage_of("dmsetup status", maybe<&DmStatus::target>("--target"), any<&DmStatus::names>("DEVICE"));
  }
  bool operator==(const DmStatus&) const = default;
};
void print(const World&, Name host, const DmStatus&, Report&);

struct DmList {
  static constexpr Usage usage() { return usage_of("dmsetup ls"); }
  bool operator==(const DmList&) const = default;
};
void print(const World&, Name host, const DmList&, Report&);

/// The options of the tree that are known: "ascii", "nodevice".
struct DmTreeOptions {
  bool device = true;
  std::string text;
  bool operator==(const DmTreeOptions&) const = default;
};
bool read_value(std::string_view text, DmTreeOptions& value);
std::string show_value(const DmTreeOptions& value);

struct DmTree {
  std::optional<DmTreeOptions> options;
  static constexpr Usage usage() {
    return usage_of("dmsetup ls", flag("--tree"), maybe<&DmTree::options>("-o,--options"));
  }
  bool operator==(const DmTree&) const = default;
};
void print(const World&, Name host, const DmTree&, Report&);

/// Columns of `dmsetup info -c` that are known.
struct DmColumns {
  std::string text;
  bool operator==(const DmColumns&) const = default;
};
bool read_value(std::string_view text, DmColumns& value);
std::string show_value(const DmColumns& value);

struct DmInfo {
  bool no_headings = false;
  std::optional<DmColumns> columns;
  std::optional<std::string> separator;
  std::vector<std::string> names;
  static constexpr Usage usage() {
    return usage_of("dmsetup info", flag("-c,-C,--columns"), toggle<&DmInfo::no_headings>("--noheadings"),
                    maybe<&DmInfo::columns>("-o,--options"), maybe<&DmInfo::separator>("--separator"),
                    any<&DmInfo::names>("DEVICE"));
  }
  bool operator==(const DmInfo&) const = default;
};
void print(const World&, Name host, const DmInfo&, Report&);

}  // namespace rehearse::reports
