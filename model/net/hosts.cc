#include "model/net/hosts.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include "model/fs/path.h"

namespace rehearse::net {
namespace {

// Lines of blank-separated words, without comments.
std::vector<std::vector<std::string>> words_in(const World& world, Name host, Name file) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(fs::text_at(world, host, file).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::vector<std::string> row;
    for (std::string word; words >> word;) row.push_back(std::move(word));
    if (!row.empty()) rows.push_back(std::move(row));
  }
  return rows;
}

Name host_with(const World& world, Name address) {
  Name found;
  world.hosts.for_each([&](Name name, const Host& host) {
    const auto& all = host.hardware->addresses;
    if (std::find(all.begin(), all.end(), address) != all.end()) found = name;
  });
  return found;
}

// "192.0.2.7", "192.0.2.7:22", "[::1]:22": without the port.
std::string without_port(const std::string& text) {
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  return std::count(text.begin(), text.end(), ':') == 1 ? text.substr(0, text.find(':')) : text;
}

bool bound_to_loopback(const World& world, Name host, const std::string& bound) {
  const std::string address = address_of(world, host, bound);
  return loopback(address.empty() ? bound : address);
}

bool ssh_listens(const World& world, Name host) {
  bool listens = true;  // nothing said: on all addresses
  for (const auto& row : words_in(world, host, "/etc/ssh/sshd_config")) {
    if (row.size() < 2 || row[0] != "ListenAddress") continue;
    if (!bound_to_loopback(world, host, without_port(row[1]))) return true;
    listens = false;
  }
  return listens;
}

// libvirtd listens to its own host alone, unless it is told to.
bool libvirt_listens(const World& world, Name host) {
  bool listens = false;
  for (const auto& row : words_in(world, host, "/etc/libvirt/libvirtd.conf"))
    if (row.size() == 3 && row[0] == "listen_tcp" && row[1] == "=") listens = row[2] == "1";
  return listens && world.hosts.find(host)->hardware->runs_libvirt;
}

// The value of a setting in an S-expression a line: (xend-relocation-address 'trolls').
std::string value_of(const std::vector<std::string>& row) {
  std::string value = row.size() > 1 ? row[1] : "";
  std::erase_if(value, [](char c) { return c == ')' || c == '\'' || c == '"'; });
  return value;
}

// xend does not listen unless it is told to; a host of which no such file is known is taken as told.
bool relocation_listens(const World& world, Name host) {
  const auto rows = words_in(world, host, "/etc/xen/xend-config.sxp");
  bool listens = rows.empty();
  std::string address;
  for (const auto& row : rows) {
    if (row[0] == "(xend-relocation-server") listens = value_of(row) == "yes";
    if (row[0] == "(xend-relocation-address") address = value_of(row);
  }
  return listens && (address.empty() || !bound_to_loopback(world, host, address));
}

}  // namespace

bool loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

std::string address_of(const World& world, Name host, const std::string& name) {
  for (const auto& row : words_in(world, host, "/etc/hosts")) {
    if (std::find(row.begin() + 1, row.end(), name) != row.end()) return row[0];
  }
  return "";
}

Name resolve(const World& world, Name from, const std::string& name) {
  if (loopback(name)) return from;
  for (const auto& row : words_in(world, from, "/etc/hosts")) {
    if (std::find(row.begin() + 1, row.end(), name) == row.end()) continue;
    if (loopback(row[0])) return from;
    if (const Name found = host_with(world, row[0]); !found.empty()) return found;
    // A world that gives its hosts no addresses: the line's names are those of the hosts.
    for (auto word = row.begin() + 1; word != row.end(); ++word) {
      if (world.hosts.contains(*word) && world.hosts.find(*word)->hardware->addresses.empty()) return *word;
    }
    return {};
  }
  if (const Name found = host_with(world, name); !found.empty()) return found;
  return world.hosts.contains(name) ? Name(name) : Name();
}

bool listens_outside(const World& world, Name host, Daemon daemon) {
  switch (daemon) {
    case Daemon::ssh:
      return ssh_listens(world, host);
    case Daemon::libvirt:
      return libvirt_listens(world, host);
    case Daemon::any:
      return true;
    case Daemon::relocation:
      break;
  }
  return relocation_listens(world, host);
}

Way way_to(const World& world, Name from, const std::string& name, Daemon daemon) {
  const Name host = resolve(world, from, name);
  if (host.empty()) {
    // A name that leads to an address that nobody has is one all the same.
    const bool known = !address_of(world, from, name).empty();
    return {known ? Way::Ends::no_route : Way::Ends::unknown_name, {}};
  }
  if (host == from) return {Way::Ends::well, host};
  if (!connected(world, from, host)) return {Way::Ends::no_route, host};
  return {listens_outside(world, host, daemon) ? Way::Ends::well : Way::Ends::refused, host};
}

std::string ssh_words(const Way& way, const std::string& name) {
  switch (way.ends) {
    case Way::Ends::unknown_name:
      return "ssh: Could not resolve hostname " + name + ": Name or service not known";
    case Way::Ends::no_route:
      return "ssh: connect to host " + name + " port 22: No route to host";
    case Way::Ends::refused:
      return "ssh: connect to host " + name + " port 22: Connection refused";
    case Way::Ends::well:
      break;
  }
  return "";
}

}  // namespace rehearse::net
