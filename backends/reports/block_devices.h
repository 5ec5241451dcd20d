// blkid, lsblk, blockdev: what is on the block devices of a host, and how they stand on each other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/report.h"
#include "model/usage.h"
#include "model/world.h"

namespace rehearse::reports {

enum class BlkidFormat : std::uint8_t { full, value, exported, device };
bool read_value(std::string_view text, BlkidFormat& value);
std::string show_value(BlkidFormat value);

struct Blkid {
  bool probe = false;
  bool first_only = false;
  std::optional<std::string> cache;  // file of what was found before; the model always looks afresh
  std::optional<BlkidFormat> format;
  std::vector<std::string> tags;          // only these
  std::optional<std::string> wanted;      // NAME=value
  std::optional<std::string> with_label;  // the device that has it
  std::optional<std::string> with_uuid;
  std::vector<std::string> devices;

  static constexpr Usage usage() {
    return usage_of("blkid", toggle<&Blkid::probe>("-p,--probe"), toggle<&Blkid::first_only>("-l,--list-one"),
                    maybe<&Blkid::cache>("-c,--cache-file"), maybe<&Blkid::format>("-o,--output"),
                    maybe<&Blkid::tags>("-s,--match-tag"), maybe<&Blkid::wanted>("-t,--match-token"),
                    maybe<&Blkid::with_label>("-L,--label"), maybe<&Blkid::with_uuid>("-U,--uuid"),
                    any<&Blkid::devices>("DEVICE"));
  }
  bool operator==(const Blkid&) const = default;
};
void print(const World&, Name host, const Blkid&, Report&);

/// Columns of lsblk that are known.
struct LsblkColumns {
  std::string text;
  bool operator==(const LsblkColumns&) const = default;
};
bool read_value(std::string_view text, LsblkColumns& value);
std::string show_value(const LsblkColumns& value);

struct Lsblk {
  bool file_systems = false;
  bool json = false;
  bool bytes = false;
  bool no_headings = false;
  std::optional<LsblkColumns> columns;
  std::vector<std::string> devices;

  static constexpr Usage usage() {
    return usage_of("lsblk", toggle<&Lsblk::file_systems>("-f,--fs"), toggle<&Lsblk::json>("-J,--json"),
                    toggle<&Lsblk::bytes>("-b,--bytes"), toggle<&Lsblk::no_headings>("-n,--noheadings"),
                    maybe<&Lsblk::columns>("-o,--output"), any<&Lsblk::devices>("DEVICE"));
  }
  bool operator==(const Lsblk&) const = default;
};
void print(const World&, Name host, const Lsblk&, Report&);

/// As lsblk names it: "disk", "part", "lvm".
std::string device_type(const Device&);
/// What the table on its disk says of a partition; empty where it says nothing.
Name partition_type(const World&, Name host, const PartitionDevice&);

struct BlockdevSize {
  bool bytes = false;
  bool sectors = false;
  bool read_only = false;
  std::vector<std::string> devices;

  static constexpr Usage usage() {
    return usage_of("blockdev", toggle<&BlockdevSize::bytes>("--getsize64"),
                    toggle<&BlockdevSize::sectors>("--getsz"), toggle<&BlockdevSize::read_only>("--getro"),
                    some<&BlockdevSize::devices>("DEVICE"));
  }
  bool operator==(const BlockdevSize&) const = default;
};
void print(const World&, Name host, const BlockdevSize&, Report&);

}  // namespace rehearse::reports
