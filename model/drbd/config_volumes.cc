#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "model/drbd/config_reader.h"

namespace rehearse::drbd {
namespace {

constexpr std::string_view kDrbd = "/dev/drbd";

bool only_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::uint32_t number_of(const std::string& digits) {
  return static_cast<std::uint32_t>(std::strtol(digits.c_str(), nullptr, 10));
}

std::string address_key(const std::string& host, const Endpoint& endpoint) {
  return host.empty() ? endpoint.address + ":" + endpoint.port
                      : host + ":" + endpoint.address + ":" + endpoint.port;
}

}  // namespace

const Setting* find_setting(const Settings& settings, std::string_view name) {
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&](const Setting& setting) { return setting.name == name; });
  return found == settings.end() ? nullptr : &*found;
}

std::string Endpoint::place() const {
  return family == "ipv6" ? fmt::format("[{}]:{}", address, port) : fmt::format("{}:{}", address, port);
}

std::string Endpoint::text() const { return fmt::format("{}:{}", family, place()); }

const ResourceSection* Configuration::resource(std::string_view name) const {
  const auto found = std::find_if(resources.begin(), resources.end(),
                                  [&](const ResourceSection& resource) { return resource.name == name; });
  return found == resources.end() ? nullptr : &*found;
}

std::string joined(const std::vector<std::string>& names) {
  if (names.empty()) return "UNKNOWN";
  std::string text = names[0];
  for (std::size_t i = 1; i < names.size(); ++i) text += " " + names[i];
  return text;
}

bool is_loopback(std::string_view address) {
  if (address == "::1") return true;
  return address.starts_with("127.") && address.find(':') == std::string_view::npos;
}

void insert_sorted(std::vector<VolumeSection>& volumes, VolumeSection volume) {
  const auto after = std::find_if(volumes.begin(), volumes.end(),
                                  [&](const VolumeSection& row) { return row.number > volume.number; });
  volumes.insert(after, std::move(volume));
}

std::optional<Endpoint> ConfigReader::endpoint() {
  Endpoint read;
  switch (next()) {
    case kSci:  // what ssocks was called before
    case kSsocks:
    case kSdp:
    case kIpv4:
      read.family = now_.token == kSci ? "ssocks" : now_.text;
      expect(kIpAddress);
      break;
    case kIpv6:
      read.family = now_.text;
      if (expect('[')) expect(kIpv6Address);
      break;
    case kIpAddress:
      break;
    default:
      expected("ssocks | sdp | ipv4 | ipv6 | <ipv4 address> ");
  }
  read.address = now_.text;
  if (read.family == "ipv6") expect(']');
  if (!expect(':') || !expect(kInteger)) return std::nullopt;
  check_range({'1', 1, 65535}, "port", now_.text);
  read.port = now_.text;
  return over() ? std::nullopt : std::optional(std::move(read));
}

std::optional<Endpoint> ConfigReader::address(const std::vector<std::string>& hosts) {
  std::optional<Endpoint> read = endpoint();
  if (!read) return read;
  if (!is_loopback(read->address)) {
    unique("IP", address_key("", *read));
  } else {
    for (const std::string& host : hosts) unique("IP", address_key(host, *read));
  }
  expect(';');
  return read;
}

bool ConfigReader::volume_statement(VolumeSection& volume, const std::vector<std::string>& hosts, int token) {
  switch (token) {
    case kDisk: {
      const int what = next();
      if (what == kString) {
        volume.disk = now_.text;
        expect(';');
      } else if (what == '{') {
        volume.disk_options = options({kDiskFlag, kDiskNoFlag, kDiskOption});
      } else {
        string_error(what);
        expected_got("TK_STRING | {", what);
      }
      return true;
    }
    case kDevice:
      device(volume, hosts);
      return true;
    case kMetaDisk:
    case kFlexibleMetaDisk:
      meta_disk(volume, token == kFlexibleMetaDisk);
      return true;
    default:
      return false;
  }
}

void ConfigReader::device(VolumeSection& volume, const std::vector<std::string>& hosts) {
  const int token = next();
  if (token == kString) {
    device_name(volume);
  } else if (token == kMinor) {
    explicit_minor(volume);
  }
  if (over()) return;
  for (const std::string& host : hosts) {
    unique("device-minor", fmt::format("device-minor:{}:{}", host, volume.minor.value_or(~0U)));
    if (volume.device) unique("device", fmt::format("device:{}:{}", host, *volume.device));
  }
}

