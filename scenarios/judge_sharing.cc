// Hazards of two users of one thing: kernels, hosts and domains on one disk, addresses given twice.
#include <fmt/format.h>

#include <algorithm>

#include "model/io.h"
#include "scenarios/judge.h"

namespace rehearse::judging {
namespace {

// A file system in use by one kernel.
struct Use {
  Root root;
  Name host;
  Name device;
  Name guest;  // empty: the host's own kernel
  bool writable = false;

  std::string kernel() const {
    return guest.empty() ? "the host " + host.str() : guest.str() + " on " + host.str();
  }
};

std::vector<Use> uses(const World& world) {
  std::vector<Use> all;
  world.hosts.for_each([&](Name name, const Host& host) {
    if (!host.powered) return;
    const auto add = [&](const fs::Mount& mount, Name guest) {
      const auto root = mount.device.empty() ? std::nullopt : root_of(world, name, mount.device);
      if (root) all.push_back({*root, name, mount.device, guest, !mount.read_only});
    };
    for (const fs::Mount& mount : *host.mounts) add(mount, {});
    for (const domain::Domain& domain : *host.domains) {
      for (const fs::Mount& mount : domain.mounts) add(mount, domain.config.name);
    }
  });
  return all;
}

// A disk of a domain.
struct Held {
  Root root;
  Guest guest;
  Name device;
  bool writable = false;
};

std::vector<Held> disks(const World& world) {
  std::vector<Held> all;
  for (const Guest& guest : guests(world)) {
    if (guest.domain->machine && !guest.domain->machine->owns_disks) continue;  // it does not touch them
    for (const domain::Disk& disk : guest.domain->config.disks) {
      if (const auto root = root_of(world, guest.host, disk.device)) {
        all.push_back({*root, guest, disk.device, disk.writable});
      }
    }
  }
  return all;
}

bool run_on_one_disk(const World& world, const Root& root) {
  std::size_t writers = 0;
  for (const Held& held : disks(world)) writers += held.root == root && held.writable;
  return writers > 1;
}

// Is it the tool that makes an old state of a disk its new one?
bool restores(const Words& words) {
  if (words.empty()) return false;
  if (words[0] == "dd") {
    return std::none_of(words.begin(), words.end(), [](const std::string& word) {
      return word == "if=/dev/zero" || word == "if=/dev/urandom" || word == "if=/dev/random";
    });
  }
  return words[0] == "cp" || words[0] == "lvconvert";
}

// Disks of domains that run before and after the step and whose contents the host changed past them.
void written_past_domain(const Look& look, bool restored) {
  const Command* command = command_of(look.played);
  const bool raw = std::holds_alternative<HostWrite>(look.played.step);
  const Words words = words_of(look.played);
  if (!raw && (!command || !(std::holds_alternative<fs::Op>(command->op) || restores(words)))) return;
  if (restores(words) != restored) return;
  for (const Held& held : disks(look.new_world())) {
    const Host* was = look.old_world().hosts.find(held.guest.host);
    const Device* device = was && was->powered ? was->device(held.device) : nullptr;
    if (!device || !was->domain(held.guest.domain->config.name)) continue;
    const auto mounted = uses(look.old_world());
    const bool host_has_it = std::any_of(mounted.begin(), mounted.end(), [&](const Use& use) {
      return use.guest.empty() && use.root == held.root;
    });
    if (host_has_it) continue;  // told when it was mounted
    const Range whole{0, device->size};
    const ReadResult before = read(look.old_world(), held.guest.host, held.device, whole);
    const ReadResult after = read(look.new_world(), held.guest.host, held.device, whole);
    if (before.error != IoError::none || before.data == after.data) continue;
    const std::string name = name_of(look.new_world(), held.guest.host, held.device);
    const std::string guest = held.guest.domain->config.name.str();
    const std::string who = raw ? "a program" : words[0];
    look.tell(
        restored ? "RH406" : "RH402", name,
        fmt::format("{} {} {} while {} runs on it on {}: the guest does not know, and writes its own memory "
                    "over it",
                    who, restored ? "restores" : "writes", name, guest, held.guest.host.str()),
        fmt::format("shut {} down first", guest));
  }
}

template <class Key>
void one_address(const Look& look, std::string_view code, std::string_view what, Key key) {
  std::map<Name, std::vector<std::string>> users;
  std::map<Name, std::set<Name>> called;
  for (const Guest& guest : guests(look.new_world())) {
    if (guest.domain->state != domain::State::running) continue;
    for (const domain::Interface& interface : guest.domain->config.interfaces) {
      if (key(interface).empty()) continue;
      users[key(interface)].push_back(guest.domain->config.name.str() + " on " + guest.host.str());
      called[key(interface)].insert(guest.domain->config.name);
    }
  }
  for (auto& [address, names] : users) {
    if (names.size() < 2) {
      look.story.told.erase(std::string(code) + " " + address.str());
      continue;
    }
    look.tell_once(code, address.str(),
                   fmt::format("{} run with one {} address, {}", joined(names), what, address.str()),
                   called[address].size() == 1
                       ? "start a guest only where it is certain that it runs nowhere else"
                       : "give the twin an address of its own in its configuration before it starts");
  }
}

}  // namespace

void mounted_twice(const Look& look) {
  const std::vector<Use> all = uses(look.new_world());
  std::set<Root> shared;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      const Use& a = all[i];
      const Use& b = all[j];
      const bool one_kernel = a.host == b.host && a.guest == b.guest;
      if (!(a.root == b.root) || one_kernel || (!a.writable && !b.writable)) continue;
      const bool both_guests = !a.guest.empty() && !b.guest.empty();
      if (both_guests && run_on_one_disk(look.new_world(), a.root)) continue;  // RH403 says it
      shared.insert(a.root);
      const std::string name = name_of(look.new_world(), a.host, a.device);
      look.tell_once(
          "RH401", name,
          fmt::format("The file system on {} is mounted by {} and by {} at once: each writes over what the "
                      "other knows",
                      name, a.kernel(), b.kernel()),
          fmt::format("unmount it, or shut down its guest, before {} mounts it",
                      b.guest.empty() ? b.kernel() : b.guest.str()));
    }
  }
  if (shared.empty()) {
    std::erase_if(look.story.told, [](const std::string& told) { return told.starts_with("RH401 "); });
  }
}

