// Hazards of guests: what delays their start, what they miss once they run.
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "model/domain/config.h"
#include "model/domain/life.h"
#include "model/fs/guest.h"
#include "model/fs/kernel.h"
#include "model/fs/path.h"
#include "model/fs/probe.h"
#include "model/io.h"
#include "scenarios/judge.h"

namespace rehearse::judging {
namespace {

std::vector<std::string> words_in(const std::string& line) {
  std::istringstream in(line.substr(0, line.find('#')));
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// Does a text in the form of hosts(5) give the name an address? With `address`: that one.
bool lists(const std::string& text, const std::string& name, const std::string& address = {}) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> words = words_in(line);
    if (words.empty() || (!address.empty() && words[0] != address)) continue;
    const bool named = std::any_of(words.begin() + 1, words.end(), [&](const std::string& word) {
      return word == name || word.starts_with(name + ".");
    });
    if (named) return true;
  }
  return false;
}

// A host with a file /etc/dnsmasq.conf answers for the network with what its own /etc/hosts says; the guest
// must name its address in /etc/resolv.conf.
bool name_server_knows(const World& world, const domain::Domain& domain, const std::string& name) {
  std::istringstream resolv(guest_text(domain, "/etc/resolv.conf").value_or(""));
  bool known = false;
  for (std::string line; std::getline(resolv, line);) {
    const std::vector<std::string> words = words_in(line);
    if (words.size() < 2 || words[0] != "nameserver") continue;
    world.hosts.for_each([&](Name host, const Host& row) {
      if (!row.powered || !row.root->find("/etc/dnsmasq.conf")) return;
      const std::string text = fs::text_at(world, host, "/etc/hosts").value_or("");
      known = known || (lists(text, host.str(), words[1]) && lists(text, name));
    });
  }
  return known;
}

void tell_check(const Look& look, const std::string& subject, const std::string& who, Name host,
                Name device) {
  const Part<fs::Superblock> super = fs::superblock_on(look.old_world(), host, device);
  const std::string due = super ? fs::check_due(*super) : "";
  if (due.empty()) return;
  const std::string name = name_of(look.old_world(), host, device);
  look.tell(
      "RH501", subject,
      fmt::format("{} waits for a forced check of the file system on {}, all {} of it, as it {}", who, name,
                  amount(super->blocks * super->block_size), due),
      fmt::format(
          "while it is unmounted, ahead of the window: e2fsck -f /dev/{0}, or tune2fs -C 0 /dev/{0}; or "
          "switch forced checks off with tune2fs -c 0 -i 0 /dev/{0}",
          name.starts_with("/dev/") ? name.substr(5) : name));
}

// A service that does not run, its program and the data it was to use.
struct Refusing {
  fs::Service service;
  fs::Format found;
};

std::vector<Refusing> refusing(const domain::Domain& domain) {
  std::vector<Refusing> all;
  const auto for_files = [&](auto f) {
    for (const fs::Mount& mount : domain.mounts) {
      const std::string target = mount.target == Name("/") ? "" : mount.target.str();
      for (const fs::File& file : mount.tree->files) f(target + file.path.str(), file);
    }
  };
  for_files([&](const std::string&, const fs::File& program) {
    if (!program.service || program.service->needs.kind.empty()) return;
    const fs::Service& service = *program.service;
    if (!std::binary_search(domain.stopped.begin(), domain.stopped.end(), service.name)) return;
    for_files([&](const std::string& path, const fs::File& file) {
      const bool its = path == service.data.str() || path.starts_with(service.data.str() + "/");
      if (!its || !file.format || file.format->kind != service.needs.kind) return;
      const bool told = !all.empty() && all.back().service.name == service.name;
      if (file.format->version != service.needs.version && !told) all.push_back({service, *file.format});
    });
  });
  return all;
}

// Disks that the domain's configuration file names and its host does not see.
std::vector<std::string> missing_disks(const World& world, const Guest& guest) {
  Name file = guest.domain->file;
  if (file.empty()) file = "/etc/xen/" + guest.domain->config.name.str() + ".cfg";
  const auto text = fs::text_at(world, guest.host, file);
  std::vector<std::string> missing;
  if (!text) return missing;
  const auto read_file = domain::read_config(*text);
  const auto* config = std::get_if<domain::ConfigFile>(&read_file);
  if (!config) return missing;
  domain::Config resolved = config->config;
  const Host& host = *world.hosts.find(guest.host);
  domain::resolve_disks(host, resolved);
  for (const domain::Disk& disk : resolved.disks) {
    const bool there =
        host.device(disk.device) && read(world, guest.host, disk.device, {0, 1}).error == IoError::none;
    if (!there) missing.push_back(disk.backend.str());
  }
  return missing;
}

}  // namespace

