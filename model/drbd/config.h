// drbd.conf: which resources there are, on which hosts, disks and addresses, with which options. Reading
// follows drbdadm of DRBD 8.4 (drbd-utils 9.22, user/v84) statement by statement, so that a faulty file is
// turned down at the same place and in the same words; printing is what `drbdadm dump` says, and reads as the
// same again.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/world.h"

namespace rehearse::drbd {

/// An option of a section as it was written: resync-rate 10M. Legacy spellings are those of today already.
struct Setting {
  std::string name;
  std::string value;
  bool operator==(const Setting&) const = default;
};
using Settings = std::vector<Setting>;
/// The first of that name; null if there is none.
const Setting* find_setting(const Settings&, std::string_view name);

struct Endpoint {
  std::string family = "ipv4";  // ipv4, ipv6, ssocks, sdp
  std::string address;
  std::string port;
  /// As drbdsetup takes it: "ipv4:10.0.0.1:7788", "ipv6:[fe80::1]:7788".
  std::string text() const;
  /// Without the family: "10.0.0.1:7788", "[fe80::1]:7788".
  std::string place() const;
  bool operator==(const Endpoint&) const = default;
};

struct VolumeSection {
  std::uint32_t number = 0;
  bool implicit = false;              // its statements stand in the resource or host section itself
  std::optional<std::string> device;  // "/dev/drbd0"; without, the name follows from the minor
  std::optional<std::uint32_t> minor;
  std::optional<std::string> disk;
  std::optional<std::string> meta_disk;
  std::optional<std::string> meta_index;  // "internal", "flexible" or a slot's number
  Settings disk_options;
  bool operator==(const VolumeSection&) const = default;
};

struct HostSection {
  std::vector<std::string> names;
  bool floating = false;             // found by its address, whatever the host is called
  std::optional<std::string> lower;  // the resource that this one is stacked on top of
  std::optional<Endpoint> address;
  std::optional<Endpoint> alternate;
  std::string address_file;  // where the address stands
  std::size_t address_line = 0;
  std::vector<VolumeSection> volumes;  // by number
  Settings options;
  std::size_t line = 0;
  bool operator==(const HostSection&) const = default;
};

struct ResourceSection {
  std::string name;
  std::string file;  // where it is defined, in full
  std::size_t line = 0;
  std::vector<HostSection> hosts;
  std::vector<VolumeSection> volumes;  // said for all hosts; each host has them too
  Settings net;
  Settings disk;
  Settings options;
  Settings startup;
  Settings handlers;
  std::vector<std::string> become_primary_on;
  bool stacked_timeouts = false;
  bool stacked_somewhere = false;

  // Worked out for the host that asks.
  std::optional<std::size_t> me;    // which of `hosts` it is; without, the resource is ignored here
  std::optional<std::size_t> peer;  // the other of two
  bool ignored = false;
  bool stacked = false;
  bool operator==(const ResourceSection&) const = default;

  const HostSection& here() const { return hosts[*me]; }
};

enum class UsageCount : std::uint8_t { yes, no, ask };

struct GlobalSection {
  UsageCount usage_count = UsageCount::ask;
  std::uint64_t minor_count = 0;
  std::uint64_t dialog_refresh = 1;
  bool disable_ip_verification = false;
  bool udev_always_use_number = false;
  // Seconds that drbdadm waits for its commands. What stands here is what drbd-utils 9.22 begins with, which
  // sets the second twice and the third never: it waits 600 s, and for ever.
  std::uint64_t timeout_short = 5;
  std::uint64_t timeout_medium = 600;
  std::uint64_t timeout_long = 0;
  bool operator==(const GlobalSection&) const = default;
};

struct Configuration {
  std::string file;  // in full
  GlobalSection global;
  std::optional<ResourceSection> common;
  std::vector<ResourceSection> resources;
  bool operator==(const Configuration&) const = default;

  const ResourceSection* resource(std::string_view name) const;
};

/// What reading gave: the configuration, or why not.
struct ConfigReading {
  Configuration config;
  std::vector<std::string> said;  // on standard error; with \n inside where the tool's message has lines
  int status = 0;                 // the tool's exit status; 0: it goes on
  std::string not_modelled;       // what the file uses that the model does not follow
};

/// Where the files are.
struct ConfigFiles {
  std::function<std::optional<std::string>(const std::string& path)> text;
  std::function<std::vector<std::string>(const std::string& folder)> list;  // names in a folder, sorted
  std::function<std::string(const std::string& path)> real;                 // without symbolic links
};
ConfigFiles files_of(const World&, Name host);

/// Reads the file at that path, an absolute one, and those it includes. What drbdsetup shows is written like
/// one, but its hosts need not have the same volumes.
enum class ConfigKind : std::uint8_t { written, shown };
ConfigReading read_configuration(const ConfigFiles&, const std::string& file,
                                 ConfigKind kind = ConfigKind::written);

/// Who the sections are for: the name of the host, and which addresses it has.
struct Self {
  std::string name;
  std::function<bool(std::string_view family, std::string_view address)> has_address;
};
/// Finds the host's own section in each resource, and its peer's.
void find_self(ConfigReading&, const Self&);
/// The checks that every command with a resource makes before it does anything; options that name hosts and
/// resources are put into the kernel's terms, unless it is only to be shown.
void validate(ConfigReading&, const Self&, bool expand);
/// Options of common and of the resource become those of the resource and of the volume.
void inherit_common(Configuration&);

/// What `drbdadm dump` prints: of everything before the resources, and of one resource.
std::string dump_header(const Configuration&, bool verbose = false);
std::string dump_resource(const ResourceSection&, std::string_view host);
/// Text as a word of the file, in quotes where it needs them.
std::string quoted(std::string_view text);

}  // namespace rehearse::drbd
