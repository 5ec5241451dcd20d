#include "model/libvirt/disk_name.h"

#include <array>
#include <utility>

namespace rehearse::libvirt {
namespace {

constexpr std::array<std::pair<std::string_view, Bus>, 6> kNamed = {{{"ide", Bus::ide},
                                                                     {"fdc", Bus::fdc},
                                                                     {"scsi", Bus::scsi},
                                                                     {"virtio", Bus::virtio},
                                                                     {"usb", Bus::usb},
                                                                     {"sata", Bus::sata}}};
constexpr std::array<std::pair<std::string_view, Bus>, 4> kPrefixes = {
    {{"fd", Bus::fdc}, {"hd", Bus::ide}, {"vd", Bus::virtio}, {"sd", Bus::scsi}}};

}  // namespace

int disk_index(std::string_view target) {
  if (target.size() < 3 || bus_by_name(target) == Bus::none) return -1;
  int index = -1;
  std::size_t at = 2;
  for (; at < target.size() && target[at] >= 'a' && target[at] <= 'z'; ++at) {
    if (at > 5) return -1;
    index = (index + 1) * 26 + (target[at] - 'a');
  }
  for (; at < target.size(); ++at) {
    if (target[at] < '0' || target[at] > '9') return -1;
  }
  return index;
}

Bus bus_by_name(std::string_view target) {
  for (const auto& [prefix, bus] : kPrefixes) {
    if (target.starts_with(prefix)) return bus;
  }
  return Bus::none;
}

std::string_view name_of(Bus bus) {
  for (const auto& [name, value] : kNamed) {
    if (value == bus) return name;
  }
  return "";
}

bool read_bus(std::string_view text, Bus& bus) {
  for (const auto& [name, value] : kNamed) {
    if (name != text) continue;
    bus = value;
    return true;
  }
  return false;
}

}  // namespace rehearse::libvirt