std::optional<std::string> guest_text(const domain::Domain& domain, Name path) {
  const fs::File* file = fs::guest_file(domain, path);
  if (!file || !file->text) return std::nullopt;
  return *file->text;
}

void forced_check(const Look& look) {
  for (const Guest& guest : started(look)) {
    for (const domain::Disk& disk : guest.domain->config.disks) {
      const bool used = std::any_of(guest.domain->mounts.begin(), guest.domain->mounts.end(),
                                    [&](const fs::Mount& mount) { return mount.device == disk.device; });
      if (!used || !disk.writable) continue;
      const std::string name = guest.domain->config.name.str();
      tell_check(look, name, "The start of " + name, guest.host, disk.device);
    }
  }
  const Command* command = command_of(look.played);
  const Words words = words_of(look.played);
  const bool checks =
      command && !look.played.refused && (words[0].starts_with("fsck") || words[0] == "e2fsck");
  const bool asked = std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return word == "-f" || word == "-n" || word == "-N";
  });
  if (!checks || asked) return;
  const Name device = device_name(*look.old_world().hosts.find(command->host), words.back());
  if (!device.empty()) tell_check(look, words.back(), "`" + words[0] + "`", command->host, device);
}

void hostname_unknown(const Look& look) {
  for (const Guest& guest : started(look)) {
    const std::string& name = guest.domain->hostname.str();
    if (name.empty() || lists(guest_text(*guest.domain, "/etc/hosts").value_or(""), name)) continue;
    if (name_server_knows(look.new_world(), *guest.domain, name)) continue;
    look.tell(
        "RH502", guest.domain->config.name.str(),
        fmt::format(
            "{} calls itself {} and cannot resolve that name: its /etc/hosts does not have it, nor does a "
            "name server that it asks",
            guest.domain->config.name.str(), name),
        fmt::format("put {} into its /etc/hosts where /etc/hostname is changed", name));
  }
}

void other_format(const Look& look) {
  for (const Guest& guest : guests(look.new_world())) {
    const Host* was = look.old_world().hosts.find(guest.host);
    const domain::Domain* old = was ? was->domain(guest.domain->config.name) : nullptr;
    for (const Refusing& row : refusing(*guest.domain)) {
      const Name service = row.service.name;
      const bool known = old && old->id == guest.domain->id && !old->mounts.empty() &&
                         std::binary_search(old->stopped.begin(), old->stopped.end(), service);
      if (known) continue;
      const auto line = look.story.upgraded.find(service.str());
      look.tell("RH503", service.str(),
                fmt::format("{} of {} does not run: it expects {} in version {} and finds version {} in {}",
                            service.str(), guest.domain->config.name.str(), row.service.needs.kind.str(),
                            row.service.needs.version, row.found.version, row.service.data.str()),
                "upgrade the program where its data are, or convert the data again at the switch",
                {line != look.story.upgraded.end() ? line->second : 0});
    }
  }
}

void disk_not_visible(const Look& look) {
  const Words words = words_of(look.played);
  if (words.size() > 1 && (words[0] == "xl" || words[0] == "xm") && words[1] == "pause") return;
  for (const Guest& guest : guests(look.new_world())) {
    const Host* was = look.old_world().hosts.find(guest.host);
    const domain::Domain* old = was && was->powered ? was->domain(guest.domain->config.name) : nullptr;
    const bool paused = old && old->id == guest.domain->id && old->state == domain::State::running &&
                        guest.domain->state == domain::State::paused;
    const std::vector<std::string> missing =
        paused ? missing_disks(look.new_world(), guest) : std::vector<std::string>();
    if (missing.empty()) continue;
    const std::string& name = guest.domain->config.name.str();
    look.tell("RH601", name,
              fmt::format("The watch on {} pauses {}: its configuration file names {}, which {} cannot see",
                          guest.host.str(), name, joined(missing), guest.host.str()),
              fmt::format("export {} before the file names {}", joined(missing),
                          missing.size() == 1 ? "it" : "them"));
  }
}

}  // namespace rehearse::judging
