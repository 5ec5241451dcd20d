// What a host shows of its storage to whoever looks: the same rows whether they were worked out from the
// model or read out of the real tools' reports, so that the two can be compared word by word. Every kind of
// row describes its columns once; comparing, naming differences and the JSON form follow from that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

namespace rehearse {

/// A random name that something carries (a uuid): which text it is means nothing, whether two are equal does.
struct Identity {
  std::string text;
  bool operator==(const Identity&) const = default;
  auto operator<=>(const Identity&) const = default;
};

namespace seen {

/// A member of a row, with the words for it.
template <class Row, class Value>
struct Column {
  std::string_view name;
  Value Row::*member;
};
template <class Row, class Value>
Column(std::string_view, Value Row::*) -> Column<Row, Value>;

template <class Row>
concept HasColumns = requires {
  Row::columns();
};

/// Calls f with each column of a kind of row.
template <HasColumns Row, class F>
void each_column(F f) {
  std::apply([&](const auto&... column) { (f(column), ...); }, Row::columns());
}

/// A physical volume. Sizes are in bytes, here as everywhere below.
struct Pv {
  std::string path;  // "/dev/vda"; "[unknown]" for a missing one
  Identity uuid;
  std::string group;        // empty for an orphan
  std::uint64_t place = 0;  // in its group's description
  std::string attr;         // "a--"
  std::uint64_t device_size = 0;
  std::uint64_t size = 0;
  std::uint64_t free = 0;
  std::uint64_t pe_start = 0;
  std::uint64_t extents = 0;
  std::uint64_t allocated = 0;
  std::string tags;

  static constexpr std::string_view kind = "physical volume";
  static constexpr auto columns() {
    return std::tuple(
        Column{"path", &Pv::path}, Column{"uuid", &Pv::uuid}, Column{"group", &Pv::group},
        Column{"place", &Pv::place}, Column{"attr", &Pv::attr}, Column{"device_size", &Pv::device_size},
        Column{"size", &Pv::size}, Column{"free", &Pv::free}, Column{"pe_start", &Pv::pe_start},
        Column{"extents", &Pv::extents}, Column{"allocated", &Pv::allocated}, Column{"tags", &Pv::tags});
  }
  std::string key() const;
  bool operator==(const Pv&) const = default;
};

struct Group {
  std::string name;
  Identity uuid;
  std::string attr;  // "wz--n-"
  std::uint64_t seqno = 0;
  std::uint64_t extent = 0;
  std::uint64_t extents = 0;
  std::uint64_t free_extents = 0;
  std::uint64_t max_volumes = 0;
  std::uint64_t max_pvs = 0;
  std::string tags;

  static constexpr std::string_view kind = "volume group";
  static constexpr auto columns() {
    return std::tuple(
        Column{"name", &Group::name}, Column{"uuid", &Group::uuid}, Column{"attr", &Group::attr},
        Column{"seqno", &Group::seqno}, Column{"extent", &Group::extent}, Column{"extents", &Group::extents},
        Column{"free_extents", &Group::free_extents}, Column{"max_volumes", &Group::max_volumes},
        Column{"max_pvs", &Group::max_pvs}, Column{"tags", &Group::tags});
  }
  std::string key() const { return name; }
  bool operator==(const Group&) const = default;
};

struct Segment {
  std::uint64_t first = 0;  // extent within the volume
  std::uint64_t count = 0;
  std::string type;    // "linear"
  std::string ranges;  // "/dev/vda:0-9"; of a type with several areas, all of them

  static constexpr std::string_view kind = "segment";
  static constexpr auto columns() {
    return std::tuple(Column{"first", &Segment::first}, Column{"count", &Segment::count},
                      Column{"type", &Segment::type}, Column{"ranges", &Segment::ranges});
  }
  std::string key() const { return std::to_string(first); }
  bool operator==(const Segment&) const = default;
};

struct Volume {
  std::string group;
  std::string name;
  Identity uuid;
  std::uint64_t place = 0;  // in its group's description, in which new ones come last
  std::string attr;         // "-wi-a-----"
  std::uint64_t size = 0;
  std::string origin;             // of a snapshot
  std::uint64_t origin_size = 0;  // of a snapshot and of an origin
  std::uint64_t chunk = 0;        // of a snapshot
  std::string data_percent;       // "12.50"; empty where there is none
  std::string tags;
  std::vector<Segment> segments;

