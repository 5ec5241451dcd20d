#include "model/lvm/group_names.h"

#include <algorithm>
#include <array>

namespace rehearse::lvm {
namespace {

bool allowed(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '.' || letter == '-' || letter == '_' || letter == '+';
}

// The first fault, in the words and the order of lvm2 lib/misc/lvm-string.c.
const char* fault_of(const std::string& name) {
  if (name.empty()) return "Name is zero length.";
  if (name[0] == '-') return "Name cannot start with hyphen.";
  if (name == "." || name == "..") return "Name starts with . or .. and has no following character(s).";
  if (!std::all_of(name.begin(), name.end(), allowed)) {
    return "Name contains invalid character, valid set includes: [a-zA-Z0-9.-_+].";
  }
  return name.size() > 127 ? "Name length exceeds maximum limit of 127." : nullptr;
}

// What a Debian system has in /dev besides its disks.
constexpr std::array<std::string_view, 42> kOthers = {
    "autofs", "block",    "bsg",       "btrfs-control", "bus",     "char",   "console",
    "core",   "cpu",      "cuse",      "disk",          "dri",     "fd",     "full",
    "fuse",   "hpet",     "hugepages", "hwrng",         "initctl", "input",  "kmsg",
    "log",    "mapper",   "mem",       "mqueue",        "net",     "null",   "nvram",
    "port",   "ppp",      "psaux",     "ptmx",          "pts",     "random", "rtc0",
    "shm",    "snapshot", "stderr",    "stdin",         "stdout",  "tty",    "zero"};

bool in_dev(const Host& host, const std::string& name) {
  if (std::find(kOthers.begin(), kOthers.end(), name) != kOthers.end()) return true;
  if (!host.devices) return false;
  std::string mapped = "mapper/";  // of a volume of that group: there is a directory then
  for (const char letter : name) mapped += letter == '-' ? std::string("--") : std::string(1, letter);
  mapped += '-';
  for (const Device& device : *host.devices) {
    const std::string& path = device.name.str();
    if (path == name || path.starts_with(name + "/")) return true;
    if (path.starts_with(mapped) && path.size() > mapped.size() && path[mapped.size()] != '-') return true;
  }
  return false;
}

}  // namespace

Refused refuse_new_name(const Host& host, Name group) {
  const std::string& name = group.str();
  if (const char* fault = fault_of(name)) return {Refusal::group_name_invalid, fault, name};
  if (in_dev(host, name)) return {Refusal::group_name_in_dev, name};
  return {};
}

}  // namespace rehearse::lvm
