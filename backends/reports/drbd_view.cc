#include "backends/reports/drbd_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "backends/filters.h"
#include "model/drbd/kernel.h"

namespace rehearse::reports {
namespace {

using drbd::Connection;

std::string joined(std::initializer_list<std::pair<bool, const char*>> reasons) {
  std::string text;
  for (const auto& [holds, name] : reasons) {
    if (holds) text += (text.empty() ? "" : ",") + std::string(name);
  }
  return text.empty() ? "no" : text;
}

std::string replication_name(Connection conn) {
  if (conn == Connection::wf_report_params || conn < Connection::wf_report_params) return "Off";
  return conn == Connection::connected ? "Established" : std::string(name_of(conn));
}

std::string connection_name(Connection conn) {
  if (conn == Connection::wf_connection) return "Connecting";
  return conn >= Connection::wf_report_params ? "Connected" : std::string(name_of(conn));
}

DrbdPeerDeviceView peer_device_of(const drbd::Device& device) {
  DrbdPeerDeviceView view;
  const drbd::State& state = device.state;
  view.volume = device.volume;
  view.replication = replication_name(state.conn);
  view.peer_disk = name_of(state.pdsk);
  view.suspended =
      joined({{state.user_isp, "user"}, {state.peer_isp, "peer"}, {state.aftr_isp, "dependency"}});
  if (state.conn >= Connection::sync_source && state.conn <= Connection::paused_sync_t && device.size > 0) {
    const double dirty =
        static_cast<double>(device.out_of_sync() * drbd::kBit) / static_cast<double>(device.size);
    view.done = fmt::format("{:.2f}", 100 * (1 - dirty));
  }
  return view;
}

DrbdResourceView view_of(const drbd::Resource& resource, bool unconfigured) {
  DrbdResourceView view;
  view.name = resource.name.str();
  drbd::Role role = drbd::Role::secondary;
  drbd::Role peer = drbd::Role::unknown;
  drbd::State io;
  for (const drbd::Device& device : resource.devices) {
    const drbd::State& state = device.state;
    if (state.role == drbd::Role::primary) role = drbd::Role::primary;
    if (state.peer == drbd::Role::primary || peer == drbd::Role::unknown) peer = state.peer;
    io.susp |= state.susp;
    io.susp_nod |= state.susp_nod;
    io.susp_fen |= state.susp_fen;
    view.devices.push_back(
        {device.volume, device.minor, std::string(name_of(state.disk)), state.takes_io() ? "no" : "upper"});
  }
  view.role = name_of(role);
  view.suspended = joined({{io.susp, "user"}, {io.susp_nod, "no-data"}, {io.susp_fen, "fencing"}});
  if (!resource.net && !unconfigured) return view;
  DrbdConnectionView connection;
  connection.configured = resource.net.has_value();
  connection.state = connection_name(resource.conn);
  connection.role = name_of(peer);
  for (const drbd::Device& device : resource.devices) connection.devices.push_back(peer_device_of(device));
  view.connection = std::move(connection);
  return view;
}

using Pairs = std::map<std::string, std::string>;

// "name:value" words; of a word without a colon there is only the name.
Pairs pairs_of(std::string_view line) {
  Pairs pairs;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    if (word.empty()) continue;
    const std::size_t colon = word.find(':');
    pairs[std::string(word.substr(0, colon))] = colon == word.npos ? "" : std::string(word.substr(colon + 1));
  }
  return pairs;
}

std::optional<std::uint32_t> number(const Pairs& pairs, const std::string& name) {
  const auto found = pairs.find(name);
  std::uint32_t value = 0;
  if (found == pairs.end()) return std::nullopt;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void take(const Pairs& pairs, const std::string& name, std::string& value) {
  if (const auto found = pairs.find(name); found != pairs.end() && !found->second.empty())
    value = found->second;
}

void take_peer_device(const Pairs& pairs, DrbdPeerDeviceView& view) {
  take(pairs, "replication", view.replication);
  take(pairs, "peer-disk", view.peer_disk);
  take(pairs, "resync-suspended", view.suspended);
  take(pairs, "done", view.done);
}

// Whatever else there is of it may stand in the lines below.
bool begins_peer_device(const Pairs& pairs) {
  return pairs.contains("volume") || pairs.contains("replication") || pairs.contains("peer-disk");
}

// A line ends before the word that would not fit, and goes on further in.
std::string show_peer_device(const DrbdPeerDeviceView& view, bool verbose, bool named, bool off) {
  constexpr std::size_t kColumns = 80;
  std::vector<std::string> words;
  if (named) words.push_back(fmt::format("volume:{}", view.volume));
  if (verbose || !off) words.push_back(fmt::format("replication:{}", view.replication));
  words.push_back(fmt::format("peer-disk:{}", view.peer_disk));
  if (!view.done.empty()) words.push_back(fmt::format("done:{}", view.done));
  if (verbose || view.suspended != "no") words.push_back(fmt::format("resync-suspended:{}", view.suspended));
  std::string text;
  std::string line = "   ";
  for (const std::string& word : words) {
    const bool begun = line.find_first_not_of(' ') != std::string::npos;
    if (begun && line.size() + 1 + word.size() > kColumns) {
      text += line + '\n';
      line = "       ";
    }
    line += " " + word;
  }
  return text + line + '\n';
}

}  // namespace

std::vector<DrbdResourceView> drbd_view(const World& world, Name host, bool unconfigured) {
  const Host* at = world.hosts.find(host);
  std::vector<DrbdResourceView> views;
  if (!at || !at->drbd) return views;
  for (const drbd::Resource& resource : at->drbd->resources) views.push_back(view_of(resource, unconfigured));
  std::sort(views.begin(), views.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return views;
}

std::string print_drbd_status(const std::vector<DrbdResourceView>& views, bool verbose) {
  std::string text;
  for (const DrbdResourceView& view : views) {
    text += fmt::format("{} role:{}", view.name, view.role);
    if (verbose || view.suspended != "no") text += fmt::format(" suspended:{}", view.suspended);
    text += '\n';
    const bool single = view.devices.size() == 1 && view.devices[0].volume == 0;
    for (const DrbdDeviceView& device : view.devices) {
      text += "  ";
      if (verbose || !single) text += fmt::format("volume:{} ", device.volume);
      if (verbose) text += fmt::format("minor:{} ", device.minor);
      text += fmt::format("disk:{}", device.disk);
      if (device.blocked != "no") text += fmt::format(" blocked:{}", device.blocked);
      text += '\n';
    }
    if (view.connection) {
      const DrbdConnectionView& connection = *view.connection;
      const bool connected = connection.state == "Connected";
      text += "  peer";
      if (verbose || !connected) text += fmt::format(" connection:{}", connection.state);
      if (verbose || connected) text += fmt::format(" role:{}", connection.role);
      text += '\n';
      for (const DrbdPeerDeviceView& device : connection.devices) {
        const bool off = device.replication == "Off";
        if (!verbose && (!connected || (off && device.peer_disk == "DUnknown"))) continue;
        text += show_peer_device(device, verbose, verbose || !single, off);
      }
    }
    text += '\n';
  }
  return text;
}

DrbdViews read_drbd_status(std::string_view text) {
  std::vector<DrbdResourceView> views;
  for (const std::string& line : lines_of(text)) {
    if (line.empty()) continue;
    const std::size_t indent = line.find_first_not_of(' ');
    const Pairs pairs = pairs_of(line);
    const auto wrong = [&](std::string_view what) { return fmt::format("expected {}: \"{}\"", what, line); };
    if (indent == 0) {
      DrbdResourceView view;
      view.name = line.substr(0, line.find(' '));
      take(pairs, "role", view.role);
      take(pairs, "suspended", view.suspended);
      if (view.role.empty() || view.name.find(':') != std::string::npos) return wrong("RESOURCE role:ROLE");
      views.push_back(std::move(view));
    } else if (views.empty()) {
      return wrong("RESOURCE role:ROLE first");
    } else if (line.starts_with("  peer") && indent == 2 && (line.size() == 6 || line[6] == ' ')) {
      DrbdConnectionView connection;
      connection.state = "Connected";
      take(pairs, "connection", connection.state);
      take(pairs, "role", connection.role);
      views.back().connection = std::move(connection);
    } else if (indent == 2 && pairs.contains("disk")) {
      DrbdDeviceView device;
      device.volume = number(pairs, "volume").value_or(0);
      device.minor = number(pairs, "minor").value_or(0);
      take(pairs, "disk", device.disk);
      take(pairs, "blocked", device.blocked);
      if (device.disk.empty()) return wrong("disk:STATE");
      views.back().devices.push_back(std::move(device));
    } else if (indent == 4 && views.back().connection && begins_peer_device(pairs)) {
      DrbdPeerDeviceView device;
      device.volume = number(pairs, "volume").value_or(0);
      take_peer_device(pairs, device);
      views.back().connection->devices.push_back(std::move(device));
    } else if (indent == 8 && views.back().connection && !views.back().connection->devices.empty()) {
      take_peer_device(pairs, views.back().connection->devices.back());  // a line that went on
    } else {
      return wrong("a device, the peer or a device of it");
    }
  }
  return views;
}

std::string print_drbd_events(const std::vector<DrbdResourceView>& views) {
  std::string text;
  for (const DrbdResourceView& view : views) {
    text +=
        fmt::format("exists resource name:{} role:{} suspended:{}\n", view.name, view.role, view.suspended);
    const bool named = view.connection && view.connection->configured;
    const std::string peer =
        fmt::format("name:{} peer-node-id:0{}", view.name, named ? " conn-name:peer" : "");
    if (view.connection) {
      text += fmt::format("exists connection {} connection:{} role:{}\n", peer, view.connection->state,
                          view.connection->role);
    }
    for (const DrbdDeviceView& device : view.devices) {
      text += fmt::format("exists device name:{} volume:{} minor:{} disk:{}\n", view.name, device.volume,
                          device.minor, device.disk);
    }
    if (!view.connection) continue;
    for (const DrbdPeerDeviceView& device : view.connection->devices) {
      text += fmt::format("exists peer-device {} volume:{} replication:{} peer-disk:{} resync-suspended:{}\n",
                          peer, device.volume, device.replication, device.peer_disk, device.suspended);
    }
  }
  return text + "exists -\n";
}

DrbdViews read_drbd_events(std::string_view text) {
  std::vector<DrbdResourceView> views;
  for (const std::string& line : lines_of(text)) {
    if (!line.starts_with("exists ") || line == "exists -") continue;
    const std::string_view rest = std::string_view(line).substr(7);
    const std::string_view object = rest.substr(0, rest.find(' '));
    const Pairs pairs = pairs_of(rest.substr(std::min(object.size(), rest.size())));
    const auto wrong = [&](std::string_view what) { return fmt::format("expected {}: \"{}\"", what, line); };
    std::string name;
    take(pairs, "name", name);
    if (object == "resource") {
      DrbdResourceView view;
      view.name = name;
      take(pairs, "role", view.role);
      take(pairs, "suspended", view.suspended);
      if (name.empty() || view.role.empty()) return wrong("resource name:NAME role:ROLE");
      views.push_back(std::move(view));
      continue;
    }
    const auto owner =
        std::find_if(views.begin(), views.end(), [&](const auto& view) { return view.name == name; });
    if (owner == views.end()) return wrong("something of a resource that was named before");
    if (object == "connection") {
      DrbdConnectionView connection;
      take(pairs, "connection", connection.state);
      take(pairs, "role", connection.role);
      if (connection.state.empty()) return wrong("connection:STATE");
      connection.configured = pairs.contains("conn-name");
      owner->connection = std::move(connection);
    } else if (object == "device") {
      const auto minor = number(pairs, "minor");
      DrbdDeviceView device;
      device.volume = number(pairs, "volume").value_or(0);
      device.minor = minor.value_or(0);
      take(pairs, "disk", device.disk);
      if (!minor || device.disk.empty()) return wrong("volume:NUMBER minor:NUMBER disk:STATE");
      owner->devices.push_back(std::move(device));
    } else if (object == "peer-device") {
      const auto volume = number(pairs, "volume");
      if (!owner->connection || !volume) return wrong("a peer-device of a connection");
      DrbdPeerDeviceView device;
      device.volume = *volume;
      take_peer_device(pairs, device);
      owner->connection->devices.push_back(std::move(device));
    }
  }
  return views;
}

}  // namespace rehearse::reports