void ConfigReader::device_name(VolumeSection& volume) {
  volume.device = now_.text.starts_with("drbd") ? "/dev/" + now_.text : now_.text;
  const std::string place = fmt::format("{}:{}", place_->shown, statement_line_);
  if (!volume.device->starts_with(kDrbd)) {
    invalid(place + ": device name must start with /dev/drbd\n\t(/dev/ is optional, but drbd is required)");
  }
  const int token = next();
  if (token == kMinor) return explicit_minor(volume);
  if (token != ';') return expected("minor | ;");
  const std::string_view name = *volume.device;
  const bool numbered =
      only_digits(name) || (name.starts_with(kDrbd) && only_digits(name.substr(kDrbd.size())));
  volume.minor.reset();
  if (numbered) {
    volume.minor = number_of(std::string(only_digits(name) ? name : name.substr(kDrbd.size())));
  } else {
    invalid(place + ": no minor given nor device name contains a minor number");
  }
}

void ConfigReader::explicit_minor(VolumeSection& volume) {
  if (!expect(kInteger)) return;
  volume.minor = number_of(now_.text);
  if (!expect(';') || !volume.device) return;
  const std::string place = fmt::format("{}:{}", place_->shown, statement_line_);
  const std::string name = volume.device->substr(std::min(kDrbd.size(), volume.device->size()));
  if (only_digits(name)) {
    if (number_of(name) == *volume.minor) return;
    invalid(fmt::format(
        "{}: explicit minor number must match with device name\n\tTry \"device /dev/drbd{} minor {};\",\n"
        "\tor leave off either device name or explicit minor.\n"
        "\tArbitrary device names must start with /dev/drbd_\n"
        "\tmind the '_'! (/dev/ is optional, but drbd_ is required)",
        place, *volume.minor, *volume.minor));
  } else if (!name.starts_with('_')) {
    invalid(place +
            ": arbitrary device name must start with /dev/drbd_\n"
            "\tmind the '_'! (/dev/ is optional, but drbd_ is required)");
  }
}

void ConfigReader::meta_disk(VolumeSection& volume, bool flexible) {
  if (!expect(kString)) return;
  volume.meta_disk = now_.text;
  if (now_.text == "internal") {
    volume.meta_index = "internal";
    expect(';');
  } else if (flexible) {
    volume.meta_index = "flexible";
    expect(';');
  } else if (const int token = next(); token == ';') {
    volume.meta_index = "flexible";
  } else if (token != '[') {
    expected("[ | ;");
  } else if (expect(kInteger)) {
    volume.meta_index = now_.text;
    if (expect(']')) expect(';');
  }
}

VolumeSection ConfigReader::volume(const std::vector<std::string>& hosts) {
  VolumeSection read;
  if (!expect('{')) return read;
  while (!over()) {
    const int token = next();
    if (token == '}') break;
    if (!volume_statement(read, hosts, token)) {
      expected_got("device | disk | meta-disk | flex-meta-disk | }", token);
    }
  }
  return read;
}

void ConfigReader::numbered_volume(std::vector<VolumeSection>& volumes,
                                   const std::function<VolumeSection()>& inside) {
  if (!expect(kInteger)) return;
  const auto number = static_cast<std::uint32_t>(std::strtoul(now_.text.c_str(), nullptr, 10));
  VolumeSection read = inside();
  read.number = number;
  insert_sorted(volumes, std::move(read));
}

VolumeSection ConfigReader::stacked_volume() {
  VolumeSection read;
  if (!expect('{') || !expect(kDevice)) return read;
  device(read, {});
  expect('}');
  read.meta_disk = read.meta_index = "internal";
  return read;
}

VolumeSection& ConfigReader::implicit_volume(std::vector<VolumeSection>& volumes) {
  if (volumes.empty()) {
    volumes.emplace_back();
    volumes[0].implicit = true;
  } else if (volumes.size() > 1 || volumes[0].number != 0 || !volumes[0].implicit) {
    invalid(fmt::format("{}:{}: mixing explicit and implicit volumes is not allowed", place_->shown, line()));
  }
  return volumes[0];
}

