#include "backends/reports/drbd_show.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/drbd/kernel.h"
#include "model/drbd/option_table.h"

namespace rehearse::reports {
namespace {

std::string in_quotes(std::string_view text) {
  std::string word = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') word += '\\';
    word += c;
  }
  return word + '"';
}

template <class Options>
std::string show_options(const drbd::Settings& settings, std::string_view section, std::string_view indent,
                         bool defaults) {
  std::string text = fmt::format("{}{} {{\n", indent, section);
  for (const auto& row : drbd::option_rows<Options>()) {
    const drbd::Setting* setting = drbd::find_setting(settings, row.name);
    if (!setting && !defaults) continue;
    const std::string value = setting ? setting->value : row.get(Options{});
    text += fmt::format("{}    {:<16}\t{};", indent, row.name, row.quoted ? in_quotes(value) : value);
    std::string_view usual = setting ? "" : "default";
    if (!row.unit.empty() || !usual.empty()) {
      text += fmt::format(" # {}{}{}", row.unit, row.unit.empty() || usual.empty() ? "" : ", ", usual);
    }
    text += "\n";
  }
  return text + fmt::format("{}}}\n", indent);
}

std::string show_volume(const DrbdShownVolume& volume, bool defaults) {
  std::string text =
      fmt::format("        volume {} {{\n            device\t\t\tminor {};\n", volume.number, volume.minor);
  if (volume.disk) {
    text += fmt::format("            disk\t\t\t{};\n            meta-disk\t\t\t", in_quotes(*volume.disk));
    if (volume.meta_index == "internal") {
      text += "internal;\n";
    } else if (volume.meta_index == "flexible") {
      text += in_quotes(volume.meta_disk) + ";\n";
    } else {
      text += fmt::format("{} [ {} ];\n", in_quotes(volume.meta_disk), volume.meta_index);
    }
    text += show_options<drbd::DiskOptions>(volume.options, "disk", "            ", defaults);
  }
  return text + "        }\n";
}

std::string address_line(const drbd::Endpoint& endpoint) {
  return fmt::format("        address\t\t\t{} {};\n", endpoint.family, endpoint.place());
}

DrbdShown shown(const drbd::Resource& resource) {
  DrbdShown view;
  view.name = resource.name.str();
  view.options = drbd::changed_options(resource.options);
  if (resource.net) {
    view.local = endpoint_of(resource.net->local.str());
    view.peer = endpoint_of(resource.net->peer.str());
    view.net = drbd::changed_options(resource.net->options);
  }
  for (const drbd::Device& device : resource.devices) {
    DrbdShownVolume volume;
    volume.number = device.volume;
    volume.minor = device.minor;
    if (device.backing) {
      const drbd::Backing& backing = *device.backing;
      volume.disk = backing.path.str();
      volume.meta_disk = backing.index == drbd::kInternal ? "internal" : backing.meta_path.str();
      volume.meta_index = backing.index == drbd::kInternal           ? "internal"
                          : backing.index == drbd::kFlexibleExternal ? "flexible"
                                                                     : std::to_string(backing.index);
      volume.options = drbd::changed_options(backing.options);
    }
    view.volumes.push_back(std::move(volume));
  }
  return view;
}

DrbdShown view_of(const drbd::ResourceSection& section) {
  DrbdShown view;
  view.name = section.name;
  view.options = section.options;
  view.net = section.net;
  for (const drbd::HostSection& host : section.hosts) {
    if (host.names == std::vector<std::string>{"_remote_host"}) view.peer = host.address;
    if (host.names != std::vector<std::string>{"_this_host"}) continue;
    view.local = host.address;
    for (const drbd::VolumeSection& volume : host.volumes) {
      view.volumes.push_back({volume.number, volume.minor.value_or(0), volume.disk,
                              volume.meta_disk.value_or(""), volume.meta_index.value_or(""),
                              volume.disk_options});
    }
  }
  return view;
}

}  // namespace

drbd::Endpoint endpoint_of(std::string_view text) {
  drbd::Endpoint endpoint;
  const std::size_t family = std::min(text.find(':'), text.size());
  endpoint.family = text.substr(0, family);
  text.remove_prefix(std::min(family + 1, text.size()));
  const std::size_t port = std::min(text.rfind(':'), text.size());
  endpoint.port = port == text.size() ? "" : text.substr(port + 1);
  endpoint.address = text.substr(0, port);
  if (endpoint.family == "ipv6" && endpoint.address.size() > 2) {
    endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
  }
  return endpoint;
}

std::vector<DrbdShown> drbd_shown(const World& world, Name host) {
  const Host* at = world.hosts.find(host);
  std::vector<DrbdShown> all;
  if (!at || !at->drbd) return all;
  for (const drbd::Resource& resource : at->drbd->resources) all.push_back(shown(resource));
  return all;
}

std::string print_drbd_show(const std::vector<DrbdShown>& all, bool defaults) {
  std::string text;
  for (const DrbdShown& view : all) {
    if (!text.empty()) text += '\n';
    text += fmt::format("resource {} {{\n", view.name);
    // The kernel tells of a resource by its devices.
    if (!view.volumes.empty())
      text += show_options<drbd::ResourceOptions>(view.options, "options", "    ", defaults);
    if (view.peer) {
      text += show_options<drbd::NetOptions>(view.net, "net", "    ", defaults);
      text += "    _remote_host {\n" + address_line(*view.peer) + "    }\n";
    }
    text += "    _this_host {\n";
    if (view.local) text += address_line(*view.local);
    for (const DrbdShownVolume& volume : view.volumes) text += show_volume(volume, defaults);
    text += "    }\n}\n";
  }
  return text;
}

std::variant<std::vector<DrbdShown>, std::string> read_drbd_show(std::string_view text) {
  const std::string kept(text);
  const drbd::ConfigFiles files{
      [&](const std::string& path) { return path == "/show" ? std::optional(kept) : std::nullopt; },
      [](const std::string&) { return std::vector<std::string>(); },
      [](const std::string& path) { return path; },
  };
  const drbd::ConfigReading reading = drbd::read_configuration(files, "/show", drbd::ConfigKind::shown);
  if (!reading.not_modelled.empty()) return reading.not_modelled + " is not expected";
  if (reading.status != 0) return reading.said.empty() ? std::string("cannot be read") : reading.said.back();
  std::vector<DrbdShown> all;
  for (const drbd::ResourceSection& section : reading.config.resources) all.push_back(view_of(section));
  return all;
}

}  // namespace rehearse::reports
