// A guest's disk: a raw file, and above it a chain of QEMU's block nodes that can be rebuilt while the guest
// runs, which is how a disk is made to fail, to hang, and to lose what was not flushed.
//
//   NAME          throttle: holds requests back while the disk hangs
//   NAME-raw      its file child is what faults change
//   NAME-errors-N blkdebug, while it fails
//   NAME-log-N    blklogwrites, while it has a volatile cache
//   NAME-file     the file
#pragma once

#include <nlohmann/json.hpp>

#include "integration/lab/process.h"
#include "model/units.h"

namespace rehearse {

struct DiskErrors {
  bool reads = true;
  bool writes = true;
  std::optional<Range> where = std::nullopt;  // none: everywhere
  bool operator==(const DiskErrors&) const = default;
};

/// What a disk is to be: on a SCSI bus if its name begins with "sd".
struct LabDiskPlan {
  std::string name;
  Bytes size = 0;
  std::filesystem::path contents = {};  // a file of at most that size that it begins with; empty: it is blank
  bool operator==(const LabDiskPlan&) const = default;
};

struct LabDisk {
  std::string name;   // "vda": what it is called on the first boot, and its serial number for ever
  std::string guest;  // whose it is
  Bytes size = 0;
  bool plugged = true;
  bool hung = false;
  bool volatile_cache = false;
  std::optional<std::uint64_t> tear;  // of that cache: a loss of power keeps a part, by this seed
  std::optional<DiskErrors> errors;
  unsigned generation = 0;  // of the nodes between NAME-raw and NAME-file

  bool scsi() const { return name.starts_with("sd"); }
  std::string file() const { return guest + "." + name; }
  std::string flushed_file() const { return file() + ".flushed"; }
  std::string log_file() const { return file() + ".log"; }
};

/// The nodes between NAME-raw and NAME-file, lowest first, each to be added after the one before.
std::vector<nlohmann::json> fault_nodes(const LabDisk&);
/// The node below NAME-raw.
std::string node_below_raw(const LabDisk&);
nlohmann::json file_node(const LabDisk&);
nlohmann::json raw_node(const LabDisk&);
nlohmann::json throttle_node(const LabDisk&);
/// The guest's end of it.
nlohmann::json device_of(const LabDisk&);

}  // namespace rehearse