void ConfigReader::inherit_volumes(const std::vector<VolumeSection>& from, HostSection& host) {
  for (const VolumeSection& source : from) {
    auto target = std::find_if(host.volumes.begin(), host.volumes.end(),
                               [&](const VolumeSection& row) { return row.number == source.number; });
    if (target == host.volumes.end()) {
      VolumeSection fresh;
      fresh.number = source.number;
      fresh.implicit = source.implicit;
      insert_sorted(host.volumes, std::move(fresh));
      target = std::find_if(host.volumes.begin(), host.volumes.end(),
                            [&](const VolumeSection& row) { return row.number == source.number; });
    }
    if (!target->disk && source.disk) {
      target->disk = source.disk;
      for (const std::string& name : host.names)
        unique("disk", fmt::format("disk:{}:{}", name, *target->disk));
    }
    if (!target->device) target->device = source.device;
    if (!target->minor && source.minor) {
      target->minor = source.minor;
      for (const std::string& name : host.names) {
        unique("device-minor",
               fmt::format("device-minor:{}:{}", name, static_cast<std::int32_t>(*target->minor)));
      }
    }
    if (!target->meta_disk && source.meta_disk) {
      target->meta_disk = source.meta_disk;
      target->meta_index = source.meta_index;
    }
  }
}

void ConfigReader::check_meta_disks(const HostSection& host) {
  for (const VolumeSection& volume : host.volumes) {
    if (!volume.meta_disk || *volume.meta_disk == "internal") continue;
    for (const std::string& name : host.names) {
      unique("meta-disk", fmt::format("{}:{}[{}]", name, *volume.meta_disk, volume.meta_index.value_or("")));
    }
  }
}

void ConfigReader::missing(const ResourceSection& res, const HostSection& host, std::string_view keyword) {
  invalid(fmt::format("{}:{}: in resource {}, on {} {{ ... }}: '{}' keyword missing.", place_->shown,
                      section_line_, res.name, joined(host.names), keyword));
}

void ConfigReader::check_complete(const ResourceSection& res, const HostSection& host) {
  bool any_implicit = false;
  bool any_other = false;
  const VolumeSection* before = nullptr;
  for (const VolumeSection& volume : host.volumes) {
    if (before && before->number == volume.number) {
      say(fmt::format("internal error: in {}: unsorted volumes list", res.name));
    }
    before = &volume;
    any_implicit |= volume.implicit;
    any_other |= volume.number != 0;
    if (!volume.device && !volume.minor) missing(res, host, "device");
    if (!volume.disk) missing(res, host, "disk");
    if (!volume.meta_disk) missing(res, host, "meta-disk");
    if (!volume.meta_index) missing(res, host, "meta-index");
  }
  if (any_implicit && any_other) {
    invalid(fmt::format("{}:{}: in resource {}: you must not mix implicit and explicit volumes",
                        place_->shown, line(), res.name));
  }
}

std::vector<std::string> volume_differences(const std::string& place, const ResourceSection& res,
                                            const HostSection& a, const std::string& b_name,
                                            const std::vector<VolumeSection>& b) {
  std::vector<std::string> found;
  auto mine = a.volumes.begin();
  auto other = b.begin();
  const std::string start = fmt::format("{}: in resource {}, on {}", place, res.name, joined(a.names));
  while (mine != a.volumes.end() || other != b.end()) {
    if (mine != a.volumes.end() && (other == b.end() || mine->number < other->number)) {
      found.push_back(fmt::format("{} {{ ... }}: volume {} not defined on {}", start, mine->number, b_name));
      ++mine;
    } else if (mine == a.volumes.end() || mine->number > other->number) {
      found.push_back(
          fmt::format("{} {{ ... }}: volume {} missing (present on {})", start, other->number, b_name));
      ++other;
    } else {
      if (mine->implicit != other->implicit) {
        found.push_back(fmt::format("{} resp. {}: volume {} must not be implicit on one but not the other",
                                    start, b_name, mine->number));
      }
      ++mine;
      ++other;
    }
  }
  return found;
}

void ConfigReader::check_hosts_agree(const ResourceSection& res) {
  for (std::size_t i = 1; i < res.hosts.size(); ++i) {
    const std::string place = fmt::format("{}:{}", place_->shown, line());
    for (std::string& message :
         volume_differences(place, res, res.hosts[0], joined(res.hosts[i].names), res.hosts[i].volumes)) {
      invalid(std::move(message));
    }
  }
}

}  // namespace rehearse::drbd