void written_under_domain(const Look& look) {
  written_past_domain(look, false);
  const std::vector<Use> earlier = uses(look.old_world());
  for (const Use& use : uses(look.new_world())) {  // a disk that the guest itself has not mounted
    if (!use.guest.empty() || !use.writable) continue;
    const bool known = std::any_of(earlier.begin(), earlier.end(), [&](const Use& old) {
      return old.guest.empty() && old.host == use.host && old.root == use.root && old.writable;
    });
    const std::vector<Use> all = uses(look.new_world());
    const bool by_guest = std::any_of(all.begin(), all.end(), [&](const Use& other) {
      return !other.guest.empty() && other.root == use.root;
    });
    if (known || by_guest) continue;
    for (const Held& held : disks(look.new_world())) {
      if (!(held.root == use.root) || !held.writable) continue;
      const std::string name = name_of(look.new_world(), use.host, use.device);
      look.tell("RH402", name,
                fmt::format("{} is mounted read-write on {} while {} has it as a disk", name, use.host.str(),
                            held.guest.domain->config.name.str()),
                "shut the guest down first");
      break;
    }
  }
}

void restored_under_domain(const Look& look) { written_past_domain(look, true); }

void run_twice(const Look& look) {
  const std::vector<Held> all = disks(look.new_world());
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      const bool one = all[i].guest.domain == all[j].guest.domain;
      if (!(all[i].root == all[j].root) || one || !all[i].writable || !all[j].writable) continue;
      const std::string name = name_of(look.new_world(), all[i].guest.host, all[i].device);
      const auto who = [](const Held& held) {
        return held.guest.domain->config.name.str() + " on " + held.guest.host.str();
      };
      const std::string pair = fmt::format("RH403 {} {} {}", name, who(all[i]), who(all[j]));
      const std::string ids = fmt::format(" {} {}", all[i].guest.domain->id, all[j].guest.domain->id);
      if (!look.story.told.insert(pair + ids).second) continue;
      look.tell("RH403", name,
                fmt::format("{} and {} run on one writable disk, {}", who(all[i]), who(all[j]), name),
                "end one before the other starts, or give it another disk");
    }
  }
}

void one_mac(const Look& look) {
  one_address(look, "RH404", "MAC", [](const domain::Interface& interface) { return interface.mac; });
}
void one_ip(const Look& look) {
  one_address(look, "RH405", "IP", [](const domain::Interface& interface) { return interface.ip; });
}

}  // namespace rehearse::judging