  static constexpr std::string_view kind = "volume";
  static constexpr auto columns() {
    return std::tuple(Column{"group", &Volume::group}, Column{"name", &Volume::name},
                      Column{"uuid", &Volume::uuid}, Column{"place", &Volume::place},
                      Column{"attr", &Volume::attr}, Column{"size", &Volume::size},
                      Column{"origin", &Volume::origin}, Column{"origin_size", &Volume::origin_size},
                      Column{"chunk", &Volume::chunk}, Column{"data_percent", &Volume::data_percent},
                      Column{"tags", &Volume::tags}, Column{"segments", &Volume::segments});
  }
  std::string key() const { return group + "/" + name; }
  bool operator==(const Volume&) const = default;
};

/// A line of a device-mapper table. Sectors.
struct Target {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::string type;       // "linear"
  std::string arguments;  // devices by name: "vda 2048"; by number those that the host does not have
  std::string status;     // "8200/24576 40" of a snapshot, "Invalid"

  static constexpr std::string_view kind = "target";
  static constexpr auto columns() {
    return std::tuple(Column{"first", &Target::first}, Column{"count", &Target::count},
                      Column{"type", &Target::type}, Column{"arguments", &Target::arguments},
                      Column{"status", &Target::status});
  }
  std::string key() const { return std::to_string(first); }
  bool operator==(const Target&) const = default;
};

struct MappedDevice {
  std::string name;                    // "vg-a"
  std::optional<std::uint64_t> minor;  // which the kernel gave; none in a normalised observation
  bool read_only = false;
  bool suspended = false;
  std::uint64_t open_count = 0;
  std::vector<Target> targets;

  static constexpr std::string_view kind = "mapped device";
  static constexpr auto columns() {
    return std::tuple(
        Column{"name", &MappedDevice::name}, Column{"minor", &MappedDevice::minor},
        Column{"read_only", &MappedDevice::read_only}, Column{"suspended", &MappedDevice::suspended},
        Column{"open_count", &MappedDevice::open_count}, Column{"targets", &MappedDevice::targets});
  }
  std::string key() const { return name; }
  bool operator==(const MappedDevice&) const = default;
};

struct BlockDevice {
  std::string name;  // below /dev: "vda", "mapper/vg-a"
  std::string type;  // "disk", "part", "lvm"
  std::uint64_t size = 0;
  bool read_only = false;
  std::string mounted;                 // where, or "[SWAP]"
  std::optional<std::uint64_t> start;  // sector of a partition on its disk
  std::string partition_type;          // "83"
  std::vector<std::string> parents;    // devices that it is made of, by name, sorted

  static constexpr std::string_view kind = "block device";
  static constexpr auto columns() {
    return std::tuple(Column{"name", &BlockDevice::name}, Column{"type", &BlockDevice::type},
                      Column{"size", &BlockDevice::size}, Column{"read_only", &BlockDevice::read_only},
                      Column{"mounted", &BlockDevice::mounted}, Column{"start", &BlockDevice::start},
                      Column{"partition_type", &BlockDevice::partition_type},
                      Column{"parents", &BlockDevice::parents});
  }
  std::string key() const { return name; }
  bool operator==(const BlockDevice&) const = default;
};

/// What libblkid finds on a device.
struct Signature {
  std::string device;  // below /dev
  std::string type;    // "ext4", "swap", "LVM2_member"
  Identity uuid;
  std::string label;
  std::uint64_t block_size = 0;  // of a file system

  static constexpr std::string_view kind = "signature";
  static constexpr auto columns() {
    return std::tuple(Column{"device", &Signature::device}, Column{"type", &Signature::type},
                      Column{"uuid", &Signature::uuid}, Column{"label", &Signature::label},
                      Column{"block_size", &Signature::block_size});
  }
  std::string key() const { return device; }
  bool operator==(const Signature&) const = default;
};

struct Mount {
  std::string source;  // "/dev/mapper/vg-a", or "host:/path"
  std::string target;
  std::string type;
  std::string options;  // "rw,relatime"

  static constexpr std::string_view kind = "mount";
  static constexpr auto columns() {
    return std::tuple(Column{"source", &Mount::source}, Column{"target", &Mount::target},
                      Column{"type", &Mount::type}, Column{"options", &Mount::options});
  }
  std::string key() const { return source + " on " + target; }
  bool operator==(const Mount&) const = default;
};

struct Swap {
  std::string device;      // below /dev
  std::uint64_t size = 0;  // without the header's page
  std::int64_t priority = 0;

  static constexpr std::string_view kind = "swap space";
  static constexpr auto columns() {
    return std::tuple(Column{"device", &Swap::device}, Column{"size", &Swap::size},
                      Column{"priority", &Swap::priority});
  }
  std::string key() const { return device; }
  bool operator==(const Swap&) const = default;
};

/// A replicated device, as its own host knows it and its peer.
struct Replica {
  std::string device = {};      // below /dev: "drbd0"
  std::string connection = {};  // "WFConnection"; "Unconfigured": nothing else is known
  std::string role = {};
  std::string peer_role = {};
  std::string disk = {};
  std::string peer_disk = {};
  std::string protocol = {};      // "C"; empty without a connection
  std::string flags = {};         // "r-----"
  std::uint64_t out_of_sync = 0;  // by this host's bitmap
  // Generation identifiers without their lowest bit; empty where there are none.
  Identity current = {};
  Identity bitmap = {};
  Identity younger = {};
  Identity older = {};
  /// The lowest bits of the four, "1" on a primary; "-" of none, "n" of one that is just created.
  std::string marks = {};
  std::string generation = {};  // "1:1:0:1:0:0:0": consistent, was UpToDate, primary, connected, ... crashed

  static constexpr std::string_view kind = "replicated device";
  static constexpr auto columns() {
    return std::tuple(Column{"device", &Replica::device}, Column{"connection", &Replica::connection},
                      Column{"role", &Replica::role}, Column{"peer_role", &Replica::peer_role},
                      Column{"disk", &Replica::disk}, Column{"peer_disk", &Replica::peer_disk},
                      Column{"protocol", &Replica::protocol}, Column{"flags", &Replica::flags},
                      Column{"out_of_sync", &Replica::out_of_sync}, Column{"current", &Replica::current},
                      Column{"bitmap", &Replica::bitmap}, Column{"younger", &Replica::younger},
                      Column{"older", &Replica::older}, Column{"marks", &Replica::marks},
                      Column{"generation", &Replica::generation});
  }
  std::string key() const { return device; }
  bool operator==(const Replica&) const = default;
};

}  // namespace seen

struct Observation {
  std::vector<seen::Pv> pvs;          // by path
  std::vector<seen::Group> groups;    // by name, and so on
  std::vector<seen::Volume> volumes;  // those of exported groups do not show
  std::vector<seen::MappedDevice> mapped;
  std::vector<seen::BlockDevice> devices;
  std::vector<seen::Signature> signatures;
  std::vector<seen::Mount> mounts;  // of block devices and by NFS, in the order of mounting
  std::vector<seen::Swap> swaps;    // in the order of swapon
  std::vector<seen::Replica> replicas;

  static constexpr auto columns() {
    using seen::Column;
    return std::tuple(Column{"pvs", &Observation::pvs}, Column{"groups", &Observation::groups},
                      Column{"volumes", &Observation::volumes}, Column{"mapped", &Observation::mapped},
                      Column{"devices", &Observation::devices},
                      Column{"signatures", &Observation::signatures}, Column{"mounts", &Observation::mounts},
                      Column{"swaps", &Observation::swaps}, Column{"replicas", &Observation::replicas});
  }
  bool operator==(const Observation&) const = default;
};

/// Puts the rows that have no order of their own into that of their names.
void sort_rows(Observation&);

/// Identities become 1, 2, ... by order of first appearance; numbers that the kernel gives away are dropped.
Observation normalised(Observation);

/// What differs, a sentence each: "volume vg/a: size 8388608 in the model, 4194304 in the lab".
std::vector<std::string> difference(const Observation& a, const Observation& b,
                                    std::string_view in_a = "before", std::string_view in_b = "after");

/// Why a host could not be observed, or what was kept of it not be read.
struct Unobserved {
  std::string source;  // the command whose output it is, or the file
  std::string what;    // what is wrong and what was expected
  std::string text() const { return source + ": " + what; }
  bool operator==(const Unobserved&) const = default;
};
using Observing = std::variant<Observation, Unobserved>;

std::string as_json(const Observation&);
Observing read_observation(std::string_view json);

}  // namespace rehearse
